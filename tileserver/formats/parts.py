"""Parts: a raster file as the blocks that are computed of it, each in files of its own until all are joined."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
from typing_extensions import override

from graft_eval.scope import Raster
from tileserver.formats.layout import RasterLayout, RasterWriter

__all__ = ["Part", "Parts", "PixelParts", "written_aside"]


class Part(NamedTuple):
    """A block, whose first pixel is at (row, col) of the grid, and the file that is there once it is finished."""

    row: int
    col: int
    path: Path


class Parts(ABC):
    """Writes blocks to files, in any process and any order, and makes the result of them once all are finished."""

    @abstractmethod
    def write(self, part: Part, raster: Raster) -> None:
        """Write the pixels of a block; at no time is there half a file by the part's name."""

    @abstractmethod
    def join(self, result: Path, parts: Iterable[Part], check: Callable[[], None]) -> None:
        """Write the file of all parts, of which few are in memory at a time; `check` may raise on the way."""


class PixelParts(Parts):
    """Parts that are pixels: one process writes the file of them."""

    def __init__(self, open_writer: Callable[[Path], RasterWriter], layout: RasterLayout) -> None:
        self._open_writer = open_writer
        self._layout = layout

    @override
    def write(self, part: Part, raster: Raster) -> None:
        data = raster.data if raster.data.dtype == np.bool_ else raster.data.astype(self._layout.dtype, copy=False)
        with written_aside(part.path) as file:
            np.savez(file, data=data, mask=np.packbits(raster.mask, axis=None))

    @override
    def join(self, result: Path, parts: Iterable[Part], check: Callable[[], None]) -> None:
        with self._open_writer(result) as writer:
            for part in parts:
                check()
                writer.write(part.row, part.col, _read(part.path))


@contextmanager
def written_aside(path: Path) -> Iterator[BinaryIO]:
    """Yield a file to write to, which gets its name at the end."""
    aside = path.with_suffix(f".{os.getpid()}")
    with aside.open("wb") as file:
        yield file
    aside.replace(path)


def _read(path: Path) -> Raster:
    with np.load(path) as stored:
        data = stored["data"]
        mask = np.unpackbits(stored["mask"], count=data.size).astype(np.bool_).reshape(data.shape)
    return Raster(data, mask)
