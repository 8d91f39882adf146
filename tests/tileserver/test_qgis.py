"""Layer definition files: what QGIS opens at a double click. `make test-qgis` has QGIS itself open them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import sdk as wf
from sdk.service.computation import Computation
from tests.server_fixture import running_server, without_request_id
from tests.tileserver.conftest import Served
from tests.tileserver.rasters import collection, item, write_json, write_tif
from tests.tileserver.wmts_client import Wmts, rgba, texts
from tileserver.layers.qgis import file_name, layer_definition, wmts_layers, xyz_layer
from tileserver.settings import Settings
from tileserver.store import Users, open_database
from wmts import Dimension, LayerInfo, LonLatBox, StyleInfo, link_layer, standard_matrix_sets

BOX = LonLatBox(13.359375, 52.2681573737682, 14.0625, 52.6963610782745)
TYPE = "application/x-qgis-layer-definition"
BOB, EVE = "bob@example.com", "eve@example.com"
UNIT = {"id": "unit", "description": "All of it", "bands": ["nir"], "scales": [[0, 1]]}
HOSTILE = st.text(st.sampled_from("<>&\"' {}]]>\x00\x0b\ud800\ufffe\r\n\t%?#/\\é🦉a"), max_size=20) | st.text(
    max_size=20
)


def opened(answer: httpx2.Response) -> etree._Element:
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, TYPE), answer.text
    return etree.fromstring(answer.content)


def sources(root: etree._Element) -> list[dict[str, str]]:
    """Return the URIs of the layers' sources, taken apart."""
    found = texts(root, "//maplayer/datasource")
    assert found == texts(root, "//layer-tree-layer/@source")
    return [dict(parse_qsl(source, keep_blank_values=True)) for source in found]


def test_a_layer_is_wmts_in_all_its_styles(served: Served) -> None:
    layer = served.publish(
        wf.ImageCollection.from_id("field"), name="Field", description="Two <dates>", viz_options=[UNIT]
    )
    answer = served.get(f"/xyz/{layer}/layer.qlr")
    root = opened(answer)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Field.qlr"'
    assert answer.headers["Cache-Control"] == served.tile(layer, "viz=unit").headers["Cache-Control"]
    assert answer.content.splitlines()[1] == b"<!DOCTYPE qgis-layer-definition>"

    assert texts(root, "/qlr/layer-tree-group/layer-tree-group/@name") == ["Field"]
    assert texts(root, "//layer-tree-layer/@name") == texts(root, "//layername") == ["unit", "Default"]
    assert texts(root, "//layer-tree-layer/@checked") == ["Qt::Checked", "Qt::Unchecked"]
    assert texts(root, "//layer-tree-layer/@id") == texts(root, "//maplayer/id")
    assert texts(root, "//resourceMetadata/abstract")[0] == "Two <dates>\n\nAll of it"
    assert [float(side) for side in texts(root, "(//wgs84extent)[1]/*")] == pytest.approx(BOX)

    document = Wmts(served.http, f"xyz/{layer}").document()
    for source, style in zip(sources(root), ("unit", "default"), strict=True):
        assert source["url"] == texts(document, "/*/w:ServiceMetadataURL/@x:href")[0]
        assert [source["layers"]] == texts(document, "//w:Layer/o:Identifier")
        assert source["styles"] == style
        assert source["styles"] in texts(document, "//w:Style/o:Identifier")
        assert (source["tileMatrixSet"], source["crs"]) == ("WebMercatorQuad", "EPSG:3857")


def test_a_layer_of_one_style_needs_no_group(served: Served, nir: str) -> None:
    root = opened(served.get(f"/xyz/{nir}/layer.qlr"))
    assert texts(root, "//layer-tree-group/@name") == [""]
    [source] = sources(root)
    assert source["styles"] == "default"


def test_a_query_is_that_of_the_tiles(served: Served, nir: str) -> None:
    query = "colormap=magma&scales=%5B%5B0,%201%5D%5D"
    root = opened(served.get(f"/xyz/{nir}/layer.qlr?{query}"))
    [source] = sources(root)
    assert (source["type"], source["zmin"], source["zmax"]) == ("xyz", "0", "10")
    url = urlsplit(source["url"].format(z=10, x=550, y=335))
    assert f"{url.scheme}://{url.netloc}" == served.url
    np.testing.assert_array_equal(rgba(served.get(f"{url.path}?{url.query}")), rgba(served.tile(nir, query)))


