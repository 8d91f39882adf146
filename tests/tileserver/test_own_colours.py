"""Colours of one's own, of values and of intervals: pictures against NumPy, legends, addresses, bad input."""

from __future__ import annotations

import base64
import io
import json
import re
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import httpx2
import numpy as np
import pytest
from lxml import etree
from numpy.typing import NDArray
from PIL import Image, ImageColor

import sdk as wf
from graft_eval.scope import Raster
from sdk.service.computation import Computation
from tests.tileserver.conftest import Served, X, Y, Z
from tileserver.drawing.classes import Class, Colours
from tileserver.drawing.legend import Legend
from tileserver.drawing.render import Paint, draw

INTERVALS: list[list[Any]] = [
    [None, 0, "red", "Loss"],
    [0, 0.25, "#ffff00", "Little"],
    [0.25, 0.5, "rgb(0,128,0)"],
    [0.75, None, "#0000ff80", "Much"],
]
OPTION = {"id": "Wald & Wiese", "bands": ["nir"], "colormap": INTERVALS}


def rgba(answer: httpx2.Response) -> NDArray[np.uint8]:
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


def expected(values: NDArray[np.float64], intervals: list[list[Any]]) -> NDArray[np.uint8]:
    picture = np.zeros((*values.shape, 4), np.uint8)
    for low, high, colour, *_ in intervals:
        inside = (values >= (-np.inf if low is None else low)) & (values < (np.inf if high is None else high))
        picture[inside] = (*ImageColor.getrgb(colour), 255)[:4]
    return picture


def nir_pixels(served: Served) -> NDArray[np.float64]:
    early, late = served.pixels.values()
    values: NDArray[np.float64] = np.ma.where(late.mask, early, late)[3, :256, :256].filled(np.nan)
    return values


def test_intervals_hold_their_lower_bounds(served: Served, nir: str) -> None:
    picture = rgba(served.tile(nir, f"colormap={quote(json.dumps(INTERVALS))}"))
    right = expected(nir_pixels(served), INTERVALS)
    np.testing.assert_array_equal(picture[..., 3], right[..., 3])
    np.testing.assert_array_equal(picture[right[..., 3] > 0], right[right[..., 3] > 0])
    edges = np.array([[-1e300, -1e-9, 0, 0.25, 0.4999, 0.5, 0.75, 1e300]])
    for values in (edges, edges[:, ::-1]):
        png = draw(Raster(values[None], np.zeros((1, 1, 8), bool)), Paint(palette=Colours.from_json(INTERVALS[::-1])))
        np.testing.assert_array_equal(
            np.asarray(Image.open(io.BytesIO(png)).convert("RGBA")), expected(values, INTERVALS)
        )


def test_values_have_their_colours_and_others_none() -> None:
    values = np.array([[[0, 1, 2.5, -3, 7, 2.5000001, np.nan, np.inf]]])
    colours = Colours.from_json({"2.5": ["gold"], "-3": ["#123"], "1": ["navy", "Sea"]})
    mask = np.zeros(values.shape, bool)
    for checkerboard in (False, True):
        png = draw(Raster(values, mask), Paint(palette=colours, checkerboard=checkerboard))
        found = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))[0]
        assert found[1:4].tolist() == [[0, 0, 128, 255], [255, 215, 0, 255], [17, 34, 51, 255]]
        nothing = 255 if checkerboard else 0
        assert found[[0, 4, 5, 6, 7], 3].tolist() == [nothing] * 5


def test_many_classes_are_drawn_exactly() -> None:
    table = np.random.default_rng(3).integers(0, 256, (256, 3))
    colours = Colours.from_json({str(n): [f"#{bytes(table[n].astype(np.uint8).tolist()).hex()}"] for n in range(256)})
    values = np.random.default_rng(4).permuted(np.tile(np.arange(256.0), 16)).reshape(1, 64, 64)
    png = draw(Raster(values, np.zeros(values.shape, bool)), Paint(palette=colours))
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png)).convert("RGB")), table[values[0].astype(int)])


