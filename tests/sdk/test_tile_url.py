"""Addresses that are handed out have no character at which programs cut, and draw what percent-encoded ones do."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
import pytest

import sdk as wf
from sdk.contract.packed_query import read_query
from tests.sdk.test_xyz import tile_of

CUT = set("#%+\"' {}\\")
TEXTS = [
    "two words",
    'a "quote"',
    "#1",
    "50 %25",
    "a+b",
    "x=1&y=2",
    "Grün 森🌲",
    "{z}",
    "~YQ",
    "back\\slash",
    "",
    "a'b",
]
OPTION = wf.VizOption("Wald & Wiese: 50 % + #1", "red", scales=[(0, 30)])


@pytest.fixture
def red() -> wf.Image:
    return wf.Image.from_id("field:a").pick_bands("red")


def drawn(url: str) -> bytes:
    answer = httpx2.get(url.format(**tile_of(15.0004, 45.1533, 18)))
    assert answer.status_code == 200, answer.text
    return answer.content


def encoded(xyz: wf.XYZ, query: dict[str, str]) -> str:
    return f"{xyz._record['url_template']}?{urlencode(query, quote_via=quote, safe='')}"


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_reaches_the_layer_whole(client: wf.Client, red: wf.Image, text: str) -> None:
    factor = wf.ifelse(wf.parameter("text", wf.Str) == text, 1, 2)
    xyz = wf.XYZ(red * factor, client=client)
    url = xyz.url(scales=(0, 46), text=text)
    assert not CUT & set(url.partition("?")[2])
    assert read_query(url) == [("scales", "[[0.0,46.0]]"), ("text", json.dumps(text))]
    assert drawn(url) == drawn(encoded(xyz, {"scales": "[[0,46]]", "text": json.dumps(text)}))
    assert drawn(url) != drawn(xyz.url(scales=(0, 46), text="other"))


STYLES: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"scales": (0, 1e20)}, {"scales": "[[0,1e20]]"}),
    ({"colormap": {1: ("#006400", "Grün & 50 %"), 2: "gold"}}, {"colormap": '{"1": "#006400", "2": "gold"}'}),
    ({"colormap": [(None, 5, "#00f", "a+b")]}, {"colormap": '[[null, 5, "#00f"]]'}),
    ({"viz": OPTION}, {"viz": OPTION.id}),
    ({"viz": OPTION, "colormap": "magma", "checkerboard": True}, {"scales": "[[0,30]]", "colormap": "magma"}),
]


@pytest.mark.parametrize(("style", "query"), STYLES, ids=lambda value: str(value)[:30])
def test_styles_are_packed_where_they_must_be(
    client: wf.Client, red: wf.Image, style: dict[str, Any], query: dict[str, str]
) -> None:
    xyz = wf.XYZ(red, viz_options=[OPTION], client=client)
    url = xyz.url(**style)
    assert not CUT & set(url.partition("?")[2])
    assert drawn(url) == drawn(encoded(xyz, {**query, "checkerboard": str("checkerboard" in style).lower()}))


def test_what_is_safe_stays_readable(client: wf.Client, red: wf.Image) -> None:
    xyz = wf.XYZ(red * wf.parameter("factor", wf.Float), client=client)
    url = xyz.url("s1", "magma", "red", scales=[(0, 0.9)], link="k", factor=-2)
    assert url.partition("?")[2] == ("session_id=s1&colormap=magma&band=red&scales=[[0.0,0.9]]&link=k&factor=-2.0")


def test_computed_arguments_are_packed(client: wf.Client, red: wf.Image) -> None:
    xyz = wf.XYZ(red * wf.parameter("factor", wf.Float), client=client)
    computed = wf.Float(1.5) + 0.5
    url = xyz.url(scales=(0, 46), factor=computed)
    assert not CUT & set(url.partition("?")[2])
    assert drawn(url) == drawn(encoded(xyz, {"scales": "[[0,46]]", "factor": json.dumps(computed.graft)}))


def test_sessions_and_credentials_are_never_packed(client: wf.Client, red: wf.Image) -> None:
    xyz = wf.XYZ(red * wf.parameter("n", wf.Int), viz_options=[OPTION], client=client)
    url = xyz.url("s1", viz=OPTION, access_token="t", link="k", n=3)
    packed, _, rest = url.partition("?viz=~")[2].partition("&")
    assert packed.isalnum()
    assert rest == "session_id=s1&access_token=t&link=k"
    assert read_query(url)[:2] == [("viz", OPTION.id), ("n", "3")]


@pytest.mark.parametrize("document", ["tilejson.json", "layer.qlr", "legend.json", "style.json", ""])
def test_a_packed_address_leads_to_the_documents_of_its_style(client: wf.Client, red: wf.Image, document: str) -> None:
    xyz = wf.XYZ(red * wf.ifelse(wf.parameter("text", wf.Str) == "#1", 1, 2), client=client)
    address = xyz.url(scales=(0, 46), text="#1").replace("/{z}/{x}/{y}.png", f"/{document}".rstrip("/"))
    answer = httpx2.get(address)
    assert answer.status_code == 200, answer.text
    if document == "tilejson.json":
        [tiles] = answer.json()["tiles"]
        assert drawn(tiles) == drawn(xyz.url(scales=(0, 46), text="#1"))
