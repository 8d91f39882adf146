"""Cubes: imagery as CF conventions describe it, a variable of (time, y, x) for each band, in NetCDF and in Zarr."""

from __future__ import annotations

import io
import os
import shutil
import threading
import time
import zipfile
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import h5netcdf
import numpy as np
import zarr
from numpy.typing import NDArray
from pyproj import CRS
from typing_extensions import override
from zarr.codecs import BloscCodec

from graft_eval.grid import Grid
from graft_eval.scope import Raster
from graft_eval.values.image import unique
from tileserver.formats.layout import NotWritten, RasterLayout, RasterWriter
from tileserver.formats.parts import Part, Parts, written_aside
from tileserver.formats.text import to_json

__all__ = ["CHUNK", "NetCdfWriter", "ZarrParts", "ZarrWriter"]

CHUNK: Final = 512  # pixels a side
PLACE: Final = "spatial_ref"  # the variable that says where pixels are
TIME_UNITS: Final = "seconds since 1970-01-01"
PATIENCE_SECONDS: Final = 5.0
CONVENTIONS: Final = "CF-1.11"
GROUP: Final = "cube.aside"  # where the parts of a job are chunks of


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
        self._coordinates = _coordinates(layout)
        images = ("time" if "time" in self._coordinates else "image",) if layout.is_collection else ()
        self._dimensions = (*images, "y", "x")
        self._variables: list[Any] = []  # of the bands, in order
        taken = [*self._coordinates, "image", PLACE]
        names = unique([*taken, *(band.replace("/", "_") for band in layout.bands)])[len(taken) :]
        shape = (len(layout.images), *layout.grid.shape)[-len(self._dimensions) :]
        with _saving():
            self._make(shape, dict(zip(names, layout.bands, strict=True)))

    @override
    def write(self, row: int, col: int, raster: Raster) -> None:
        data = self._layout.stored(raster)
        rows, cols = slice(row, row + data.shape[1]), slice(col, col + data.shape[2])
        bands = len(self._layout.bands)
        with _saving():
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


