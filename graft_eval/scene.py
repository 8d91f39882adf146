"""Scenes: what the catalog knows of an image, enough to plan reading it without opening a file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from shapely.geometry.base import BaseGeometry

from graft_eval.palette import Palette

__all__ = ["Asset", "Band", "Product", "Scene", "SceneCatalog", "SearchProgress"]


@dataclass(frozen=True, slots=True)
class Asset:
    """One raster file: its grid, its overviews and how its pixels are stored.

    `overviews` are the decimation factors as (rows, cols) shapes, finest first, without the full resolution; those
    before the `first_overview` are not read.
    `fingerprint` changes when the file does (size and time of modification, or an ETag). `roots` are the folders in
    which the files of a VRT may lie.
    """

    href: str
    crs: str
    transform: tuple[float, float, float, float, float, float]  # affine a, b, c, d, e, f
    shape: tuple[int, int]
    overviews: tuple[tuple[int, int], ...]
    block: tuple[int, int]
    fingerprint: str
    first_overview: int = 0
    roots: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Band:
    """One band of a scene: a plane of an asset, and how its numbers become physical values.

    A pixel is masked where it equals `nodata` (NaN always is), and where the file's own mask says so
    (`mask` "alpha": the band `alpha_index`; "dataset": the mask band of the file; None: nodata alone).
    Physical value = stored number * scale + offset. A `palette` says that the numbers are classes, and their colours.
    """

    name: str
    asset: Asset
    index: int  # from 1
    dtype: str
    nodata: float | None = None
    scale: float = 1.0
    offset: float = 0.0
    mask: Literal["alpha", "dataset"] | None = None
    common_name: str | None = None
    data_range: tuple[float, float] = (0.0, 1.0)
    info: Mapping[str, Any] = field(default_factory=dict)  # further fields of bandinfo
    palette: Palette | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """One image of a product. `footprint` is in longitude and latitude; `properties` are the Item's own.

    `until` is the end of its time where that is more than a moment. `unreadable` are the names of bands that it should
    have and that cannot be read, each with the reason.
    """

    id: str  # product:item
    product: str
    date: datetime
    footprint: BaseGeometry
    properties: Mapping[str, Any]
    bands: tuple[Band, ...]
    until: datetime | None = None
    unreadable: Mapping[str, str] = field(default_factory=dict)
    broken: str = ""  # why none of it can be placed on the map any more


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the catalog: a STAC Collection and the names of its bands, in order of first sight."""

    id: str
    title: str
    description: str
    bands: tuple[str, ...]


class SearchProgress(Protocol):
    """The progress of whoever waits for a search."""

    @property
    def is_late(self) -> bool:
        """True once no more time should be spent on what can be left out."""

    def check(self) -> None:
        """Raise an error if nobody waits any more."""

    def log_here(self, level: int, message: str) -> None:
        """Log a record that holds for this place alone."""

    def leave_unread(self, scenes: Collection[str], reason: str) -> None:
        """Note scenes that the answer lacks, and say why."""

    def skip(self, scene_id: str, reason: str) -> None:
        """Leave a scene out, and say so."""


class SceneCatalog(Protocol):
    """A catalog of scenes. Methods are thread safe; unknown ids raise `NotInCatalog`."""

    def product(self, product_id: str) -> Product:
        """Return a product by its id."""

    def scene(self, scene_id: str) -> Scene:
        """Return a scene by its id, `product:item`."""

    def period(self, product_id: str) -> tuple[datetime, datetime] | None:
        """Return the dates of a product's first and last scene; None if it has none."""

    def refresh(
        self,
        product_id: str,
        *,
        start: datetime | None,
        end: datetime | None,
        area: BaseGeometry | None,
        progress: SearchProgress,
    ) -> None:
        """Bring what is known of a product up to date before its scenes are searched for.

        Most products have nothing to do. `progress` gets what `scenes` will lack, and why.
        """

    def scenes(
        self,
        product_id: str,
        *,
        start: datetime | None,
        end: datetime | None,
        limit: int,
        area: BaseGeometry | None,
    ) -> Sequence[Scene]:
        """Return the scenes of start <= date < end whose footprint overlaps the area, by date and id.

        A scene that covers a time, `date` to `until`, is one of them where the two times overlap.
        """

    def features(
        self, product_id: str, *, limit: int, area: BaseGeometry | None
    ) -> Sequence[tuple[BaseGeometry, Mapping[str, Any]]]:
        """Return the features of a vector product that meet the area: their geometries, and their properties.

        Raises `LimitExceeded` if there are more than `limit`.
        """
