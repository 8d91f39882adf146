"""WMTS of a running server, by the numbers of the requirements that conformance tests and clients have."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

import sdk as wf
from tests.tileserver.conftest import Served, X, Y, Z
from tests.tileserver.wmts_client import Wmts, report, rgba, texts
from tests.wmts.conftest import Read, read  # noqa: F401  # the fixture of documents that are valid
from tileserver.app import create_app
from tileserver.settings import Settings
from wmts import INFO_FORMATS

NIR = {"id": "nir", "bands": ["nir"], "colormap": "magma", "scales": [[0, 1]], "description": "Near <infrared> & more"}
MISSING = [
    "service", "request", "layer", "format", "TileMatrixSet", "TileMatrix", "TileRow", "TileCol",
]  # fmt: skip


@pytest.fixture(scope="session")
def layer(served: Served) -> str:
    """A layer of four bands, more than can be drawn, with a VizOption."""
    field = wf.ImageCollection.from_id("field")
    return served.publish(field, name="Field & <forest>", description="]]>", viz_options=[NIR])


@pytest.fixture(scope="session")
def service(served: Served, layer: str) -> Wmts:
    return Wmts(served.http, f"xyz/{layer}")


def test_req_01_the_document_is_valid(service: Wmts, read: Read) -> None:  # noqa: F811
    answer = service.rest("WMTSCapabilities.xml")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/xml")
    root = read(answer.content)
    assert texts(root, "//w:Layer/o:Title") == ["Field & <forest>"]
    assert texts(root, "//w:Style/o:Abstract")[1] == NIR["description"]


def test_req_13_each_legend_resolves_and_has_its_type(service: Wmts) -> None:
    for legend in service.document().iter("{*}LegendURL"):
        answer = service.http.get(legend.get("{http://www.w3.org/1999/xlink}href", ""))
        assert answer.headers["Content-Type"] == legend.get("format") == "image/png"
        assert rgba(answer).shape[:2] == (64, 256)
        assert {"height", "width"}.isdisjoint(legend.keys())  # a legend of classes is as high as these need


def test_req_15_all_urls_begin_with_the_address_that_the_client_used(service: Wmts) -> None:
    root = service.document()
    urls = texts(root, "//@x:href") + texts(root, "//@template")
    assert len(urls) == 4 + 2 + 4
    assert {url[: len(str(service.http.base_url))].rstrip("/") for url in urls} == {
        str(service.http.base_url).rstrip("/")
    }


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ({"service": "WMTS", "request~GetCapabilities!version~1.0.0": ""}, (400, "MissingParameterValue", "request")),
        ({"service": "BOGUS", "request": "GetCapabilities"}, (400, "InvalidParameterValue", "service")),
        ({"request": "GetCapabilities"}, (400, "MissingParameterValue", "service")),
        ({"service": "WMTS", "request": "GetBOGUS"}, (400, "InvalidParameterValue", "request")),
        (
            {"service": "WMTS", "request": "GetCapabilities", "AcceptVersions": "2.0.0"},
            (400, "VersionNegotiationFailed", None),
        ),
        (
            {"service": "WMTS", "request": "GetCapabilities", "Sections": "Bogus"},
            (400, "InvalidParameterValue", "Sections"),
        ),
        ({"service": "WMTS", "request": "GetCapabilities", "Sections": ""}, (400, "MissingParameterValue", "Sections")),
        (
            {"service": "WMTS", "request": "GetCapabilities", "updateSequence": "999999999"},
            (400, "InvalidUpdateSequence", None),
        ),
        (
            {"service": "WMTS", "request": "GetCapabilities", "tile_matrix_sets": "GNOSISGlobalGrid"},
            (400, "InvalidParameterValue", "tile_matrix_sets"),
        ),
        (
            {"service": "WMTS", "request": "GetCapabilities", "updateSequence": "newest"},
            (400, "InvalidParameterValue", "updateSequence"),
        ),
        (
            {"service": "WMTS", "request": "GetCapabilities", "dimensions": "maybe"},
            (400, "InvalidParameterValue", "dimensions"),
        ),
    ],
    ids=lambda value: "&".join(f"{key}={said}" for key, said in value.items()) if isinstance(value, dict) else None,
)
def test_req_18_to_25_wrong_requests_for_the_document(
    service: Wmts, pairs: dict[str, str], expected: tuple[int, str, str | None]
) -> None:
    assert report(service.kvp(**pairs)) == expected


def test_req_21_names_count_without_case_and_unknown_ones_are_let_be(service: Wmts) -> None:
    one = service.kvp(service="WMTS", request="GetCapabilities")
    other = service.kvp(REQUEST="GetCapabilities", foo="bar", VERSION="1.0.0", SERVICE="WMTS")
    assert one.content == other.content == service.rest("WMTSCapabilities.xml?service=WMTS").content


def test_req_23_and_24_formats_and_sections(service: Wmts) -> None:
    answer = service.kvp(service="WMTS", request="GetCapabilities", AcceptFormats="text/xml")
    assert answer.headers["Content-Type"].partition(";")[0] == "text/xml"
    part = service.kvp(service="WMTS", request="GetCapabilities", Sections="Contents,ServiceProvider")
    assert texts(service.document(), "name(/*/*[4])") != []
    assert b"ServiceIdentification>" not in part.content
    assert b"<Contents>" in part.content


def test_req_25_who_has_the_newest_document_gets_an_empty_one(service: Wmts, read: Read) -> None:  # noqa: F811
    newest = service.document().get("updateSequence")
    answer = service.kvp(service="WMTS", request="GetCapabilities", updateSequence=newest)
    root = read(answer.content)
    assert (len(root), root.get("updateSequence")) == (0, newest)


def test_req_26_every_tile_within_the_limits_is_there(service: Wmts, layer: str) -> None:
    sets = "&".join(
        f"tile_matrix_sets={name}" for name in ("WebMercatorQuad", "WebMercatorQuadx2", "EPSG:4326", "UTM31WGS84Quad")
    )
    root = service.document(sets)
    sizes = {name: 512 if name.endswith("x2") else 256 for name in texts(root, "//w:TileMatrixSetLink/w:TileMatrixSet")}
    assert len(sizes) == 4
    for link in root.iter("{*}TileMatrixSetLink"):
        name = texts(link, "w:TileMatrixSet")[0]
        limits = [[child.text for child in entry] for entry in link.iter("{*}TileMatrixLimits")]
        for matrix, min_row, max_row, min_col, max_col in limits[-2:] + limits[:1]:
            for row, col in ((min_row, min_col), (max_row, max_col)):
                answer = service.tile(layer, TileMatrixSet=name, TileMatrix=matrix, TileRow=row, TileCol=col)
                assert rgba(answer).shape == (sizes[name], sizes[name], 4)
                assert answer.headers["Content-Type"] == "image/png"


@pytest.mark.parametrize("name", MISSING)
def test_req_27_what_is_missing_is_named(service: Wmts, layer: str, name: str) -> None:
    assert report(service.tile(layer, **{name: None})) == (400, "MissingParameterValue", name)


@pytest.mark.parametrize("name", ["style", "version"])
def test_what_clients_leave_out_has_a_default(service: Wmts, layer: str, name: str) -> None:
    assert service.tile(layer, **{name: None}).content == service.tile(layer).content


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("layer", "bogus", "InvalidParameterValue"),
        ("style", "bogus", "InvalidParameterValue"),
        ("format", "image/bogus", "InvalidParameterValue"),
        ("TileMatrixSet", "bogus", "InvalidParameterValue"),
        ("TileMatrixSet", "CDB1GlobalGrid", "InvalidParameterValue"),
        ("TileMatrix", "99", "InvalidParameterValue"),
        ("TileRow", "abc", "InvalidParameterValue"),
        ("TileRow", "-1", "TileOutOfRange"),
        ("TileRow", "1024", "TileOutOfRange"),
        ("TileCol", "3", "TileOutOfRange"),
    ],
)
def test_req_28_and_29_what_is_wrong_is_named(service: Wmts, layer: str, name: str, value: str, code: str) -> None:
    assert report(service.tile(layer, **{name: value})) == (400, code, name)


def test_req_31_styles_differ_and_an_empty_one_is_the_default(service: Wmts, served: Served, layer: str) -> None:
    assert service.tile(layer, style="").content == service.tile(layer).content
    drawn = rgba(service.tile(layer, style="nir"))
    assert (drawn != rgba(service.tile(layer))).any()
    np.testing.assert_array_equal(drawn, rgba(served.tile(layer, "viz=nir")))


def test_the_default_style_of_many_bands_draws_the_first_three(service: Wmts, served: Served, layer: str) -> None:
    named = served.tile(layer, "band=red&band=green&band=blue&scales=auto")
    np.testing.assert_array_equal(rgba(service.tile(layer)), rgba(named))


def test_req_33_what_is_no_wmts_is_an_exception_too(service: Wmts) -> None:
    assert report(service.http.post(f"/wmts/{service.path}"))[0] == 405
    assert report(service.http.get("/wmts/nothing/here"))[0] == 404
    unknown = Wmts(service.http, "xyz/0123")
    assert report(unknown.rest("WMTSCapabilities.xml"))[:2] == (404, "NoApplicableCode")
    assert report(unknown.kvp(service="WMTS", request="GetCapabilities"))[0] == 404


def test_req_33_a_defect_is_an_exception_that_says_nothing_of_the_inside(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    read: Read,  # noqa: F811
) -> None:
    monkeypatch.setattr("tileserver.routes.wmts.parse_request", lambda query: 1 / 0)
    app = create_app(Settings(data_dir=tmp_path))
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        answer = client.get("/wmts/workflow?service=WMTS&request=GetCapabilities")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/xml")
    assert texts(read(answer.content), "o:Exception/@exceptionCode") == ["NoApplicableCode"]
    assert "division" not in answer.text


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/xml"),
        ("", "application/xml"),
        ("text/xml", "text/xml"),
        ("TEXT/XML; q=0.5", "text/xml"),
        ("application/xml;q=0, text/*", "text/xml"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8", "application/xml"),
        ("image/png", None),
        ("application/xml;q=0.0, text/xml; q=0", None),
    ],
)
def test_req_34_the_document_comes_in_a_type_that_the_client_takes(
    service: Wmts, accept: str, media_type: str | None
) -> None:
    answer = service.rest("WMTSCapabilities.xml", headers={"Accept": accept})
    if media_type is None:
        assert report(answer)[0] == 406
    else:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].partition(";")[0] == media_type
        assert "Accept" in answer.headers["Vary"]


def test_req_34_the_address_of_the_document(service: Wmts) -> None:
    [url] = texts(service.document(), "/*/w:ServiceMetadataURL/@x:href")
    assert service.http.get(url).content == service.rest("WMTSCapabilities.xml").content
    assert report(service.rest("WMTSCapabilities.xml", headers={"Accept": "example/unknown"}))[0] == 406
    assert report(service.rest("WMTSCapabilities.xml/Bogus"))[0] == 404


def test_a_switch_that_is_given_twice_with_two_values_is_wrong(service: Wmts) -> None:
    answer = service.rest("WMTSCapabilities.xml?dimensions=true&dimensions=false")
    assert report(answer) == (400, "InvalidParameterValue", "dimensions")


def test_req_35_a_tile_by_address_is_the_tile_by_pairs(service: Wmts, layer: str) -> None:
    [template] = texts(service.document(), "//w:ResourceURL[@resourceType='tile']/@template")
    values = {"Style": "nir", "TileMatrixSet": "WebMercatorQuad", "TileMatrix": Z, "TileRow": Y, "TileCol": X}
    answer = service.http.get(template.format(**values))
    assert answer.content == service.tile(layer, style="nir").content
    assert answer.headers["ETag"] == service.tile(layer, style="nir").headers["ETag"]


@pytest.mark.parametrize(
    ("resource", "code", "locator"),
    [
        ("bogus/default/WebMercatorQuad/10/335/550.png", "InvalidParameterValue", "layer"),
        ("{layer}/bogus/WebMercatorQuad/10/335/550.png", "InvalidParameterValue", "style"),
        ("{layer}/default/bogus/10/335/550.png", "InvalidParameterValue", "TileMatrixSet"),
        ("{layer}/default/WebMercatorQuad/99/335/550.png", "InvalidParameterValue", "TileMatrix"),
        ("{layer}/default/WebMercatorQuad/10/1/550.png", "TileOutOfRange", "TileRow"),
        ("{layer}/default/WebMercatorQuad/10/335/1.png", "TileOutOfRange", "TileCol"),
        ("{layer}/default/WebMercatorQuad/10/335/550.tif", "NoApplicableCode", None),
    ],
)
def test_req_36_what_is_wrong_in_an_address_is_not_found(
    service: Wmts, layer: str, resource: str, code: str, locator: str | None
) -> None:
    assert report(service.rest(resource.format(layer=layer))) == (404, code, locator)


def test_req_37_pages_of_other_sites_may_read_all(service: Wmts, layer: str) -> None:
    headers = {"Origin": "https://maps.example.com"}
    for resource in ("WMTSCapabilities.xml", f"{layer}/default/WebMercatorQuad/10/335/550.png", "bogus"):
        assert service.rest(resource, headers=headers).headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("media_type", ["text/plain", "application/json", "text/html"])
def test_req_38_the_values_of_every_band_at_a_pixel(service: Wmts, served: Served, layer: str, media_type: str) -> None:
    _, late = served.pixels.values()
    row, col = np.argwhere(~late[0, :256, :256].mask)[1000]
    answer = service.info(layer, InfoFormat=media_type, I=col, J=row)
    assert answer.headers["Content-Type"].partition(";")[0] == media_type
    for band in range(4):
        assert repr(float(late[band, row, col])) in answer.text
    by_address = service.rest(f"{layer}/default/WebMercatorQuad/10/335/550/{row}/{col}.{INFO_FORMATS[media_type]}")
    assert by_address.content == answer.content


def test_req_38_a_pixel_without_data_has_no_value(service: Wmts, served: Served, layer: str) -> None:
    early, late = served.pixels.values()
    row, col = np.argwhere(early[0, :256, :256].mask & late[0, :256, :256].mask)[0]
    [feature] = json.loads(service.info(layer, I=col, J=row).content)["features"]
    assert feature["properties"] == dict.fromkeys(("red", "green", "blue", "nir"))


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ({"I": None}, (400, "MissingParameterValue", "I")),
        ({"J": None}, (400, "MissingParameterValue", "J")),
        ({"InfoFormat": None}, (400, "MissingParameterValue", "InfoFormat")),
        ({"InfoFormat": "image/png"}, (400, "InvalidParameterValue", "InfoFormat")),
        ({"I": 256}, (400, "PointIJOutOfRange", "I")),
        ({"J": -1}, (400, "PointIJOutOfRange", "J")),
    ],
)
def test_req_38_wrong_requests_for_values(
    service: Wmts, layer: str, pairs: dict[str, object], expected: tuple[int, str, str]
) -> None:
    assert report(service.info(layer, **pairs)) == expected


def test_the_document_and_tiles_are_not_sent_twice(service: Wmts, layer: str) -> None:
    for resource in ("WMTSCapabilities.xml", f"{layer}/default/WebMercatorQuad/10/335/550.png"):
        tag = service.rest(resource).headers["ETag"]
        assert service.rest(resource, headers={"If-None-Match": tag}).status_code == 304


def test_the_512_px_set_gives_the_tile_at_twice_the_scale(service: Wmts, served: Served, layer: str) -> None:
    twice = served.get(f"/xyz/{layer}/{Z}/{X}/{Y}@2x.png?viz=nir")
    np.testing.assert_array_equal(
        rgba(service.tile(layer, style="nir", TileMatrixSet="WebMercatorQuadx2")), rgba(twice)
    )