CSS = {
    "rgba(255, 0, 0, 1)": "#ff0000",
    "rgb(0, 0, 255, 0.5)": "#0000ff80",
    "hsla(120, 100%, 50%, 25%)": "#00ff0040",
    "rgb(300, 0, 0)": "#ff0000",
    "rgb(200%, 0%, 0%)": "#ff0000",
    "hsl(0, 300%, 50%)": "#ff0000",
    "Transparent": "#00000000",
    "REBECCAPURPLE": "#663399",
    "#0f08": "#00ff0088",
}


@pytest.mark.parametrize("colour", CSS)
def test_colours_are_what_css_means(served: Served, nir: str, colour: str) -> None:
    query = f"colormap={quote(json.dumps({'1': [colour]}))}"
    assert served.get(f"/xyz/{nir}/legend.json?{query}").json()["classes"] == [{"value": 1, "color": CSS[colour]}]
    assert served.get(f"/xyz/{nir}/legend.svg?{query}").status_code == 200
    assert served.tile(nir, query).status_code == 200


def test_names_are_taken_in_any_case(served: Served, nir: str) -> None:
    one, two = (served.tile(nir, f"colormap={name}&scales=[[0,1]]") for name in ("RdYlGn_r", "rdylgn_R"))
    np.testing.assert_array_equal(rgba(one), rgba(two))
    assert one.headers["ETag"] == two.headers["ETag"]


@pytest.fixture(scope="module")
def styled(served: Served) -> str:
    return served.publish(wf.ImageCollection.from_id("field").pick_bands("nir"), viz_options=[OPTION])


def test_a_viz_option_keeps_colours_for_short_addresses(served: Served, styled: str) -> None:
    stored = served.get(f"/api/xyz/{styled}").json()["viz_options"][0]["colormap"]
    assert stored == INTERVALS
    by_viz, by_url = (
        rgba(served.tile(styled, query))
        for query in ("viz=Wald%20%26%20Wiese", f"colormap={quote(json.dumps(INTERVALS))}")
    )
    np.testing.assert_array_equal(by_viz, by_url)
    assert (rgba(served.tile(styled, "viz=Wald%20%26%20Wiese&colormap=viridis")) != by_viz).any()


def test_the_client_stores_and_addresses_them(served: Served) -> None:
    client = wf.Client(served.url)
    option = wf.VizOption("own", "nir", colormap={1: ("#006400", "Trees"), "0.5": "gold"})
    assert option.colormap == {"1": ["#006400", "Trees"], "0.5": ["gold"]}
    computation = wf.ImageCollection.from_id("field").pick_bands("nir")
    xyz = wf.XYZ(computation, viz_options=[option], client=client)
    assert xyz.viz_options == [option]
    url = xyz.url(colormap=[(0, 0.5, "#00f", "Wenig: 50 %"), (0.5, 1, "gold")], checkerboard=True, session_id="s")
    assert not re.search(r"[#%+]", url)
    picture = rgba(served.get(url.format(z=Z, x=X, y=Y)))
    blue = (nir_pixels(served) >= 0) & (nir_pixels(served) < 0.5)
    assert (picture[blue] == (0, 0, 255, 255)).all()
    assert (picture[..., 3] == 255).all()
    with pytest.raises(ValueError, match="must not overlap"):
        xyz.url(colormap=[(0, 2, "red"), (1, 3, "blue")])


def test_a_legend_lists_them_in_order(served: Served, styled: str) -> None:
    found = served.get(f"/xyz/{styled}/legend.json?viz=Wald%20%26%20Wiese").json()
    assert (found["type"], found["bands"]) == ("classes", [{"name": "nir", "scale": None}])
    assert found["classes"] == [
        {"interval": [None, 0], "color": "#ff0000", "label": "Loss"},
        {"interval": [0, 0.25], "color": "#ffff00", "label": "Little"},
        {"interval": [0.25, 0.5], "color": "#008000"},
        {"interval": [0.75, None], "color": "#0000ff80", "label": "Much"},
    ]
    picture = rgba(served.get(f"/xyz/{styled}/legend.png?viz=Wald%20%26%20Wiese"))
    assert [tuple(picture[row, 16, :3]) for row in (25, 45, 65)] == [(255, 0, 0), (255, 255, 0), (0, 128, 0)]


