"""Features as GeoParquet: their properties as columns, their geometries as WKB in longitude and latitude."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, Final

import shapely
from shapely.geometry import shape

from sdk.contract.results import FeatureCollectionResult, FeatureResult, GeometryCollectionResult
from tileserver.formats.layout import CannotSave
from tileserver.formats.text import plain

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["to_geoparquet"]

VERSION: Final = "1.1.0"
GEOMETRY: Final = "geometry"


def to_geoparquet(content: Any) -> bytes:
    """Return a geometry, a feature, or several of them as a file of GeoParquet.

    Columns are the properties of any feature; values of several types, lists and mappings are JSON.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    match content:
        case FeatureCollectionResult(features=features):
            pass
        case FeatureResult():
            features = [content]
        case GeometryCollectionResult(geometries=geometries):
            features = [FeatureResult(geometry, {}) for geometry in geometries]
        case _:
            features = [FeatureResult(content, {})]
    names = dict.fromkeys(name for feature in features for name in feature.properties)
    if GEOMETRY in names:
        raise CannotSave(f"a property cannot be called {GEOMETRY} in GeoParquet, whose column of shapes that is")
    shapes = [shape(feature.geometry.__geo_interface__) for feature in features]
    columns = {name: _column([feature.properties.get(name) for feature in features]) for name in names}
    table = pa.table({**columns, GEOMETRY: pa.array(shapely.to_wkb(shapes), pa.binary())})
    described = {"encoding": "WKB", "geometry_types": sorted({each.geom_type for each in shapes})}
    if shapes:
        described["bbox"] = list(shapely.total_bounds(shapes))
    geo = {"version": VERSION, "primary_column": GEOMETRY, "columns": {GEOMETRY: described}}
    sink = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), sink, compression="zstd")
    return sink.getvalue()


def _column(values: list[Any]) -> pa.Array:
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float} or (len(kinds) == 1 and not kinds & {list, tuple, dict}):
        try:
            return pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            pass
    return pa.array(
        [None if value is None else json.dumps(plain(value), ensure_ascii=False) for value in values], pa.string()
    )
