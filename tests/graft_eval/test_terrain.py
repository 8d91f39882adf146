"""Shaded relief, against NumPy and textbook cases, and how large pixels are on the ground, against geodesics."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from numpy.typing import NDArray
from pyproj import Geod

import sdk as wf
from graft_eval import evaluate, parse
from graft_eval.barriers.ground import pixel_sizes
from graft_eval.barriers.terrain import Hillshade, Incline
from graft_eval.crs import transformer
from graft_eval.engine import RasterEngine
from graft_eval.errors import EvaluationError
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Gridded, Read
from graft_eval.progress import Progress
from graft_eval.scope import Scope
from graft_eval.values.image import Image
from tests.graft_eval.fake import FakeSource, World, graft, scene
from tests.graft_eval.scenes import scene_of, write_raster
from tests.oracle.neighbourhoods import aspect, hillshade, slope
from tests.oracle.planes import NumpyEngine

UTM = Grid((500_000.0, 4_000_000.0, 503_000.0, 4_003_000.0), "EPSG:32613", (100, 100))
PLAIN = Grid((0.0, 0.0, 90.0, 90.0), "EPSG:32613", (3, 3))


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=8 << 20, threads=2)
    yield engine
    engine.close()


def lit(heights: object, **light: float) -> float:
    """The middle of 3 x 3 pixels of 30 m, by NumPy, of the light that the operation gives its plane."""
    source = FakeSource([scene("p:a", "2024-01-01", ["dem"])])
    engine = NumpyEngine({("p:a", "dem"): np.array(heights, float)})
    value = evaluate(parse(graft(wf.Image.from_id("p:a").hillshade(**light)), Limits()), Scope(source, engine, PLAIN))
    assert isinstance(value, Image)
    assert value.bandinfo["dem"]["data_range"] == (1.0, 255.0)
    (plane,) = value.planes
    assert isinstance(plane, Hillshade)
    shades = hillshade(np.array(heights, float), 30.0, 30.0, plane.azimuth, plane.altitude, plane.z_factor)
    return float(shades[1, 1])


LEVEL = np.zeros((3, 3))
TO_EAST = np.tile([60.0, 30.0, 0.0], (3, 1))  # falls by 45 degrees


def test_level_ground_is_as_bright_as_the_light_is_high() -> None:
    assert lit(LEVEL) == pytest.approx(1 + 254 * np.sin(np.radians(45)))
    assert lit(LEVEL, altitude=90) == 255


def test_a_slope_that_faces_the_light_is_the_brightest_and_one_turned_away_the_darkest() -> None:
    assert lit(TO_EAST, azimuth=90) == pytest.approx(255)
    assert lit(TO_EAST, azimuth=270, altitude=30) == 1
    assert lit(TO_EAST.T[::-1], azimuth=0) == pytest.approx(255)  # rows go south: it falls to the north


def test_heights_are_multiplied_by_the_factor() -> None:
    assert lit(TO_EAST / 10, azimuth=90, z_factor=10) == pytest.approx(255)


@pytest.mark.parametrize("light", [(315.0, 45.0, 1.0), (20.0, 70.0, 3.5), (180.0, 0.0, 0.3)], ids=str)
def test_the_engine_shades_as_numpy(engine: RasterEngine, tmp_path: Path, light: tuple[float, float, float]) -> None:
    random = np.random.default_rng(3)
    heights = np.cumsum(np.cumsum(random.normal(size=(140, 140)), axis=0), axis=1).astype(np.float32)
    heights[70, 70] = -9999
    transform = Affine(30.0, 0.0, 500_000.0 - 600, 0.0, -30.0, 4_003_000.0 + 600)
    path = write_raster(tmp_path / "dem.tif", [heights], crs="EPSG:32613", transform=transform, nodata=-9999)
    found = scene_of(path)
    raster = engine.compute([Hillshade(Read(found, found.bands[0]), *light)], UTM, Progress(), Limits())
    expected = hillshade(np.where(heights == -9999, np.nan, heights), 30.0, 30.0, *light)[20:120, 20:120]
    np.testing.assert_array_equal(raster.mask[0], np.isnan(expected))
    np.testing.assert_allclose(raster.data[0][~raster.mask[0]], expected[~np.isnan(expected)], rtol=1e-9)


@pytest.mark.parametrize(
    ("grid", "tolerance"),
    [
        (Grid((10.0, 40.0, 10.5, 60.0), "EPSG:4326", (200, 5)), 1e-6),
        (Grid((-70.0, -89.9, -69.9, -60.0), "EPSG:4326", (299, 1)), 1e-6),
        (Grid.from_xyz_tile(9, 3, 4), 0.007),  # a sphere that is 0.3 % off the ellipsoid, either way
        (Grid((500_000.0, 4e6, 501_000.0, 4.001e6), "EPSG:32633", (10, 10)), 0.0005),
        (Grid((2_000_000.0, 200_000.0, 2_001_000.0, 201_000.0), "EPSG:2263", (10, 10)), 0.003),  # feet
    ],
    ids=["degrees", "degrees near the pole", "Web Mercator", "UTM", "feet"],
)
def test_pixels_are_as_large_as_geodesics_say(grid: Grid, tolerance: float) -> None:
    widths, heights = pixel_sizes(grid)
    rows = np.arange(grid.shape[0]) + 0.5
    to_lonlat = transformer(grid.crs, "OGC:CRS84")

    def distance(one: tuple[float, float], other: tuple[float, float]) -> NDArray[np.float64]:
        places = [grid.transform @ (along + 0 * rows, rows + down) for along, down in (one, other)]  # type: ignore[operator]
        ends = [to_lonlat.transform(*place) for place in places]
        return np.array(Geod(ellps="WGS84").inv(*ends[0], *ends[1])[2])

    np.testing.assert_allclose(widths, distance((0.45, 0), (0.55, 0)) * 10, rtol=tolerance)
    np.testing.assert_allclose(heights, distance((0.5, -0.05), (0.5, 0.05)) * 10, rtol=tolerance)


def test_pixels_beyond_the_poles_have_no_size() -> None:
    widths, _ = pixel_sizes(Grid((0.0, 89.0, 1.0, 91.0), "EPSG:4326", (2, 1)))
    assert np.isnan(widths).tolist() == [True, False]


@pytest.mark.parametrize(
    ("light", "message"),
    [({"altitude": 91.0}, "altitude must be 0 to 90 degrees, not 91.0"), ({"z_factor": wf.inf}, "must be finite")],
    ids=["above the zenith", "infinite"],
)
def test_light_from_nowhere_is_refused(light: dict[str, float], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        lit(LEVEL, **light)


# Heights, and what gdaldem makes of the inner 3 x 3 of them: on pixels of 30 x 20 m its slopes, of 30 m its aspect.
DEM = np.array(
    [[10, 12, 15, 15, 11], [11, 30, 22, 15, 9], [14, 25, 60, 20, -3], [14, 14, 14, 14, 0], [14, 14, 14, 14, 2]], float
)
BY_GDALDEM = {
    "degrees": [[29.19593, 34.529633, 24.917915], [25.989439, 13.010555, 32.962029], [24.995876, 34.277111, 28.46368]],
    "percent": [[55.878792, 68.804268, 46.456475], [48.750446, 23.106224, 64.846573], [46.622002, 68.156845, 54.21352]],
    "aspect": [[315.77423, 16.50436, 66.20923], [250.24052, 142.85332, 97.07892], [214.07719, 177.3736, 117.22868]],
}  # fmt: skip


def inclines(engine: RasterEngine, heights: NDArray[np.float64], measure: str, height: float) -> NDArray[np.float64]:
    """What the engine makes of heights on pixels of 30 m by `height`, NaN where masked."""
    rows, cols = heights.shape
    grid = Grid((500_000.0, 4e6 - rows * height, 500_000.0 + 30.0 * cols, 4e6), "EPSG:32613", heights.shape)
    (plane,) = Gridded.bands(np.ma.masked_invalid(heights)[None], grid)
    raster = engine.compute([Incline(plane, measure, 1.0)], grid, Progress(), Limits())
    return np.where(raster.mask[0], np.nan, raster.data[0])


@pytest.mark.parametrize("measure", BY_GDALDEM)
def test_slopes_and_aspects_are_those_of_gdaldem(engine: RasterEngine, measure: str) -> None:
    found = inclines(engine, DEM, measure, 30.0 if measure == "aspect" else 20.0)
    np.testing.assert_allclose(found[1:-1, 1:-1], BY_GDALDEM[measure], rtol=2e-6)
    assert np.isnan(found).sum() == 16  # nothing is known beyond the edge


@pytest.mark.parametrize("measure", BY_GDALDEM)
def test_slopes_and_aspects_are_numpys(engine: RasterEngine, measure: str) -> None:
    heights = np.random.default_rng(5).normal(0, 30, (90, 110)).round()
    heights[np.random.default_rng(6).random(heights.shape) < 0.02] = np.nan
    heights[40:50, 40:50] = 7.0
    expected = aspect(heights, 30.0, 25.0) if measure == "aspect" else slope(heights, 30.0, 25.0, measure)
    np.testing.assert_allclose(inclines(engine, heights, measure, 25.0), expected, rtol=1e-12, atol=1e-9)
    assert (np.isnan(expected[45, 45]), np.isnan(expected[1:-1, 1:-1]).mean() > 0.1) == (measure == "aspect", True)


@pytest.mark.parametrize(
    ("heights", "faces"),
    [(TO_EAST, 90.0), (TO_EAST[:, ::-1], 270.0), (TO_EAST.T[::-1], 0.0), (TO_EAST.T, 180.0)],
    ids=["east", "west", "north", "south"],
)
def test_the_ground_faces_where_it_falls_to(engine: RasterEngine, heights: NDArray[np.float64], faces: float) -> None:
    assert inclines(engine, heights, "aspect", 30.0)[1, 1] == faces
    assert inclines(engine, heights, "degrees", 30.0)[1, 1] == pytest.approx(45)


def test_slopes_say_their_range_and_take_the_factor() -> None:
    image = wf.Image.from_id("p:a")
    world = World([scene("p:a", "2024-01-01", ["dem"])], {("p:a", "dem"): TO_EAST / 10})
    steep = world.evaluate(graft(image.slope("percent", z_factor=10)), PLAIN)
    (plane,) = steep.planes
    assert isinstance(plane, Incline)
    assert (plane.measure, plane.z_factor) == ("percent", 10.0)
    assert steep.bandinfo["dem"]["data_range"] == (0.0, 100.0)
    assert world.evaluate(graft(image.aspect()), PLAIN).bandinfo["dem"]["data_range"] == (0.0, 360.0)
    with pytest.raises(ValueError, match="unit must be one of degrees, percent, not 'radians'"):
        image.slope("radians")
    with pytest.raises(EvaluationError, match="z_factor must be finite, not inf"):
        world.evaluate(graft(image.slope(z_factor=wf.inf)), PLAIN)
