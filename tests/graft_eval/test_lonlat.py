"""Areas are cut at the antimeridian, whichever way they were written down."""

from __future__ import annotations

import pytest
from pyproj import Geod
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from graft_eval.grid import Grid
from graft_eval.lonlat import follow_antimeridian, wrap_longitudes

TWO_DEGREES = MultiPolygon([box(179, 0, 180, 10), box(-180, 0, -179, 10)])
WORLD = box(-180, -90, 180, 90)


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        (box(10, 0, 20, 10), box(10, 0, 20, 10)),
        (box(179, 0, 181, 10), TWO_DEGREES),
        (box(-181, 0, -179, 10), TWO_DEGREES),
        (box(0, -90, 360, 90), WORLD),
        (box(180, 0, 200, 10), box(-180, 0, -160, 10)),
        (box(539, 0, 541, 10), TWO_DEGREES),
        (box(10, 80, 20, 100), box(10, 80, 20, 90)),
        (GeometryCollection([Point(0, 0), box(0, 0, 1, 1)]), box(0, 0, 1, 1)),
    ],
)
def test_longitudes_are_wrapped(area: BaseGeometry, expected: BaseGeometry) -> None:
    assert wrap_longitudes(area).equals(expected)


@pytest.mark.parametrize("area", [Point(0, 0), LineString([(0, 0), (1, 1)]), Polygon(), box(0, 0, 0, 0)])
def test_what_has_no_area_is_dropped(area: BaseGeometry) -> None:
    assert wrap_longitudes(area).is_empty


def test_outlines_that_cross_themselves_are_mended() -> None:
    bow = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    assert wrap_longitudes(bow).is_valid
    assert wrap_longitudes(bow).area == pytest.approx(2)


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        (box(-179, 0, 179, 10), TWO_DEGREES),
        (Polygon([(179, 0), (-179, 0), (-179, 10), (179, 10)]), TWO_DEGREES),
        (Polygon([(-179, 10), (179, 10), (179, 0), (-179, 0)]), TWO_DEGREES),
        (TWO_DEGREES, TWO_DEGREES),
        (WORLD, WORLD),
        (box(-100, 0, 70, 10), box(-100, 0, 70, 10)),
    ],
)
def test_edges_go_the_short_way_round(area: BaseGeometry, expected: BaseGeometry) -> None:
    assert follow_antimeridian(area).equals(expected)


def test_holes_stay_where_they_are() -> None:
    ring = Polygon([(170, -10), (-170, -10), (-170, 10), (170, 10)], [[(-176, -1), (-174, -1), (-174, 1), (-176, 1)]])
    assert follow_antimeridian(ring).area == pytest.approx(20 * 20 - 4)


@pytest.mark.parametrize("pole", [1, -1])
def test_a_ring_around_a_pole_holds_it(pole: int) -> None:
    cap = follow_antimeridian(Polygon([(lon, pole * 80) for lon in range(-150, 180, 60)]))
    assert cap.equals(box(-180, min(80 * pole, 90 * pole), 180, max(80 * pole, 90 * pole)))


@pytest.mark.parametrize(
    ("crs", "bounds"),
    [
        ("EPSG:32660", (600_000.0, 0.0, 900_000.0, 100_000.0)),
        ("EPSG:32601", (100_000.0, 5_000_000.0, 400_000.0, 5_300_000.0)),
        ("EPSG:3031", (-2e6, -2e6, 2e6, 2e6)),
        ("EPSG:3857", (-20037508.0, -1e5, 20037508.0, 1e5)),
    ],
)
def test_a_grids_footprint_has_the_area_of_the_grid(crs: str, bounds: tuple[float, float, float, float]) -> None:
    grid = Grid(bounds, crs, (10, 10))
    by_cells = sum(_square_metres(cell.footprint) for _, _, cell in grid.pieces(1))
    assert _square_metres(grid.footprint) == pytest.approx(by_cells, rel=3e-3)


def test_a_grid_beyond_its_projection_is_anywhere() -> None:
    assert Grid((1e9, 0.0, 2e9, 1e6), "EPSG:32633", (4, 4)).footprint.equals(WORLD)


def _square_metres(area: BaseGeometry) -> float:
    parts = area.geoms if isinstance(area, MultiPolygon) else [area]
    return sum(abs(Geod(ellps="WGS84").geometry_area_perimeter(part.segmentize(1))[0]) for part in parts)
