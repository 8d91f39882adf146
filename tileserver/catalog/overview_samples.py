"""Overviews that lie: a sample of each is compared with the full resolution below it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window

from graft_eval.raster.access import NOWHERE, RemoteAccess
from graft_eval.raster.handles import open_dataset
from graft_eval.scene import Asset, Band
from tileserver.catalog.errors import explain
from tileserver.catalog.locations import is_url
from tileserver.catalog.problems import Problem
from tileserver.catalog.rasters import read_valid

__all__ = ["check_overviews"]

BANDS: Final = 4  # of a file that are compared
PLACES: Final = 5  # of each that are looked at
SIDE: Final = 32  # pixels of an overview at a place, fewer where they cover much
LEAST_SIDE: Final = 4
COVERED: Final = 512  # pixels of the full resolution on each side, about
COARSEST: Final = 128  # times coarser; beyond it little is left to compare, and much would be read
SEARCHED: Final = 1024  # pixels on each side of the coarsest overview in which places are chosen
AROUND: Final = 2  # pixels of an overview that a resampler may look beyond its own
ROUNDING: Final = 1e-5  # of floats
RINGING: Final = 0.25  # of the range around, that resamplers may go beyond it
MADE_WHEN_READ: Final = {"JP2OpenJPEG", "JPEG", "VRT"}  # drivers that make overviews of the pixels themselves
FEW: Final = 32  # different integers are classes

Flags = NDArray[np.bool_]


@dataclass(slots=True)
class _Found:
    """The result of comparing the overviews of one band, by the number of the overview, from 1."""

    outside: set[int] = field(default_factory=set)  # values beyond those of the full resolution around
    missing: set[int] = field(default_factory=set)  # pixels missing that are there, or there that are missing
    invented: set[int] = field(default_factory=set)  # integers that are not below
    values: set[int] = field(default_factory=set)  # different integers of the full resolution


def check_overviews(bands: Sequence[Band], access: RemoteAccess = NOWHERE) -> tuple[tuple[Band, ...], list[Problem]]:
    """Compare a sample of the overviews of files; return the bands as they can be read, and what is odd.

    Overviews of classes (bands with a colour table or `classification:classes`, and few different integers) that hold
    other numbers than the classes below them are left out, as are those that lack the file's mask; the rest is a
    warning. Of remote files only the finest overview of such classes is compared, at two places; the rest is believed.
    """
    kept = list(bands)
    problems: list[Problem] = []
    compared = [band for band in bands if not is_url(band.asset.href) or _has_classes(band)]
    for asset in dict.fromkeys(band.asset for band in compared if band.asset.overviews):
        unread, found = _compare(asset, [band for band in compared if band.asset == asset], access)
        problems += found
        if unread:
            kept = [replace(band, asset=replace(asset, overviews=())) if band.asset == asset else band for band in kept]
    return tuple(kept), problems


def _compare(asset: Asset, bands: Sequence[Band], access: RemoteAccess) -> tuple[bool, list[Problem]]:
    """Return whether the overviews of a file must not be read, and what is odd about them."""
    problems = []
    unread = False
    try:
        with ExitStack() as opened:
            full = opened.enter_context(_open(asset, access))
            if full.driver in MADE_WHEN_READ:
                return False, []
            last = len(asset.overviews) - 1
            numbers = sorted({0, last}) if is_url(asset.href) else range(last + 1)
            levels = [opened.enter_context(_open(asset, access, number)) for number in numbers]
            for band in bands[:BANDS]:
                places = list(_places(band, levels[-1]))
                remote = is_url(asset.href)
                found = _sample(band, full, levels[: 1 if remote else None], places[: 2 if remote else None])
                text, leave_out = _judge(band, found)
                unread = unread or leave_out
                if text:
                    problems.append(Problem("warning", text, band.name))
    except (RasterioError, CPLE_BaseError, OSError) as exc:
        problems.append(Problem("warning", f"its overviews cannot be compared with its pixels: {explain(exc)}"))
    return unread, problems


def _open(asset: Asset, access: RemoteAccess, overview: int | None = None) -> DatasetReader:
    return open_dataset(asset.href, overview, asset.fingerprint, access, asset.roots)


def _has_classes(band: Band) -> bool:
    return band.palette is not None or bool(band.info.get("classification:classes"))


def _judge(band: Band, found: _Found) -> tuple[str, bool]:
    """Return what is odd about the overviews of a band, and whether they must not be read."""
    if found.invented and (_has_classes(band) or 1 < len(found.values) <= FEW):
        return (
            f"overview {_list(found.invented)} averages classes, and none is read: "
            "gdaladdo -clean FILE and gdaladdo -r mode FILE make others"
        ), True
    if found.missing and band.mask == "dataset":
        return (
            f"the mask is not in overview {_list(found.missing)}, and none is read: "
            "gdaladdo -clean FILE and gdaladdo FILE make others"
        ), True
    if odd := found.outside | found.missing:
        return (
            f"overview {_list(odd)} holds values outside of the full resolution's range there, as averages with "
            "missing pixels and ringing do: --ignore-overviews reads none, --overview-from N none finer than the N-th"
        ), False
    return "", False


def _list(numbers: Collection[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))


def _sample(
    band: Band, full: DatasetReader, levels: Sequence[DatasetReader], places: Iterable[tuple[float, float]]
) -> _Found:
    found = _Found()
    for place in places:
        for number, level in enumerate(levels, 1):
            if 1 < full.width / level.width <= COARSEST and full.height > level.height:
                _look(band, full, level, place, number, found)
    return found


def _look(
    band: Band, full: DatasetReader, level: DatasetReader, place: tuple[float, float], number: int, found: _Found
) -> None:
    """Compare the pixels of an overview around a place with those that they cover."""
    rows, cols = (_range(share, side, whole) for share, side, whole in zip(place, level.shape, full.shape, strict=True))
    values, there = _read(level, band, Window.from_slices(*((one[0], one[-1] + 1) for one in (rows, cols))))
    down, along = (
        _edges(one, side, whole) for one, side, whole in zip((rows, cols), level.shape, full.shape, strict=True)
    )
    below, valid = _read_padded(full, band, down, along)
    present = below[valid]
    is_integer = np.dtype(band.dtype).kind in "ui"
    known = np.unique(present) if is_integer else present[:0]
    if len(found.values) <= FEW:
        found.values.update(known.tolist())
    if is_integer and not np.isin(values[there], known).all():
        found.invented.add(number)
    any_valid, all_valid = (_reduce(how, valid, down, along) for how in (np.logical_or, np.logical_and))
    if (there & ~_spread(np.logical_or, any_valid, 2)).any() or (~there & _spread(np.logical_and, all_valid, 1)).any():
        found.missing.add(number)
    if not present.size:
        return
    stored = values.astype(np.float64)
    numbers = np.where(valid, below, np.nan)
    low, high = (_spread(one, _reduce(one, numbers, down, along), 2) for one in (np.fmin, np.fmax))
    slack = 1.0 if is_integer else ROUNDING * float(np.abs(present).max())
    room = np.where(high > low, RINGING * (high - low), 0.0) + slack
    with np.errstate(invalid="ignore"):  # comparisons with NaN are false: nothing is there
        odd = (stored < low - room) | (stored > high + room)
    odd |= (stored < present.min() - slack) | (stored > present.max() + slack)
    if (odd & there).any():
        found.outside.add(number)


def _range(share: float, side: int, whole: int) -> range:
    """The pixels of an overview around a place on one axis."""
    most = min(SIDE, max(LEAST_SIDE, COVERED * side // whole))
    first = min(max(0, int(share * side) - most // 2), max(0, side - most))
    return range(first, min(side, first + most))


def _edges(pixels: range, side: int, whole: int) -> NDArray[np.int64]:
    """Return the edges, in the full resolution, of pixels of an overview and of two around them."""
    return np.arange(pixels.start - AROUND, pixels.stop + AROUND + 1) * whole // side


def _reduce(how: np.ufunc, values: NDArray[Any], down: NDArray[np.int64], along: NDArray[np.int64]) -> NDArray[Any]:
    """Reduce what lies below each pixel of an overview to one value."""
    rows = how.reduceat(values, down[:-1] - down[0], axis=0)
    cells: NDArray[Any] = how.reduceat(rows, along[:-1] - along[0], axis=1)
    return cells


def _spread(how: np.ufunc, cells: NDArray[Any], reach: int) -> NDArray[Any]:
    """Reduce each pixel with those around it, up to a reach; without the outer ones that were taken along."""
    sides = 2 * reach + 1, 2 * reach + 1
    inner = cells[AROUND - reach : cells.shape[0] - AROUND + reach, AROUND - reach : cells.shape[1] - AROUND + reach]
    spread: NDArray[Any] = how.reduce(sliding_window_view(inner, sides), axis=(2, 3))
    return spread


def _read(dataset: DatasetReader, band: Band, window: Window) -> tuple[NDArray[np.generic], Flags]:
    return read_valid(dataset, band.index, band.mask, band.nodata, window=window)


def _read_padded(
    dataset: DatasetReader, band: Band, down: NDArray[np.int64], along: NDArray[np.int64]
) -> tuple[NDArray[np.generic], Flags]:
    """Return a band's numbers between edges that may lie beyond the file, where nothing is there."""
    values = np.zeros((down[-1] - down[0], along[-1] - along[0]), band.dtype)
    there = np.zeros(values.shape, np.bool_)
    top, left = max(0, int(down[0])), max(0, int(along[0]))
    bottom, right = min(dataset.height, int(down[-1])), min(dataset.width, int(along[-1]))
    inside = slice(top - down[0], bottom - down[0]), slice(left - along[0], right - along[0])
    values[inside], there[inside] = _read(dataset, band, Window(left, top, right - left, bottom - top))
    return values, there