def test_what_cannot_be_drawn_is_refused(served: Served, nir: str) -> None:
    assert served.get(f"/xyz/{nir}/layer.qlr?colormap=nope").json()["key"] == "colormap"
    asking = served.publish(wf.ImageCollection.from_id("field") * wf.parameter("gain", wf.Float))
    assert served.get(f"/xyz/{asking}/layer.qlr").json()["key"] == "gain"
    assert sources(opened(served.get(f"/xyz/{asking}/layer.qlr?gain=2.0")))[0]["type"] == "xyz"
    number = served.publish(wf.Int(1))
    answer = served.get(f"/xyz/{number}/layer.qlr")
    assert (answer.status_code, answer.json()["error"]) == (422, "no_imagery")
    assert served.get("/xyz/" + 48 * "0" + "/layer.qlr").status_code == 404


def test_documents_name_who_provides_the_products_and_their_licence(tmp_path: Path) -> None:
    folder = tmp_path / "imagery"
    folder.mkdir()
    write_tif(folder / "a.tif")
    write_json(folder / "i.json", item())
    providers = [{"name": "Agency <A>", "roles": ["producer"]}, {"name": "Archive"}]
    write_json(folder / "collection.json", collection(providers=providers))
    with running_server(tmp_path / "data", add=[folder]) as url:
        for loaded in (wf.ImageCollection.from_id("p"), wf.Image.from_id("p:i")):
            made = httpx2.post(f"{url}/api/xyz", json=Computation.of(loaded).to_json()).json()
            root = opened(httpx2.get(f"{url}/xyz/{made['id']}/layer.qlr"))
            assert texts(root, "//attribution") == texts(root, "//rights") == ["Pea (Agency <A>, Archive, CC0-1.0)"]
            layer = f"{url}/xyz/{made['id']}"
            shown = httpx2.get(f"{layer}/tilejson.json").json()["attribution"]
            assert shown == "Pea (Agency &lt;A&gt;, Archive, CC0-1.0)"
            (one,) = httpx2.get(f"{url}/ogc/xyz/{made['id']}/collections").json()["collections"]
            assert one["attribution"] == "Pea (Agency <A>, Archive, CC0-1.0)"
            document = etree.fromstring(httpx2.get(f"{url}/wmts/xyz/{made['id']}/1.0.0/WMTSCapabilities.xml").content)
            abstracts = texts(document, "//*[local-name()='Layer']/*[local-name()='Abstract']")
            assert abstracts == ["Pea (Agency <A>, Archive, CC0-1.0)"]


def test_no_credit_is_given_where_nothing_is_known(served: Served, nir: str) -> None:
    assert texts(opened(served.get(f"/xyz/{nir}/layer.qlr")), "//attribution | //rights") == []


@pytest.mark.parametrize(
    ("settings", "headers", "root"),
    [
        ({"public_url": "https://maps.example.com/a"}, {}, "https://maps.example.com/a"),
        (
            {"trusted_proxies": ("127.0.0.1",)},
            {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "maps.example.com:8443", "X-Forwarded-Prefix": "/b"},
            "https://maps.example.com:8443/b",
        ),
    ],
    ids=["public URL", "proxy"],
)
@pytest.mark.parametrize("query", ["", "?viz=unit"])
def test_urls_lead_through_the_proxy(
    tmp_path: Path, scenes: Path, settings: dict[str, Any], headers: dict[str, str], root: str, query: str
) -> None:
    with running_server(tmp_path, add=[scenes], **settings) as url:
        body = {**Computation.of(wf.ImageCollection.from_id("field")).to_json(), "viz_options": [UNIT]}
        layer = httpx2.post(f"{url}/api/xyz", json=body).json()["id"]
        found = sources(opened(httpx2.get(f"{url}/xyz/{layer}/layer.qlr{query}", headers=headers)))
    middle = "xyz" if query else "wmts/xyz"
    assert {source["url"].partition(layer)[0] for source in found} == {f"{root}/{middle}/"}


@pytest.fixture
def private(tmp_path: Path, scenes: Path) -> Iterator[tuple[httpx2.Client, dict[str, str]]]:
    """A server where Bob's workflow may be read by nobody else, and the tokens of Bob and Eve."""
    with running_server(tmp_path, add=[scenes], auth="token") as url, httpx2.Client(base_url=url) as http:
        database, tokens = open_database(Settings(data_dir=tmp_path).database), {}
        for email in (BOB, EVE):
            Users(database).add(email)
            tokens[email], _ = Users(database).create_token(email, ("read", "write"))
        database.dispose()
        computation = wf.ImageCollection.from_id("field").pick_bands("nir")
        version = {"version": "1.0.0", **Computation.of(computation).to_json(), "viz_options": [UNIT]}
        headers = {"Authorization": f"Bearer {tokens[BOB]}"}
        body = {"title": "Märchen", "versions": [version]}
        assert http.put(f"/api/workflows/{BOB}:snow", json=body, headers=headers).status_code == 201
        yield http, tokens


