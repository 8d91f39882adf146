"""Layouts of raster files: what is to know of pixels before any of them is computed."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from graft_eval.errors import EvaluationError
from graft_eval.grid import Grid
from graft_eval.plane import Plane, Read, Truth
from graft_eval.planning.classes import Classified, Remapped
from graft_eval.planning.plan import sort
from graft_eval.scope import Raster
from graft_eval.values.image import ImageCollection, Imagery, Metadata, describe_band
from tileserver.drawing.classes import palette_of

__all__ = ["CannotSave", "NotWritten", "Origin", "RasterLayout", "RasterWriter"]

EXACT: Final = frozenset({"bool", "uint8", "int8", "uint16", "int16", "float16", "float32"})  # in 24 bits
BOOLEAN_NODATA: Final = 255  # of booleans, which are 0 and 1


class CannotSave(EvaluationError):
    """A value that cannot be written in the format that was asked for, or a file that could not be written."""


class NotWritten(CannotSave):
    """The file of a value could not be written, most likely as the disk is full."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The computation that pixels come from: the hash of its graft's canonical form, and the graft as JSON text."""

    hash: str
    text: str

    @classmethod
    def of(cls, hash: str, document: Mapping[str, Any]) -> Origin:
        """Return the origin of a graft's hash and JSON object."""
        return cls(hash, json.dumps(document, separators=(",", ":"), ensure_ascii=False))


@dataclass(frozen=True, eq=False)
class RasterLayout:
    """Grid, bands and images of a raster file.

    `images` has the properties of each image; there is one unless the value `is_collection`. A `Raster` that is
    written has the bands of the first image, then those of the second, and so on.
    """

    grid: Grid
    bands: tuple[str, ...]
    bandinfo: Mapping[str, Metadata]
    images: tuple[Metadata, ...]
    planes: tuple[Plane, ...]
    is_collection: bool = False
    origin: Origin | None = None

    @classmethod
    def of(cls, imagery: Imagery, grid: Grid, origin: Origin | None = None) -> RasterLayout:
        """Return the layout of an Image or an ImageCollection; `CannotSave` if it is empty."""
        if not imagery.bands:
            raise CannotSave("the imagery is empty: does an image lie in this place and time?")
        images = imagery.images
        return cls(
            grid,
            imagery.bands,
            {name: describe_band(name, [image.bandinfo[name] for image in images]) for name in imagery.bands},
            tuple(image.properties for image in images),
            tuple(plane for image in images for plane in image.planes),
            isinstance(imagery, ImageCollection),
            origin,
        )

    @cached_property
    def is_boolean(self) -> bool:
        """True if all bands are boolean."""
        truths: dict[Plane, Truth] = {}
        for plane in self._ordered:
            truths[plane] = plane.is_boolean([truths[below] for below in plane.inputs])
        return all(truths[plane] is True for plane in self.planes)

    @cached_property
    def dtype(self) -> np.dtype[Any]:
        """The type of the stored numbers: bytes for booleans, else float32.

        It is float64 where anything that is read has more digits than float32.
        """
        if self.is_boolean:
            return np.dtype(np.uint8)
        read = {plane.band.dtype for plane in self._ordered if isinstance(plane, Read)}
        return np.dtype(np.float32 if read <= EXACT else np.float64)

    @property
    def is_float(self) -> bool:
        """True if the stored numbers are floats, which are NaN where they are masked."""
        return self.dtype.kind == "f"

    @property
    def nodata(self) -> float:
        """The stored number of what is masked."""
        return BOOLEAN_NODATA if self.is_boolean else float("nan")

    @cached_property
    def has_classes(self) -> bool:
        """True if the numbers are those of classes, between which there are none."""
        return self.is_boolean or all(_is_class(plane) for plane in self.planes)

    def stored(self, raster: Raster) -> NDArray[Any]:
        """Return the numbers to store of computed pixels, (band, y, x)."""
        data = raster.data.astype(self.dtype)
        data[raster.mask] = self.nodata
        return data

    @cached_property
    def _ordered(self) -> Sequence[Plane]:
        return sort(self.planes)


class RasterWriter(ABC):
    """Writes the pixels of a grid to a file, piece by piece; a whole grid is never in memory.

    As a context manager it closes the file at the end, or leaves none behind after an error. For one thread at a time.
    """

    @abstractmethod
    def write(self, row: int, col: int, raster: Raster) -> None:
        """Write the pixels whose first is at (row, col) of the grid; pieces may come in any order."""

    @abstractmethod
    def close(self) -> None:
        """Finish the file, which is not there before; `CannotSave` if that fails."""

    @abstractmethod
    def abort(self) -> None:
        """Leave nothing behind."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                self.close()
        finally:
            self.abort()


def _is_class(plane: Plane) -> bool:
    return isinstance(plane, (Classified, Remapped)) or palette_of(plane) is not None
