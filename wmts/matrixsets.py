"""The tile matrix sets that are served: those of morecantile that WMTS 1.0 can express, and those from files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import inf
from pathlib import Path

import morecantile
from morecantile.errors import MorecantileError
from morecantile.utils import meters_per_unit
from pyproj import CRS
from pyproj.exceptions import CRSError

from wmts.exceptions import InvalidParameterValue
from wmts.identifiers import SAFE
from wmts.matrices import Matrix, MatrixSet

__all__ = ["ADVERTISED", "MatrixSetError", "MatrixSets", "load_matrix_set", "standard_matrix_sets"]

ADVERTISED = ("WebMercatorQuad", "WebMercatorQuadx2", "WorldCRS84Quad", "EPSG:4326")
ALIASES = {"EPSG:3857": "WebMercatorQuad", "GoogleMapsCompatible": "WebMercatorQuad", "EPSG:4326": "WGS1984Quad"}
PIXEL = 0.28e-3  # metres: the pixel of the standard's scale denominators
SAME, ROUNDED = 1e-12, 1e-6  # relative differences between the two ways to say how large a pixel is


class MatrixSetError(ValueError):
    """A tile matrix set is broken, or says what WMTS 1.0 cannot express."""


@dataclass(frozen=True)
class MatrixSets:
    """Tile matrix sets by identifier, and the reasons why others are not served.

    Those of `variable` width are refused by WMTS 1.0, which cannot express them; addresses of single tiles can.
    """

    served: Mapping[str, MatrixSet] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    variable: Mapping[str, MatrixSet] = field(default_factory=dict)

    def get(self, identifier: str, locator: str = "TileMatrixSet") -> MatrixSet:
        """Return a set; raises InvalidParameterValue for one that is unknown or that WMTS 1.0 cannot express."""
        if found := self.served.get(identifier):
            return found
        if reason := self.refused.get(identifier):
            raise InvalidParameterValue(locator, f"a tile matrix set that WMTS 1.0 can express ({reason})", identifier)
        raise InvalidParameterValue(locator, f"one of {', '.join(self.served)}", identifier)

    def select(self, identifiers: Iterable[str], locator: str = "tile_matrix_sets") -> tuple[MatrixSet, ...]:
        """Return the sets of a document, each once, in order; the `ADVERTISED` ones if none is named."""
        return tuple(self.get(identifier, locator) for identifier in dict.fromkeys(identifiers) or ADVERTISED)

    def with_set(self, matrix_set: MatrixSet) -> MatrixSets:
        """Return these sets and one more; raises MatrixSetError if another one has its identifier."""
        if matrix_set.identifier in {*self.served, *self.refused}:
            raise MatrixSetError(f"there is a tile matrix set {matrix_set.identifier} already")
        return replace(self, served={**self.served, matrix_set.identifier: matrix_set})


@lru_cache(maxsize=1)
def standard_matrix_sets() -> MatrixSets:
    """Return morecantile's sets, the 512 px twin of Web Mercator, and the other names that clients use.

    >>> standard_matrix_sets().get("EPSG:4326").matrices[0].origin
    (-180.0, 90.0)
    >>> standard_matrix_sets().get("GNOSISGlobalGrid")
    Traceback (most recent call last):
        ...
    wmts.exceptions.InvalidParameterValue: TileMatrixSet must be a tile matrix set that WMTS 1.0 can express \
