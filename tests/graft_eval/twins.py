"""Products in files for the engine, the same in memory for the twin, and what both make of a graft, compared."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from graft_eval import GeoContext, evaluate, parse
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.progress import Progress
from graft_eval.scene import Scene
from graft_eval.scope import Engine, Scope
from graft_eval.values.function import Function, run
from graft_eval.values.results import to_wire
from sdk.contract.results import ImageCollectionResult, ImageResult, Result
from tests.graft_eval.fake import FakeSource, day
from tests.graft_eval.scenes import scene_of, write_raster
from tests.oracle.twin import values as twin
from tests.oracle.twin.interpreter import interpret
from tests.oracle.twin.shapes import Context
from tests.oracle.twin.values import PAD

__all__ = ["Twins", "assert_same"]

DEGREES = twin.Grid(-2.25, 6.5, 1.0, (7, 8), "EPSG:4326")  # (1, 2) is within a pixel
METRES = twin.Grid(458_845.0, 3_942_550.0, 60.0, (7, 8), "EPSG:32615")  # as is (459040, 3942400)
NODATA = -32768
# Each band: its scale and offset, and the least and the greatest number stored.
BANDS = {
    "red": (1e-4, 0.0, -500, 9_500), "green": (1e-4, 0.0, 0, 9_500), "blue": (1e-4, -0.1, 0, 9_500),
    "nir": (0.001, 0.0, -900, 9_500), "swir1": (0.01, 0.0, -2_000, 12_000), "swir2": (1.0, 0.0, -9, 9),
    "cloud-mask": (1.0, 0.0, 0, 1), "ndvi": (0.5, 0.0, -2, 2),
}  # fmt: skip
# Each scene: its date and properties.
SCENES: dict[str, tuple[str, dict[str, Any]]] = {
    "landsat:LC08:PRE:TOAR:meta_LC80270312016188_v1": ("2016-07-06", {"cloud_fraction": 0.1, "foobar": 5}),
    "sentinel-2:L1C:2019-05-04_13SDV_99_S2B_v1": ("2019-05-04", {"cloud_fraction": 0.3}),
    "sentinel-2:L1C:b": ("2019-06-04", {"cloud_fraction": 0.2}),
    "sentinel-2:L1C:c": ("2019-07-04", {"cloud_fraction": 0.2}),
    "landsat:LC08:01:RT:TOAR:a": ("2017-04-05", {"cloud_fraction": 0.1, "foobar": 1, "platform": "l8"}),
    "landsat:LC08:01:RT:TOAR:b": ("2017-01-15", {"cloud_fraction": 0.5, "foobar": 2, "platform": "l8"}),
    "landsat:LC08:01:RT:TOAR:c": ("2017-04-25", {"cloud_fraction": 0.0, "foobar": 3, "platform": "l8"}),
    "p:a": ("2017-02-01", {}),
}


class Twins:
    """An engine with products in files, and the twin with the same numbers."""

    def __init__(self, folder: Path, grid: twin.Grid, engine: Engine) -> None:
        self.grid, self.engine = grid, engine
        random = np.random.default_rng(7)
        self.scenes: list[Scene] = []
        sources: list[twin.Source] = []
        for number, name in enumerate(SCENES):
            scene, source = self._scene(folder / f"{number}.tif", name, random)
            self.scenes.append(scene)
            sources.append(source)
        self.world = twin.World(grid, sources)

    def _scene(self, path: Path, name: str, random: np.random.Generator) -> tuple[Scene, twin.Source]:
        date, properties = SCENES[name]
        rows, cols = self.grid.shape
        whole = (rows + 2 * PAD, cols + 2 * PAD)
        stored = np.stack([random.integers(low, high, whole, endpoint=True) for _, _, low, high in BANDS.values()])
        stored[random.random(stored.shape) < 0.15] = NODATA
        transform = self.grid.transform @ self.grid.transform.translation(-PAD, -PAD)
        write_raster(path, stored.astype(np.int16), crs=self.grid.crs, transform=transform, nodata=NODATA)
        found = scene_of(path, name=name)
        bands, planes, infos = [], {}, {}
        for band, (label, (scale, offset, low, high)) in zip(found.bands, BANDS.items(), strict=True):
            span = (low * scale + offset, high * scale + offset + (name.startswith("s") and label == "nir"))
            bands.append(replace(band, name=label, scale=scale, offset=offset, data_range=span))
            numbers = stored[band.index - 1]
            planes[label] = np.ma.MaskedArray(numbers * scale + offset, numbers == NODATA)
            infos[label] = {"id": f"{name.rpartition(':')[0]}:{label}", "name": label, "data_range": span}
        product, moment = name.rpartition(":")[0], day(date)
        scene = replace(found, product=product, date=moment, properties=properties, bands=tuple(bands))
        gridded = {"crs": self.grid.crs, "geotrans": transform.to_gdal()}
        return scene, twin.Source(name, moment, properties | gridded, planes, infos)

    def scope(self, limits: Limits | None = None) -> Scope:
        rows, cols = self.grid.shape
        left, top, size = self.grid.left, self.grid.top, self.grid.size
        bounds = (left, top - rows * size, left + cols * size, top)
        grid = Grid(bounds, self.grid.crs, (rows, cols))
        return Scope(FakeSource(self.scenes), self.engine, grid, limits or Limits(), Progress())

    def found(self, graft: Mapping[str, Any], arguments: Mapping[str, Any]) -> Any:
        """Return what the project makes of a graft, as it is sent; functions are applied to 2."""
        scope = self.scope()
        value = evaluate(parse(graft, scope.limits), scope, arguments)
        while isinstance(value, Function):
            value = run(value(*[2] * max(1, len(value.parameters))))
        return value if isinstance(value, GeoContext) else to_wire(value, scope)

    def expected(self, graft: Mapping[str, Any], arguments: Mapping[str, Any]) -> Any:
        """Return what the twin makes of it."""
        with np.errstate(all="ignore"):
            value = interpret(graft, self.world, arguments)
            while callable(value):
                value = value(*[2] * max(1, len(getattr(value, "parameters", ()))))
        return value


def assert_same(found: Any, expected: Any) -> None:
    """Assert that a result is the twin's value."""
    match expected:
        case twin.Picture():
            _same_images(found, [expected] if expected.bands else [], expected.properties)
        case twin.Pictures():
            _same_images(found, expected, [picture.properties for picture in expected])
        case twin.Geometries():
            _same_geometry(found, shapely.GeometryCollection(expected))
        case BaseGeometry():
            _same_geometry(found, expected)
        case twin.Feature():
            _same_geometry(found.geometry, expected.geometry)
            assert_same(found.properties, expected.properties)
        case dict():
            assert found.keys() == expected.keys()
            for key, value in expected.items():
                assert_same(found[key], value)
        case list() | tuple():
            found = list(found)  # features, too
            assert len(found) == len(expected)
            for one, other in zip(found, expected, strict=True):
                assert_same(one, other)
        case np.ma.MaskedArray() | np.ndarray():
            _same_arrays(found, expected)
        case np.generic() if isinstance(found, np.ndarray):  # of no axes, where there are more than one
            _same_arrays(found, np.asarray(expected))
        case np.generic():
            assert_same(found, expected.item())
        case bool() | str() | None:
            assert found is expected or found == expected
            assert type(found) is type(expected)
        case int() | float():
            assert type(found) is type(expected)
            assert math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12) or (
                found != found and expected != expected
            )
        case Context():
            assert isinstance(found, GeoContext)
            for name in ("crs", "align_pixels", "bounds_crs"):
                assert getattr(found, name) == getattr(expected, name)
            assert found.arr_shape == expected.arr_shape
            np.testing.assert_allclose(found.gdal_geotrans, expected.gdal_geotrans, rtol=1e-12)
        case _:
            assert found == expected


