"""Jobs computed by the workers of a Dask scheduler."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.server_fixture import running_server
from tests.tileserver.conftest import Served
from tests.tileserver.test_job_survival import LARGE, large, wait_for_block, wait_until
from tests.tileserver.test_jobs import start, wait

ROOT = Path(__file__).parents[2]
QUIET = ("--no-dashboard", "--host", "127.0.0.1")


def dask(closing: ExitStack, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a process of Dask's, which ends with the test."""
    command = [sys.executable, "-m", "dask", *arguments, *QUIET]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    closing.callback(process.wait)
    closing.callback(process.kill)
    return process


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler's address, and its two workers."""
    told = tmp_path / "scheduler.json"
    with ExitStack() as closing:
        dask(closing, "scheduler", "--port", "0", "--scheduler-file", str(told))
        wait_until(lambda: told.exists() and told.stat().st_size > 0)
        folder = ("--local-directory", str(tmp_path))
        workers = [
            dask(closing, "worker", "--scheduler-file", str(told), "--nthreads", "1", "--no-nanny", *folder)
            for _ in range(2)
        ]
        yield json.loads(told.read_text())["address"], workers


def test_a_job_survives_the_death_of_a_worker_and_has_the_same_bytes(
    tmp_path: Path, scenes: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    geoctx = {**LARGE, "shape": [6144, 4096]}  # six blocks
    served = running_server(tmp_path / "data", add=[scenes], scheduler=address)
    with served as url, Served(url, scenes, tmp_path, {}) as at:
        job = start(at, large(geoctx=geoctx))
        wait_for_block(url, job, tmp_path / "data" / "jobs" / job["id"])
        workers[0].kill()
        done = wait(at, job)
        assert (done["stage"], done["progress"]["finished"]) == ("SUCCEEDED", 6), done["error"]
        result = at.get(f"/api/jobs/{job['id']}/result").content
    with running_server(tmp_path / "data") as url, Served(url, scenes, tmp_path, {}) as at:
        again = wait(at, start(at, large(geoctx=geoctx, cache=False)))
        assert at.get(f"/api/jobs/{again['id']}/result").content == result


def test_jobs_wait_while_the_scheduler_is_away(tmp_path: Path) -> None:
    with running_server(tmp_path, scheduler="tcp://127.0.0.1:9") as url, Served(url, tmp_path, tmp_path, {}) as at:
        job = start(at, {"graft": {"a": 1, "returns": "a"}})
        assert at.get(f"/api/jobs/{job['id']}").json()["stage"] == "QUEUED"
        assert at.http.post(f"/api/jobs/{job['id']}/cancel").json()["stage"] == "CANCELLED"
