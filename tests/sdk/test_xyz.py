"""XYZ objects live on a server, and give URLs that draw them."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import httpx2
import numpy as np
import pytest
from PIL import Image

import sdk as wf
from sdk.contract.packed_query import read_query
from sdk.service.exceptions import NotFound


@pytest.fixture
def red() -> wf.Image:
    return wf.Image.from_id("field:a").pick_bands("red")


def query_of(url: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)


def tile_of(lon: float, lat: float, z: int) -> dict[str, int]:
    n = 2**z
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * n
    return {"z": z, "x": int((lon + 180) / 360 * n), "y": int(y)}


def test_a_new_object_is_on_the_server_at_once(client: wf.Client, red: wf.Image) -> None:
    option = wf.VizOption("grey", "red", scales=[(0, 50)])
    xyz = wf.XYZ(red, "Red", "The *red* band", True, [option], days_to_expiration=3, client=client)

    assert len(xyz.id) == 48
    assert int(xyz.id, 16) >= 0
    same = wf.XYZ.get(xyz.id, client=client)
    assert same == xyz
    assert (same.name, same.description, same.public) == ("Red", "The *red* band", True)
    assert same.viz_options == [option]
    assert abs(same.created_timestamp - datetime.now(UTC)) < timedelta(minutes=1)
    assert same.updated_timestamp == same.created_timestamp
    assert same.expires_timestamp == same.created_timestamp + timedelta(days=3)
    assert (same.client_version, same.channel) == (wf.XYZ(red, client=client).client_version, "master")
    assert isinstance(same.user, str)
    assert isinstance(same.org, str)


def test_the_stored_object_is_the_one_that_was_given(client: wf.Client, red: wf.Image, geoctx: wf.GeoContext) -> None:
    xyz = wf.XYZ(red + 1, client=client)
    same = wf.XYZ.get(xyz.id, client=client)
    assert same.type is wf.Image
    assert same.params == ()
    assert same.object.graft == xyz.object.graft
    assert cast(Any, same.object).inspect(geoctx, client=client).ndarray[0, 0, 3] == 4


def test_an_object_with_parameters_becomes_a_function(client: wf.Client, red: wf.Image) -> None:
    scaled = red * wf.parameter("factor", wf.Float) + wf.parameter("offset", wf.Int)
    xyz = wf.XYZ.get(wf.XYZ(scaled, client=client).id, client=client)
    assert xyz.type is wf.Function[{"factor": wf.Float, "offset": wf.Int}, wf.Image]
    assert [(param._name, type(param)) for param in xyz.params] == [("factor", wf.Float), ("offset", wf.Int)]


def test_objects_without_a_name_have_the_documented_defaults(client: wf.Client, red: wf.Image) -> None:
    xyz = wf.XYZ(red, client=client)
    assert (xyz.name, xyz.description, xyz.public, xyz.viz_options) == ("", "", True, [])
    assert xyz.expires_timestamp == xyz.created_timestamp + timedelta(days=10)


def test_the_repr_shows_what_it_is(client: wf.Client, red: wf.Image) -> None:
    xyz = wf.XYZ(red * wf.parameter("factor", wf.Float), "Scaled", "More or less", client=client)
    assert repr(xyz).splitlines() == [
        'XYZ: "Scaled"',
        f"  - id: {xyz.id}",
        "  - type: Function[{'factor': Float}, Image]",
        "  - arguments: factor",
        "  - public: True",
        f"  - expires: {xyz.expires_timestamp:%Y-%m-%d %H:%M} UTC",
        f"  - map: {client.url}/xyz/{xyz.id}",
        f"  - url: {client.url}/xyz/{xyz.id}/{{z}}/{{x}}/{{y}}.png",
        "More or less",
    ]


def test_deleted_objects_are_not_found(client: wf.Client, red: wf.Image) -> None:
    first, second = wf.XYZ(red, client=client), wf.XYZ(red, client=client)
    first.delete()
    wf.XYZ.delete_id(second.id, client=client)
    for xyz in (first, second):
        with pytest.raises(NotFound, match=f"^404 XYZ '{xyz.id}' does not exist"):
            wf.XYZ.get(xyz.id, client=client)
        with pytest.raises(NotFound):
            xyz.delete()


def test_public_and_other_objects_are_listed_apart(client: wf.Client, red: wf.Image) -> None:
    public = {wf.XYZ(red, public=True, client=client).id for _ in range(2)}
    private = {wf.XYZ(red, public=False, client=client).id for _ in range(102)}  # more than a page
    listed = [xyz.id for xyz in wf.XYZ.list(client=client)]
    assert private <= set(listed)
    assert not public & set(listed)
    assert len(set(listed)) == len(listed)
    assert public <= {xyz.id for xyz in wf.XYZ.list(public=True, client=client)}


def test_the_default_client_is_that_of_the_environment(
    server_url: str, red: wf.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAFTILE_URL", server_url)
    xyz = wf.XYZ(red)
    assert wf.XYZ.get(xyz.id) == xyz
    xyz.delete()


@pytest.mark.parametrize("thing", [5, "red", None, [1]], ids=repr)
def test_what_is_no_proxy_cannot_be_stored(thing: Any) -> None:
    with pytest.raises(TypeError, match="a proxy object"):
        wf.XYZ(thing)


def test_viz_options_must_be_such(red: wf.Image) -> None:
    with pytest.raises(TypeError, match="VizOptions"):
        wf.XYZ(red, viz_options=[{"id": "x"}])  # type: ignore[list-item]


def test_what_the_server_refuses_is_told(client: wf.Client, red: wf.Image) -> None:
    with pytest.raises(wf.exceptions.BadRequest, match="days_to_expiration"):
        wf.XYZ(red, days_to_expiration=-1, client=client)


# URLs


def test_a_url_is_a_template(client: wf.Client, red: wf.Image) -> None:
    xyz = wf.XYZ(red, client=client)
    assert xyz.url() == f"{client.url}/xyz/{xyz.id}/{{z}}/{{x}}/{{y}}.png"


def test_the_query_says_all_that_is_chosen(client: wf.Client, red: wf.Image) -> None:
    xyz = wf.XYZ(red, viz_options=[wf.VizOption("grey", "red")], client=client)
    url = xyz.url("some session", "magma", ["red"], [(0.2, 0.8)], "median", True, viz="grey")
    assert query_of(url) == [
        ("session_id", "some session"),
        ("colormap", "magma"),
        ("band", "red"),
        ("scales", "[[0.2,0.8]]"),
        ("reduction", "median"),
        ("checkerboard", "true"),
        ("viz", "grey"),
    ]


STYLES: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"bands": "nir red"}, [("band", "nir"), ("band", "red")]),
    ({"scales": (0, 0.9)}, [("scales", "[[0.0,0.9]]")]),
    ({"scales": [(0, 0.9)]}, [("scales", "[[0.0,0.9]]")]),
    ({"scales": [(0, 1), None]}, [("scales", "[[0.0,1.0],[null,null]]")]),
    ({"scales": "auto"}, [("scales", "auto")]),
    ({"scales": np.array([[0, 0.9], [1, 2]])}, [("scales", "[[0.0,0.9],[1.0,2.0]]")]),
    ({"colormap": ""}, [("colormap", "")]),
    ({"checkerboard": False}, [("checkerboard", "false")]),
]


@pytest.mark.parametrize(("style", "query"), STYLES, ids=str)
def test_styles_become_queries(
    client: wf.Client, red: wf.Image, style: dict[str, Any], query: list[tuple[str, str]]
) -> None:
    assert query_of(wf.XYZ(red, client=client).url(**style)) == query


def test_only_the_place_of_a_tile_stands_in_braces(client: wf.Client, red: wf.Image) -> None:
    by_dict = red * wf.parameter("weights", wf.Dict[wf.Str, wf.Float])["a b"]
    url = wf.XYZ(by_dict, client=client).url("{z}", scales=[(0, 1)], weights={"a b": 2.0})
    template, _, query = url.partition("?")
    assert template.endswith("/{z}/{x}/{y}.png")
    assert not set(query) & set('{}[]" ,')
    assert url.format(z=1, x=2, y=3) == template.format(z=1, x=2, y=3) + "?" + query


BAD_STYLES: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"scales": "0,1"}, TypeError, "list of pairs"),
    ({"scales": 1}, TypeError, "list of pairs"),
    ({"scales": [(0, "1")]}, TypeError, "two numbers"),
    ({"scales": [1, 2, 3]}, TypeError, "pair"),
    ({"scales": [(0, 1)], "bands": "a b"}, ValueError, "one for each band"),
    ({"bands": "a b c d"}, ValueError, "one to three bands"),
    ({"reduction": "first"}, ValueError, "one of mosaic, min"),
    ({"checkerboard": 1}, TypeError, "True or False"),
    ({"session_id": ""}, ValueError, "1 to 128 characters"),
    ({"session_id": "s" * 129}, ValueError, "1 to 128 characters"),
    ({"viz": "absent"}, ValueError, "no VizOption 'absent'"),
]


@pytest.mark.parametrize(("style", "error", "message"), BAD_STYLES, ids=lambda value: str(value)[:40])
def test_styles_that_cannot_be_drawn_are_refused(
    client: wf.Client, red: wf.Image, style: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        wf.XYZ(red, client=client).url(**style)


def test_arguments_become_json(client: wf.Client, red: wf.Image) -> None:
    image = red ** wf.parameter("exponent", wf.Float) * wf.parameter("n", wf.Int)
    xyz = wf.XYZ(image.pick_bands(wf.parameter("name", wf.Str)), client=client)
    query = dict(read_query(xyz.url(exponent=2, n=wf.Int(3), name="red")))
    assert {name: json.loads(text) for name, text in query.items()} == {"exponent": 2.0, "n": 3, "name": "red"}


def test_computed_arguments_become_grafts(client: wf.Client, red: wf.Image) -> None:
    xyz = wf.XYZ(red * wf.parameter("n", wf.Int), client=client)
    ((name, text),) = read_query(xyz.url(n=wf.Int(3) + 1))
    assert name == "n"
    assert json.loads(text) == (wf.Int(3) + 1).graft


BAD_ARGUMENTS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({}, TypeError, r"missing arguments: factor \(Float\)"),
    (
        {"factor": 1.0, "other": 2},
        TypeError,
        "no option or argument 'other'; options are .*; the layer's arguments are factor",
    ),
    ({"factor": "a"}, TypeError, "'factor' must be Float"),
    ({"factor": wf.parameter("q", wf.Float)}, ValueError, "must not depend on parameters, but depends on q"),
]


@pytest.mark.parametrize(("arguments", "error", "message"), BAD_ARGUMENTS, ids=lambda value: str(value)[:30])
def test_arguments_must_be_those_of_the_object(
    client: wf.Client, red: wf.Image, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    xyz = wf.XYZ(red * wf.parameter("factor", wf.Float), client=client)
    with pytest.raises(error, match=message):
        xyz.url(**arguments)


def test_an_object_without_parameters_takes_no_arguments(client: wf.Client, red: wf.Image) -> None:
    with pytest.raises(TypeError, match="the layer takes no arguments"):
        wf.XYZ(red, client=client).url(factor=1)


@pytest.mark.parametrize("name", ["session_id", "scales", "band", "viz", "access_token"])
def test_a_layer_with_a_parameter_that_its_urls_could_not_name_is_refused(
    client: wf.Client, red: wf.Image, name: str
) -> None:
    with pytest.raises(wf.exceptions.BadRequest, match=f"cannot be called {name}"):
        wf.XYZ(red * wf.parameter(name, wf.Float), client=client)


def test_an_argument_is_not_confused_with_the_bands_to_draw(client: wf.Client, red: wf.Image) -> None:
    xyz = wf.XYZ(red * wf.parameter("bands", wf.Float), client=client)
    with pytest.raises(TypeError, match="cannot be called bands"):
        xyz.url(bands=1.5)  # type: ignore[arg-type]


def test_only_imagery_can_be_drawn(client: wf.Client) -> None:
    for value in (wf.Int(1), wf.Int(1) + wf.parameter("n", wf.Int)):
        with pytest.raises(TypeError, match="can be drawn"):
            wf.XYZ(value, client=client).url()


def test_arguments_without_names_cannot_be_given(client: wf.Client) -> None:
    function = wf.Function[wf.Image, {}, wf.Image](lambda image: image + 1)
    with pytest.raises(TypeError, match="without names"):
        wf.XYZ(function, client=client).url()


def test_wmts_urls_say_the_tile_matrix_sets(client: wf.Client, red: wf.Image) -> None:
    xyz = wf.XYZ(red, client=client)
    plain = f"{client.url}/wmts/xyz/{xyz.id}/1.0.0/WMTSCapabilities.xml"
    assert xyz.wmts_url() == plain
    assert xyz.wmts_url("EPSG:3857") == f"{plain}?tile_matrix_sets=EPSG:3857"
    assert httpx2.get(xyz.wmts_url("EPSG:3857")).status_code == 200
    assert query_of(xyz.wmts_url(["EPSG:3857", "WGS1984Quad"], dimensions=True)) == [
        ("tile_matrix_sets", "EPSG:3857"),
        ("tile_matrix_sets", "WGS1984Quad"),
        ("dimensions", "true"),
    ]


# The whole way


def test_tiles_of_the_url_are_drawn_and_logged(client: wf.Client, red: wf.Image) -> None:
    xyz = wf.XYZ(red * wf.parameter("factor", wf.Float), client=client)
    url = xyz.url("s1", scales=(0, 46), factor=2.0)

    answer = httpx2.get(url.format(**tile_of(15.0004, 45.1533, 18)))

    assert answer.status_code == 200, answer.text
    rgba = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))
    drawn = {int(value) for value in np.unique(rgba[rgba[..., 3] > 0][:, 0])}
    possible = {int(np.floor(255 * (value / 23) + 0.5)) for value in range(24) if value != 8}  # 8 is the missing one
    assert drawn
    assert drawn <= possible
    first = next(xyz.iter_tile_logs("s1"))
    assert first.session_id == "s1"
    assert first.level in ("DEBUG", "INFO")
    assert abs(first.timestamp - datetime.now(UTC)) < timedelta(minutes=1)


def test_an_argument_that_is_a_graft_is_evaluated(client: wf.Client, red: wf.Image) -> None:
    xyz = wf.XYZ(red * wf.parameter("factor", wf.Float), client=client)
    place = tile_of(15.0004, 45.1533, 18)
    direct = httpx2.get(xyz.url(scales=(0, 46), factor=2.0).format(**place))
    computed = httpx2.get(xyz.url(scales=(0, 46), factor=wf.Float(1.5) + 0.5).format(**place))
    assert direct.status_code == computed.status_code == 200
    assert direct.content == computed.content
