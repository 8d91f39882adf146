"""Extents of files on a grid: which of its pixels can come from which of them, and how many meet in a part of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graft_eval.crs import transformer
from graft_eval.grid import HALF_WORLD, WEB_MERCATOR, Grid
from graft_eval.plane import Colour, Elementwise, Masked, Missing, Plane, Read, Reduce
from graft_eval.raster.sampling import full_turn
from graft_eval.scene import Asset

__all__ = ["Extents", "files_of"]

STEPS: Final = np.array([(row, col) for row in (0.0, 0.5, 1.0) for col in (0.0, 0.5, 1.0)])
EVERYWHERE: Final = (-np.inf, -np.inf, np.inf, np.inf)
LARGE: Final = 0.1  # of the way around the world: the edges of larger files are too bent for their ends and middles
BENT: Final = 0.05  # of a file's sides: how far its edges bend at most beyond those
AROUND: Final = 2  # pixels of the grid
MAX_HALVINGS: Final = 10

Files = Collection[Asset] | None  # outside of which something has no pixels; None: it may have them anywhere


def files_of(ordered: Sequence[Plane]) -> Mapping[Plane, Files]:
    """Return for each of sorted planes the files outside of which it is missing."""
    files: dict[Plane, Files] = {}
    for plane in ordered:
        below = [files[one] for one in plane.inputs]
        bounded = [one for one in below if one is not None]
        match plane:
            case Read(band=band):
                files[plane] = (band.asset,)
            case Missing():
                files[plane] = ()
            case Elementwise() | Colour() if bounded:  # missing where any of its arguments is
                files[plane] = bounded[0]
            case Masked(replace=False):
                files[plane] = below[0]
            case Reduce() if len(bounded) == len(below):
                files[plane] = frozenset().union(*bounded)
            case _:
                files[plane] = None
    return files


class Extents:
    """The parts of a grid on which things made of files may have pixels."""

    def __init__(self, things: Sequence[Files], grid: Grid) -> None:
        assets = tuple(dict.fromkeys(asset for files in things if files is not None for asset in files))
        boxes = dict(zip(assets, _boxes(assets, grid.crs), strict=True))
        left, bottom, right, top = grid.bounds
        beyond = not -_half_turn(grid.crs) <= left < right <= _half_turn(grid.crs)
        boxed = [EVERYWHERE if files is None or beyond else _around([boxes[one] for one in files]) for files in things]
        joined = np.array(boxed).reshape(-1, 4)
        # Top, bottom, left and right as shares of the grid's sides from its upper left corner on.
        sides = np.array([top - bottom, top - bottom, right - left, right - left])
        edges = np.column_stack([top - joined[:, 3], top - joined[:, 1], joined[:, 0] - left, joined[:, 2] - left])
        self._shares = edges / sides
        self._shape = grid.shape

    def meet(self, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return for each of them whether it may have one of the wanted pixels, (row, col), of the grid."""
        rows, cols = self._shape
        sums = np.zeros((rows + 1, cols + 1), np.int64)
        np.cumsum(np.cumsum(wanted, axis=0), axis=1, out=sums[1:, 1:])
        tops, bottoms, lefts, rights = self._shares.T
        with np.errstate(invalid="ignore"):
            down, along = (BENT * (bottoms - tops) * rows + AROUND, BENT * (rights - lefts) * cols + AROUND)
        top, bottom = _whole(tops * rows - down, rows), _whole(bottoms * rows + down, rows)
        left, right = _whole(lefts * cols - along, cols), _whole(rights * cols + along, cols)
        met: NDArray[np.bool_] = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left] > 0
        return met & (bottom > top) & (right > left)

    def halvings(self, most: int) -> int | None:
        """Return how often the grid must be halved until no part of it meets more than `most`; None for ever."""
        for halvings in range(MAX_HALVINGS + 1):
            if self._crowd(2**halvings) <= most:
                return halvings
        return None

    def _crowd(self, parts: int) -> int:
        """Return how many meet in the fullest part, of so many a side."""
        slack = 1e-6
        starts, ends = (np.clip(edge * parts, -1, parts + 1) for edge in (self._shares[:, 0::2], self._shares[:, 1::2]))
        first = np.clip(np.floor(starts + slack), 0, parts).astype(np.int64)
        last = np.clip(np.ceil(ends - slack), 0, parts).astype(np.int64)
        first, last = (edge[(last > first).all(axis=1)] for edge in (first, last))
        steps = np.zeros((parts + 1, parts + 1), np.int64)
        for down, along, sign in ((first, first, 1), (first, last, -1), (last, first, -1), (last, last, 1)):
            np.add.at(steps, (down[:, 0], along[:, 1]), sign)
        return int(steps.cumsum(axis=0).cumsum(axis=1).max())


def _whole(edges: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    return np.clip(edges, 0, most).round().astype(np.int64)


def _around(boxes: Sequence[NDArray[np.float64]]) -> Sequence[float]:
    if not boxes:
        return (np.inf, np.inf, -np.inf, -np.inf)
    if len(boxes) == 1:
        return tuple(boxes[0])
    every = np.array(boxes)
    return (*every[:, :2].min(axis=0), *every[:, 2:].max(axis=0))


def _half_turn(crs: str) -> float:
    return HALF_WORLD * (1 + 1e-9) if crs == WEB_MERCATOR else full_turn(crs) / 2 or np.inf


@lru_cache(maxsize=64)  # the bands of a mosaic are in the same files, and the same ones are on the next tile
def _boxes(assets: tuple[Asset, ...], crs: str) -> NDArray[np.float64]:
    """Return (file, 4): left, bottom, right and top of files in a CRS."""
    boxes = np.full((len(assets), 4), EVERYWHERE)
    groups: dict[str, list[int]] = {}
    for at, asset in enumerate(assets):
        groups.setdefault(asset.crs, []).append(at)
    for source, places in groups.items():
        a, b, c, d, e, f = np.array([assets[at].transform for at in places]).T[..., None]
        rows, cols = (np.array([assets[at].shape for at in places])[:, None] * STEPS).transpose(2, 0, 1)
        x, y = transformer(source, crs).transform(a * cols + b * rows + c, d * cols + e * rows + f)
        with np.errstate(invalid="ignore"):
            found = np.column_stack([x.min(axis=1), y.min(axis=1), x.max(axis=1), y.max(axis=1)])
            usual = np.isfinite(found).all(axis=1) & (found[:, 2] - found[:, 0] < 2 * LARGE * _half_turn(crs))
            usual &= (found[:, 0] >= -_half_turn(crs)) & (found[:, 2] <= _half_turn(crs))
        boxes[np.array(places)[usual]] = found[usual]
    return boxes