@pytest.mark.parametrize("query", ["viz=Wald%20%26%20Wiese", "colormap=viridis&scales=[[0,1]]", "scales=[[null,null]]"])
def test_a_legend_as_svg_says_what_the_png_does(served: Served, styled: str, query: str) -> None:
    answer = served.get(f"/xyz/{styled}/legend.svg?{query}")
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    root = etree.fromstring(answer.content)
    picture = rgba(served.get(f"/xyz/{styled}/legend.png?{query}"))
    assert (int(root.get("width", "")), int(root.get("height", ""))) == picture.shape[1::-1]
    name = "{http://www.w3.org/2000/svg}"
    for box in root.findall(f"{name}rect")[1:]:
        x, y = (int(box.get(key, "")) for key in ("x", "y"))
        if box.get("fill-opacity") is None and box.get("fill") != "#202020":
            assert f"#{bytes(picture[y, x, :3].tolist()).hex()}" == box.get("fill") or picture[y, x, 0] == 32
    texts = [text.text for text in root.findall(f"{name}text")]
    assert texts[0] == "nir"
    if query.startswith("viz"):
        assert texts[1:] == ["below 0: Loss", "0 to 0.25: Little", "0.25 to 0.5", "0.75 and above: Much"]


def test_a_legend_of_long_labels_is_wide_enough() -> None:
    legend = Legend(
        ("a",), ((None, None),), classes=[Class(1, "x" * 300, (0, 0, 0, 255)), Class(2, "ok\n<&>", (9, 9, 9, 0))]
    )
    width = Image.open(io.BytesIO(legend.draw())).width
    assert 256 < width < 1200
    assert etree.fromstring(legend.to_svg()).get("width") == str(width)


@pytest.mark.parametrize("letter", ["ä", "é", "ß", "Л", "δ", "€", "غ"])
def test_a_legend_has_letters_of_many_languages(letter: str) -> None:
    def drawn(text: str) -> bytes:
        return Legend(("cover",), ((None, None),), classes=[Class(1, text, (0, 100, 0, 255))]).draw()

    assert drawn(letter) != drawn("\ue000")  # which no typeface has


