"""Figures of runs, and their spread over several rounds."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from benchmarks.client import Answer
from benchmarks.usage import Usage

__all__ = ["Case", "Figure", "Spread", "quantile", "ratios", "short", "sum_up"]


class Case(NamedTuple):
    """The server, workload, state and round that a figure belongs to."""

    server: str
    workload: str
    state: str
    round: int


@dataclass(frozen=True, slots=True)
class Figure:
    """Measurements of one server in one case.

    Milliseconds are those of one request, CPU milliseconds the servers' for one tile, `noise` the share of the
    machine that went to neither servers nor client, `peak` the resident bytes of the servers at their peak.
    """

    case: Case
    tiles: int
    p50: float
    p95: float
    rate: float
    cpu: float
    kilobytes: float
    peak: int
    noise: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle of some values, the least and the greatest."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return the spread of values.

        >>> print(Spread.of([3.0, 1.0, 2.5]))
        2.50 (1.00 to 3.00)
        >>> print(Spread.of([20.25]))
        20.2
        """
        return cls(median(values), min(values), max(values))

    def __str__(self) -> str:
        if self.low == self.high:
            return short(self.middle)
        return f"{short(self.middle)} ({short(self.low)} to {short(self.high)})"


def quantile(values: Sequence[float], share: float) -> float:
    """Return the least of the values that so great a share of them does not exceed.

    >>> quantile([1.0, 2.0, 3.0, 4.0], 0.5), quantile([1.0, 2.0, 3.0, 4.0], 0.95)
    (2.0, 4.0)
    """
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def sum_up(case: Case, answers: Sequence[Answer], usage: Usage, peak: int) -> Figure:
    """Sum up the answers of a run; raises ValueError if one of them was no tile."""
    if bad := [answer for answer in answers if answer.status != 200]:
        raise ValueError(f"{case.server} answered {bad[0].status} to {len(bad)} of {len(answers)}, as {bad[0].path}")
    count, times = len(answers), [answer.seconds * 1000 for answer in answers]
    return Figure(
        case,
        tiles=count,
        p50=quantile(times, 0.5),
        p95=quantile(times, 0.95),
        rate=count / usage.wall,
        cpu=usage.servers * 1000 / count,
        kilobytes=sum(answer.size for answer in answers) / count / 1000,
        peak=peak,
        noise=usage.others / (usage.wall * (os.cpu_count() or 1)),
    )


def ratios(
    figures: Sequence[Figure], ours: str, theirs: str, workload: str, state: str, their_state: str = ""
) -> Spread:
    """Return how many times better `ours` is, round by round: in latency when cold, else in tiles a second.

    Theirs are in the same state, unless another is named.
    """
    values = {figure.case: 1 / figure.p50 if state == "cold" else figure.rate for figure in figures}
    rounds = sorted({case.round for case in values if case[:3] == (ours, workload, state)})
    return Spread.of(
        [
            values[Case(ours, workload, state, nth)] / values[Case(theirs, workload, their_state or state, nth)]
            for nth in rounds
        ]
    )


def short(value: float) -> str:
    """Return a figure with the digits that mean something.

    >>> short(2410.7), short(20.25), short(3.512)
    ('2,411', '20.2', '3.51')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
