"""Programs give the same pixels and numbers through the engine, from files, as with plain NumPy, from arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from affine import Affine

import sdk as wf
from graft_eval import evaluate, parse
from graft_eval.engine import RasterEngine
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.scene import Scene
from graft_eval.values.image import Imagery
from tests.graft_eval.fake import NAN, World, day, graft
from tests.graft_eval.scenes import scene_of, write_raster

GRID = Grid((0.0, 0.0, 8.0, 8.0), "EPSG:4326", (8, 8))
IMAGE, COLLECTION = wf.Image.from_id("p:0"), wf.ImageCollection.from_id("p")
A, B, C = IMAGE.unpack_bands("a b c")
CA, CB, CC = COLLECTION.unpack_bands("a b c")
OPERATIONS = ("min", "max", "mean", "median", "sum", "std", "count")

PROGRAMS: dict[str, list[Any]] = {
    "arithmetic": [
        IMAGE, IMAGE + 1, A / B, A // B, A % B, A**B, B**2, abs(IMAGE), -IMAGE, wf.log(IMAGE), wf.sqrt(IMAGE),
        wf.exp(IMAGE * 300), wf.arctan2(A, B), wf.normalized_difference(CA, CB),
    ],
    "comparisons and bits": [
        (A > B) & (C < 1), (A > B) | (B > C), (A > B) ^ (C > 0), ~(A > B), (IMAGE * 10) & 3, (IMAGE * 10) | 5,
        ~(IMAGE * 10), (IMAGE * 100) << 2, (IMAGE * 100) >> 1, A == B, A != A,
    ],
    "arithmetic of booleans": [
        (A > 0) + (B > 0), (A > 0) - (B > 0), (A > 0) * 3.5, -(A > 0), (A > 0) == (B > 0),
        (COLLECTION > 0).sum(axis="images"), (COLLECTION > 0).mean(axis="images"), ~(COLLECTION > 0).max(axis="images"),
    ],
    "masks": [
        IMAGE.mask(A > 0), IMAGE.mask(A > 0, replace=True), IMAGE.mask(A, replace=True), IMAGE.mask(wf.log(A)),
        IMAGE.mask(A > 0).mask(B > 0, replace=True), IMAGE.getmask(), COLLECTION.getmask(),
        A.mask(COLLECTION.getmask()),
    ],
    "choices": [
        wf.where(A > 0, B, C), wf.where(A, B, -1), wf.where(wf.log(A) > 0, IMAGE, 0), wf.where(CA > 0, CB, CC),
        wf.where(A > 0, wf.inf, 0),
    ],
    "ranges and colours": [
        IMAGE.clip_values(-1, 1), IMAGE.clip_values([0, 0, 0], [1, 2, 3]), IMAGE.scale_values(0, 255),
        IMAGE.scale_values(0, 255, -1, 1), IMAGE.scale_values(0, 1, 2, 2), A.colormap(), A.colormap("magma", -1, 1),
        COLLECTION.pick_bands("a").colormap("RdYlGn_r"), A.colormap("magma", 1, 1), (A * 0).colormap("magma"),
    ],
    "composites": [
        COLLECTION.mosaic(), COLLECTION.mosaic(reverse=True), COLLECTION.sortby_composite("a"),
        COLLECTION.sortby_composite("b", operation="argmin"), COLLECTION.sortby_composite(CA > 0),
        ((CA - CB) / (CA + CB)).mask(~(CC < 1)).median(axis="images"),
    ],
    "reductions": [
        getattr(COLLECTION, operation)(axis=axis)
        for operation in OPERATIONS
        for axis in ("images", "bands", ("images", "bands"))
    ],
    "numbers": [
        *(getattr(COLLECTION, operation)(axis=axis) for operation in OPERATIONS for axis in (None, "pixels")),
        COLLECTION.sum(axis=("bands", "pixels")), COLLECTION.median(axis=("images", "pixels")),
        IMAGE.value_at(3.5, 3.5), COLLECTION.value_at(0.5, 7.5), IMAGE.scale_values(0, 1).value_at(2.5, 2.5),
    ],
    "functions": [
        COLLECTION.map(lambda image: image - image.mean()), IMAGE.map_bands(lambda name, band: band / band.max()),
        COLLECTION.filter(lambda image: image.mean(axis="pixels")["a"] > 0.5).mosaic(),
        COLLECTION.groupby(dates="month").max(axis="images"), COLLECTION[0].concat_bands(COLLECTION[1]),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    random = np.random.default_rng(1)
    folder: Path = tmp_path_factory.mktemp("scenes")
    scenes: list[Scene] = []
    pixels: dict[tuple[str, str], Any] = {}
    for i in range(5):
        stored = np.round(random.uniform(-2, 3, (3, 8, 8)), 2)
        stored[random.uniform(size=stored.shape) < 0.25] = NAN
        path = write_raster(
            folder / f"{i}.tif", stored, crs="EPSG:4326", transform=Affine(1, 0, 0, 0, -1, 8), nodata=NAN
        )
        found = scene_of(path, name=f"p:{i}")
        bands = tuple(replace(band, name=name) for band, name in zip(found.bands, "abc", strict=True))
        scenes.append(replace(found, product="p", date=day(f"2020-0{i // 2 + 1}-0{i + 1}"), bands=bands))
        pixels |= {(f"p:{i}", name): band for name, band in zip("abc", stored, strict=True)}
    return World(scenes, pixels)


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=1 << 24, threads=2)
    yield engine
    engine.close()


def results(program: Any, scope: Any) -> Any:
    """What a program gives; of imagery the values and masks of every image."""
    value = evaluate(parse(graft(program), Limits()), scope)
    if not isinstance(value, Imagery):
        return value
    rasters = [scope.engine.compute(image.planes, scope.grid, scope.progress, scope.limits) for image in value.images]
    return [np.where(raster.mask, NAN, raster.data) for raster in rasters]


def equal(found: Any, expected: Any) -> bool:
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(equal(found[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(equal, found, expected))
    return np.allclose(found, expected, rtol=1e-12, equal_nan=True)


@pytest.mark.parametrize("kind", PROGRAMS)
def test_the_engine_agrees_with_numpy(kind: str, world: World, engine: RasterEngine) -> None:
    scope = world.scope(GRID)
    for number, program in enumerate(PROGRAMS[kind]):
        expected, found = results(program, scope), results(program, replace(scope, engine=engine))
        assert equal(found, expected), f"{kind} {number}"
