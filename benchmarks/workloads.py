"""The four workloads, in styles that no finished tile answers twice."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Protocol

from benchmarks.processes import Command
from benchmarks.walks import Tile

__all__ = ["Server", "Workload", "scale"]


class Workload(StrEnum):
    """Content of a tile."""

    RGB = "rgb"  # three bands of one scene
    COLORMAP = "colormap"  # one band of one scene, through viridis
    MEDIAN = "median"  # the median of twelve dates, three bands
    NDVI = "ndvi"  # the NDVI of each of twelve dates, then its median, red to green

    @property
    def label(self) -> str:
        """Name in a table."""
        return LABELS[self]


LABELS = {
    Workload.RGB: "rgb, 3 bands of one scene",
    Workload.COLORMAP: "one band, colormap",
    Workload.MEDIAN: "median of 12 dates, rgb",
    Workload.NDVI: "NDVI of 12 dates, median",
}
SCALES = {
    Workload.RGB: (0.0, 2000.0, 5.0),
    Workload.COLORMAP: (0.0, 4500.0, 5.0),
    Workload.MEDIAN: (0.0, 2000.0, 5.0),
    Workload.NDVI: (-0.2, 0.9, 0.001),
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
