"""What attackers do to others is measured and bounded, and memory over time is fitted."""

from __future__ import annotations

from itertools import islice
from typing import Any, cast

import numpy as np
import pytest

from benchmarks.floods import BOMBS
from benchmarks.graftile import Graftile
from benchmarks.soaking import mixed, slope
from benchmarks.stack import SMALL
from benchmarks.targets import Attack
from benchmarks.walks import walk
from graft_eval import parse
from graft_eval.limits import Limits


@pytest.mark.parametrize(("attacked", "holds"), [(99.0, True), (101.0, False)])
def test_a_figure_beyond_its_bound_is_told(attacked: float, holds: bool) -> None:
    attack = Attack("p95", "ms", 20.0, attacked, 100.0)
    assert attack.holds is holds
    assert ("exceeded" in attack.cells[-1]) is not holds


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=list(BOMBS))
def test_bombs_are_grafts_that_the_server_evaluates(bomb: dict[str, Any]) -> None:
    assert parse(bomb, Limits())


def test_the_slope_of_noisy_memory_is_found_with_its_error() -> None:
    seconds = np.arange(600.0)
    noise = np.random.default_rng(1).normal(0, 1e6, seconds.size)
    grown, error = slope(list(zip(seconds, 5e8 + seconds / 3600 * 10e6 + noise, strict=True)))
    assert abs(grown - 10) < 3 * error
    assert error < 1


def test_a_soak_asks_for_all_workloads_with_errors_and_sessions_among_them() -> None:
    class Paths:
        def path(self, workload: str, tile: object, style: int) -> str:
            return f"/{workload}/{style}?"

    paths = list(islice(mixed(cast(Graftile, Paths()), walk(SMALL, 12, seed=0)), 1000))
    assert sum("band=none" in path for path in paths) == sum("/xyz/" in path for path in paths) == 20
    assert sum("session_id" in path for path in paths) == 160
    styles = {path.split("/")[2].split("?")[0] for path in paths if path.startswith(("/median/", "/rgb/"))}
    assert len(styles) == sum(path.startswith(("/median/", "/rgb/")) for path in paths)
