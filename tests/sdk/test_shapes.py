"""Geometries, features and records are made of what GIS people have at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import shapely

import sdk as wf
from sdk.language.geometry import plain_json

POINT = {"type": "Point", "coordinates": [9.0, 47.0]}
FEATURE = {"type": "Feature", "geometry": POINT, "properties": {"name": "here"}}


@pytest.mark.parametrize(
    ("geojson", "type_"),
    [
        (POINT, wf.Geometry),
        (shapely.box(0, 0, 1, 1), wf.Geometry),
        ({"type": "GeometryCollection", "geometries": [POINT]}, wf.GeometryCollection),
        (FEATURE, wf.Feature),
        ({"type": "FeatureCollection", "features": [FEATURE]}, wf.FeatureCollection),
    ],
    ids=["geometry", "shapely", "geometries", "feature", "features"],
)
def test_geojson_becomes_the_shape_of_its_type(geojson: Any, type_: Any, tmp_path: Path) -> None:
    assert type(wf.load_geojson(geojson)) is type_
    path = tmp_path / "shape.geojson"
    path.write_text(json.dumps(getattr(geojson, "__geo_interface__", geojson)))
    assert type(wf.load_geojson_file(path)) is type_
    assert type(type_._promote(geojson)) is type_


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: wf.load_geojson({"type": "Circle"}), ValueError, "not 'Circle'"),
        (lambda: wf.load_geojson([1, 2]), ValueError, "made of a GeoJSON object, which has a type, not of list"),
        (lambda: wf.Geometry.from_geojson(FEATURE), ValueError, "a Geometry is made of GeoJSON of the type Point"),
        (lambda: wf.Geometry.from_geojson({"type": "Point"}), ValueError, "must be a list, not NoneType"),
        (lambda: wf.Feature(1, {}), wf.ProxyTypeError, "geometry must be Geometry or GeometryCollection, not int 1"),
        (lambda: wf.Geometry.from_geo_interface(1), TypeError, "an object with __geo_interface__ is needed"),
        (lambda: wf.FeatureCollection.from_geojson({"type": "FeatureCollection", "features": 1}), ValueError,
         "must be a list"),
        (lambda: wf.FeatureCollection([FEATURE]).rasterize(merge_algorithm="max"), ValueError, "add, replace"),
        (lambda: wf.Image.from_id("a:b").mask(cast(Any, 3)), wf.ProxyTypeError, "mask must be Image or"),
        (lambda: wf.Struct(a=1), TypeError, "must say what it is made of, such as Struct"),
        (lambda: wf.Struct[{"a": wf.Int}](a=1).b, AttributeError, "has no field 'b'; it has a"),
        (lambda: wf.Struct[{"a": wf.Int}](a="x"), wf.ProxyTypeError, "the field a of .* must be Int, not str 'x'"),
        (lambda: wf.Struct[wf.Int], TypeError, "a dict from names to types"),
        (lambda: wf.GeoContext.from_scenes(3), TypeError, "takes an AOI, a DLTile or an XYZTile, not int 3"),
    ],
    ids=range(14),
)  # fmt: skip
def test_what_is_no_shape_is_refused_where_it_is_written(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_objects_that_know_their_geojson_are_taken_everywhere() -> None:
    square = shapely.box(0, 0, 1, 1)
    assert type(wf.proxify(square)) is wf.Geometry
    assert type(wf.proxify({"where": square})) is wf.Dict[wf.Str, wf.Geometry]
    assert type(wf.Feature(square, {}).geometry) is wf.Geometry
    assert plain_json({"a": (np.float64(1.5), [np.int16(2)])}) == {"a": [1.5, [2]]}


def test_a_record_in_a_function_is_read_by_name() -> None:
    record: Any = wf.Struct[{"a": wf.Int, "b": wf.List[wf.Str]}]
    function = wf.Function[{"r": record}, wf.Int](lambda r: r.a + r.b.length())
    assert type(function(record(a=1, b=["x"]))) is wf.Int