def _same_arrays(found: Any, expected: Any) -> None:
    assert np.shape(found) == np.shape(expected)
    assert np.asanyarray(found).dtype == np.asanyarray(expected).dtype
    hidden = np.ma.getmaskarray(expected)
    np.testing.assert_array_equal(np.ma.getmaskarray(found), hidden)
    np.testing.assert_allclose(
        np.ma.getdata(found)[~hidden], np.ma.getdata(expected)[~hidden], rtol=1e-9, atol=1e-9, equal_nan=True
    )
    assert isinstance(found, np.ma.MaskedArray) == isinstance(expected, np.ma.MaskedArray)


def _same_images(found: Any, expected: list[twin.Picture], properties: Any) -> None:
    assert isinstance(found, ImageCollectionResult if isinstance(properties, list) else ImageResult)
    if not expected:
        assert 0 in found.ndarray.shape
        return
    pixels = np.ma.stack([picture.pixels for picture in expected])
    _same_arrays(found.ndarray.astype(float), pixels if isinstance(properties, list) else pixels[0])
    assert_same(found.properties, properties)
    assert_same(found.bandinfo, expected[0].bandinfo)
    assert tuple(found.bandinfo) == expected[0].bands


def _same_geometry(found: Any, expected: BaseGeometry) -> None:
    assert isinstance(found, Result)
    made = shape(found.__geo_interface__)  # type: ignore[attr-defined]
    assert made.geom_type == expected.geom_type
    assert shapely.equals_exact(made, expected, tolerance=1e-9)
