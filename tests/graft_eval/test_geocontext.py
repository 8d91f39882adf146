from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from pyproj import Transformer
from shapely.geometry import box, shape

import sdk as wf
from graft_eval import GeoContext
from graft_eval.errors import EvaluationError
from graft_eval.grid import Grid
from tests.graft_eval.fake import NAN, World, graft, grids_of, pixels, scene

A = np.array([[1.0, 2.0], [NAN, 4.0]])
WORLD = World(
    [scene("p:1", "2020-01-01", ["a", "b"]), scene("p:2", "2020-02-01", ["a", "b"])],
    {("p:1", "a"): A, ("p:1", "b"): 10 * A, ("p:2", "a"): 2 * A, ("p:2", "b"): 20 * A},
)
IMAGE, COLLECTION = wf.Image.from_id("p:1"), wf.ImageCollection.from_id("p")
EMPTY = IMAGE.pick_bands("nothing", allow_missing=True)
TRIANGLE = {"type": "Polygon", "coordinates": [[[12.0, 52.0], [13.0, 52.0], [12.5, 53.0], [12.0, 52.0]]]}


def run(proxy: Any, grid: Grid | None = None) -> Any:
    return WORLD.evaluate(graft(proxy), grid)


@pytest.mark.parametrize(
    ("fields", "bounds", "shape_"),
    [
        ({"bounds": (0, 0, 2, 3), "resolution": 1}, (0, 0, 2, 3), (3, 2)),
        ({"bounds": (0.2, 1.2, 1.9, 3), "resolution": 0.5}, (0, 1, 2, 3), (4, 4)),
        ({"bounds": (-0.2, -1.2, 0.1, -0.9), "resolution": 0.5}, (-0.5, -1.5, 0.5, -0.5), (2, 2)),
        ({"bounds": (0.1, 0.1, 0.3, 0.3), "resolution": 0.1}, (0.1, 0.1, 0.3, 0.3), (2, 2)),
        ({"bounds": (0.2, 1.2, 1.9, 3), "resolution": 0.5, "align_pixels": False}, (0.2, 1, 2.2, 3), (4, 4)),
        ({"bounds": (0, 0, 2, 3), "shape": (30, 40)}, (0, 0, 2, 3), (30, 40)),
        ({"bounds": (0, 0, 0.1, 0.1), "resolution": 5, "align_pixels": False}, (0, -4.9, 5, 0.1), (1, 1)),
        ({"geometry": TRIANGLE, "resolution": 0.25}, (12, 52, 13, 53), (4, 4)),
        ({"geometry": TRIANGLE, "bounds": (0, 0, 1, 1), "resolution": 0.5}, (0, 0, 1, 1), (2, 2)),
    ],
)
def test_bounds_and_pixel_sizes_make_grids(fields: dict[str, Any], bounds: Any, shape_: Any) -> None:
    grid = GeoContext(crs="EPSG:4326", **fields).grid
    assert grid.bounds == pytest.approx(bounds)
    assert grid.shape == shape_
    assert (grid.cutline is None) == ("geometry" not in fields)


def test_bounds_of_another_crs_become_the_envelope_of_their_corners() -> None:
    context = GeoContext(bounds=(12.0, 52.0, 13.0, 53.0), resolution=10, crs="EPSG:32633")
    transform = Transformer.from_crs("EPSG:4326", "EPSG:32633", always_xy=True).transform
    corners = [transform(x, y) for x in (12.0, 13.0) for y in (52.0, 53.0)]
    xs, ys = zip(*corners, strict=True)
    assert context.projected_bounds == pytest.approx((min(xs), min(ys), max(xs), max(ys)))
    left, bottom, right, top = context.grid.bounds
    assert (left, top) == (math.floor(min(xs) / 10) * 10, math.ceil(max(ys) / 10) * 10)
    assert context.arr_shape == ((top - bottom) / 10, (right - left) / 10)
    assert context.gdal_geotrans == (left, 10.0, 0.0, top, 0.0, -10.0)


