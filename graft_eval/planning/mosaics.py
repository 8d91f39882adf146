"""Mosaics of many planes: from the first one on, more each time, until nothing is missing or a limit is met."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from graft_eval.barriers.mosaic import Mosaic
from graft_eval.grid import Grid
from graft_eval.pixels import Pixels
from graft_eval.plane import Plane, Read, Reduce, Truth
from graft_eval.planning.extents import Extents, Files, files_of
from graft_eval.planning.plan import reads_of, sort
from graft_eval.scene import Asset
from graft_eval.scope import Raster

__all__ = ["Layers", "fill", "mosaic_of"]

FIRST, MAX_PLANES = 32, 128  # planes that are taken at first, and at most; twice as many each time
MAX_REDUCTIONS = 256  # mosaics of some planes
MAX_LATTICES = 64  # on which is looked where exactly files have pixels

Outside = Callable[[Asset], NDArray[np.bool_]]


def mosaic_of(planes: Sequence[Plane]) -> Plane:
    """Return the plane of the first valid pixels of others; of many, one that does not always read all of them."""
    if len(planes) <= FIRST:
        return Reduce("mosaic", tuple(planes))
    return Mosaic(tuple(planes), all(map(_is_boolean, planes)))


def _is_boolean(plane: Plane) -> bool:
    truths: dict[Plane, Truth] = {}
    for one in sort([plane]):
        truths[one] = one.is_boolean([truths[below] for below in one.inputs])
    return bool(truths[plane])


class Layers:
    """The planes of a mosaic: the files outside of which each is missing, and the scenes that it is made of."""

    def __init__(self, mosaic: Mosaic) -> None:
        self.planes = mosaic.planes
        ordered = sort(mosaic.planes)
        files, scenes = files_of(ordered), _scenes_of(ordered)
        self.files: list[Files] = [files[plane] for plane in mosaic.planes]
        self.scenes = [scenes[plane] for plane in mosaic.planes]
        self._reductions: dict[bytes, Reduce] = {}
        # Files on the same lattice have pixels in the same places; of planes that are resampled, a little around those.
        self._lattices: dict[tuple[object, ...], int] = {}
        self._examples: list[Asset] = []
        self._places = [() if files is None else tuple(map(self._place, files)) for files in self.files]
        self._sharp = all(read.resampler == "near" for read in reads_of(ordered))

    def _place(self, asset: Asset) -> int:
        """Return the number of the lattice of a file."""
        number = self._lattices.setdefault((asset.crs, asset.transform, asset.shape), len(self._examples))
        if number == len(self._examples):
            self._examples.append(asset)
        return number

    def reaching(self, left: NDArray[np.int64], missing: NDArray[np.bool_], outside: Outside) -> NDArray[np.int64]:
        """Return those of some planes whose files have a pixel that is missing, where these are on few lattices."""
        places = {place for at in left for place in self._places[at]}
        if not self._sharp or len(places) > MAX_LATTICES:
            return left
        reached = {place for place in places if (missing & ~outside(self._examples[place])).any()}
        return left[[self.files[at] is None or not reached.isdisjoint(self._places[at]) for at in left]]

    def reduce(self, chosen: NDArray[np.int64]) -> Reduce:
        """Return the mosaic of some of the planes; the same one for the same, as plans of those are kept."""
        key = chosen.tobytes()
        if key not in self._reductions:
            if len(self._reductions) >= MAX_REDUCTIONS:
                self._reductions.clear()
            self._reductions[key] = Reduce("mosaic", tuple(self.planes[at] for at in chosen))
        return self._reductions[key]


class _Filling:
    """One mosaic on a grid, as far as it is known."""

    def __init__(self, layers: Layers, extents: Extents, wanted: NDArray[np.bool_], outside: Outside) -> None:
        self.layers = layers
        self._outside = outside
        self.pixels = Pixels(np.zeros((1, wanted.size)), np.ones((1, wanted.size), np.bool_))
        self._left = np.arange(len(layers.planes))
        self.extents = extents
        self._wanted = wanted

    def useful(self) -> NDArray[np.int64]:
        """Return which planes are left that may have a pixel that is missing, from the first on."""
        missing = self._wanted & self.pixels.mask.reshape(self._wanted.shape)
        if not missing.any():
            self._left = self._left[:0]
        if self._left.size:
            met = self._left[self.extents.meet(missing)[self._left]]
            self._left = self.layers.reaching(met, missing, self._outside)
        return self._left

    def add(self, chosen: NDArray[np.int64], data: NDArray[np.float64], mask: NDArray[np.bool_]) -> None:
        """Take the pixels of some planes where there are none yet."""
        here = self.pixels.mask[0] & ~mask.reshape(-1)
        np.copyto(self.pixels.data[0], data.reshape(-1), where=here)
        self.pixels.mask[0] &= ~here
        self._left = self._left[~np.isin(self._left, chosen)]


def fill(
    mosaics: Sequence[Layers],
    grid: Grid,
    wanted: NDArray[np.bool_],
    compute: Callable[[Sequence[Plane]], Raster | None],
    outside: Outside,
    most: int,
) -> tuple[list[Pixels], set[str]]:
    """Return the pixels of mosaics on a grid, (1, pixel) each, and the scenes that were left out.

    `compute` gives planes on the grid, None if there is no time; `outside` where it has no pixels of a file. No more
    than `most` scenes are read: of those left out some may have pixels that are missing and `wanted`.
    """
    fillings: list[_Filling] = []
    for layers in mosaics:  # the bands of a mosaic are in the same files
        same = next((one for one in fillings if one.layers.files == layers.files), None)
        extents = same.extents if same else Extents(layers.files, grid)
        fillings.append(_Filling(layers, extents, wanted, outside))
    read: set[str] = set()
    size = FIRST
    while True:
        before = frozenset(read)
        chosen = [(one, _choose(one, one.useful()[:size], read, most)) for one in fillings]
        chosen = [(one, planes) for one, planes in chosen if planes.size]
        if not chosen:
            break
        raster = compute([one.layers.reduce(planes) for one, planes in chosen])
        if raster is None:
            read.intersection_update(before)
            break
        for band, (one, planes) in enumerate(chosen):
            one.add(planes, raster.data[band], raster.mask[band])
        size = min(2 * size, MAX_PLANES)
    left = {scene for one in fillings for at in one.useful() for scene in one.layers.scenes[at]}
    return [one.pixels for one in fillings], left - read


def _choose(filling: _Filling, useful: NDArray[np.int64], read: set[str], most: int) -> NDArray[np.int64]:
    """Return the first of some planes, as many as the limit allows, and note their scenes."""
    for count, at in enumerate(useful):
        new = filling.layers.scenes[at] - read
        if len(read) + len(new) > most:
            return useful[:count]
        read |= new
    return useful


def _scenes_of(ordered: Sequence[Plane]) -> Mapping[Plane, frozenset[str]]:
    """Return for each of sorted planes the scenes that it is made of."""
    scenes: dict[Plane, frozenset[str]] = {}
    for plane in ordered:
        own = frozenset({plane.scene.id}) if isinstance(plane, Read) else frozenset()
        scenes[plane] = own.union(*(scenes[one] for one in plane.inputs))
    return scenes
