"""Chains: stages of a plan that are done pixel by pixel, computed together, as one pass over the pixels."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.arithmetic import CHOOSE, LOGIC, MASK, OPERATIONS
from graft_eval.kernels.stored import REDUCIBLE
from graft_eval.plane import Choose, Elementwise, Masked, Truth
from graft_eval.planning.stage import Stage
from graft_eval.raster.read_requests import ReadRequests

__all__ = ["Chain", "find_chains"]

MAX_OPERATIONS = 16  # operations in a chain: their registers stay in the cache
Link = tuple[int, bytes]  # a stage, and which of its members


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """Operations on planes of earlier stages; the last of them gives those of a stage.

    `leaves` are those earlier stages and `rows`, (member, leaf), their planes; the stage `stored`, if there is one, is
    taken as its files hold it. `code` is what `kernels.arithmetic.calculate` carries out, and `absorbed` are the
    stages that it computes on the way. The result is boolean where `truths` says so.
    """

    leaves: tuple[int, ...]
    rows: NDArray[np.int64]
    code: NDArray[np.int64]
    stored: int | None
    absorbed: frozenset[int]
    truths: bool


def find_chains(stages: Sequence[Stage], kept: Collection[int], reads: Mapping[int, ReadRequests]) -> dict[int, Chain]:
    """Return the chains of stages by the last stage of each; those `kept` are needed for themselves, too."""
    truths = _truths(stages)
    operations = _operations(stages, truths)
    users: list[set[int]] = [set() for _ in stages]
    for at, stage in enumerate(stages):
        for origin in stage.origins:
            users[origin].add(at)
    chains: dict[int, Chain] = {}
    absorbed: set[int] = set()
    for last in range(len(stages) - 1, -1, -1):
        if last in operations and last not in absorbed:
            links = _links(last, stages, operations, users, kept)
            chains[last] = _chain(links, stages, operations, reads, bool(truths[last]))
            absorbed |= chains[last].absorbed
    return chains


def _truths(stages: Sequence[Stage]) -> list[Truth]:
    """Return for each stage if it is boolean; None if that is only known once it is computed."""
    truths: list[Truth] = []
    for stage in stages:
        inputs = [truths[origin] for origin in stage.origins]
        truths.append(None if stage.given else stage.plane.is_boolean(inputs))
    return truths


def _operations(stages: Sequence[Stage], truths: Sequence[Truth]) -> dict[int, int]:
    """The numbers of what stages do, of those that chains can do."""
    bared = _bared(stages)
    numbers = {at: _operation(stage, truths[at]) for at, stage in enumerate(stages) if at not in bared}
    return {at: number for at, number in numbers.items() if number is not None}


def _operation(stage: Stage, truths: Truth) -> int | None:
    """The number of what a stage does, if chains can do it."""
    if stage.given or truths is None:
        return None
    match stage.plane:
        case Elementwise(function) if function in LOGIC:
            return LOGIC[function] if truths else None
        case Elementwise(function):
            return OPERATIONS.get(function)
        case Masked(replace=False):
            return MASK
        case Choose():
            return CHOOSE
    return None


def _bared(stages: Sequence[Stage]) -> set[int]:
    """The stages whose values are needed where they are masked, too: a chain keeps none there."""
    bared: set[int] = set()
    for at in range(len(stages) - 1, -1, -1):
        stage = stages[at]
        if isinstance(stage.plane, Masked) and stage.plane.replace and not stage.given:
            bared.add(stage.origins[0])
        if at in bared:
            bared.update(stage.origins)
    return bared


def _links(
    last: int,
    stages: Sequence[Stage],
    operations: Mapping[int, int],
    users: Sequence[set[int]],
    kept: Collection[int],
) -> dict[Link, NDArray[np.int64]]:
    """The links of the chain that ends in a stage.

    A stage joins where nothing else needs it, and each of its members is taken once.
    """
    rows = np.arange(len(stages[last].members))
    links = {_link(last, rows): rows}
    joined, seen = {last}, {*stages[last].origins}
    waiting = [-origin for origin in seen]
    heapify(waiting)
    while waiting:
        stage = -heappop(waiting)  # the last one first: what uses it is decided on
        if stage not in operations or stage in kept or not users[stage] <= joined:
            continue
        taken = {
            _link(stage, taken): taken
            for (user, _), rows in links.items()
            for at, origin in enumerate(stages[user].origins)
            if origin == stage
            for taken in (stages[user].rows[rows, at],)
        }
        every = np.concatenate(list(taken.values()))
        if len(np.unique(every)) == len(every) and len(links) + len(taken) <= MAX_OPERATIONS:
            links |= taken
            joined.add(stage)
            for origin in {*stages[stage].origins} - seen:
                heappush(waiting, -origin)
            seen.update(stages[stage].origins)
    return links


def _link(stage: int, rows: NDArray[np.int64]) -> Link:
    return stage, rows.tobytes()


def _chain(
    links: Mapping[Link, NDArray[np.int64]],
    stages: Sequence[Stage],
    operations: Mapping[int, int],
    reads: Mapping[int, ReadRequests],
    truths: bool,
) -> Chain:
    order = sorted(links)
    leaves: dict[Link, NDArray[np.int64]] = {}
    arguments: list[list[Link]] = []
    for link in order:
        arguments.append([])
        for at, origin in enumerate(stages[link[0]].origins):
            rows = stages[link[0]].rows[links[link], at]
            arguments[-1].append(_link(origin, rows))
            if arguments[-1][-1] not in links:
                leaves[_link(origin, rows)] = rows
    registers = {link: register for register, link in enumerate([*leaves, *order])}
    code = np.zeros((len(order), 4), np.int64)
    for at, (stage, _) in enumerate(order):
        code[at, 0] = operations[stage]
        code[at, 1 : 1 + len(arguments[at])] = [registers[link] for link in arguments[at]]
    origins = tuple(stage for stage, _ in leaves)
    direct = [at for at in origins if at in reads and reads[at].resampler == "near" and reads[at].dtype in REDUCIBLE]
    stored = max(direct, key=direct.count, default=None)
    rows = np.ascontiguousarray(np.stack(list(leaves.values()), axis=1))
    return Chain(origins, rows, code, stored, frozenset(stage for stage, _ in order[:-1]), truths)
