"""Places as plain values, with the fields of the published `scenes` package: `wf.GeoContext.from_scenes(AOI(...))`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["AOI", "DLTile", "XYZTile"]


@dataclass(frozen=True, kw_only=True)
class AOI:
    """An area of interest: bounds or a geometry, a CRS, and a resolution or a shape.

    `geometry` is GeoJSON, or has a `__geo_interface__`; what lies outside of it is masked. The other fields are those
    of a `GeoContext`.

    >>> AOI(bounds=(9, 47, 10, 48), crs="EPSG:4326", resolution=1).resolution
    1.0
    """

    geometry: Any = None
    resolution: float | None = None
    crs: str | None = None
    align_pixels: bool | None = True
    bounds: tuple[float, float, float, float] | None = None
    bounds_crs: str | None = "EPSG:4326"
    shape: tuple[int, int] | None = None
    all_touched: bool = False

    def __post_init__(self) -> None:
        """Take resolutions as floats."""
        if self.resolution is not None:
            object.__setattr__(self, "resolution", float(self.resolution))


@dataclass(frozen=True)
class DLTile:
    """A tile of a UTM zone by its key, "tilesize:pad:resolution:zone:ti:tj".

    >>> DLTile("512:0:10.0:36:-65:216").key
    '512:0:10.0:36:-65:216'
    """

    key: str

    @classmethod
    def from_key(cls, key: str) -> DLTile:
        """Return the tile of a key."""
        return cls(key)


@dataclass(frozen=True)
class XYZTile:
    """A Web Mercator tile of 256 x 256 pixels; y counts from the north."""

    x: int
    y: int
    z: int