def test_a_private_layer_looks_like_one_that_is_not_there(private: tuple[httpx2.Client, dict[str, str]]) -> None:
    http, tokens = private
    for headers in ({}, {"Authorization": f"Bearer {tokens[EVE]}"}):
        hidden = http.get(f"/workflow/{BOB}:snow/1.0.0/layer.qlr", headers=headers)
        missing = http.get(f"/workflow/{BOB}:none/1.0.0/layer.qlr", headers=headers)
        assert hidden.status_code == missing.status_code == 404
        assert without_request_id(hidden.text.replace("snow", "none")) == without_request_id(missing.text)


@pytest.mark.parametrize("version", ["1.0.0", "latest"])
def test_a_private_layer_carries_its_token_or_link(private: tuple[httpx2.Client, dict[str, str]], version: str) -> None:
    http, tokens = private
    path, headers = f"/workflow/{BOB}:snow/{version}", {"Authorization": f"Bearer {tokens[BOB]}"}
    link = http.post(f"/api{path}/links", json={"expires_in": 60}, headers=headers).json()["url"]
    for key, secret in (("access_token", tokens[BOB]), ("link", parse_qs(urlsplit(link).query)["link"][0])):
        for style in ("", "&viz=unit"):
            answer = http.get(f"{path}/layer.qlr?{key}={secret}{style}")
            assert answer.headers["Cache-Control"] == "private"
            for source in sources(opened(answer)):
                assert parse_qs(urlsplit(source["url"]).query)[key] == [secret]
                assert http.get(source["url"].format(z=10, x=550, y=335)).status_code == 200

    told = http.get(f"{path}/layer.qlr", headers=headers)
    assert tokens[BOB] not in told.text
    assert told.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''M%C3%A4rchen_{version}.qlr"


@given(title=HOSTILE, abstract=HOSTILE, style=HOSTILE, credit=HOSTILE)
def test_any_text_makes_a_file_that_says_it(title: str, abstract: str, style: str, credit: str) -> None:
    info = LayerInfo(
        "it",
        LonLatBox(5.0, 45.0, 6.0, 46.0),
        (StyleInfo("default", is_default=True), StyleInfo("other", style, abstract)),
        link_layer(LonLatBox(5.0, 45.0, 6.0, 46.0), 10.0, standard_matrix_sets().select(())),
        title=title,
        abstract=abstract,
    )
    layers = [*wmts_layers(info, "http://it.example/?a=b&c=%25"), xyz_layer(style, abstract, "http://it/{z}", 3, BOX)]
    root = etree.fromstring(layer_definition(title, layers, credit))
    assert texts(root, "//layer-tree-group/layer-tree-group/@name") == [line(title)]
    assert texts(root, "(//layername)[1]") in ([line(style)], [])
    assert "".join(texts(root, "(//maplayer)[3]/abstract")) == carried(abstract)
    assert [source["url"] for source in sources(root)] == [*2 * ["http://it.example/?a=b&c=%"], "http://it/{z}"]


@given(HOSTILE)
def test_names_of_files_are_safe_everywhere(title: str) -> None:
    name = file_name(title)
    assert re.fullmatch(r"\w[\w.-]*\.qlr", name)
    assert len(name) <= 84


def test_times_are_left_to_the_temporal_controller() -> None:
    bounds = LonLatBox(170.0, -20.0, -170.0, -10.0)
    info = LayerInfo(
        "it",
        bounds,
        (StyleInfo("default", is_default=True),),
        link_layer(bounds, 10.0, standard_matrix_sets().select(())),
        title="Fiji",
        dimensions=(Dimension("Time", ("2020-01-01T00:00:00Z",), "2020-01-01T00:00:00Z"),),
    )
    root = etree.fromstring(layer_definition(info.title, wmts_layers(info, "http://it.example")))
    assert texts(root, "//temporal/@enabled") == ["1"]
    assert "tileDimensions" not in sources(root)[0]
    assert texts(root, "//wgs84extent/*") == ["-180", "-20", "180", "-10"]


def line(text: str) -> str:
    return carried(" ".join(text.split()))


def carried(text: str) -> str:
    """Return what comes out of a parser: line ends as XML has them, and U+FFFD for what XML cannot carry."""
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
