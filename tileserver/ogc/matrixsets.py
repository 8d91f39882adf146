"""Tile matrix sets as OGC TileMatrixSet JSON, and the names of their CRSs."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

import morecantile

from wmts import ADVERTISED, MatrixSet, MatrixSets
from wmts.extents import parse_crs
from wmts.matrixsets import ALIASES

__all__ = [
    "LONLAT",
    "canonical_sets",
    "crs_code",
    "crs_uri",
    "define_matrix_set",
    "identify_matrix_set",
    "registered_uri",
    "worlds_of",
]

LONLAT: Final = "OGC:CRS84"

# How the standard lets clients write a CRS: as a URI, as a URN, or as a code, in brackets or not.
CRS_NAME: Final = re.compile(
    r"https?://www\.opengis\.net/def/crs/(\w+)/[^/]*/(\w+)"
    r"|urn:ogc:def:crs:(\w+):[^:]*:(\w+)"
    r"|\[(\w+):(\w+)\]"
    r"|(\w+):(\w+)",
    re.ASCII,
)


def canonical_sets(sets: MatrixSets) -> tuple[MatrixSet, ...]:
    """Return each set under the one name that it is listed by, those of most maps first."""
    first = [ALIASES.get(identifier, identifier) for identifier in ADVERTISED]
    return tuple(sets.served[name] for name in dict.fromkeys([*first, *sets.served]) if name not in ALIASES)


def worlds_of(sets: MatrixSets) -> dict[str, MatrixSet]:
    """Return, for each CRS that maps can be in, the set that says what of the world it shows; the default one first."""
    found: dict[str, MatrixSet] = {}
    for matrix_set in canonical_sets(sets):
        found.setdefault(matrix_set.crs, matrix_set)
    return {LONLAT: found[LONLAT], **found}


def define_matrix_set(matrix_set: MatrixSet) -> dict[str, Any]:
    """Return the definition of a set.

    >>> from wmts import standard_matrix_sets
    >>> define_matrix_set(standard_matrix_sets().get("WGS1984Quad"))["tileMatrices"][0]["pointOfOrigin"]
    [90.0, -180.0]
    """
    return {
        **identify_matrix_set(matrix_set),
        "orderedAxes": [axis.abbrev for axis in parse_crs(matrix_set.crs).axis_info[:2]],
        "tileMatrices": [
            {
                "id": matrix.identifier,
                "scaleDenominator": matrix.scale_denominator,
                "cellSize": matrix.cell_size,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": list(matrix_set.in_axis_order(*matrix.origin)),
                "tileWidth": matrix.tile_width,
                "tileHeight": matrix.tile_height,
                "matrixWidth": matrix.matrix_width,
                "matrixHeight": matrix.matrix_height,
            }
            for matrix in matrix_set.matrices
        ],
    }


def identify_matrix_set(matrix_set: MatrixSet) -> dict[str, str]:
    """Return the name, the title and the CRS of a set, and its URI if it is registered."""
    uri = registered_uri(matrix_set)
    named = {"id": matrix_set.identifier, "title": matrix_set.title}
    return {**named, **({"uri": uri} if uri else {}), "crs": crs_uri(matrix_set.crs)}


@lru_cache(maxsize=256)
def registered_uri(matrix_set: MatrixSet) -> str | None:
    """Return the URI of a set of OGC's register; None of another.

    morecantile gives WGS1984Quad, which is not registered, the URI of WorldCRS84Quad.
    """
    if matrix_set.identifier not in morecantile.tms.list():
        return None
    uri = morecantile.tms.get(matrix_set.identifier).uri
    return uri if uri and uri.endswith(f"/{matrix_set.identifier}") else None


def crs_uri(code: str) -> str:
    """Return the URI of a CRS.

    >>> crs_uri("EPSG:3857"), crs_uri("OGC:CRS84")
    ('http://www.opengis.net/def/crs/EPSG/0/3857', 'http://www.opengis.net/def/crs/OGC/1.3/CRS84')
    """
    authority, _, number = code.partition(":")
    return f"http://www.opengis.net/def/crs/{authority}/{'1.3' if authority == 'OGC' else '0'}/{number}"


def crs_code(name: str) -> str | None:
    """Return the code of the CRS that a client writes as URI, URN, safe CURIE or code; None for what is no name.

    >>> [crs_code(name) for name in ("http://www.opengis.net/def/crs/EPSG/0/3857", "[EPSG:3857]", "OGC:CRS84", "?")]
    ['EPSG:3857', 'EPSG:3857', 'OGC:CRS84', None]
    """
    found = CRS_NAME.fullmatch(name)
    if found is None:
        return None
    authority, number = (part for part in found.groups() if part is not None)
    return f"{authority.upper()}:{number.upper()}"
