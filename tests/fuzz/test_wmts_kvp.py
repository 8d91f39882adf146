"""Whatever key-value pairs a client of WMTS sends, they are a request or an exception of the standard's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.fuzz.fuzzing import FUZZING
from wmts import CapabilitiesRequest, FeatureInfoRequest, ServiceException, TileRequest, exception_report, parse_request

NAMES = st.sampled_from(
    [
        "service", "request", "version", "layer", "style", "format", "TileMatrixSet", "tilematrix", "TILEROW",
        "tilecol", "i", "j", "infoformat", "sections", "acceptversions", "acceptformats", "updatesequence", "time",
    ]
)  # fmt: skip
WORDS = st.sampled_from(
    [
        "WMTS", "wmts", "GetCapabilities", "GetTile", "getfeatureinfo", "1.0.0", "2.0.0", "image/png", "text/xml",
        "default", "WebMercatorQuad", "EPSG:3857:3", "0", "-1", "\u0663", "9" * 30, "All", "Contents,Themes", "",
    ]
)  # fmt: skip
PAIRS = st.lists(st.tuples(NAMES | st.text(max_size=8), WORDS | st.text(max_size=12)), max_size=14)
WHOLE = [("service", "WMTS"), ("version", "1.0.0"), ("layer", "a"), ("format", "image/png"), ("tilematrix", "3")]
OPERATIONS = st.sampled_from(["GetTile", "GetFeatureInfo", "GetCapabilities"]).map(lambda name: [("request", name)])


@FUZZING
@given(st.builds(lambda *parts: [pair for part in parts for pair in part], st.just(WHOLE), OPERATIONS, PAIRS) | PAIRS)
def test_pairs_are_a_request_or_an_exception(query: list[tuple[str, str]]) -> None:
    try:
        found = parse_request(query)
    except ServiceException as exc:
        etree.fromstring(exception_report(exc))
    else:
        assert isinstance(found, CapabilitiesRequest | TileRequest | FeatureInfoRequest)
