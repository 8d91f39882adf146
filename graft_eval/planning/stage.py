"""Stages: planes that undergo the same operation, computed in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graft_eval.plane import Plane

__all__ = ["Stage"]

Rows = slice | NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Stage:
    """Planes that undergo the same operation on the same earlier stages; computed in one go, (member, pixel).

    `origins` are the stages of the arguments, `rows` (member, argument) the members of those they are. A stage that
    is `given` is there already.
    """

    members: tuple[Plane, ...]
    origins: tuple[int, ...]
    rows: NDArray[np.int64]
    given: bool = False

    @classmethod
    def of(
        cls, members: Sequence[Plane], origins: tuple[int, ...], rows: Sequence[Sequence[int]], given: bool
    ) -> Stage:
        """Return a stage; `rows` by member."""
        return cls(tuple(members), origins, np.array(rows, np.int64).reshape(len(members), len(origins)), given)

    @property
    def plane(self) -> Plane:
        """A member: its operation is that of all."""
        return self.members[0]

    @cached_property
    def taken(self) -> tuple[Rows, ...]:
        """The same as `rows` by argument, as slices where possible, which copy nothing."""
        return tuple(map(_as_slice, self.rows.T))


def _as_slice(rows: NDArray[np.int64]) -> Rows:
    step = int(rows[1] - rows[0]) if rows.size > 1 else 1
    if step < 0 or (np.diff(rows) != step).any():
        return rows
    if step == 0:
        return slice(int(rows[0]), int(rows[0]) + 1)  # one for all members: broadcast
    return slice(int(rows[0]), int(rows[-1]) + 1, step)
