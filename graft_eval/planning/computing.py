"""Computing: the stages of a plan, one after the other, over a run of pixels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import singledispatch
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.arithmetic import CONSTANT, PLANE, STORED, calculate
from graft_eval.pixels import (
    Pixels,
    PixelSource,
    apply,
    choose,
    colour,
    compose,
    is_masked,
    join,
    mask_by,
    reduce,
)
from graft_eval.plane import Choose, Colour, Composite, Elementwise, IsMasked, Masked, Plane, Reduce, Truth
from graft_eval.planning.chains import Chain
from graft_eval.planning.plan import Plan
from graft_eval.planning.stage import Stage
from graft_eval.raster.stored import NOTHING_STORED, StoredPlanes

__all__ = ["RunValues", "compute", "compute_run"]


NO_PLANES: Final = Pixels(np.empty((0, 0)), np.empty((0, 0), np.bool_))


class RunValues:
    """The planes of stages over a run of pixels; those that are read become physical when they are first needed."""

    def __init__(self, stages: Sequence[Stage], sources: Mapping[int, PixelSource], start: int, stop: int) -> None:
        self.sources = sources
        self.start, self.stop = start, stop
        self.known: dict[int, Pixels] = {}
        self._stages = stages

    @property
    def size(self) -> int:
        """Number of pixels."""
        return self.stop - self.start

    def __getitem__(self, stage: int) -> Pixels:
        if stage not in self.known:
            self.known[stage] = self.sources[stage].pixels(self.start, self.stop)
        return self.known[stage]

    def whole(self, stage: int) -> Pixels:
        """Return the planes of a stage, each of them, as full arrays."""
        return self[stage].spread(len(self._stages[stage].members), self.size)

    def arguments(self, stage: Stage) -> list[Pixels]:
        """Return the arguments of a stage's members, each as one array of planes or one plane for all of them."""
        return [self[origin].take(rows) for origin, rows in zip(stage.origins, stage.taken, strict=True)]

    def truths(self, stage: Stage) -> list[Truth]:
        """Return which arguments of a stage are boolean."""
        return [self[origin].data.dtype == np.bool_ for origin in stage.origins]

    def gather(self, stage: Stage, which: slice) -> tuple[Pixels, NDArray[np.int64]]:
        """Return arguments of a stage as one array of planes, and (member, argument) which of them each is."""
        planes, first = self.join(stage.origins[which])
        shift = np.array([first[origin] for origin in stage.origins[which]], np.int64)
        return planes, np.ascontiguousarray(stage.rows[:, which] + shift)

    def join(self, stages: Iterable[int]) -> tuple[Pixels, dict[int, int]]:
        """Put the planes of stages into one array of numbers, and say by stage where there its planes begin.

        As long as all come from one stage nothing is copied.
        """
        distinct = list(dict.fromkeys(stages))
        planes = join([self.whole(stage) for stage in distinct])
        sizes = [len(self._stages[stage].members) for stage in distinct]
        return planes, dict(zip(distinct, accumulate(sizes, initial=0), strict=False))


def compute_run(plan: Plan, sources: Mapping[int, PixelSource], start: int, stop: int) -> Pixels:
    """Return the planes asked for, (plane, pixel), over the pixels from start to stop, as numbers or booleans.

    `sources` give the stages that are read or known. What a stage was needed for last frees it.
    """
    values = RunValues(plan.stages, sources, start, stop)
    with np.errstate(all="ignore"):
        for at in plan.uses:
            if at not in sources:
                values.known[at] = _compute(plan, at, values)
            for spent in plan.spent.get(at, ()):
                values.known.pop(spent, None)
    if plan.whole is not None:  # all planes of one stage: nothing is put together
        return values.whole(plan.whole)
    planes = [values[stage].take(slice(row, row + 1)).spread(1, values.size) for stage, row in plan.outputs]
    if all(plane.data.dtype == np.bool_ for plane in planes):
        return Pixels(np.concatenate([one.data for one in planes]), np.concatenate([one.mask for one in planes]))
    return join(planes)


def _compute(plan: Plan, at: int, values: RunValues) -> Pixels:
    stage = plan.stages[at]
    if at in plan.chains:
        return _calculate(plan.chains[at], len(stage.members), values)
    if at in plan.stored:
        return _reduce_stored(stage, plan.stored[at], values)
    return compute(stage.plane, stage, values)