def _places(band: Band, coarsest: DatasetReader) -> Iterator[tuple[float, float]]:
    """Yield places, as shares of the file down and along, at which overviews that lie are the likeliest to show it.

    They are the least and the greatest value, the rarest ones, and edges of what is missing.
    """
    rows, cols = (min(side, SEARCHED) for side in coarsest.shape)
    top, left = (coarsest.height - rows) // 2, (coarsest.width - cols) // 2
    values, there = _read(coarsest, band, Window(left, top, cols, rows))
    if not there.any():
        return
    numbers = np.flatnonzero(there)
    valid = values.ravel()[numbers]
    chosen = [numbers[valid.argmin()], numbers[valid.argmax()]]
    edges = np.zeros(there.shape, np.bool_)
    edges[:, 1:] |= there[:, 1:] != there[:, :-1]
    edges[1:] |= there[1:] != there[:-1]
    if (around := np.flatnonzero(edges)).size:
        chosen += [around[0], around[around.size // 2]]
    if np.dtype(band.dtype).kind in "ui":
        _, first, counts = np.unique(valid, return_index=True, return_counts=True)
        chosen += list(numbers[first[np.argsort(counts, kind="stable")[:2]]])
    chosen.append(numbers[numbers.size // 2])
    for number in list(dict.fromkeys(map(int, chosen)))[:PLACES]:
        row, col = divmod(number, cols)
        yield (top + row + 0.5) / coarsest.height, (left + col + 0.5) / coarsest.width
