"""Versions of workflows are immutable objects with URLs that draw them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

import sdk as wf
from sdk.service.exceptions import NotFound

pytestmark = pytest.mark.usefixtures("default")

PLUS = "you@example.com:with_build"


@pytest.fixture
def red() -> wf.Image:
    return wf.Image.from_id("field:a").pick_bands("red")


@pytest.fixture
def powered(red: wf.Image) -> wf.VersionedGraft:
    """A version that takes an exponent."""
    viz = red ** wf.parameter("exponent", wf.Float)
    return viz.publish("you@example.com:s2_red", "1.0.0", viz_options=[wf.VizOption("dark", "red")])["1.0.0"]


def query_of(url: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)


# The examples of the documentation


def test_the_url_of_an_image_is_as_documented(red: wf.Image, server_url: str) -> None:
    viz = red ** wf.parameter("exponent", wf.Float)
    flow = viz.publish("you@example.com:s2_red", "1.0.0")
    vg = flow["1.0.0"]
    url = vg.url(colormap="magma", scales=[(0.2, 0.8)], exponent=2.5)
    template, _, _ = url.partition("?")
    assert template == f"{server_url}/workflow/you@example.com:s2_red/1.0.0/{{z}}/{{x}}/{{y}}.png"
    assert query_of(url) == [("colormap", "magma"), ("scales", "[[0.2,0.8]]"), ("exponent", "2.5")]


def test_the_url_of_a_collection_is_as_documented() -> None:
    col = wf.ImageCollection.from_id("field", start_datetime="2017-01-01", end_datetime="2020-12-31")
    viz = col.pick_bands("red") ** wf.parameter("exponent", wf.Float)
    flow = viz.publish("you@example.com:l8_red", "1.0.0")
    assert query_of(flow["1.0.0"].url(reduction="min", exponent=2.5)) == [("reduction", "min"), ("exponent", "2.5")]


# Attributes


def test_a_fetched_version_is_the_one_that_was_published(powered: wf.VersionedGraft) -> None:
    same = wf.VersionedGraft.get("you@example.com:s2_red", "1.0.0")
    assert same == powered
    assert same.type is wf.Function[{"exponent": wf.Float}, wf.Image]
    assert same.object.graft == powered.object.graft
    assert [(param._name, type(param)) for param in same.params] == [("exponent", wf.Float)]
    assert (same.version, same.docstring, same.labels, same.channel) == ("1.0.0", "", {}, "master")
    assert same.client_version == powered.client_version != ""
    assert same.viz_options == [wf.VizOption("dark", "red")]
    assert same.created_timestamp is not None
    assert abs(same.created_timestamp - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_repr_shows_what_it_is(red: wf.Image) -> None:
    option = wf.VizOption("dark", "red")
    version = wf.VersionedGraft("1.0.0", red, "The red band", {"kind": "band"}, [option])
    assert repr(version).splitlines() == [
        "VersionedGraft: 1.0.0",
        "    - type: Image",
        "    - channel: master",
        "    - labels: {'kind': 'band'}",
        *f"    - viz_options: [{option!r}]".splitlines(),
        "The red band",
    ]


def test_an_object_of_another_channel_is_not_read(powered: wf.VersionedGraft, client: wf.Client) -> None:
    other = wf.VersionedGraft._from_record({**powered.to_json(), "channel": "v0-5"}, "", client)
    for read in (lambda: other.object, lambda: other.type, lambda: other.params, lambda: other.url()):
        with pytest.raises(ValueError, match=r"'v0-5'|save its workflow"):
            read()
    assert "    - type: Function[{'exponent': Float}, Image]" in repr(other).splitlines()
    assert other.channel == "v0-5"


def test_what_is_returned_is_a_copy(powered: wf.VersionedGraft) -> None:
    powered.labels["a"] = "b"
    powered.viz_options.clear()
    assert (powered.labels, len(powered.viz_options)) == ({}, 1)


BAD: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"version": "1.0"}, ValueError, "semantic version"),
    ({"version": 1}, TypeError, "a version must be a str"),
    ({"proxy_object": 5}, TypeError, "a proxy object"),
    ({"docstring": 5}, TypeError, "docstring must be a str"),
    ({"labels": {"a": 5}}, TypeError, "the label 'a'"),
    ({"viz_options": [{"id": "a"}]}, TypeError, "VizOptions"),
]


@pytest.mark.parametrize(("field", "error", "message"), BAD, ids=lambda value: str(value)[:30])
def test_a_version_is_checked_when_it_is_made(field: dict[str, Any], error: type[Exception], message: str) -> None:
    good: dict[str, Any] = {"version": "1.0.0", "proxy_object": wf.Int(1)}
    with pytest.raises(error, match=message):
        wf.VersionedGraft(**(good | field))


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "", "a/b"])
def test_what_cannot_name_a_version_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="semantic version"):
        wf.VersionedGraft.get("you@example.com:s2_red", version)


def test_a_version_that_is_not_there_is_not_found(powered: wf.VersionedGraft) -> None:
    with pytest.raises(NotFound, match=r"9\.0\.0"):
        wf.VersionedGraft.get("you@example.com:s2_red", "9.0.0")
    with pytest.raises(NotFound, match="absent"):
        wf.VersionedGraft.get("you@example.com:absent", "1.0.0")


# URLs


def test_a_version_that_is_not_saved_has_no_url(red: wf.Image) -> None:
    version = wf.VersionedGraft("1.0.0", red)
    for make in (version.url, version.wmts_url, version.share_url):
        with pytest.raises(ValueError, match="save its workflow first"):
            make()


def test_arguments_must_be_those_of_the_object(powered: wf.VersionedGraft) -> None:
    with pytest.raises(TypeError, match=r"missing arguments: exponent \(Float\)"):
        powered.url()
    with pytest.raises(TypeError, match="no option or argument 'other'"):
        powered.url(exponent=1.0, other=2)
    with pytest.raises(TypeError, match="list of pairs"):
        powered.url(scales="0,1", exponent=1.0)  # type: ignore[arg-type]


def test_the_query_says_all_that_is_chosen(powered: wf.VersionedGraft) -> None:
    url = powered.url("", "red", (0, 1), "median", True, session_id="s1", viz="dark", access_token="t", exponent=2)
    assert query_of(url) == [
        ("session_id", "s1"),
        ("colormap", ""),
        ("band", "red"),
        ("scales", "[[0.0,1.0]]"),
        ("reduction", "median"),
        ("checkerboard", "true"),
        ("viz", "dark"),
        ("access_token", "t"),
        ("exponent", "2.0"),
    ]


def test_wmts_urls_say_the_tile_matrix_sets(powered: wf.VersionedGraft, server_url: str) -> None:
    plain = f"{server_url}/wmts/workflow/you@example.com:s2_red/1.0.0/1.0.0/WMTSCapabilities.xml"
    assert powered.wmts_url() == plain
    assert powered.wmts_url("EPSG:3857", link="k") == f"{plain}?tile_matrix_sets=EPSG:3857&link=k"


def test_versions_with_a_build_can_be_fetched(red: wf.Image) -> None:
    red.publish(PLUS, "1.0.0-rc.1+build.5")
    assert wf.use(PLUS, "1.0.0-rc.1+build.5").graft == red.graft
    assert "/1.0.0-rc.1+build.5/" in wf.VersionedGraft.get(PLUS, "1.0.0-rc.1+build.5").url().replace("%2B", "+")


# Links


@pytest.fixture(params=["xyz", "version"])
def layer(request: pytest.FixtureRequest, red: wf.Image) -> wf.XYZ | wf.VersionedGraft:
    """A layer without links."""
    viz = red ** wf.parameter("exponent", wf.Float)
    if request.param == "xyz":
        return wf.XYZ(viz)
    workflow = viz.publish("you@example.com:linked", "1.0.0")
    for link in list(workflow["1.0.0"].share_links()):
        link.revoke()
    return workflow["1.0.0"]


def test_a_shared_url_is_the_layers_with_a_link_in_it(layer: wf.XYZ | wf.VersionedGraft) -> None:
    url = layer.share_url(timedelta(hours=1), scales=(0, 1), exponent=2)
    style, (name, key) = [pair for pair in query_of(url) if pair[0] != "link"], query_of(url)[1]
    assert url.partition("?")[0] == layer.url(exponent=2).partition("?")[0]
    assert style == query_of(layer.url(scales=(0, 1), exponent=2))
    assert name == "link"
    assert len(key) > 5


EXPIRIES: list[Any] = [timedelta(hours=1), 3600, 3600.5, datetime.now(UTC) + timedelta(hours=1)]


@pytest.mark.parametrize("expires", EXPIRIES, ids=lambda expires: type(expires).__name__)
def test_a_link_expires_when_it_should(layer: wf.XYZ | wf.VersionedGraft, expires: Any) -> None:
    layer.share_url(expires, exponent=2)
    (link,) = layer.share_links()
    assert abs(link.expires_timestamp - datetime.now(UTC) - timedelta(hours=1)) < timedelta(minutes=30)


def test_links_are_listed_and_revoked(layer: wf.XYZ | wf.VersionedGraft) -> None:
    for _ in range(2):
        layer.share_url(exponent=2)
    first, second = layer.share_links()
    assert first.id in repr(first)
    first.revoke()
    assert [link.id for link in layer.share_links()] == [second.id]
    with pytest.raises(NotFound):
        first.revoke()


BAD_EXPIRIES: list[tuple[Any, type[Exception], str]] = [
    (0, ValueError, "at least a second from now, not 0 seconds"),
    (timedelta(days=-1), ValueError, "at least a second"),
    (float("nan"), ValueError, "at least a second"),
    (datetime(2030, 1, 1), ValueError, "time zone"),
    ("1h", TypeError, "a timedelta, a datetime or a number"),
    (True, TypeError, "a timedelta"),
]


@pytest.mark.parametrize(("expires", "error", "message"), BAD_EXPIRIES, ids=lambda value: str(value)[:20])
def test_links_need_a_time_to_come(
    layer: wf.XYZ | wf.VersionedGraft, expires: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        layer.share_url(expires, exponent=2)
    assert list(layer.share_links()) == []


def test_no_link_is_made_for_what_cannot_be_drawn(layer: wf.XYZ | wf.VersionedGraft) -> None:
    with pytest.raises(TypeError, match="missing arguments"):
        layer.share_url()
    assert list(layer.share_links()) == []