@pytest.mark.parametrize(
    ("scale", "ticks"),
    [
        ((123456.1, 123456.9), ["123456.2", "123456.4", "123456.6", "123456.8"]),
        ((0.0, 1.0), ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        ((2.0**60, 2.0**60 + 1024), None),
        ((-1e308, 1.7e308), ["-1e+308", "1.7e+308"]),
    ],
    ids=["narrow", "usual", "ids", "the largest"],
)
def test_ticks_of_a_legend_differ(scale: tuple[float, float], ticks: list[str] | None) -> None:
    root = etree.fromstring(Legend(("nir",), (scale,), "viridis").to_svg())
    found = [text.text for text in root.findall("{*}text")][1:]
    assert found == ticks or (ticks is None and len(set(found)) == len(found))


def test_addresses_in_documents_have_nothing_that_programs_cut_at(served: Served, styled: str) -> None:
    style = quote(json.dumps({"1": ["#006400", "Bäume & Büsche"]}))
    here = f"/xyz/{styled}"
    [tiles] = served.get(f"{here}/tilejson.json?colormap={style}&checkerboard=true&access_token=a%20b").json()["tiles"]
    assert not re.search(r"[#%+]", tiles.partition("&access_token")[0])
    assert parse_qs(urlsplit(tiles).query)["access_token"] == ["a b"]
    packed = urlsplit(tiles).query.partition("&access")[0]
    mine, theirs = (served.tile(styled, query) for query in (packed, f"colormap={style}&checkerboard=true"))
    assert mine.content == theirs.content
    assert mine.headers["ETag"] == theirs.headers["ETag"]
    document: Any = etree.fromstring(served.get(f"/wmts{here}/1.0.0/WMTSCapabilities.xml").content)
    legends = [str(url) for url in document.xpath("//@*[local-name() = 'href'][contains(., 'legend.png')]")]
    assert len(legends) == 2
    assert not any(re.search(r"[#%+]", url) for url in legends)
    wmts_legend = served.get(legends[1])
    assert wmts_legend.content == served.get(f"{here}/legend.png?viz=Wald%20%26%20Wiese").content


def test_documents_take_a_packed_query_as_what_it_says(served: Served) -> None:
    client = wf.Client(served.url)
    image = wf.ImageCollection.from_id("field").pick_bands("nir") * wf.ifelse(wf.parameter("text", wf.Str) == "#", 1, 2)
    xyz = wf.XYZ(image, client=client)
    packed = urlsplit(xyz.url(scales=(0, 1), text="#")).query
    here = f"/xyz/{xyz.id}/tilejson.json?{packed}"
    [more] = served.get(f"{here}&colormap={quote(json.dumps(INTERVALS))}").json()["tiles"]
    [other] = served.get(f"{here}&text=%22%25%22").json()["tiles"]
    assert not re.search(r"[#%+]", more + other)
    for tiles, query in ((more, {"colormap": INTERVALS, "text": "#"}), (other, {"scales": [[0, 1]], "text": "%"})):
        expected = "&".join(f"{key}={quote(json.dumps(value))}" for key, value in query.items())
        assert served.get(tiles.format(z=Z, x=X, y=Y)).content == served.tile(xyz.id, expected).content
    absent = urlsplit(xyz.url(bands="absent", text="#")).query
    assert served.get(f"/xyz/{xyz.id}/tilejson.json?{absent}").status_code == 400


def test_a_file_for_qgis_brings_the_legend_of_its_style(served: Served, styled: str) -> None:
    style = quote(json.dumps(INTERVALS))
    root = etree.fromstring(served.get(f"/xyz/{styled}/layer.qlr?colormap={style}").content)
    [layer] = root.findall(".//maplayer")
    kind, _, data = layer.get("legendPlaceholderImage", "").partition(":")
    assert kind == "base64"
    assert base64.b64decode(data) == served.get(f"/xyz/{styled}/legend.png?colormap={style}").content
    url = parse_qs(layer.findtext("datasource") or "")["url"][0]
    assert not re.search(r"[#%+]", unquote(url))


BAD = {
    '{"1":"no such colour"}': "colours must be names or codes of CSS, like red or #006400, not 'no such colour'",
    '{"1":"rgb(1,2,3,4,5)"}': "colours must be names or codes of CSS",
    '{"1":"rgba(1,2,3,1.2.3)"}': "colours must be names or codes of CSS",
    '{"x":"red"}': "values of a colormap must be finite numbers, not 'x'",
    '{"1":["red",5]}': "with a colour, or a colour and a label",
    '{"1":"red","1.0":"blue"}': "each value of a colormap must stand in it once",
    "{}": "must have 1 to 256 colours, not 0",
    "[]": "must have 1 to 256 colours, not 0",
    '[[1,0,"red"]]': "the lower bound of an interval must be less than its upper one",
    '[[0,2,"red"],[1,3,"blue"]]': "must not overlap, as they do at 1",
    "[[0,1]]": "or of intervals like",
    '[[0,1e999,"red"]]': "JSON of colours of one's own",
    '{"1":"red"': "JSON of colours of one's own",
    json.dumps({str(n): "red" for n in range(257)}): "not 257",
}


@pytest.mark.parametrize("colormap", BAD, ids=lambda text: str(text)[:24])
def test_bad_colours_are_told_so(served: Served, nir: str, colormap: str) -> None:
    answer = served.tile(nir, f"colormap={quote(colormap)}")
    assert answer.status_code == 400, answer.text
    assert BAD[colormap] in answer.json()["message"]
    assert answer.json()["message"].startswith("colormap must be")
    option = {"id": "bad", "bands": ["nir"], "colormap": colormap}
    if colormap.endswith(("]", "}")) and "1e999" not in colormap:
        option["colormap"] = json.loads(colormap)
    body = Computation.of(wf.ImageCollection.from_id("field").pick_bands("nir")).to_json()
    posted = served.post("/api/xyz", {**body, "viz_options": [option]})
    assert posted.status_code == 400, posted.text


@pytest.mark.parametrize("viz", ["~", "~%20", "~aaa", "~YQ", "~w7w", "~dml6PX5hYWE"])
def test_a_bad_packed_query_is_told_so(served: Served, nir: str, viz: str) -> None:
    answer = served.tile(nir, f"viz={viz}")
    assert (answer.status_code, answer.json()["key"]) == (400, "viz")


def test_colours_need_one_band(served: Served, rgb: str) -> None:
    answer = served.tile(rgb, f"colormap={quote(json.dumps(INTERVALS))}")
    assert answer.status_code == 400
    assert "colormap of one's own colours one band, not 3" in answer.json()["message"]
