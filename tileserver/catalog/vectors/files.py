"""Vector files: GeoJSON, GeoPackage, Shapefile and GeoParquet as features in longitude and latitude."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

if TYPE_CHECKING:
    from pyarrow import RecordBatch

__all__ = ["VectorFileError", "read_features"]

LONLAT: Final = "OGC:CRS84"
BATCH: Final = 10_000
# By suffix, how files begin: GDAL goes by content, and reads files that lead to others, too.
MARKS: Final[Mapping[str, tuple[bytes, ...]]] = {
    ".geojson": (b"{", b"\xef\xbb\xbf{"), ".json": (b"{", b"\xef\xbb\xbf{"), ".gpkg": (b"SQLite format 3\0",),
    ".shp": (b"\x00\x00\x27\x0a",), ".parquet": (b"PAR1",), ".geoparquet": (b"PAR1",),
}  # fmt: skip

Found = tuple[BaseGeometry, dict[str, Any]]


class VectorFileError(ValueError):
    """A file that holds no features which can be added."""


def read_features(path: Path) -> Iterator[Found]:
    """Yield the geometries of a file's first layer, in longitude and latitude, with their properties.

    Features without a geometry are left out. Raises `VectorFileError` for other files, naming the cause.
    """
    from pyarrow import ArrowException  # pyogrio brings pandas along, 0.3 s of every start
    from pyogrio.errors import DataSourceError

    marks = MARKS.get(path.suffix.lower())
    if marks is None:
        raise VectorFileError(f"{path} must end with one of {', '.join(MARKS)}")
    try:
        with path.open("rb") as file:
            start = file.read(32).lstrip()
        if not start.startswith(marks):
            raise VectorFileError(f"{path} is no {path.suffix.lower()} file by what it holds")
        yield from _parquet(path) if marks == (b"PAR1",) else _ogr(path)
    except (OSError, DataSourceError, ArrowException, CRSError, ShapelyError, KeyError) as exc:
        raise VectorFileError(f"{path} cannot be read: {exc}") from exc


def _ogr(path: Path) -> Iterator[Found]:
    from pyogrio.raw import open_arrow

    with open_arrow(path, use_pyarrow=True, batch_size=BATCH) as (meta, batches):
        yield from _placed(path, batches, meta["geometry_name"] or "wkb_geometry", meta["crs"])


def _parquet(path: Path) -> Iterator[Found]:
    from pyarrow import parquet

    file = parquet.ParquetFile(path)
    geo = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"null"))
    if not isinstance(geo, dict):
        raise VectorFileError(f"{path} is no GeoParquet: it says nothing of geometries")
    column = geo["primary_column"]
    described = geo["columns"][column]
    if described.get("encoding") != "WKB":
        raise VectorFileError(f"{path} must have its geometries as WKB, not {described.get('encoding')}")
    yield from _placed(path, file.iter_batches(BATCH), column, described.get("crs", LONLAT))


def _placed(path: Path, batches: Iterable[RecordBatch], column: str, crs: Any) -> Iterator[Found]:
    """Yield the features of batches of rows, whose column has geometries as WKB, in longitude and latitude."""
    if crs is None:
        raise VectorFileError(f"{path} says no coordinate reference system")
    source = CRS.from_user_input(crs)
    to_lonlat = None
    if source != CRS.from_user_input(LONLAT):
        to_lonlat = Transformer.from_crs(source, LONLAT, always_xy=True)
    for batch in batches:
        rows = batch.to_pylist()
        made = shapely.force_2d(shapely.from_wkb(np.array([row.pop(column) for row in rows], object)))
        if to_lonlat is not None:
            made = shapely.transform(made, lambda xy: np.column_stack(to_lonlat.transform(*xy.T)))
        for geometry, row in zip(made, rows, strict=True):
            if geometry is not None and not geometry.is_empty:
                yield geometry, {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: dates as ISO 8601 text, what is missing as None."""
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if isinstance(value, bool | int | float | str) or value is None else str(value)


def batches(features: Iterator[Found]) -> Iterator[list[Found]]:
    """Yield features by the thousand."""
    while batch := list(islice(features, 1000)):
        yield batch