def test_tiles_are_those_of_web_mercator() -> None:
    context = GeoContext.from_xyz_tile(1, 2, 3)
    assert context.grid == Grid.from_xyz_tile(1, 2, 3)
    with pytest.raises(EvaluationError, match="there is no tile x=8, y=0, z=3"):
        GeoContext.from_xyz_tile(8, 0, 3)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"resolution": 1, "shape": [2, 2]}, "a resolution or a shape, not both"),
        ({"resolution": 0}, "resolution must be a number above 0, not 0"),
        ({"resolution": float("nan")}, "resolution must be a number above 0"),
        ({"resolution": "1"}, "resolution of a geocontext must be a number, not Str '1'"),
        ({"shape": [0, 5]}, "1 or more, not (0, 5)"),
        ({"shape": [2.5, 5]}, "whole numbers"),
        ({"shape": 5}, "shape of a geocontext must be 2 numbers, not Int 5"),
        ({"bounds": [0, 0, 1]}, "bounds of a geocontext must be 4 numbers"),
        ({"bounds": [1, 0, 0, 1]}, "left < right and bottom < top"),
        ({"bounds": [0, 0, float("inf"), 1]}, "all finite"),
        ({"bounds": [0, 0, True, 1]}, "4 numbers"),
        ({"crs": "EPSG:0"}, "crs must be a CRS such as 'EPSG:32633', not 'EPSG:0'"),
        ({"bounds_crs": "here"}, "bounds_crs must be a CRS"),
        ({"all_touched": 1}, "all_touched of a geocontext must be true or false"),
        ({"align_pixels": 1}, "align_pixels of a geocontext must be true or false"),
        ({"geometry": {"type": "Blob"}}, "geometry must be a GeoJSON geometry"),
        ({"geometry": {"type": "Polygon", "coordinates": 3}}, "geometry must be a GeoJSON geometry"),
        ({"geometry": {"type": "Polygon", "coordinates": []}}, "geometry must not be empty"),
        (
            {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}},
            "geometry must be valid, but has a Self-intersection",
        ),
        ({"geometry": []}, "geometry of a geocontext must be a GeoJSON object"),
        ({"place": 1}, "a geocontext has no field 'place'"),
        ({"bounds": [0, 0, 1e300, 1]}, "bounds must be within 720 across and 180 up and down in EPSG:4326"),
        ({"bounds": [0, 0, 1e300, 1], "bounds_crs": "EPSG:3857"}, "bounds must be within 1e+09 across"),
        (
            {"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1e300, 0], [1, 1], [0, 0]]]}},
            "geometry must be within 720 across",
        ),
        ({"crs": "IAU_2015:30100"}, "nothing leads from 'IAU_2015:30100' to longitude and latitude"),
        ({"crs": "EPSG:4978"}, "must be a projected or geographic CRS, not 'EPSG:4978', a Geocentric CRS"),
    ],
)
def test_fields_that_no_grid_can_have_are_refused(document: dict[str, object], message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        GeoContext.from_json(document)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"bounds": [0, 0, 1, 1], "resolution": 1}, "needs a crs"),
        ({"crs": "EPSG:4326", "resolution": 1}, "needs bounds or a geometry"),
        ({"crs": "EPSG:4326", "bounds": [0, 0, 1, 1]}, "needs a resolution or a shape"),
        ({"crs": "EPSG:3857", "bounds": [0, 0, 1, 90.1], "shape": [1, 1]}, "EPSG:3857"),
        ({"crs": "EPSG:4326", "bounds": [0, 0, 1, 1], "resolution": 1e-320}, "a resolution of 1e-320 means nothing"),
        ({"crs": "EPSG:4326", "bounds": [0, 0, 1, 1], "resolution": 1e308}, "a resolution of 1e+308 means nothing"),
    ],
)
def test_grids_need_a_crs_bounds_and_a_size(document: dict[str, object], message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        _ = GeoContext.from_json(document).grid
    assert message in str(caught.value)


def test_json_gives_the_same_geocontext_with_null_for_defaults() -> None:
    document = json.loads(json.dumps({"bounds": [0, 0, 2, 2], "shape": [4, 4], "crs": "EPSG:4326", "geometry": None}))
    assert GeoContext.from_json(document) == GeoContext(bounds=(0, 0, 2, 2), shape=(4, 4), crs="EPSG:4326")
    assert GeoContext.from_json({"geometry": TRIANGLE}).cutline.equals(shape(TRIANGLE))


def test_fields_are_read_in_grafts() -> None:
    context = wf.GeoContext(bounds=(0.2, 1.2, 1.9, 3.0), resolution=0.5, crs="EPSG:4326")
    fields = {
        "crs": "EPSG:4326", "resolution": 0.5, "align_pixels": True, "bounds": (0.2, 1.2, 1.9, 3.0),
        "bounds_crs": "EPSG:4326", "arr_shape": (4, 4), "gdal_geotrans": (0.0, 0.5, 0.0, 3.0, 0.0, -0.5),
        "projected_bounds": (0.2, 1.2, 1.9, 3.0), "shape": (4, 4),
    }  # fmt: skip
    assert {name: run(getattr(context, name)) for name in fields} == fields
    assert run(wf.GeoContext.from_xyz_tile(0, 0, 0).resolution) == pytest.approx(156543.033928)
    assert run(context.index_to_coords(1, 2)) == (1.0, 2.5)
    assert run(context.coords_to_index(1.2, 2.4)) == (1, 2)


GRID = Grid((0.0, 0.0, 2.0, 2.0), "EPSG:4326", (2, 2))


def test_places_and_pixels_of_imagery_are_those_of_the_grid() -> None:
    assert run(IMAGE.index_to_coords(1, 1), GRID) == (1.0, 1.0)
    assert run(COLLECTION.coords_to_index(1.5, 0.2), GRID) == (1, 1)
    assert run(IMAGE.coords_to_index(-0.5, 2.5), GRID) == (-1, -1)
    with pytest.raises(EvaluationError, match=r"wf\.coords_to_index: needs pixels, and so a geocontext"):
        run(IMAGE.coords_to_index(0, 0))
    with pytest.raises(EvaluationError, match="x and y must be finite"):
        run(IMAGE.coords_to_index(wf.inf, 0), GRID)


def test_values_at_a_place_are_those_of_its_pixel() -> None:
    assert run(IMAGE.value_at(1.5, 1.9), GRID) == {"a": 2.0, "b": 20.0}
    assert run(COLLECTION.value_at(0.0, 1.5), GRID) == [{"a": 1.0, "b": 10.0}, {"a": 2.0, "b": 20.0}]
    assert math.isnan(run(IMAGE.value_at(0.5, 0.5), GRID)["a"])
    assert math.isnan(run(IMAGE.value_at(5.0, 0.5), GRID)["b"])
    assert run(EMPTY.value_at(1, 1), GRID) == {}
    assert run(COLLECTION[:0].value_at(1, 1), GRID) == []


def test_a_value_at_a_place_reads_one_pixel_unless_the_whole_grid_matters() -> None:
    from graft_eval import evaluate, parse

    for proxy, side, expected in [(IMAGE, 1, 4.0), (IMAGE.scale_values(0, 1), 2, 1.0)]:
        scope = WORLD.scope(GRID)
        value: Any = evaluate(parse(graft(proxy.value_at(1.5, 0.5)), scope.limits), scope)
        assert value["a"] == expected
        assert [grid.shape for grid in grids_of(scope)] == [(side, side)]


def test_a_cut_line_masks_what_lies_outside() -> None:
    grid = Grid(GRID.bounds, GRID.crs, GRID.shape, box(0, 0, 1, 2))
    assert run(IMAGE.max(), grid) == 10.0
    assert pixels(WORLD, run(IMAGE), grid)[0].mask.tolist() == [[False, True], [True, True]]


@pytest.mark.parametrize("bounds", [(0.0, 0.0, 5e-324, 5e-324), (-1e308, -1e308, 1e308, 1e308)])
def test_pixels_of_no_size_are_refused(bounds: tuple[float, float, float, float]) -> None:
    with pytest.raises(EvaluationError, match=r"2 pixels from .* have no size"):
        assert Grid(bounds, "EPSG:3857", (2, 2)).resolution
