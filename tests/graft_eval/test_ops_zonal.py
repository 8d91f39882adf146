"""Zonal statistics, against rasterio's rasterize and NumPy, zone by zone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.features import rasterize
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

import sdk as wf
from graft_eval import evaluate, parse
from graft_eval.engine import RasterEngine
from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.scope import Scope
from graft_eval.values.shapes import FeatureCollection
from tests.graft_eval.fake import FakeSource, graft
from tests.graft_eval.scenes import scene_of, write_raster

SIDE = 700
RANDOM = np.random.default_rng(11)
PIXELS = RANDOM.integers(1, 60, (2, SIDE, SIDE)).astype(np.uint8)
PIXELS[:, RANDOM.random((SIDE, SIDE)) < 0.1] = 0  # nodata
PIXELS[1, 300:400, 300:400] = 0
TRANSFORM = Affine(0.01, 0, 10.0, 0, -0.01, 50.0)
GRID = Grid((10.0, 43.0, 17.0, 50.0), "EPSG:4326", (SIDE, SIDE))
NUMBERS = np.where(PIXELS == 0, np.nan, PIXELS.astype(float))


def blob(x: float, y: float, size: float) -> BaseGeometry:
    angles = np.sort(RANDOM.uniform(0, 2 * np.pi, 9))
    return shapely.Polygon(
        [
            (x + size * np.cos(a) * r, y + size * np.sin(a) * r)
            for a, r in zip(angles, RANDOM.uniform(0.3, 1, 9), strict=True)
        ]
    )


ZONES: list[BaseGeometry] = [
    *(blob(RANDOM.uniform(10, 17), RANDOM.uniform(43, 50), RANDOM.uniform(0.02, 1.5)) for _ in range(60)),
    shapely.box(9.0, 42.0, 18.0, 51.0),  # all of it
    *[shapely.box(12.0, 46.0, 12.5, 46.5)] * 70,  # more at one place than are drawn at a time
    shapely.box(13.0, 46.0, 14.0, 47.0),  # masked in a band
    shapely.box(10.001, 49.001, 10.002, 49.002),  # without a pixel's centre
    shapely.box(30.0, 30.0, 31.0, 31.0),  # beyond
    shapely.MultiPolygon([shapely.box(11, 44, 11.2, 44.2), shapely.box(16, 49, 16.5, 49.1)]),
    shapely.box(14.0, 44.0, 16.0, 46.0).difference(shapely.box(14.5, 44.5, 15.5, 45.5)),
    shapely.Point(12.345, 45.678), shapely.LineString([(11.0, 45.0), (12.0, 46.003)]),
    shapely.GeometryCollection([shapely.box(15, 47, 15.3, 47.3), shapely.Point(16.005, 43.505)]),
]  # fmt: skip
FEATURES = wf.FeatureCollection.from_geojson(
    {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": mapping(zone), "properties": {"number": number, "a_mean": "replaced"}}
            for number, zone in enumerate(ZONES)
        ],
    }
)
IMAGE = wf.Image.from_id("p:1")


def majority(values: NDArray[np.float64]) -> float:
    return float(np.bincount(values.astype(int)).argmax())


NUMPY: dict[str, Callable[[NDArray[np.float64]], Any]] = {
    "min": np.min, "max": np.max, "mean": np.mean, "median": np.median, "majority": majority, "std": np.std,
    "sum": np.sum, "count": np.size,
}  # fmt: skip


@pytest.fixture(scope="module")
def scope(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scope]:
    path = write_raster(
        tmp_path_factory.mktemp("zones") / "1.tif", PIXELS, crs="EPSG:4326", transform=TRANSFORM, nodata=0
    )
    scene = scene_of(path, name="p:1")
    bands = tuple(replace(band, name=name) for band, name in zip(scene.bands, "ab", strict=True))
    engine = RasterEngine(cache_bytes=8 << 20, threads=1)
    yield Scope(FakeSource([replace(scene, product="p", bands=bands)]), engine, GRID)
    engine.close()


def run(program: Any, scope: Scope) -> Any:
    return evaluate(parse(graft(program), Limits()), scope)


def inside(zone: BaseGeometry) -> NDArray[np.bool_]:
    return rasterize([zone], GRID.shape, transform=TRANSFORM, dtype="uint8") == 1


def test_they_are_those_of_rasterio_and_numpy(scope: Scope) -> None:
    found = run(IMAGE.zonal(FEATURES, list(NUMPY)), scope)
    assert isinstance(found, FeatureCollection)
    valid = 0
    for zone, feature in zip(ZONES, found.elements, strict=True):
        assert feature.geometry.shapely.equals(zone)
        for band, numbers in zip("ab", NUMBERS, strict=True):
            pixels = numbers[inside(zone)]
            pixels = pixels[~np.isnan(pixels)]
            values = [feature.properties[f"{band}_{name}"] for name in NUMPY]
            expected = [function(pixels) for function in NUMPY.values()] if pixels.size else [math.nan] * 7 + [0]
            np.testing.assert_allclose(values, expected, rtol=1e-12)
            valid += pixels.size > 0
    assert valid >= 2 * len(ZONES) - 6


def test_one_operation_is_the_mean_and_other_properties_stay(scope: Scope) -> None:
    first, *_ = run(IMAGE.pick_bands("a").zonal(FEATURES), scope).elements
    assert list(first.properties) == ["number", "a_mean"]
    assert first.properties["a_mean"] == pytest.approx(np.nanmean(NUMBERS[0][inside(ZONES[0])]))
    assert run(IMAGE.zonal(FEATURES, "max").features[60].properties["b_max"], scope) == 59


def test_a_zone_is_what_its_mask_leaves(scope: Scope) -> None:
    zones = run(IMAGE.zonal(FEATURES, "sum"), scope).elements
    for number in (3, 60, 134):
        total = IMAGE.mask(FEATURES.features[number]).sum(axis="pixels")
        assert zones[number].properties["a_sum"] == run(total["a"], scope)


def test_a_cutline_cuts_zones(scope: Scope) -> None:
    cut = replace(scope, grid=replace(GRID, cutline=shapely.box(10.0, 43.0, 13.5, 50.0)))
    found = run(IMAGE.zonal(FEATURES, "count"), cut).elements[60].properties["a_count"]
    assert found == np.isfinite(NUMBERS[0][:, :350]).sum()


def test_they_may_be_drawn_and_computed_with(scope: Scope) -> None:
    zones = IMAGE.zonal(FEATURES, "mean")
    assert run(zones.filter(lambda zone: zone.properties["a_mean"] > 29).length(), scope) > 20
    assert run(zones.rasterize("a_mean").max(), scope) > 29


def test_no_bands_and_no_features_are_no_zones(scope: Scope) -> None:
    nothing = wf.ImageCollection.from_id("p").head(0).max(axis="images")
    assert run(nothing.zonal(FEATURES), scope).elements[0].properties == {"number": 0, "a_mean": "replaced"}
    none = FEATURES.filter(lambda feature: feature.properties["number"] < 0)
    assert run(IMAGE.zonal(none), scope).elements == ()


@pytest.mark.parametrize(
    ("operations", "limits", "message"),
    [
        ("mean", {"values": 10**6}, r"boxes around \d+ features have [\d,]+ pixels, more than the limit of 1,000,000"),
        ("median", {"pixels": SIDE * SIDE}, "majority and median are over more than 490,000 pixels of zones"),
        (list(NUMPY), {"list": 2000}, r"8 operations on 2 bands of \d+ features are [\d,]+ values, more .* 2,000"),
    ],
    ids=["their boxes", "pixels that are kept", "values"],
)  # fmt: skip
def test_too_many_are_refused(scope: Scope, operations: Any, limits: dict[str, int], message: str) -> None:
    features = run(FEATURES, scope)
    program = parse(graft(IMAGE.zonal(wf.parameter("features", wf.FeatureCollection), operations)), Limits())
    with pytest.raises(LimitExceeded, match=message):
        evaluate(program, replace(scope, limits=Limits(**limits)), {"features": features})


def test_other_operations_are_refused(scope: Scope) -> None:
    with pytest.raises(ValueError, match=r"operations must be one of min, max, .*, not 'variance'"):
        IMAGE.zonal(FEATURES, ["mean", "variance"])
    with pytest.raises(EvaluationError, match=r"operations must be some of min, max, .*, not 'sums'"):
        run(IMAGE.zonal(FEATURES, wf.Str("su") + "ms"), scope)
    with pytest.raises(EvaluationError, match="needs pixels, and so a geocontext"):
        run(IMAGE.zonal(FEATURES), replace(scope, grid=None))


def test_geopandas_and_geojson_are_features_too(scope: Scope) -> None:
    made = IMAGE.zonal({"type": "FeatureCollection", "features": []})
    assert isinstance(made, wf.FeatureCollection)
    assert run(made, scope).elements == ()
