"""The workloads, in styles that no finished tile answers twice."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from benchmarks.processes import Command
from benchmarks.walks import Tile

__all__ = ["OF_STACK", "Server", "Workload", "clearest", "scale"]


class Workload(StrEnum):
    """Content of a tile."""

    RGB = "rgb"  # three bands of one scene
    COLORMAP = "colormap"  # one band of one scene, through viridis
    MEDIAN = "median"  # the median of twelve dates, three bands
    NDVI = "ndvi"  # the NDVI of each of twelve dates, then its median, red to green
    EVI = "evi"  # the enhanced vegetation index of one scene, red to green
    FMASK = "fmask"  # three bands of one scene of the season, without the clouds and shadows that its mask marks
    MONTHLY = "monthly"  # the NDVI of 60 dates, the median of each month, the greatest of the months

    @property
    def label(self) -> str:
        """Name in a table."""
        return LABELS[self]

    @property
    def peer(self) -> str:
        """Name of the server that it is compared to."""
        return "NumPy" if self in OF_SEASON else "TiTiler"

    @property
    def is_of_season(self) -> bool:
        """True if its scenes are those of the season, not of the stack."""
        return self in OF_SEASON


LABELS = {
    Workload.RGB: "rgb, 3 bands of one scene",
    Workload.COLORMAP: "one band, colormap",
    Workload.MEDIAN: "median of 12 dates, rgb",
    Workload.NDVI: "NDVI of 12 dates, median",
    Workload.EVI: "EVI of one scene",
    Workload.FMASK: "cloud mask by fmask, rgb",
    Workload.MONTHLY: "monthly NDVI of 60 dates",
}
OF_STACK: Final = (Workload.RGB, Workload.COLORMAP, Workload.MEDIAN, Workload.NDVI)  # what every command measures
OF_SEASON: Final = (Workload.FMASK, Workload.MONTHLY)
SCALES = {
    Workload.RGB: (0.0, 2000.0, 5.0),
    Workload.COLORMAP: (0.0, 4500.0, 5.0),
    Workload.MEDIAN: (0.0, 2000.0, 5.0),
    Workload.NDVI: (-0.2, 0.9, 0.001),
    Workload.EVI: (-0.2, 0.9, 0.001),
    Workload.FMASK: (0.0, 2000.0, 5.0),
    Workload.MONTHLY: (-0.2, 0.9, 0.001),
}


def scale(workload: Workload, style: int) -> tuple[float, float]:
    """Return the values that become the darkest and the lightest level in a style.

    >>> scale(Workload.RGB, 2)
    (0.0, 2010.0)
    """
    low, high, step = SCALES[workload]
    return low, round(high + style * step, 6)


class Server(Protocol):
    """Something that draws tiles of the stack."""

    name: str
    commands: list[Command]

    def prepare(self) -> None:
        """Do once what it needs before it is started."""

    def path(self, workload: Workload, tile: Tile, style: int = 0) -> str:
        """Return the path and query that draw a tile."""


def clearest(home: Path) -> Path:
    """Return the scene of a stack that clouds hide least: its file is the largest."""
    return max(home.glob("*.tif"), key=lambda path: path.stat().st_size)