(the widths of its matrices vary), not 'GNOSISGlobalGrid'
    """
    served: dict[str, MatrixSet] = {}
    refused: dict[str, str] = {}
    variable: dict[str, MatrixSet] = {}
    for identifier in morecantile.tms.list():
        definition = morecantile.tms.get(identifier)
        try:
            served[identifier] = _matrix_set(definition, identifier)
        except MatrixSetError as exc:
            refused[identifier] = str(exc)
            if definition.is_variable:
                variable[identifier] = _matrix_set(definition, identifier, variable=True)
    for alias, identifier in ALIASES.items():
        served[alias] = replace(served[identifier], identifier=alias)
    served["WebMercatorQuadx2"] = _doubled(served["WebMercatorQuad"])
    return MatrixSets(served, refused, variable)


def load_matrix_set(path: Path) -> MatrixSet:
    """Return the set in a file of OGC TileMatrixSet JSON (version 2); its `id`, or else the file's name, names it.

    Raises MatrixSetError if it is broken or WMTS 1.0 cannot express it, OSError if it cannot be read.
    """
    try:
        definition = morecantile.TileMatrixSet.model_validate_json(path.read_bytes())
        return _matrix_set(definition, definition.id or path.stem)
    except (ValueError, NotImplementedError, CRSError, MorecantileError) as exc:
        raise MatrixSetError(f"{path.name} is no tile matrix set for WMTS 1.0: {exc}") from exc


def _matrix_set(definition: morecantile.TileMatrixSet, identifier: str, *, variable: bool = False) -> MatrixSet:
    crs = CRS.from_user_input(definition.crs.srs)
    authority = crs.to_authority()
    levels = definition.tileMatrices
    for broken, reason in (
        (not SAFE.fullmatch(identifier), "its identifier must be letters, digits, '.', '_', ':', '-'"),
        (definition.is_variable and not variable, "the widths of its matrices vary"),
        (any(level.cornerOfOrigin != "topLeft" for level in levels), "its rows are not numbered from the top"),
        # https://github.com/TerriaJS/terriajs/issues/5503 and others: clients reckon with the identifiers.
        ((not variable and any(level.id != str(abs(int(level.id))) for level in levels)) or not levels,
         "its levels must be 0, 1, 2, …"),
        (any(not 0 < size < inf for level in levels for size in (level.cellSize, level.scaleDenominator)),
         "its pixels have no size"),
        (authority is None or not (crs.is_geographic or crs.is_projected), "its CRS is no map with a code"),
    ):  # fmt: skip
        if broken:
            raise MatrixSetError(reason)
    metres = meters_per_unit(crs)
    matrices = sorted((_matrix(definition, level, metres) for level in levels), key=_scale)[::-1]
    if len({_scale(matrix) for matrix in matrices}) < len(matrices):
        raise MatrixSetError("two of its matrices have the same scale")
    return MatrixSet(identifier, definition.title or identifier, ":".join(authority or ()), tuple(matrices))


def _matrix(definition: morecantile.TileMatrixSet, matrix: morecantile.models.TileMatrix, metres: float) -> Matrix:
    cell_size, scale = matrix.cellSize, matrix.scaleDenominator
    difference = abs(scale * PIXEL / metres / cell_size - 1)
    if difference > ROUNDED:  # as for pixels of 96 dpi in CanadianNAD83_LCC: its rows and columns follow cellSize
        scale = cell_size * metres / PIXEL
    elif difference > SAME:  # clients know the scale alone, and a rounded cell size is pixels away at deep levels
        cell_size = scale * PIXEL / metres
    left, _, _, top = definition.xy_bounds(morecantile.Tile(0, 0, int(matrix.id)))
    widths = matrix.variableMatrixWidths or ()
    return Matrix(
        identifier=matrix.id,
        scale_denominator=scale,
        cell_size=cell_size,
        origin=(left, top),
        tile_width=matrix.tileWidth,
        tile_height=matrix.tileHeight,
        matrix_width=matrix.matrixWidth,
        matrix_height=matrix.matrixHeight,
        coalesced=tuple((rows.minTileRow, rows.maxTileRow, rows.coalesce) for rows in widths),
    )


def _scale(matrix: Matrix) -> float:
    return matrix.scale_denominator


def _doubled(matrix_set: MatrixSet) -> MatrixSet:
    """Return the set of the same tiles with twice the pixels a side, so half the scale denominator of each level."""
    matrices = tuple(
        replace(
            matrix,
            scale_denominator=matrix.scale_denominator / 2,
            cell_size=matrix.cell_size / 2,
            tile_width=2 * matrix.tile_width,
            tile_height=2 * matrix.tile_height,
        )
        for matrix in matrix_set.matrices
    )
    title = f"{matrix_set.title}, {matrices[0].tile_width} px"
    return MatrixSet(f"{matrix_set.identifier}x2", title, matrix_set.crs, matrices)
