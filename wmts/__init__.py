"""OGC WMTS 1.0.0: values in, XML out; no HTTP, and nothing of the rest of graftile.

Requests: `parse_request` (pairs) or `parse_path` (an address), then `resolve_tile` or `resolve_pixel`. Documents:
`capabilities` from a `ServiceInfo` and `LayerInfo`s. Failures are `ServiceException`s, answered by `exception_report`.
"""

from __future__ import annotations

from wmts.capabilities import capabilities, unchanged_capabilities
from wmts.exceptions import (
    MEDIA_TYPE,
    InvalidParameterValue,
    InvalidUpdateSequence,
    MissingParameterValue,
    NoApplicableCode,
    NotFound,
    OperationNotSupported,
    PointIJOutOfRange,
    ServiceException,
    TileOutOfRange,
    VersionNegotiationFailed,
    exception_report,
)
from wmts.featureinfo import FeatureInfo, feature_info
from wmts.identifiers import (
    decode,
    dimension_identifier,
    dimension_value,
    encode,
    layer_identifier,
    parse_layer_identifier,
)
from wmts.lonlat import LonLatBox
from wmts.matrices import Matrix, MatrixSet, TileRange
from wmts.matrixsets import ADVERTISED, MatrixSetError, MatrixSets, load_matrix_set, standard_matrix_sets
from wmts.model import (
    INFO_FORMATS,
    TILE_FORMATS,
    TIME,
    Dimension,
    LayerInfo,
    Legend,
    Link,
    ServiceInfo,
    StyleInfo,
    link_layer,
)
from wmts.requests import (
    DOCUMENT_FORMATS,
    SECTIONS,
    CapabilitiesRequest,
    FeatureInfoRequest,
    TileRequest,
    parse_request,
)
from wmts.resolve import Pixel, Tile, resolve_pixel, resolve_tile
from wmts.rest import parse_path
from wmts.urls import document_url, info_template, kvp_url, tile_template

__all__ = [
    "ADVERTISED",
    "DOCUMENT_FORMATS",
    "INFO_FORMATS",
    "MEDIA_TYPE",
    "SECTIONS",
    "TILE_FORMATS",
    "TIME",
    "CapabilitiesRequest",
    "Dimension",
    "FeatureInfo",
    "FeatureInfoRequest",
    "InvalidParameterValue",
    "InvalidUpdateSequence",
    "LayerInfo",
    "Legend",
    "Link",
    "LonLatBox",
    "Matrix",
    "MatrixSet",
    "MatrixSetError",
    "MatrixSets",
    "MissingParameterValue",
    "NoApplicableCode",
    "NotFound",
    "OperationNotSupported",
    "Pixel",
    "PointIJOutOfRange",
    "ServiceException",
    "ServiceInfo",
    "StyleInfo",
    "Tile",
    "TileOutOfRange",
    "TileRange",
    "TileRequest",
    "VersionNegotiationFailed",
    "capabilities",
    "decode",
    "dimension_identifier",
    "dimension_value",
    "document_url",
    "encode",
    "exception_report",
    "feature_info",
    "info_template",
    "kvp_url",
    "layer_identifier",
    "link_layer",
    "load_matrix_set",
    "parse_layer_identifier",
    "parse_path",
    "parse_request",
    "resolve_pixel",
    "resolve_tile",
    "standard_matrix_sets",
    "tile_template",
    "unchanged_capabilities",
]
