"""Values of the twin that Python has no type for, and the world that an evaluation stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

__all__ = [
    "PAD", "Feature", "Features", "Geometries", "Grid", "Groups", "Masked", "Picture", "Pictures", "Refused", "Source",
    "World", "inner",
]  # fmt: skip

PAD = 2  # pixels around the grid that planes have, for what looks around
Masked = np.ma.MaskedArray[Any, Any]


class Refused(Exception):
    """What means nothing."""


@dataclass(frozen=True)
class Grid:
    """North-up square pixels of a CRS."""

    left: float
    top: float
    size: float
    shape: tuple[int, int]
    crs: str

    @property
    def transform(self) -> Affine:
        return Affine(self.size, 0, self.left, 0, -self.size, self.top)


@dataclass(frozen=True)
class Picture:
    """Bands of one place: a plane for each, of the grid and `PAD` pixels around it; without any it is empty."""

    bands: tuple[str, ...] = ()
    planes: tuple[Masked, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    bandinfo: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def pixels(self) -> Masked:
        """The grid's pixels, (band, y, x)."""
        return np.ma.stack([inner(plane).astype(float) for plane in self.planes])

    def band(self, index: int) -> Picture:
        name = self.bands[index]
        return replace(self, bands=(name,), planes=(self.planes[index],), bandinfo={name: self.bandinfo[name]})


class Pictures(list[Picture]):
    """A collection of pictures."""


class Groups(dict[Any, Pictures]):
    """Collections by key."""


@dataclass(frozen=True)
class Feature:
    """A geometry, which is Shapely's, and properties."""

    geometry: BaseGeometry
    properties: Mapping[str, Any]


class Geometries(list[BaseGeometry]):
    """A collection of geometries."""


class Features(list[Feature]):
    """A collection of features."""


@dataclass(frozen=True)
class Source:
    """A scene of the catalog: its id, date, properties, and a plane by the name of each band."""

    id: str
    date: datetime
    properties: Mapping[str, Any]
    planes: Mapping[str, Masked]
    bandinfo: Mapping[str, Mapping[str, Any]]

    @property
    def picture(self) -> Picture:
        known = {"id": self.id, "product": self.id.rpartition(":")[0], "date": self.date}
        return Picture(tuple(self.planes), tuple(self.planes.values()), {**self.properties, **known}, self.bandinfo)


@dataclass(frozen=True)
class World:
    """The grid, and all scenes there are."""

    grid: Grid
    sources: Sequence[Source]


def inner(plane: NDArray[Any]) -> Any:
    """Return the pixels of the grid, without those around."""
    return plane[PAD:-PAD, PAD:-PAD]
