"""Requirements 18 to 25, and 27: requests as key-value pairs, and the exceptions that answer them."""

from __future__ import annotations

import pytest

from tests.wmts.conftest import Read
from tests.wmts.documents import nodes, texts
from wmts import (
    SECTIONS,
    CapabilitiesRequest,
    FeatureInfoRequest,
    InvalidUpdateSequence,
    NoApplicableCode,
    NotFound,
    ServiceException,
    TileRequest,
    exception_report,
    parse_request,
)

Query = dict[str, str]

CAPABILITIES = {"service": "WMTS", "request": "GetCapabilities"}
TILE = {
    "service": "WMTS", "request": "GetTile", "version": "1.0.0", "layer": "snow", "style": "default",
    "format": "image/png", "TileMatrixSet": "WebMercatorQuad", "TileMatrix": "3", "TileRow": "2", "TileCol": "4",
}  # fmt: skip
INFO = TILE | {"request": "GetFeatureInfo", "InfoFormat": "text/plain", "I": "7", "J": "9"}


def refusal(query: Query) -> tuple[str, str | None, int]:
    """Return code, locator and status of the exception that a query gets."""
    with pytest.raises(ServiceException) as caught:
        parse_request(query.items())
    return caught.value.code, caught.value.locator, caught.value.status


def sections(text: str) -> tuple[str, ...]:
    request = parse_request([*CAPABILITIES.items(), ("sections", text)])
    assert isinstance(request, CapabilitiesRequest)
    return request.sections


def without(query: Query, name: str) -> Query:
    return {key: value for key, value in query.items() if key != name}


def test_req_18_a_request_without_separators_misses_its_request() -> None:
    pairs = {"service": "WMTS", "request~GetCapabilities!version~1.0.0": ""}
    assert refusal(pairs) == ("MissingParameterValue", "request", 400)


def test_req_19_another_service_is_invalid_and_none_is_missing() -> None:
    assert refusal(CAPABILITIES | {"service": "BOGUS"}) == ("InvalidParameterValue", "service", 400)
    assert refusal(without(CAPABILITIES, "service")) == ("MissingParameterValue", "service", 400)


def test_a_bare_address_is_that_of_the_document() -> None:
    assert parse_request([]) == parse_request([("access_token", "x")]) == CapabilitiesRequest()


def test_req_20_an_unknown_operation_is_invalid() -> None:
    assert refusal({"service": "WMTS", "request": "GetBOGUS"}) == ("InvalidParameterValue", "request", 400)


@pytest.mark.parametrize(
    "query",
    [
        CAPABILITIES,
        {"REQUEST": "GetCapabilities", "SERVICE": "WMTS"},
        CAPABILITIES | {"version": "1.0.0", "Unknown": "x"},
        CAPABILITIES | {"version": "9.9.9"},
    ],
    ids=["plain", "upper-case and turned", "version and more", "another version"],
)
def test_req_21_names_count_without_case_and_what_is_unknown_is_let_be(query: Query) -> None:
    assert parse_request(query.items()) == CapabilitiesRequest(SECTIONS, "application/xml", None)


def test_req_21_a_key_that_a_client_repeats_is_one_and_two_values_are_refused() -> None:
    doubled = [*CAPABILITIES.items(), *CAPABILITIES.items()]
    assert parse_request(doubled) == CapabilitiesRequest()
    with pytest.raises(ServiceException, match="given once") as caught:
        parse_request([*TILE.items(), ("LAYER", "ice")])
    assert caught.value.locator == "layer"


@pytest.mark.parametrize("versions", ["1.0.0", "2.0.0,1.0.0", " 1.0.0 ,0.9"])
def test_req_22_a_list_of_versions_with_ours_is_honoured(versions: str) -> None:
    assert parse_request([*CAPABILITIES.items(), ("acceptversions", versions)]) == CapabilitiesRequest()


def test_req_22_versions_without_ours_fail_to_negotiate_without_locator() -> None:
    assert refusal(CAPABILITIES | {"AcceptVersions": "2.0.0"}) == ("VersionNegotiationFailed", None, 400)


@pytest.mark.parametrize(
    ("formats", "answered"),
    [
        ("text/xml", "text/xml"),
        ("example/unknown,text/xml", "text/xml"),
        ("application/xml,text/xml", "application/xml"),
        ("example/unknown", "application/xml"),
    ],
)
def test_req_23_the_first_supported_format_is_answered(formats: str, answered: str) -> None:
    request = parse_request([*CAPABILITIES.items(), ("AcceptFormats", formats)])
    assert isinstance(request, CapabilitiesRequest)
    assert request.media_type == answered