@singledispatch
def compute(plane: Plane, stage: Stage, values: RunValues) -> Pixels:
    """Return the planes of a stage, all of the kind of `plane`, from those of earlier stages."""
    raise TypeError(f"{type(plane).__name__} is not computed from other planes")


@compute.register
def _(plane: Elementwise, stage: Stage, values: RunValues) -> Pixels:
    return apply(plane.function, values.arguments(stage))


@compute.register
def _(plane: Masked, stage: Stage, values: RunValues) -> Pixels:
    return mask_by(*values.arguments(stage), replace=plane.replace)


@compute.register
def _(plane: IsMasked, stage: Stage, values: RunValues) -> Pixels:
    return is_masked(values.arguments(stage))


@compute.register
def _(plane: Choose, stage: Stage, values: RunValues) -> Pixels:
    return choose(*values.arguments(stage))


@compute.register
def _(plane: Colour, stage: Stage, values: RunValues) -> Pixels:
    channels = [member.channel for member in stage.members if isinstance(member, Colour)]
    return colour(plane.colormap, channels, *values.arguments(stage))


@compute.register
def _(plane: Reduce, stage: Stage, values: RunValues) -> Pixels:
    out = _room(len(stage.members), values.size)
    planes, rows = values.gather(stage, slice(None))
    for at, member in enumerate(stage.members):
        assert isinstance(member, Reduce)
        one = Pixels(out.data[at], out.mask[at])
        reduce(plane.operation, planes, rows[at], one, plane.params, member.coordinates)
    return Pixels(out.data != 0, out.mask) if plane.is_boolean(values.truths(stage)) else out


@compute.register
def _(plane: Composite, stage: Stage, values: RunValues) -> Pixels:
    half = len(plane.keys)
    keys, key_rows = values.gather(stage, slice(None, half))
    planes, rows = values.gather(stage, slice(half, None))
    out = _room(len(stage.members), values.size)
    for at in range(len(stage.members)):
        compose(plane.operation, keys, key_rows[at], planes, rows[at], Pixels(out.data[at], out.mask[at]))
    return Pixels(out.data != 0, out.mask) if plane.is_boolean(values.truths(stage)) else out


def _calculate(chain: Chain, members: int, values: RunValues) -> Pixels:
    stored, planes, constants = NOTHING_STORED, NO_PLANES, np.zeros(chain.rows.shape)
    rows, kinds = chain.rows.copy(), np.full(len(chain.leaves), STORED)
    if chain.stored is not None:
        source = values.sources[chain.stored]
        assert isinstance(source, StoredPlanes)  # the plan saw to it
        stored = source.as_stored(values.start)
    others = [(leaf, origin) for leaf, origin in enumerate(chain.leaves) if origin != chain.stored]
    for leaf, origin in others:
        if values[origin].is_constant:
            kinds[leaf] = CONSTANT
            data, mask = values[origin].take(rows[:, leaf])
            constants[:, leaf] = np.where(mask, np.nan, data)[:, 0]
        else:
            kinds[leaf] = PLANE
    if (kinds == PLANE).any():
        planes, first = values.join(origin for leaf, origin in others if kinds[leaf] == PLANE)
        for leaf, origin in others:
            rows[:, leaf] += first.get(origin, 0)
    out = _room(members, values.size)
    calculate(*stored, *planes, constants, kinds, rows, chain.code, *out)
    return Pixels(out.data != 0, out.mask) if chain.truths else out


def _reduce_stored(stage: Stage, origin: int, values: RunValues) -> Pixels:
    out, source, plane = _room(len(stage.members), values.size), values.sources[origin], stage.plane
    assert isinstance(source, StoredPlanes)  # the plan saw to it
    assert isinstance(plane, Reduce)
    for at, rows in enumerate(stage.rows):
        source.reduce(plane.operation, rows, values.start, Pixels(out.data[at], out.mask[at]))
    return out


def _room(planes: int, pixels: int) -> Pixels:
    return Pixels(np.empty((planes, pixels)), np.empty((planes, pixels), np.bool_))
