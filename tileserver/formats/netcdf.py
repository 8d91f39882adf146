"""Cubes in NetCDF."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import h5netcdf
from typing_extensions import override

from graft_eval.scope import Raster
from tileserver.formats.cubes import CubeWriter, chunks_of, saving

__all__ = ["NetCdfWriter"]


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
        for name, known in self._coordinates.items():
            variable = file.create_variable(name, known.dimensions, known.values.dtype, data=known.values)
            variable.attrs.update(known.attributes)
        dtype, chunks = self._layout.dtype, chunks_of(shape)
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
        with saving():
            self._sink.check()

    @override
    def close(self) -> None:
        self._end()
        with saving():
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
