"""Plans: planes sorted into stages, so that what all scenes undergo is done once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graft_eval.barriers.barrier import Barrier
from graft_eval.plane import Plane, Read, Reduce
from graft_eval.planning.chains import Chain, find_chains
from graft_eval.planning.stage import Stage
from graft_eval.raster.read_requests import ReadRequests
from graft_eval.scene import Asset

__all__ = ["Plan", "Stage", "assets_of", "plan", "reads_of", "sort"]


@dataclass(frozen=True, eq=False)
class Plan:
    """Stages in an order in which they can be computed, and where (stage, row) the planes asked for are then.

    `reads` are the stages that are read, `stored` by reduction those whose planes it takes as their files hold them,
    `chains` by their last stage what is computed together, `barriers` the planes of stages that are computed elsewhere.
    """

    stages: tuple[Stage, ...]
    outputs: tuple[tuple[int, int], ...]
    reads: Mapping[int, ReadRequests]
    stored: Mapping[int, int]
    chains: Mapping[int, Chain]
    barriers: Mapping[int, tuple[Barrier, ...]]

    @cached_property
    def uses(self) -> Mapping[int, Collection[int]]:
        """The stages that are computed, in order, and those that are needed for each."""
        absorbed = frozenset[int]().union(*(chain.absorbed for chain in self.chains.values()))
        return {
            at: self.chains[at].leaves if at in self.chains else stage.origins
            for at, stage in enumerate(self.stages)
            if at not in absorbed
        }

    @cached_property
    def spent(self) -> Mapping[int, Collection[int]]:
        """The stages that are needed no more once another is computed."""
        kept = {stage for stage, _ in self.outputs}
        last = {origin: at for at, origins in self.uses.items() for origin in origins if origin not in kept}
        spent: dict[int, list[int]] = {}
        for origin, at in last.items():
            spent.setdefault(at, []).append(origin)
        return spent

    @cached_property
    def whole(self) -> int | None:
        """The stage whose planes, all of them and in order, are those asked for, if there is one."""
        stages = {stage for stage, _ in self.outputs}
        if len(stages) != 1:
            return None
        (stage,) = stages
        everything = [(stage, row) for row in range(len(self.stages[stage].members))]
        return stage if everything == list(self.outputs) else None

    @cached_property
    def bytes_read(self) -> int:
        """Bytes of a pixel of all planes that are read, as they are stored."""
        return sum(np.dtype(read.band.dtype).itemsize for requests in self.reads.values() for read in requests.reads)

    @cached_property
    def width(self) -> int:
        """Number of planes of the widest stage that is computed as physical values."""
        needed = {stage for stage, _ in self.outputs}
        for at, origins in self.uses.items():
            direct = self.chains[at].stored if at in self.chains else self.stored.get(at)
            needed.update(origin for origin in origins if origin != direct)
        return max(len(self.stages[at].members) for at in needed)


def sort(planes: Iterable[Plane], ends: Callable[[Plane], bool] = lambda plane: False) -> list[Plane]:
    """Return all planes that these are computed from, and themselves, each after its inputs.

    Those at which it `ends` are not looked into.
    """
    ordered: dict[Plane, None] = {}
    entered: set[Plane] = set()
    waiting = list(planes)[::-1]
    while waiting:
        plane = waiting[-1]
        if plane in ordered:
            waiting.pop()
        elif plane in entered or ends(plane):
            ordered[waiting.pop()] = None
        else:
            entered.add(plane)
            waiting.extend(below for below in plane.inputs[::-1] if below not in ordered)
    return list(ordered)


def reads_of(ordered: Iterable[Plane]) -> list[Read]:
    """Return the reads among planes."""
    return [plane for plane in ordered if isinstance(plane, Read)]


def assets_of(planes: Iterable[Plane]) -> frozenset[Asset]:
    """Return the files that planes are computed from."""
    return frozenset(read.band.asset for read in reads_of(sort(planes)))


def plan(planes: Sequence[Plane], given: Collection[Plane] = ()) -> Plan:
    """Sort planes into stages; those `given` are there already, barriers will be. Equal planes become one."""
    stages: dict[object, int] = {}
    members: list[list[Plane]] = []
    rows: list[list[list[int]]] = []
    origins: list[tuple[int, ...]] = []
    known: dict[object, tuple[int, int]] = {}
    where: dict[Plane, tuple[int, int]] = {}
    for plane in sort(planes, lambda plane: plane in given or isinstance(plane, Barrier)):
        if plane in given:
            arguments: list[tuple[int, int]] = []
            stage_key: object = (None, plane)
            own: object = None
        elif isinstance(plane, Barrier):
            arguments, stage_key, own = [], (type(plane), plane.is_boolean(())), plane
        else:
            arguments = [where[below] for below in plane.inputs]
            stage_key = (type(plane), plane.common, tuple(stage for stage, _ in arguments))
            own = plane.own
        stage = stages.setdefault(stage_key, len(members))
        if stage == len(members):
            members.append([])
            rows.append([])
            origins.append(tuple(origin for origin, _ in arguments))
        slot = known.setdefault((stage, own, *arguments), (stage, len(members[stage])))
        if slot[1] == len(members[stage]):
            members[stage].append(plane)
            rows[stage].append([row for _, row in arguments])
        where[plane] = slot
    outputs = tuple(where[plane] for plane in planes)
    staged = tuple(
        Stage.of(own, below, matrix, own[0] in given) for own, below, matrix in zip(members, origins, rows, strict=True)
    )
    reads = {
        at: ReadRequests(tuple(reads_of(stage.members)))
        for at, stage in enumerate(staged)
        if isinstance(stage.plane, Read) and not stage.given
    }
    chains = find_chains(staged, {stage for stage, _ in outputs}, reads)
    barriers = {
        at: tuple(plane for plane in stage.members if isinstance(plane, Barrier))
        for at, stage in enumerate(staged)
        if isinstance(stage.plane, Barrier) and not stage.given
    }
    return Plan(staged, outputs, reads, dict(_stored_reductions(staged, reads)), chains, barriers)


def _stored_reductions(stages: Iterable[Stage], reads: Mapping[int, ReadRequests]) -> Iterator[tuple[int, int]]:
    """Yield the reductions whose planes are all read, and can be reduced as they are stored, and where from."""
    for at, stage in enumerate(stages):
        if isinstance(stage.plane, Reduce) and len(set(stage.origins)) == 1 and stage.origins[0] in reads:
            requests = reads[stage.origins[0]]
            if all(requests.is_reducible(stage.plane.operation, rows) for rows in stage.rows):
                yield at, stage.origins[0]