class _Sink(io.FileIO):
    """A new file that notes the first error of writing instead of raising it: HDF5 crashes on a disk that is full."""

    error: OSError | None = None

    def write(self, data: Any) -> int:
        """Write all of a buffer."""
        view = memoryview(data).cast("B")
        try:
            written = 0
            while written < len(view):
                written += super().write(view[written:]) or 0
        except OSError as error:
            self.error = self.error or error
            self.seek(len(view) - written, io.SEEK_CUR)
        return len(view)

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, with zeros beyond the end."""
        view = memoryview(buffer).cast("B")
        read = super().readinto(view) or 0
        view[read:] = bytes(len(view) - read)
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        """Cut the file, or make it longer."""
        try:
            return super().truncate(size)
        except OSError as error:
            self.error = self.error or error
            return size or 0

    def check(self) -> None:
        """Raise the error, if there was one."""
        if self.error is not None:
            raise self.error


class NetCdfWriter(CubeWriter):
    """Writes imagery as NetCDF 4."""

    _file: h5netcdf.File | None = None

    @override
    def _make(self, shape: tuple[int, ...], bands: Mapping[str, str]) -> None:
        self._sink = _Sink(self.aside, "w+")
        self._file = file = h5netcdf.File(self._sink, "w")
        file.dimensions = dict(zip(self._dimensions, shape, strict=True))
        file.attrs.update(self._attributes())
        for name, known in {PLACE: _place(self._layout.grid), **self._coordinates}.items():
            variable = file.create_variable(name, known.dimensions, known.values.dtype, data=known.values)
            variable.attrs.update(known.attributes)
        dtype, chunks = self._layout.dtype, _chunks(shape)
        for name, band in bands.items():
            variable = file.create_variable(
                name, self._dimensions, dtype, fillvalue=dtype.type(self._layout.nodata), chunks=chunks,
                compression="gzip", compression_opts=1, shuffle=True,
            )  # fmt: skip
            variable.attrs.update(self._band_attributes(band))
            self._variables.append(variable)

    @override
    def write(self, row: int, col: int, raster: Raster) -> None:
        super().write(row, col, raster)
        with _saving():
            self._sink.check()

    @override
    def close(self) -> None:
        self._end()
        with _saving():
            self._sink.check()
            self.aside.replace(self.path)

    @override
    def abort(self) -> None:
        self._end()
        self.aside.unlink(missing_ok=True)

    def _end(self) -> None:
        if self._file is not None:
            self._file.close()
            self._sink.close()
            self._file = None


class ZarrWriter(CubeWriter):
    """Writes imagery as a Zarr group of version 3, in a zip archive."""

    @override
    def _make(self, shape: tuple[int, ...], bands: Mapping[str, str]) -> None:
        shutil.rmtree(self.aside, ignore_errors=True)
        group = zarr.open_group(self.aside, mode="w", zarr_format=3, attributes=self._attributes())
        for name, known in {PLACE: _place(self._layout.grid), **self._coordinates}.items():
            group.create_array(
                name, data=known.values, dimension_names=known.dimensions, attributes=dict(known.attributes)
            )
        # Floats are missing where they are NaN, attribute or not.
        missing = {"_FillValue": self._layout.nodata} if self._layout.is_boolean else {}
        for name, band in bands.items():
            made = group.create_array(
                name, shape=shape, dtype=self._layout.dtype, chunks=_chunks(shape), dimension_names=self._dimensions,
                fill_value=self._layout.nodata, compressors=BloscCodec(cname="zstd", clevel=3, shuffle="shuffle"),
                attributes=self._band_attributes(band) | missing,
            )  # fmt: skip
            self._variables.append(made)

    @override
    def close(self) -> None:
        packed = self.path.with_name(f"{self.path.name}.aside.zip")
        try:
            with _saving():
                with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
                    for file in sorted(self.aside.rglob("*")):
                        if file.is_file():
                            archive.write(file, file.relative_to(self.aside))
                packed.replace(self.path)
        finally:
            packed.unlink(missing_ok=True)

    @override
    def abort(self) -> None:
        ends = time.monotonic() + PATIENCE_SECONDS
        shutil.rmtree(self.aside, ignore_errors=True)
        while self.aside.exists() and time.monotonic() < ends:  # after an error zarr's threads may still write
            time.sleep(0.02)
            shutil.rmtree(self.aside, ignore_errors=True)


class ZarrParts(Parts):
    """Parts that are whole chunks of one Zarr group, which is packed at the end; blocks are of whole chunks."""

    def __init__(self, layout: RasterLayout, options: Mapping[str, Any]) -> None:
        self._layout = layout
        self._options = options

    @override
    def write(self, part: Part, raster: Raster) -> None:
        self._open(part.path.parent).write(part.row, part.col, raster)
        with written_aside(part.path) as file:
            np.savez(file)

    @override
    def join(self, result: Path, parts: Iterable[Part], check: Callable[[], None]) -> None:
        check()
        group = self._open(next(iter(parts)).path.parent)
        group.close()
        group.path.replace(result)

    def _open(self, folder: Path) -> _ZarrGroup:
        """Open the group of all parts, which is made by those who are the first to need it."""
        if not (folder / GROUP).exists():
            made = ZarrWriter(folder / f"{os.getpid()}-{threading.get_ident()}", self._layout, self._options)
            try:
                made.aside.rename(folder / GROUP)
            except OSError:  # another one was faster
                made.abort()
        return _ZarrGroup(folder / Path(GROUP).stem, self._layout, self._options)


class _ZarrGroup(ZarrWriter):
    """A group that is there already."""

    @override
    def _make(self, shape: tuple[int, ...], bands: Mapping[str, str]) -> None:
        group = zarr.open_group(self.aside, mode="r+")
        self._variables = [group[name] for name in bands]


def _chunks(shape: tuple[int, ...]) -> tuple[int, ...]:
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
def _saving() -> Iterator[None]:
    """Give errors of writing, which h5py has several classes for, as `NotWritten`."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        raise NotWritten(f"the file could not be written, is the disk full? {error}") from error
