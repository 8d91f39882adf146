"""Computing: the stages of a plan, one after the other, over a run of pixels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from graft_eval.pixels import (
    Pixels,
    apply,
    choose,
    colour,
    compose,
    is_masked,
    join,
    mask_by,
    reduce,
)
from graft_eval.plan import Plan, Stage
from graft_eval.plane import Apply, Choose, Colour, Composite, IsMasked, Masked, Reduce
from graft_eval.stored import StoredPlanes

__all__ = ["Source", "compute_run"]

TRUTHFUL = frozenset({"min", "max", "mosaic"})  # reductions of booleans to booleans


class Source(Protocol):
    """Where the planes of a stage without arguments come from."""

    def pixels(self, start: int, stop: int) -> Pixels:
        """Return the planes from one pixel to another."""


class _Values:
    """The planes of stages over a run of pixels; those that are read become physical when they are first needed."""

    def __init__(self, sources: Mapping[int, Source], start: int, stop: int) -> None:
        self.sources = sources
        self.start, self.stop = start, stop
        self.known: dict[int, Pixels] = {}

    @property
    def size(self) -> int:
        return self.stop - self.start

    def __getitem__(self, stage: int) -> Pixels:
        if stage not in self.known:
            self.known[stage] = self.sources[stage].pixels(self.start, self.stop)
        return self.known[stage]


def compute_run(plan: Plan, sources: Mapping[int, Source], start: int, stop: int) -> Pixels:
    """Return the planes asked for, (plane, pixel), over the pixels from start to stop, as numbers or booleans.

    `sources` give the stages that are read or known. What a stage was needed for last frees it.
    """
    values = _Values(sources, start, stop)
    with np.errstate(all="ignore"):
        for at, stage in enumerate(plan.stages):
            if at not in sources:
                stored = plan.stored.get(at)
                values.known[at] = _compute(stage, values) if stored is None else _reduce_stored(stage, stored, values)
            for spent in stage.spent:
                values.known.pop(spent, None)
    if plan.whole is not None:  # all planes of one stage: nothing is put together
        return values[plan.whole].spread(stop - start)
    parts = [values[stage].take(slice(row, row + 1)) for stage, row in plan.outputs]
    if all(part.data.dtype == np.bool_ for part in parts):
        whole = [part.spread(stop - start) for part in parts]
        return Pixels(np.concatenate([one.data for one in whole]), np.concatenate([one.mask for one in whole]))
    return join(parts, stop - start)


def _compute(stage: Stage, values: _Values) -> Pixels:
    plane = stage.plane
    if isinstance(plane, Reduce):
        return _reduce(stage, plane, values)
    if isinstance(plane, Composite):
        return _compose(stage, plane, values)
    arguments = [values[origin].take(rows) for origin, rows in zip(stage.origins, stage.taken, strict=True)]
    match plane:
        case Apply():
            return apply(plane.function, arguments)
        case Masked():
            return mask_by(*arguments, replace=plane.replace)
        case IsMasked():
            return is_masked(arguments)
        case Choose():
            return choose(*arguments)
        case Colour():
            channels = [member.channel for member in stage.members if isinstance(member, Colour)]
            return colour(plane.colormap, channels, *arguments)
    raise TypeError(f"{type(plane).__name__} is not computed from other planes")


def _reduce(stage: Stage, plane: Reduce, values: _Values) -> Pixels:
    out = _room(len(stage.members), values.size)
    truths = plane.operation in TRUTHFUL and all(values[origin].data.dtype == np.bool_ for origin in stage.origins)
    planes, rows = _gather(stage, values, slice(None))
    for at in range(len(stage.members)):
        reduce(plane.operation, planes, rows[at], Pixels(out.data[at], out.mask[at]))
    return Pixels(out.data != 0, out.mask) if truths else out


def _reduce_stored(stage: Stage, origin: int, values: _Values) -> Pixels:
    out, source, plane = _room(len(stage.members), values.size), values.sources[origin], stage.plane
    assert isinstance(source, StoredPlanes)  # the plan saw to it
    assert isinstance(plane, Reduce)
    for at, rows in enumerate(stage.rows):
        source.reduce(plane.operation, rows, values.start, Pixels(out.data[at], out.mask[at]))
    return out


def _compose(stage: Stage, plane: Composite, values: _Values) -> Pixels:
    half = len(plane.keys)
    truths = all(values[origin].data.dtype == np.bool_ for origin in stage.origins[half:])
    keys, key_rows = _gather(stage, values, slice(None, half))
    planes, rows = _gather(stage, values, slice(half, None))
    out = _room(len(stage.members), values.size)
    for at in range(len(stage.members)):
        compose(plane.operation, keys, key_rows[at], planes, rows[at], Pixels(out.data[at], out.mask[at]))
    return Pixels(out.data != 0, out.mask) if truths else out


def _room(planes: int, pixels: int) -> Pixels:
    return Pixels(np.empty((planes, pixels)), np.empty((planes, pixels), np.bool_))


def _gather(stage: Stage, values: _Values, which: slice) -> tuple[Pixels, NDArray[np.int64]]:
    """The arguments of a stage as one array of planes, and (member, argument) which of them each is.

    As long as all come from one stage nothing is copied.
    """
    origins = stage.origins[which]
    distinct = list(dict.fromkeys(origins))
    planes = join([values[origin] for origin in distinct], values.size)
    sizes = [max(len(values[origin].data), len(values[origin].mask)) for origin in distinct]
    first = dict(zip(distinct, np.cumsum([0, *sizes[:-1]]), strict=True))
    shift = np.array([first[origin] for origin in origins], np.int64)
    return planes, np.ascontiguousarray(stage.rows[:, which] + shift)
