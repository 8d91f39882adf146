"""OGC API: its documents, what they link to, and what is not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import morecantile
import numpy as np
import pytest
from pyproj import Transformer

import sdk as wf
from tests.server_fixture import running_server
from tests.tileserver.conftest import Served
from tests.tileserver.test_wmts_layers import BOX
from tests.tileserver.test_wmts_workflows import BOB, EVE, SNOW, UNIT, Publisher, publisher, version  # noqa: F401
from tests.tileserver.wmts_client import rgba
from tileserver.ogc.matrixsets import define_matrix_set
from wmts import layer_identifier, standard_matrix_sets

REL = "http://www.opengis.net/def/rel/ogc/1.0/"
LISTED = [
    "WebMercatorQuad", "WebMercatorQuadx2", "WorldCRS84Quad", "WGS1984Quad", "CanadianNAD83_LCC",
    "EuropeanETRS89_LAEAQuad", "LINZAntarticaMapTilegrid", "NZTM2000Quad", "UPSAntarcticWGS84Quad",
    "UPSArcticWGS84Quad", "UTM31WGS84Quad", "WorldMercatorWGS84Quad",
]  # fmt: skip


def hrefs(document: dict[str, Any], rel: str) -> list[str]:
    """Return the addresses that a document links to."""
    return [link["href"] for link in document["links"] if link["rel"] == rel]


def links_of(node: Any) -> Iterator[dict[str, Any]]:
    """Yield all links in a document, however deep."""
    if isinstance(node, dict):
        if "href" in node:
            yield node
        for child in node.values():
            yield from links_of(child)
    elif isinstance(node, list):
        for child in node:
            yield from links_of(child)


def crawl(http: httpx2.Client, start: str) -> dict[str, dict[str, Any]]:
    """Return all JSON documents that can be reached, by address; every other link must lead somewhere, too."""
    found: dict[str, dict[str, Any]] = {}
    waiting = [{"href": start, "type": "application/json"}]
    while waiting:
        link = waiting.pop()
        if link["href"] in found or link.get("templated"):
            continue
        answer = http.get(link["href"], headers={"Accept": link["type"]})
        assert answer.status_code == 200, (link, answer.text)
        assert answer.headers["Content-Type"] == link["type"]
        found[link["href"]] = answer.json() if "json" in link["type"] else {}
        waiting += links_of(found[link["href"]])
    return found


@pytest.fixture(scope="session")
def coloured(served: Served) -> str:
    """A layer with a style."""
    image = wf.ImageCollection.from_id("field").pick_bands("nir")
    return served.publish(image, name="Near <infrared>", description="Of leaves", viz_options=[UNIT])


@pytest.fixture
def layer(served: Served, coloured: str) -> str:
    """The address of its collection."""
    return f"{served.url}/ogc/xyz/{coloured}/collections/{coloured}"


def test_every_link_leads_to_what_it_says(served: Served, coloured: str) -> None:
    found = crawl(served.http, f"{served.url}/ogc/xyz/{coloured}/")
    below = f"{served.url}/ogc/xyz/{coloured}"
    assert {f"{below}/api", f"{below}/conformance", f"{below}/tileMatrixSets/UTM31WGS84Quad"} <= found.keys()
    assert f"{below}/collections/{coloured}/styles/unit/map/tiles/WorldCRS84Quad" in found
    assert f"{below}/collections/{coloured}/styles/default/map" in found


def test_the_definition_has_every_path_that_is_linked_to(served: Served, coloured: str) -> None:
    root = f"{served.url}/ogc/xyz/{coloured}"
    definition = served.get(f"{root}/api").json()
    [server] = definition["servers"]
    assert server["url"] == root
    names = {coloured: "{collectionId}", "unit": "{styleId}", "default": "{styleId}"}
    names |= dict.fromkeys(LISTED, "{tileMatrixSetId}")
    paths = {
        "/".join(names.get(part, part) for part in url.removeprefix(root).split("/"))
        for url in crawl(served.http, f"{root}/")
        if "legend" not in url
    }
    tile = "/map/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"
    layer = "/collections/{collectionId}"
    assert {*paths, layer + tile, f"{layer}/styles/{{styleId}}{tile}"} == definition["paths"].keys()
    for path, item in definition["paths"].items():
        used = [one["$ref"].rpartition("/")[2] for one in item["get"]["parameters"]]
        declared = [definition["components"]["parameters"][name] for name in used]
        assert {f"{{{one['name']}}}" for one in declared if one["in"] == "path"} == {
            part for part in path.split("/") if part.startswith("{")
        }
    operations = [item["get"]["operationId"] for item in definition["paths"].values()]
    assert len({*operations}) == len(operations)
    assert {".collection.getMap", ".collection.style.map.getTile"} <= {*operations}


def test_a_collection_says_where_it_is_and_how_it_looks(served: Served, layer: str) -> None:
    found = served.get(layer).json()
    assert (found["title"], found["description"]) == ("Near <infrared>", "Of leaves")
    assert found["extent"]["spatial"]["bbox"] == [pytest.approx(BOX, abs=1e-9)]
    assert "temporal" not in found["extent"]
    assert found["crs"][0] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    listed = {uri.rpartition("/")[2] for uri in found["crs"]}
    assert listed >= {"3857", "4326", "3035"}
    assert not listed & {"32631", "2193", "5482", "5041", "3978"}, "of zones, isles, poles and countries elsewhere"
    styles = served.get(hrefs(found, f"{REL}styles")[0]).json()
    assert [(style["id"], style["title"]) for style in styles["styles"]] == [("default", "Default"), ("unit", "unit")]
    assert styles["default"] == "default"


def test_an_api_of_one_layer_lists_it_alone(served: Served, coloured: str) -> None:
    landing = served.get(f"/ogc/xyz/{coloured}").json()
    assert landing["title"] == "Near <infrared>"
    listed = served.get(hrefs(landing, "data")[0]).json()["collections"]
    assert [one["id"] for one in listed] == [coloured]
    assert served.get(f"/ogc/collections/{coloured}").status_code == 404


def test_tilesets_are_in_each_set_that_shows_the_layer(served: Served, layer: str) -> None:
    listed = served.get(f"{layer}/map/tiles").json()["tilesets"]
    names = [hrefs(one, f"{REL}tiling-scheme")[0].rpartition("/")[2] for one in listed]
    assert names == [name for name in LISTED if name not in ("LINZAntarticaMapTilegrid", "NZTM2000Quad",
                                                             "UPSAntarcticWGS84Quad")]  # fmt: skip
    assert {one["dataType"] for one in listed} == {"map"}
    uris = [one["tileMatrixSetURI"].rpartition("/")[2] for one in listed if "tileMatrixSetURI" in one]
    assert uris == [name for name in names if name not in ("WebMercatorQuadx2", "WGS1984Quad")]
    assert served.get(f"{layer}/map/tiles/NZTM2000Quad").status_code == 404


@pytest.mark.parametrize("name", ["WebMercatorQuad", "WGS1984Quad", "UTM31WGS84Quad"])
def test_tiles_are_there_within_the_limits_and_not_beyond(served: Served, layer: str, name: str) -> None:
    tileset = served.get(f"{layer}/styles/unit/map/tiles/{name}").json()
    [template] = hrefs(tileset, "item")
    box, limits = tileset["boundingBox"], tileset["tileMatrixSetLimits"]
    crs = morecantile.tms.get(name).crs.to_epsg()
    xs, ys = zip(box["lowerLeft"], box["upperRight"], strict=True)
    corners = Transformer.from_crs(crs, "OGC:CRS84").transform(xs, ys)
    assert np.ravel(corners) == pytest.approx([BOX[0], BOX[2], BOX[1], BOX[3]], abs=0.15)
    matrices = [one["id"] for one in served.get(hrefs(tileset, f"{REL}tiling-scheme")[0]).json()["tileMatrices"]]
    assert [one["tileMatrix"] for one in limits] == matrices[: len(limits)]
    deepest = limits[-1]
    place = {
        "tileMatrix": deepest["tileMatrix"], "tileRow": deepest["maxTileRow"], "tileCol": deepest["minTileCol"],
    }  # fmt: skip
    inside = served.get(template.format(**place))
    assert rgba(inside).any()
    for changes in (
        {"tileRow": deepest["maxTileRow"] + 1},
        {"tileCol": deepest["minTileCol"] - 1},
        {"tileMatrix": matrices[len(limits)]},
        {"tileMatrix": "99"},
        {"tileMatrix": "x"},
        {"tileRow": "1.5"},
    ):
        assert served.get(template.format(**{**place, **changes})).status_code == 404, changes


@pytest.mark.parametrize("name", [name for name in LISTED if name != "WebMercatorQuadx2"])
def test_definitions_are_those_of_morecantile(name: str) -> None:
    """Its reader, and its own definitions, are the independent ones."""
    known = morecantile.tms.get(name)
    read = morecantile.TileMatrixSet.model_validate(define_matrix_set(standard_matrix_sets().get(name)))
    assert read.crs.to_epsg() == known.crs.to_epsg()
    assert [axis.lower() for axis in read.orderedAxes or []] in (
        [axis.lower() for axis in known.orderedAxes or []], ["n", "e"]
    )  # fmt: skip
    for level in (known.minzoom, known.maxzoom):
        matrix = known.matrix(level)
        for tile in (morecantile.Tile(0, 0, level), morecantile.Tile(matrix.matrixWidth - 1, 0, level)):
            size = matrix.cellSize * matrix.tileWidth
            np.testing.assert_allclose(read.xy_bounds(tile), known.xy_bounds(tile), rtol=1e-7, atol=1e-6 * size)


def test_sets_have_one_name_in_lists_and_answer_to_others(served: Served) -> None:
    listed = served.get("/ogc/tileMatrixSets").json()["tileMatrixSets"]
    assert [one["id"] for one in listed] == LISTED
    alias = served.get("/ogc/tileMatrixSets/GoogleMapsCompatible").json()
    assert alias["tileMatrices"] == served.get("/ogc/tileMatrixSets/WebMercatorQuad").json()["tileMatrices"]
    refused = served.get("/ogc/tileMatrixSets/GNOSISGlobalGrid")
    assert refused.status_code == 404
    assert "widths" in refused.json()["message"]


@pytest.mark.parametrize(
    ("path", "status", "key"),
    [
        ("/ogc/collections/nope", 404, None),
        ("/ogc/collections/bob--40example.com:none--2F1.0.0/map", 404, None),
        ("/ogc/collections/--ZZ", 404, None),
        ("/ogc/xyz/000/", 404, None),
        ("/ogc/nope", 404, None),
        ("/ogc/collections?limit=1", 400, "limit"),
        ("/ogc/?f=html", 400, "f"),
        ("/ogc/?f=json&f=json", 400, "f"),
    ],
)
def test_what_is_wrong_is_told_as_a_problem(served: Served, path: str, status: int, key: str | None) -> None:
    answer = served.get(path)
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, problem["status"], problem.get("key")) == (status, status, key)
    assert problem["detail"] == problem["message"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("", "*/*", 200),
        ("", "text/html, application/json;q=0.5", 200),
        ("", "text/html", 406),
        ("api", "application/json", 200),
        ("api", "application/vnd.oai.openapi+json", 200),
        ("collections/{}/map", "image/avif,image/webp,*/*;q=0.8", 200),
        ("collections/{}/map?width=1", "image/jpeg", 406),
        ("collections/{}/map?width=1&f=png", "image/jpeg", 200),
    ],
)
def test_formats_are_negotiated(served: Served, coloured: str, path: str, accept: str, status: int) -> None:
    answer = served.get(f"/ogc/xyz/{coloured}/{path.format(coloured)}", headers={"Accept": accept})
    assert answer.status_code == status


def test_documents_are_sent_once(served: Served, coloured: str) -> None:
    first = served.get(f"/ogc/xyz/{coloured}/collections")
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = served.get(f"/ogc/xyz/{coloured}/collections", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert served.http.head(f"/ogc/xyz/{coloured}").status_code == 200


def test_other_sites_may_read_it(served: Served, coloured: str) -> None:
    for path in ("/ogc/", f"/ogc/xyz/{coloured}/collections/{coloured}/map?width=1", "/ogc/nope"):
        answer = served.get(path, headers={"Origin": "https://example.com"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Bbox" in answer.headers["Access-Control-Expose-Headers"]


def test_the_public_url_is_in_every_link(tmp_path: Path, scenes: Path) -> None:
    with running_server(tmp_path, add=[scenes], public_url="https://maps.example.com/graftile") as url:
        links = [*links_of(httpx2.get(f"{url}/ogc").json()), *links_of(httpx2.get(f"{url}/ogc/tileMatrixSets").json())]
    assert all(link["href"].startswith("https://maps.example.com/graftile/ogc/") for link in links)


def test_a_trusted_proxy_says_where_links_lead(tmp_path: Path, scenes: Path) -> None:
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "maps.example.com", "X-Forwarded-Prefix": "/graftile"}
    with running_server(tmp_path, add=[scenes], trusted_proxies=["127.0.0.0/8"]) as url, httpx2.Client() as http:
        for path in ("/ogc", "/ogc/", "/ogc/tileMatrixSets"):
            links = links_of(http.get(f"{url}{path}", headers=said).json())
            assert all(link["href"].startswith("https://maps.example.com/graftile/ogc/") for link in links)
        missing = http.get(f"{url}/ogc/none", headers=said)
        assert (missing.status_code, missing.json()["title"]) == (404, "Not found")


def test_versions_of_workflows_are_listed_to_those_who_may_read_them(publisher: Publisher) -> None:  # noqa: F811
    token = f"access_token={publisher.tokens[BOB]}"
    listed = publisher.http.get(f"/ogc/collections?{token}").json()["collections"]
    names = [layer_identifier(f"{SNOW}/{name}") for name in ("1.0.0", "1.1.0")]
    assert [(one["id"], one["title"]) for one in listed] == [
        (names[0], "Snow & ice 1.0.0"), (names[1], "Snow & ice 1.1.0"),
    ]  # fmt: skip
    one = publisher.http.get(f"/ogc/workflow/{SNOW}/latest/collections?{token}").json()["collections"]
    assert [found["id"] for found in one] == [layer_identifier(f"{SNOW}/latest")]


def test_private_layers_and_missing_ones_are_told_apart_by_nothing(publisher: Publisher) -> None:  # noqa: F811
    assert publisher.http.get("/ogc/collections").json()["collections"] == []
    for query in ("", f"?access_token={publisher.tokens[EVE]}"):
        for path in ("", "/map", "/styles", "/map/tiles", "/map/tiles/WebMercatorQuad/0/0/0"):
            hidden, missing = (
                publisher.http.get(f"/ogc/collections/{layer_identifier(f'{workflow}/1.0.0')}{path}{query}")
                for workflow in (SNOW, SNOW.replace("snow", "none"))
            )
            assert (hidden.status_code, missing.status_code) == (404, 404)
            assert hidden.json()["message"].replace("snow", "none") == missing.json()["message"]
    assert publisher.http.get(f"/ogc/workflow/{SNOW}/1.0.0/").status_code == 404
    assert publisher.http.get("/ogc/?access_token=bogus").status_code == 401


@pytest.mark.parametrize("credential", ["access_token", "link"])
def test_the_credential_is_in_every_link_and_opens_it(publisher: Publisher, credential: str) -> None:  # noqa: F811
    token = publisher.tokens[BOB]
    start = f"{publisher.url}/ogc/workflow/{SNOW}/1.0.0/?access_token={token}"
    if credential == "link":
        headers = {"Authorization": f"Bearer {token}"}
        made = publisher.http.post(f"/api/workflow/{SNOW}/1.0.0/links", json={"expires_in": 60}, headers=headers)
        start = f"{publisher.url}/ogc/workflow/{SNOW}/1.0.0/?link={made.json()['url'].rpartition('link=')[2]}"
    found = crawl(publisher.http, start)
    key = start.rpartition("?")[2]
    assert len(found) > 20
    assert all(key in link["href"] for document in found.values() for link in links_of(document))
    [tile] = [
        link["href"]
        for document in found.values()
        for link in links_of(document)
        if link.get("templated") and "styles/unit/map/tiles/WebMercatorQuad/" in link["href"]
    ]
    answer = publisher.http.get(tile.format(tileMatrix=10, tileRow=335, tileCol=550))
    assert rgba(answer).any()
    assert answer.headers["Cache-Control"] == "private"
