"""Cubes: imagery as CF conventions describe it, a variable of (time, y, x) for each band; NetCDF and Zarr hold them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS
from typing_extensions import override

from graft_eval.grid import Grid
from graft_eval.scope import Raster
from graft_eval.values.image import unique
from tileserver.formats.layout import NotWritten, RasterLayout, RasterWriter
from tileserver.formats.text import to_json

__all__ = ["CHUNK", "CubeWriter", "chunks_of", "saving"]

CHUNK: Final = 512  # pixels a side
PLACE: Final = "spatial_ref"  # the variable that says where pixels are
TIME_UNITS: Final = "seconds since 1970-01-01"
CONVENTIONS: Final = "CF-1.11"


@dataclass(frozen=True, slots=True, eq=False)
class _Variable:
    """A coordinate: its dimensions, values and attributes."""

    dimensions: tuple[str, ...]
    values: NDArray[Any]
    attributes: Mapping[str, Any]


class CubeWriter(RasterWriter):
    """Writes imagery as variables, one for each band, called as the band unless a file cannot have that name."""

    def __init__(self, path: Path, layout: RasterLayout, options: Mapping[str, Any]) -> None:
        self.path = path
        self._layout = layout
        self.aside = path.with_name(f"{path.name}.aside")
        self._coordinates = {PLACE: _place(layout.grid), **_coordinates(layout)}
        images = ("time" if "time" in self._coordinates else "image",) if layout.is_collection else ()
        self._dimensions = (*images, "y", "x")
        self._variables: list[Any] = []  # of the bands, in order
        taken = [*self._coordinates, "image"]
        names = unique([*taken, *(band.replace("/", "_") for band in layout.bands)])[len(taken) :]
        shape = (len(layout.images), *layout.grid.shape)[-len(self._dimensions) :]
        with saving():
            self._make(shape, dict(zip(names, layout.bands, strict=True)))

    @override
    def write(self, row: int, col: int, raster: Raster) -> None:
        data = self._layout.stored(raster)
        rows, cols = slice(row, row + data.shape[1]), slice(col, col + data.shape[2])
        bands = len(self._layout.bands)
        with saving():
            for at, variable in enumerate(self._variables):
                if self._layout.is_collection:
                    variable[:, rows, cols] = data[at::bands]
                else:
                    variable[rows, cols] = data[at]

    @abstractmethod
    def _make(self, shape: tuple[int, ...], bands: Mapping[str, str]) -> None:
        """Make the file with its coordinates, and empty variables of the bands by their names."""

    def _attributes(self) -> dict[str, Any]:
        layout = self._layout
        properties = [*layout.images] if layout.is_collection else layout.images[0]
        told = {"Conventions": CONVENTIONS, "source": "graftile", "properties": to_json(properties).decode()}
        if layout.origin is not None:
            told |= {"graft": layout.origin.text, "graft_hash": layout.origin.hash}
        return told

    def _band_attributes(self, band: str) -> dict[str, Any]:
        unit = self._layout.bandinfo[band].get("unit")
        return {"long_name": band, "grid_mapping": PLACE} | ({"units": unit} if isinstance(unit, str) else {})


def chunks_of(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of the chunks of a variable: squares of one image."""
    return (*[1] * (len(shape) - 2), *(min(CHUNK, side) for side in shape[-2:]))


def _coordinates(layout: RasterLayout) -> dict[str, _Variable]:
    """Return the coordinates of pixels' centres, and the times of images if all have one."""
    grid = layout.grid
    crs, transform = CRS.from_user_input(grid.crs), grid.transform
    rows, cols = grid.shape
    kinds = ("latitude", "longitude") if crs.is_geographic else ("projection_y_coordinate", "projection_x_coordinate")
    units = ("degrees_north", "degrees_east") if crs.is_geographic else (_unit(crs), _unit(crs))
    y = transform.f + transform.e * (np.arange(rows) + 0.5)
    x = transform.c + transform.a * (np.arange(cols) + 0.5)
    found = {
        "y": _Variable(("y",), y, {"standard_name": kinds[0], "units": units[0], "axis": "Y"}),
        "x": _Variable(("x",), x, {"standard_name": kinds[1], "units": units[1], "axis": "X"}),
    }
    dates = [date for image in layout.images if isinstance(date := image.get("date"), datetime)]
    if len(dates) == len(layout.images):
        seconds = np.array([date.astimezone(UTC).timestamp() for date in dates])
        attributes = {"standard_name": "time", "units": TIME_UNITS, "calendar": "proleptic_gregorian", "axis": "T"}
        dimensions = ("time",) if layout.is_collection else ()
        found["time"] = _Variable(dimensions, seconds if layout.is_collection else seconds[0], attributes)
    return found


def _unit(crs: CRS) -> str:
    return {"metre": "m"}.get(crs.axis_info[0].unit_name, crs.axis_info[0].unit_name)


def _place(grid: Grid) -> _Variable:
    """Return the variable of the CRS and the transform, in the words of CF and of GDAL."""
    crs = CRS.from_user_input(grid.crs)
    transform = " ".join(map(repr, grid.transform.to_gdal()))
    attributes = {**crs.to_cf(), "spatial_ref": crs.to_wkt(), "GeoTransform": transform}
    return _Variable((), np.array(0, np.int32), attributes)


@contextmanager
def saving() -> Iterator[None]:
    """Give errors of writing, which h5py has several classes for, as `NotWritten`."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise NotWritten(f"the file could not be written, is the disk full? {error}") from error
