"""GDAL as a client, in a process of its own: in one that serves, its drivers of map services are deregistered."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache

import rasterio
from pyproj import Transformer

__all__ = ["LonLat", "Opened", "open_in_gdal"]

LonLat = tuple[float, float]


@dataclass(frozen=True)
class Opened:
    """A dataset as GDAL opens it, and the values of all its bands at places."""

    bounds: tuple[float, float, float, float]
    resolution: tuple[float, float]
    values: tuple[tuple[int, ...], ...]


def open_in_gdal(name: str, places: Sequence[LonLat] = ()) -> Opened:
    """Open a dataset by its GDAL name, and read all bands of the pixels at places of longitude and latitude."""
    return _process().submit(_open, name, tuple(places)).result(timeout=120)


@cache
def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))


def _open(name: str, places: Sequence[LonLat]) -> Opened:
    values = []
    with rasterio.open(name) as dataset:
        to_crs = Transformer.from_crs("OGC:CRS84", dataset.crs, always_xy=True)
        for place in places:
            row, col = dataset.index(*to_crs.transform(*place))
            pixel = dataset.read(window=((row, row + 1), (col, col + 1)))[:, 0, 0]
            values.append(tuple(int(level) for level in pixel))
        return Opened(tuple(dataset.bounds), dataset.res, tuple(values))
