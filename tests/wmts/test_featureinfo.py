"""Feature info: the values at a pixel in each format."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wmts import INFO_FORMATS, FeatureInfo, feature_info

INFO = FeatureInfo("Snow & <ice>", 7.5, -46.25, {"depth": 0.1, "<age>": None, "gap": float("nan")})


def test_text_has_a_line_for_each_band() -> None:
    lines = feature_info(INFO, "text/plain").decode().splitlines()
    assert lines == ["Snow & <ice> at 7.5, -46.25", "depth: 0.1", "<age>: no data", "gap: no data"]


def test_json_is_a_feature_with_a_property_for_each_band() -> None:
    document = json.loads(feature_info(INFO, "application/json"))
    assert document["crs"]["properties"] == {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}
    (feature,) = document["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [7.5, -46.25]}
    assert feature["properties"] == {"depth": 0.1, "<age>": None, "gap": None}


def test_html_is_a_table_with_a_row_for_each_band() -> None:
    text = feature_info(INFO, "text/html").decode().replace("<!DOCTYPE html>", "").replace('<meta charset="utf-8">', "")
    rows = [[cell.text for cell in row] for row in ElementTree.fromstring(text).iter("tr")]
    assert rows == [["depth", "0.1"], ["<age>", "no data"], ["gap", "no data"]]


@pytest.mark.parametrize("media_type", INFO_FORMATS)
@given(st.text(st.characters(codec=None)), st.floats())
def test_any_name_and_number_gives_a_document_in_utf_8(media_type: str, name: str, value: float) -> None:
    document = feature_info(FeatureInfo(name, 0.0, 0.0, {name: value}), media_type).decode()
    assert document.count("\n") <= 2
    assert "<script" not in document or media_type != "text/html"