def test_req_24_sections_are_those_that_are_named() -> None:
    assert sections("All") == SECTIONS
    assert sections("Contents,All") == SECTIONS
    assert sections("Contents, ServiceProvider") == ("ServiceProvider", "Contents")


def test_req_24_unknown_sections_are_invalid_and_empty_ones_missing() -> None:
    assert refusal(CAPABILITIES | {"Sections": "Bogus"}) == ("InvalidParameterValue", "Sections", 400)
    assert refusal(CAPABILITIES | {"Sections": ""}) == ("MissingParameterValue", "Sections", 400)


@pytest.mark.parametrize(("known", "current"), [(7, True), (6, False), (None, False)], ids=["equal", "lower", "none"])
def test_req_25_an_equal_sequence_is_up_to_date(known: int | None, current: bool) -> None:
    assert CapabilitiesRequest(update_sequence=known).is_up_to_date(7) is current


def test_req_25_a_higher_sequence_is_invalid_without_locator() -> None:
    request = parse_request([*CAPABILITIES.items(), ("updateSequence", "8")])
    assert isinstance(request, CapabilitiesRequest)
    with pytest.raises(InvalidUpdateSequence) as caught:
        request.is_up_to_date(7)
    assert (caught.value.code, caught.value.locator, caught.value.status) == ("InvalidUpdateSequence", None, 400)


def test_req_25_a_service_without_a_sequence_takes_any() -> None:
    assert not CapabilitiesRequest(update_sequence=8).is_up_to_date(None)


def test_req_26_upper_case_names_give_the_same_tile() -> None:
    tile = parse_request(TILE.items())
    assert isinstance(tile, TileRequest)
    assert (tile.layer, tile.style, tile.format) == ("snow", "default", "image/png")
    assert (tile.matrix_set, tile.matrix, tile.row, tile.col) == ("WebMercatorQuad", "3", 2, 4)
    upper = parse_request((name.upper(), value) for name, value in TILE.items())
    assert upper == tile


@pytest.mark.parametrize("name", [name for name in TILE if name != "request"])
@pytest.mark.parametrize("empty", [False, True], ids=["absent", "empty"])
def test_req_27_a_missing_parameter_is_named(name: str, empty: bool) -> None:
    query = TILE | {name: ""} if empty else without(TILE, name)
    if name in ("style", "version"):  # an empty style is the default one: requirement 31; clients leave out both
        assert isinstance(parse_request(query.items()), TileRequest)
    else:
        assert refusal(query) == ("MissingParameterValue", name, 400)


def test_req_27_another_version_is_invalid() -> None:
    assert refusal(TILE | {"version": "1.1.0"}) == ("InvalidParameterValue", "version", 400)


@pytest.mark.parametrize("name", ["TileRow", "TileCol"])
@pytest.mark.parametrize("text", ["abc", "1.0", "1e3", " 1", "+1", "٣", "0x1", "1" * 2000])
def test_req_28_rows_and_columns_are_whole_numbers(name: str, text: str) -> None:
    assert refusal(TILE | {name: text}) == ("InvalidParameterValue", name, 400)


def test_req_38_feature_info_has_a_pixel_and_a_format() -> None:
    request = parse_request(INFO.items())
    assert isinstance(request, FeatureInfoRequest)
    assert (request.i, request.j, request.info_format) == (7, 9, "text/plain")
    assert request.tile.matrix == "3"


@pytest.mark.parametrize("name", ["InfoFormat", "I", "J", "layer", "TileRow"])
def test_req_38_missing_parameters_of_feature_info_are_named(name: str) -> None:
    assert refusal(without(INFO, name)) == ("MissingParameterValue", name, 400)


@pytest.mark.parametrize(
    ("exception", "code", "locator"),
    [
        (NoApplicableCode(), "NoApplicableCode", []),
        (NotFound("there is no <such> & \x00"), "NoApplicableCode", []),
        (ServiceException("x", "laye\x01r"), "NoApplicableCode", ["laye\ufffdr"]),
    ],
    ids=["unexpected", "hostile text", "hostile locator"],
)
def test_req_33_reports_are_valid_whatever_went_wrong(
    read: Read, exception: ServiceException, code: str, locator: list[str]
) -> None:
    report = read(exception_report(exception))
    assert report.get("version") == "1.0.0"
    assert texts(report, "o:Exception/@exceptionCode") == [code]
    assert texts(report, "o:Exception/@locator") == locator
    assert len(nodes(report, "o:Exception/o:ExceptionText")) == 1
