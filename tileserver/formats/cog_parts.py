"""Cloud optimized GeoTIFFs in parts: tiles are compressed where they are computed, and joined as they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.io import MemoryFile
from typing_extensions import override

from graft_eval.scope import Raster
from tileserver.formats.cogs import BLOCK, compression_of, open_draft, overview_factors, saving
from tileserver.formats.geotiff import describe, resampling_of
from tileserver.formats.halving import average
from tileserver.formats.layout import RasterLayout
from tileserver.formats.parts import Part, Parts, written_aside
from tileserver.formats.tiff import COUNTS, OFFSETS, Level, lay_out, numbers_of, read_directory

__all__ = ["CogParts"]

Pixels = NDArray[Any]
"""Numbers as they are stored, (band, y, x)."""


@dataclass(frozen=True, slots=True)
class _Tiles:
    """A TIFF file as its rows of tiles: their offsets and sizes, (row, col)."""

    path: Path
    offsets: NDArray[np.int64]
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, path: Path, columns: int) -> _Tiles:
        with path.open("rb") as file:
            directory = read_directory(file)
        offsets, sizes = (
            np.array(numbers_of(directory[tag]), np.int64).reshape(-1, columns) for tag in (OFFSETS, COUNTS)
        )
        return cls(path, offsets, sizes)

    def read(self, row: int) -> Iterator[bytes]:
        """Yield the tiles of a row."""
        with self.path.open("rb") as file:
            for offset, size in zip(self.offsets[row], self.sizes[row], strict=True):
                file.seek(offset)
                yield file.read(size)


class CogParts(Parts):
    """Parts that are the compressed tiles of a block at full resolution and of its overviews, as GDAL writes them.

    Overviews of which a block has no whole tile are made of what is left of all blocks, at the end: a sixteenth of the
    pixels of blocks of 1024. Blocks are `side` pixels a side, which is a power of two.
    """

    def __init__(self, layout: RasterLayout, options: Mapping[str, Any], side: int) -> None:
        self._layout = layout
        self._options = options
        self._side = side
        self._tile = min(BLOCK, side)
        self._levels = 1 + (len(overview_factors(layout.grid.shape, self._tile)) if options["overviews"] else 0)
        self._own = min(self._levels, 1 + int(math.log2(side // self._tile)))  # levels that have tiles in each block

    @classmethod
    def fit(cls, layout: RasterLayout, options: Mapping[str, Any]) -> bool:
        """Return whether files of these options can be made of parts: the pixels of their overviews are of four."""
        if layout.is_collection or not options["tiled"] or options["compression"] == "JPEG":
            return False
        resampling = resampling_of(layout, options)
        return not options["overviews"] or resampling == "nearest" or (resampling == "average" and layout.is_float)

    @override
    def write(self, part: Part, raster: Raster) -> None:
        pixels = self._layout.stored(raster)
        for level in range(self._own):
            self._write_tiles(_file(part, level), pixels)
            if level + 1 < self._levels:
                pixels = self._halve(pixels)
        with written_aside(part.path) as file:
            np.savez(file, left=pixels if self._own < self._levels else np.empty(0))

    @override
    def join(self, result: Path, parts: Iterable[Part], check: Callable[[], None]) -> None:
        finished = list(parts)
        folder = finished[0].path.parent
        levels = [self._level(at, self._rows_of(at, finished)) for at in range(self._own)]
        if self._own < self._levels:
            levels += self._upper_levels(folder, finished, check)
        with saving():
            draft = folder / "head.tif"
            grid, profile = self._layout.grid, self._profile
            with open_draft(
                draft, len(self._layout.bands), self._layout.dtype, grid.shape, grid.crs, grid.transform, **profile
            ) as dataset:
                describe(dataset, self._layout)
        with draft.open("rb") as file:
            directory = read_directory(file)
        lay_out(result, directory, levels, check)

    @property
    def _profile(self) -> dict[str, Any]:
        """The creation options of GDAL for all files: the tiles of one fit another."""
        return {
            **compression_of(self._options, self._layout.is_float), "nodata": self._layout.nodata,
            "interleave": "pixel", "blockxsize": self._tile, "blockysize": self._tile, "endianness": "little",
        }  # fmt: skip

    def _write_tiles(self, path: Path, pixels: Pixels) -> None:
        """Write pixels as a TIFF file: GDAL says nothing of a disk that is full, and gets no file but memory."""
        bands, rows, cols = pixels.shape
        with saving(), MemoryFile() as memory:
            with memory.open(
                driver="GTiff", count=bands, height=rows, width=cols, dtype=pixels.dtype, tiled=True, bigtiff="YES",
                transform=self._layout.grid.transform, **self._profile,
            ) as dataset:  # fmt: skip
                dataset.write(pixels)
            with written_aside(path) as file:
                file.write(memory.getbuffer())

    def _halve(self, pixels: Pixels) -> Pixels:
        """Return an overview of pixels, half as large; at the lower and right edges it is of fewer than four."""
        if resampling_of(self._layout, self._options) == "nearest":
            return np.ascontiguousarray(pixels[:, ::2, ::2])
        bands, rows, cols = pixels.shape
        halved = np.empty((bands, -(-rows // 2), -(-cols // 2)), pixels.dtype)
        average(np.ascontiguousarray(pixels), halved)
        return halved

    def _shape(self, level: int) -> tuple[int, int]:
        rows, cols = self._layout.grid.shape
        return -(-rows // 2**level), -(-cols // 2**level)

    def _rows_of(self, level: int, parts: Sequence[Part]) -> list[list[tuple[_Tiles, int]]]:
        """Return for each row of tiles of a level the files of the blocks along it, and which row of theirs it is."""
        side = self._side >> level
        across = side // self._tile  # tiles of a block
        rows: list[list[tuple[_Tiles, int]]] = [[] for _ in range(-(-self._shape(level)[0] // self._tile))]
        for part in parts:
            width = min(side, self._shape(level)[1] - (part.col >> level))
            tiles = _Tiles.of(_file(part, level), -(-width // self._tile))
            for row in range(len(tiles.sizes)):
                rows[(part.row // self._side) * across + row].append((tiles, row))
        return rows

    def _level(self, level: int, rows: Sequence[Sequence[tuple[_Tiles, int]]]) -> Level:
        files = list(chain.from_iterable(rows))
        sizes = [int(size) for one, at in files for size in one.sizes[at]]
        return Level(self._shape(level), sizes, lambda: chain.from_iterable(one.read(at) for one, at in files))

    def _upper_levels(self, folder: Path, parts: Sequence[Part], check: Callable[[], None]) -> Iterator[Level]:
        """Make the overviews that blocks have no whole tile of, each of the one below it, a row of tiles at a time."""
        pixels = self._left_of(parts, folder)
        for level in range(self._own, self._levels):
            rows, cols = self._shape(level)
            halved, found = self._scratch(folder, level + 1), []
            for row in range(0, rows, self._tile):
                check()
                strip = pixels[:, row : row + self._tile]
                path = folder / f"{level}-{row}.tif"
                self._write_tiles(path, strip)
                found.append([(_Tiles.of(path, -(-cols // self._tile)), 0)])
                half = self._halve(strip)
                halved[:, row // 2 : row // 2 + half.shape[1]] = half
            yield self._level(level, found)
            pixels = halved

    def _left_of(self, parts: Sequence[Part], folder: Path) -> Pixels:
        """Return the first overview of which blocks have no tiles, of what is left of them."""
        pixels = self._scratch(folder, self._own)
        for part in parts:
            with np.load(part.path) as stored:
                left = stored["left"]
            row, col = part.row >> self._own, part.col >> self._own
            pixels[:, row : row + left.shape[1], col : col + left.shape[2]] = left
        return pixels

    def _scratch(self, folder: Path, level: int) -> Pixels:
        """Return room for the pixels of a level, in a file."""
        shape = (len(self._layout.bands), *self._shape(level))
        return np.lib.format.open_memmap(folder / f"{level}.npy", "w+", self._layout.dtype, shape)


def _file(part: Part, level: int) -> Path:
    """Return the file of the tiles of a part at a level."""
    return part.path.with_name(f"{part.path.stem}.{level}.tif")
