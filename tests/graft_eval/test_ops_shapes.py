"""Geometries and features evaluate to what Shapely and rasterio make of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from rasterio.features import rasterize
from shapely.geometry import box, mapping, shape

import sdk as wf
from graft_eval import evaluate, parse
from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.values.expected import coerce
from graft_eval.values.geocontext import GeoContext
from graft_eval.values.results import to_wire
from sdk.contract.arrow import read, write
from sdk.contract.results import FeatureCollectionResult, FeatureResult, GeometryCollectionResult, GeometryResult
from tests.graft_eval.fake import World, graft, pixels, scene

SQUARE, TRIANGLE = box(0.0, 0.0, 1.0, 1.0), shapely.Polygon([(0.2, 0.2), (1.9, 0.4), (1.0, 1.8)])
CORNER = box(1.8, 1.8, 2.0, 2.0)
GRID = Grid((0.0, 0.0, 2.0, 2.0), "EPSG:4326", (8, 8))
WORLD = World([scene("p:1", "2020-01-01", ["a"])], {("p:1", "a"): np.arange(64.0).reshape(8, 8)})
FEATURES: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "geometry": mapping(SQUARE), "properties": {"height": 3, "name": "square"}},
        {"type": "Feature", "geometry": mapping(TRIANGLE), "properties": {"height": 5.5, "name": "triangle"}},
        {"type": "Feature", "geometry": mapping(CORNER), "properties": None},
    ],
}
COLLECTION = wf.FeatureCollection.from_geojson(FEATURES)
TOGETHER = wf.GeometryCollection.from_geojson(mapping(shapely.GeometryCollection([SQUARE, TRIANGLE])))


def run(proxy: Any, grid: Grid | None = None) -> Any:
    return WORLD.evaluate(graft(proxy), grid)


def sent(proxy: Any) -> Any:
    """Return a value as a client reads it."""
    return read(write(to_wire(run(proxy), WORLD.scope())))


def drawn(*shapes: tuple[Any, float], add: bool = False) -> Any:
    """Return what rasterio draws, masked where it draws nothing."""
    layers = [rasterize([one], GRID.shape, fill=np.nan, transform=GRID.transform, dtype="float64") for one in shapes]
    stack = np.ma.masked_invalid(layers)
    last = np.ma.masked_all(GRID.shape)
    for layer in stack:
        last = np.ma.where(np.ma.getmaskarray(layer), last, layer)
    return stack.sum(axis=0) if add else last


def check(image: Any, expected: Any) -> None:
    (found,) = pixels(WORLD, run(image, GRID), GRID)
    np.testing.assert_array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(expected))
    np.testing.assert_array_equal(found.compressed(), expected.compressed())
    assert not found.data[np.ma.getmaskarray(found)].any()


def test_shapes_are_what_their_geojson_says() -> None:
    assert run(wf.Geometry("Point", [1, 2])).shapely == shapely.Point(1, 2)
    assert run(wf.load_geojson(SQUARE)).shapely == SQUARE
    assert run(TOGETHER).shapely == shapely.GeometryCollection([SQUARE, TRIANGLE])
    assert run(COLLECTION.features[1].geometry).shapely == TRIANGLE
    assert run(COLLECTION.features[0].properties["name"]) == "square"
    assert run(wf.Feature.from_geojson(FEATURES["features"][2]).properties.length()) == 0
    assert run(TOGETHER.geometries[0].type) == "Polygon"


def test_a_buffer_is_shapely_s() -> None:
    expected = SQUARE.buffer(0.25, quad_segs=16)
    assert run(wf.load_geojson(SQUARE).buffer(0.25)).shapely.equals(expected)
    assert run(COLLECTION.features[0].buffer(0.25)).geometry.shapely.equals(expected)
    both = shapely.GeometryCollection([SQUARE, TRIANGLE]).buffer(0.1, quad_segs=16)
    assert run(TOGETHER.buffer(0.1)).shapely.equals(both)


def test_a_geometry_is_drawn_where_pixel_centres_lie_in_it() -> None:
    check(wf.load_geojson(TRIANGLE).rasterize(), drawn((TRIANGLE, 1.0)))
    check(wf.load_geojson(TRIANGLE).rasterize(0.5), drawn((TRIANGLE, 0.5)))
    check(TOGETHER.rasterize(2), drawn((SQUARE, 2.0), (TRIANGLE, 2.0), add=True))
    check(wf.load_geojson(box(5, 5, 6, 6)).rasterize(), np.ma.masked_all(GRID.shape))
    assert run(TOGETHER.rasterize()).bands == ("features",)


def test_features_are_drawn_by_a_number_or_a_property() -> None:
    check(COLLECTION.rasterize(), drawn((SQUARE, 1.0), (TRIANGLE, 1.0), (CORNER, 1.0), add=True))
    by_height = ((SQUARE, 3.0), (TRIANGLE, 5.5), (CORNER, 7.0))
    check(COLLECTION.rasterize("height", default_value=7), drawn(*by_height, add=True))
    check(COLLECTION.rasterize("height", 7, "replace"), drawn(*by_height))
    check(COLLECTION.rasterize("name", 2, "replace"), drawn((SQUARE, 2.0), (TRIANGLE, 2.0), (CORNER, 2.0)))
    check(COLLECTION.features[1].rasterize("height"), drawn((TRIANGLE, 5.5)))


def test_a_shape_masks_what_lies_outside() -> None:
    image = wf.Image.from_id("p:1")
    inside = ~np.ma.getmaskarray(drawn((TRIANGLE, 1.0)))
    masks: list[Any] = [TRIANGLE, wf.load_geojson(TRIANGLE), COLLECTION.features[1], COLLECTION.filter(_is_triangle)]
    for by in masks:
        (found,) = pixels(WORLD, run(image.mask(by), GRID), GRID)
        np.testing.assert_array_equal(~np.ma.getmaskarray(found), inside)


def _is_triangle(feature: Any) -> Any:
    return feature.properties.get("name", "").cast(wf.Str) == "triangle"


def test_features_are_mapped_filtered_sorted_and_reduced() -> None:
    named = COLLECTION.filter(lambda feature: feature.properties.contains("height"))
    assert run(named.length()) == 2
    assert run(named.map(lambda feature: feature.properties["name"])) == ["square", "triangle"]
    assert [each.properties["height"] for each in run(reversed(named)).features] == [5.5, 3]
    assert [each.properties["height"] for each in run(named.sorted(_height, reverse=True)).features] == [5.5, 3]
    grown = run(named.map(lambda feature: feature.buffer(0.1)))
    assert grown.features[0].geometry.shapely.equals(SQUARE.buffer(0.1, quad_segs=16))
    total = named.reduce(lambda so_far, feature: so_far + feature.geometry.coordinates.length(), wf.Int(0))
    assert run(total) == 2
    assert run(TOGETHER.map(lambda one: one.type)) == ["Polygon", "Polygon"]
    assert run(TOGETHER.map(lambda one: one.buffer(0.1)).length()) == 2
    assert run(COLLECTION.contains(COLLECTION.features[0])) is True
    assert run(TOGETHER.contains(wf.Geometry("Point", [1, 2]))) is False


def _height(feature: Any) -> Any:
    return feature.properties["height"]


def test_results_are_geojson() -> None:
    geometry = sent(wf.load_geojson(SQUARE))
    assert isinstance(geometry, GeometryResult)
    assert geometry.shapely == SQUARE
    assert geometry == GeometryResult("Polygon", [[[1, 0], [1, 1], [0, 1], [0, 0], [1, 0]]])
    together = sent(TOGETHER)
    assert isinstance(together, GeometryCollectionResult)
    assert together.shapely == shapely.GeometryCollection([SQUARE, TRIANGLE])
    found = sent(COLLECTION)
    assert isinstance(found, FeatureCollectionResult)
    assert [type(each) for each in found] == [FeatureResult] * len(found) == [FeatureResult] * 3
    assert shape(found.__geo_interface__["features"][1]["geometry"]) == TRIANGLE
    assert found.features[1].properties == {"height": 5.5, "name": "triangle"}
    assert found.text() == found.__geo_interface__


def test_arguments_may_be_geojson() -> None:
    typespec = {"type": "FeatureCollection"}
    value = coerce(FEATURES, typespec)
    assert WORLD.evaluate(graft(wf.parameter("where", wf.FeatureCollection).length()), where=value) == 3
    assert coerce(mapping(SQUARE), {"type": "Geometry"}) == run(wf.load_geojson(SQUARE))
    with pytest.raises(EvaluationError, match="expected FeatureCollection, not Int 1"):
        coerce(1, typespec)


@pytest.mark.parametrize(
    ("proxy", "message"),
    [
        (wf.Geometry("Circle", [1, 2]), "no geometry of the type 'Circle'"),
        (wf.Geometry("Polygon", [1, 2]).buffer(1), "no coordinates of a Polygon"),
        (wf.Geometry("Point", [wf.nan, 2.0]).buffer(1), "the coordinates of a Point must be finite"),
        (wf.load_geojson(SQUARE)._rasterized("height"), "value must be a number: geometries have no properties"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_means_nothing_is_named(proxy: Any, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        run(proxy).shapely.bounds  # noqa: B018


def test_a_geometry_of_very_many_vertices_is_refused() -> None:
    ring = [[i / 1e6, i * i / 1e12] for i in range(200)]
    scope = WORLD.scope(limits=Limits(vertices=100))
    program = graft(wf.load_geojson({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}))
    with pytest.raises(LimitExceeded, match="has 201 vertices; the limit is 100"):
        evaluate(parse(program, scope.limits), scope)


def test_the_grid_of_a_dltile_is_that_of_its_key() -> None:
    context = GeoContext.from_dltile_key("128:16:960.0:15:-1:37")  # of the published documentation
    assert context.gdal_geotrans == (361760.0, 960.0, 0.0, 4684800.0, 0.0, -960.0)
    assert (context.crs, context.arr_shape) == ("EPSG:32615", (160, 160))
    proxy = wf.GeoContext.from_dltile_key("512:0:10.0:36:-65:216")
    assert run(proxy.coords_to_index(167220.0, 1111000.0)) == (4, 2)
    corner = run(proxy.geometry).shapely.bounds[:2]
    np.testing.assert_allclose(corner, (29.96, 10.00), atol=0.05)
    assert run(wf.GeoContext.from_scenes(wf.scenes.DLTile.from_key("512:0:10.0:36:-65:216"))) == run(proxy)
    with pytest.raises(EvaluationError, match="the key of a DLTile must be"):
        run(wf.GeoContext.from_dltile_key("512:0"))


def test_a_cut_line_keeps_centres_or_all_that_it_touches() -> None:
    fields: Any = {"geometry": mapping(TRIANGLE), "bounds": GRID.bounds, "crs": "EPSG:4326", "shape": GRID.shape}
    image = wf.Image.from_id("p:1")
    for touched in (False, True):
        drawn_by = rasterize([TRIANGLE], GRID.shape, transform=GRID.transform, all_touched=touched)
        places = [wf.GeoContext(**fields, all_touched=touched)]
        places.append(wf.GeoContext.from_scenes(wf.scenes.AOI(**fields, all_touched=touched)))
        for place in places:
            assert ("all_touched" in str(place.graft)) == touched
            grid = run(place).grid
            (found,) = pixels(WORLD, run(image, grid), grid)
            np.testing.assert_array_equal(~np.ma.getmaskarray(found), drawn_by == 1)
