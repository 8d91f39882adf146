"""Cubes in Zarr: a group, which is packed as a zip archive, and parts of one that are whole chunks."""

from __future__ import annotations

import os
import shutil
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import zarr
from typing_extensions import override
from zarr.codecs import BloscCodec

from graft_eval.scope import Raster
from tileserver.formats.cubes import CubeWriter, chunks_of, saving
from tileserver.formats.layout import RasterLayout
from tileserver.formats.parts import Part, Parts, written_aside

__all__ = ["ZarrParts", "ZarrWriter"]

PATIENCE_SECONDS: Final = 5.0
GROUP: Final = "cube.aside"  # where the parts of a job are chunks of


class ZarrWriter(CubeWriter):
    """Writes imagery as a Zarr group of version 3, in a zip archive."""

    @override
    def _make(self, shape: tuple[int, ...], bands: Mapping[str, str]) -> None:
        shutil.rmtree(self.aside, ignore_errors=True)
        group = zarr.open_group(self.aside, mode="w", zarr_format=3, attributes=self._attributes())
        for name, known in self._coordinates.items():
            group.create_array(
                name, data=known.values, dimension_names=known.dimensions, attributes=dict(known.attributes)
            )
        # Floats are missing where they are NaN, attribute or not.
        missing = {"_FillValue": self._layout.nodata} if self._layout.is_boolean else {}
        for name, band in bands.items():
            made = group.create_array(
                name, shape=shape, dtype=self._layout.dtype, chunks=chunks_of(shape), dimension_names=self._dimensions,
                fill_value=self._layout.nodata, compressors=BloscCodec(cname="zstd", clevel=3, shuffle="shuffle"),
                attributes=self._band_attributes(band) | missing,
            )  # fmt: skip
            self._variables.append(made)

    @override
    def close(self) -> None:
        packed = self.path.with_name(f"{self.path.name}.aside.zip")
        try:
            with saving():
                with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
                    for file in sorted(self.aside.rglob("*")):
                        if file.is_file():
                            archive.write(file, file.relative_to(self.aside))
                packed.replace(self.path)
        finally:
            packed.unlink(missing_ok=True)

    @override
    def abort(self) -> None:
        ends, looks = time.monotonic() + PATIENCE_SECONDS, 0
        while looks < 3 and time.monotonic() < ends:  # after an error zarr's threads may still write, and make folders
            shutil.rmtree(self.aside, ignore_errors=True)
            time.sleep(0.02)
            looks = 0 if self.aside.exists() else looks + 1


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
