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
from graft_eval.barriers.terrain import Hillshade
from graft_eval.engine import RasterEngine
from graft_eval.errors import EvaluationError
from graft_eval.grid import Grid, transformer
from graft_eval.limits import Limits
from graft_eval.plane import Read
from graft_eval.progress import Progress
from graft_eval.scope import Scope
from graft_eval.values.image import Image
from tests.graft_eval.fake import FakeSource, graft, scene
from tests.graft_eval.scenes import scene_of, write_raster
from tests.oracle.neighbourhoods import hillshade
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
