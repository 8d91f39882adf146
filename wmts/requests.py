"""Requests as key-value pairs, read into values; what they ask for is looked up by `wmts.resolve`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from wmts.exceptions import (
    InvalidParameterValue,
    InvalidUpdateSequence,
    MissingParameterValue,
    VersionNegotiationFailed,
)

__all__ = [
    "DOCUMENT_FORMATS",
    "SECTIONS",
    "CapabilitiesRequest",
    "FeatureInfoRequest",
    "Request",
    "TileRequest",
    "parse_integer",
    "parse_request",
]

VERSION = "1.0.0"
SECTIONS = ("ServiceIdentification", "ServiceProvider", "OperationsMetadata", "Contents", "Themes")
DOCUMENT_FORMATS = ("application/xml", "text/xml")

TILE_PARAMETERS = ("layer", "style", "format", "TileMatrixSet", "TileMatrix", "TileRow", "TileCol")
INFO_PARAMETERS = ("InfoFormat", "I", "J")
CAPABILITIES_PARAMETERS = ("AcceptVersions", "AcceptFormats", "Sections", "updateSequence")
INTEGER = re.compile(r"-?[0-9]{1,1000}")


@dataclass(frozen=True, slots=True)
class CapabilitiesRequest:
    """A request of the document: its sections, its media type, and the `update_sequence` that the client knows."""

    sections: tuple[str, ...] = SECTIONS
    media_type: str = DOCUMENT_FORMATS[0]
    update_sequence: int | None = None

    def is_up_to_date(self, newest: int | None) -> bool:
        """Return whether the client has the newest document; raises InvalidUpdateSequence if it claims a newer one.

        `newest` is the service's `update_sequence`; if that is None, clients get the document in any case.
        """
        if newest is None or self.update_sequence is None:
            return False
        if self.update_sequence > newest:
            raise InvalidUpdateSequence(f"updateSequence must be at most {newest}, not {self.update_sequence}")
        return self.update_sequence == newest


@dataclass(frozen=True, slots=True)
class TileRequest:
    """A tile by the names that the client uses for everything; an empty `style` is the default one.

    `dimensions` holds all other pairs, their names in lower case: which of them are dimensions, the layer knows. Where
    the request is an address rather than pairs (`restful`), what is not there is answered by 404.
    """

    layer: str
    style: str
    format: str
    matrix_set: str
    matrix: str
    row: int
    col: int
    dimensions: Mapping[str, str]
    restful: bool = False


@dataclass(frozen=True, slots=True)
class FeatureInfoRequest:
    """The pixel (`i` from the left, `j` from the top) of a tile, and the media type that tells its values."""

    tile: TileRequest
    i: int
    j: int
    info_format: str


Request = CapabilitiesRequest | TileRequest | FeatureInfoRequest


def parse_request(query: Iterable[tuple[str, str]]) -> Request:
    """Return the request in decoded pairs of a query; names count without case, and unknown ones are let be.

    Without service and request, it is one of the document; tiles need neither version nor style.

    Raises ServiceException with the code and locator that the standard asks for.

    >>> parse_request([("SERVICE", "WMTS"), ("Request", "GetCapabilities"), ("sections", "Contents")]).sections
    ('Contents',)
    """
    pairs = _Pairs(query)
    if not {"service", "request"} & pairs.values.keys():  # the bare address, as QGIS and JOSM ask
        return CapabilitiesRequest()
    service, operation = pairs.required("service"), pairs.required("request")
    if service.casefold() != "wmts":
        raise InvalidParameterValue("service", "WMTS", service)
    match operation.casefold():
        case "getcapabilities":
            return _parse_capabilities(pairs)
        case "gettile":
            return _parse_tile(pairs)
        case "getfeatureinfo":
            return _parse_feature_info(pairs)
        case _:
            raise InvalidParameterValue("request", "GetCapabilities, GetTile or GetFeatureInfo", operation)


def parse_integer(parameter: str, text: str) -> int:
    """Return a whole number; raises InvalidParameterValue."""
    if not INTEGER.fullmatch(text):
        raise InvalidParameterValue(parameter, "a whole number", text)
    return int(text)


class _Pairs:
    """The pairs of a query by their names in lower case."""

    def __init__(self, query: Iterable[tuple[str, str]]) -> None:
        self.values: dict[str, list[str]] = {}
        for name, value in query:
            self.values.setdefault(name.casefold(), []).append(value)

    def given(self, parameter: str) -> str | None:
        """Return the value, which may be empty, or None; the same value twice is one, as OWSLib repeats `service`."""
        values = self.values.get(parameter.casefold(), [None])
        if len(set(values)) > 1:
            raise InvalidParameterValue(parameter, "given once", ", ".join(str(value) for value in values))
        return values[0]

    def required(self, parameter: str) -> str:
        value = self.given(parameter)
        if not value:
            raise MissingParameterValue(parameter)
        return value


def _parse_capabilities(pairs: _Pairs) -> CapabilitiesRequest:
    versions, formats, sections, sequence = (pairs.given(parameter) for parameter in CAPABILITIES_PARAMETERS)
    if versions and VERSION not in _listed(versions):
        raise VersionNegotiationFailed(f"AcceptVersions must include {VERSION}, not only {versions!r}")
    accepted = [media_type for media_type in _listed(formats or "") if media_type in DOCUMENT_FORMATS]
    return CapabilitiesRequest(
        sections=_parse_sections(sections),
        media_type=accepted[0] if accepted else DOCUMENT_FORMATS[0],
        update_sequence=parse_integer("updateSequence", sequence) if sequence else None,
    )


def _parse_sections(text: str | None) -> tuple[str, ...]:
    if text is None:
        return SECTIONS
    if not text.strip():
        raise MissingParameterValue("Sections")
    named = _listed(text)
    if unknown := [section for section in named if section not in {*SECTIONS, "All"}]:
        raise InvalidParameterValue("Sections", f"some of {', '.join(SECTIONS)} or All", unknown[0])
    return SECTIONS if "All" in named else tuple(section for section in SECTIONS if section in named)


def _parse_tile(pairs: _Pairs) -> TileRequest:
    version = pairs.given("version") or VERSION
    if version != VERSION:
        raise InvalidParameterValue("version", VERSION, version)
    layer, media_type, matrix_set, matrix, row, col = (
        pairs.required(parameter) for parameter in TILE_PARAMETERS if parameter != "style"
    )
    return TileRequest(
        layer=layer,
        style=pairs.given("style") or "",
        format=media_type,
        matrix_set=matrix_set,
        matrix=matrix,
        row=parse_integer("TileRow", row),
        col=parse_integer("TileCol", col),
        # Two values of one dimension make one that no dimension has.
        dimensions={name: ",".join(dict.fromkeys(values)) for name, values in pairs.values.items()},
    )


def _parse_feature_info(pairs: _Pairs) -> FeatureInfoRequest:
    tile = _parse_tile(pairs)
    info_format, i, j = (pairs.required(parameter) for parameter in INFO_PARAMETERS)
    return FeatureInfoRequest(tile, parse_integer("I", i), parse_integer("J", j), info_format)


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(",")]
