"""Growth with cores is measured on cores that are told, and a process that dies under load is replaced."""

from __future__ import annotations

import os

import pytest

from benchmarks.cores import Serial
from benchmarks.graftile import Graftile
from benchmarks.scaling import HEADS, Course, measure_shape, processors, rows
from benchmarks.stack import Stack, build_stack
from benchmarks.worker_deaths import CONNECTIONS, check_workers
from benchmarks.workloads import Workload

STACK = Stack(size=1024, dates=2)
WALK = Serial(Workload.RGB, "walk", 100, cpu=8, loop=0.8, held=2, blocks=0.5, apart=0.75, routed=0.55)
WARM = Serial(Workload.RGB, "warm", 200, cpu=3, loop=0.8, held=1, blocks=0, apart=0, routed=0)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Graftile:
    folder = tmp_path_factory.mktemp("scaling")
    server = Graftile(build_stack(STACK, folder), folder)
    server.prepare()
    return server


def test_processors_are_those_that_this_process_may_use() -> None:
    assert sorted(processors()) == sorted(os.sched_getaffinity(0))


def test_shapes_are_measured_beside_their_predictions(server: Graftile) -> None:
    pair = server.another("--workers", "2", cpus=processors()[:2])
    walked, warm = found = [*measure_shape(pair, Course(STACK, tiles=6, seconds=0.1), (WALK, WARM), 2, 2)]
    assert [(one.state, one.cores, one.processes) for one in found] == [("walk", 2, 2), ("warm", 2, 2)]
    assert walked.blocks > 0
    assert warm.predicted == pytest.approx(2 * 1000 / WARM.cpu)
    assert all(min(one.rate, one.cpu, one.used, one.loop) > 0 and one.busiest >= 1 for one in found)
    assert {len(row) for row in rows(found)} == {len(HEADS)}


def test_who_asks_a_process_that_dies_is_answered_by_another(server: Graftile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.worker_deaths.SECONDS", 4.0)
    found = {one.figure: one.value for one in check_workers(server, STACK, processors()[:2], 2)}
    answered, failed, _, healthy, kept, _ = found.values()
    assert answered > failed
    assert failed <= healthy == CONNECTIONS  # one request of each connection, at most
    assert kept <= 1.1
