"""CRSs of callers: what is refused, and how soon."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from pyproj import CRS, Transformer

from graft_eval.crs import check_crs, parse_crs, transformer
from graft_eval.errors import EvaluationError

UTM = CRS.from_epsg(32633)
SOON = 0.02  # seconds; PROJ searches for names 0.4 s
PIPELINE = "PROJ-based operation method: +proj=pipeline +step +proj=utm +zone=33"


def changed(**members: Any) -> str:
    return json.dumps(UTM.to_json_dict() | members)


@pytest.mark.parametrize(
    "text",
    [
        "EPSG:32633", "epsg:32633", "urn:ogc:def:crs:EPSG::32633", "http://www.opengis.net/def/crs/EPSG/0/32633",
        UTM.to_wkt(), UTM.to_wkt("WKT1_GDAL"), UTM.to_wkt("WKT1_ESRI"), UTM.to_json(), UTM.to_json(pretty=True),
    ],
    ids=["code", "small", "urn", "uri", "wkt", "wkt of GDAL", "wkt of ESRI", "json", "pretty json"],
)  # fmt: skip
def test_codes_wkt_and_projjson_are_taken(text: str) -> None:
    check_crs("crs", text)
    assert transformer("EPSG:4326", text).transform(15, 50) == pytest.approx(
        transformer("EPSG:4326", "EPSG:32633").transform(15, 50)
    )


def test_the_wkt_of_web_mercator_as_gdal_writes_it_is_taken() -> None:
    text = CRS.from_epsg(3857).to_wkt("WKT1_GDAL")
    assert "+nadgrids=@null" in text
    check_crs("crs", text)


@pytest.mark.parametrize(
    "text",
    [
        "nonsense", "WGS 84 / UTM zone 33N", "here:4326", "EPSG:4326+5773", "+proj=utm +zone=33", "A" * 1_000_000,
        "+proj=pipeline +step +proj=utm +zone=33", "urn:ogc:def:crs,crs:EPSG::4326,cs:EPSG::4400",
        CRS.from_epsg(7405).to_wkt(), "GEOCCS" + UTM.to_wkt(), "{", '{"type": "ProjectedCRS"', "[" * 5000,
        changed(type="BoundCRS"), changed(conversion={"name": "x", "method": {"name": PIPELINE}}),
        UTM.to_wkt().replace("Transverse Mercator", PIPELINE),
        UTM.to_wkt().replace("PARAMETER[", 'PARAMETERFILE["grid", "/etc/passwd"],PARAMETER[', 1),
        changed(conversion={"name": "x", "method": {"name": "NTv2"}, "parameters": [{"name": "f", "value": "/x"}]}),
        CRS.from_epsg(3857).to_wkt("WKT1_GDAL").replace("@null", "/tmp/x.gsb"),
        CRS.from_epsg(3857).to_wkt("WKT1_GDAL").replace("@null", "http://127.0.0.1/x.gsb"),
        changed(base_crs=UTM.to_json_dict()["base_crs"] | {"ids": [{"name": "x"}] * 100}),
        changed(remarks="x" * 10_000), UTM.to_json().replace('"type"', '"type": "X", "type"', 1),
    ],
)  # fmt: skip
def test_what_would_keep_proj_busy_or_open_files_is_refused_at_once(text: str) -> None:
    started = time.thread_time()
    with pytest.raises(EvaluationError, match="crs must be"):
        check_crs("crs", text)
    assert time.thread_time() - started < SOON


def test_a_crs_is_parsed_once() -> None:
    text = UTM.to_json()
    assert parse_crs(text) is parse_crs(text)


def test_longitude_and_latitude_are_reached_by_what_is_known_to_lead_there() -> None:
    """The search of what leads to CRS84 itself takes up to 4 s."""
    direct = Transformer.from_crs("EPSG:27700", "EPSG:4326", always_xy=True)
    assert transformer("EPSG:27700", "OGC:CRS84").transform(400_000, 300_000) == direct.transform(400_000, 300_000)
