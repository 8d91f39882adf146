"""Jobs survive what happens to servers and their workers, and leave nothing behind when they are cancelled."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
import rasterio

import sdk as wf
from tests.tileserver.conftest import Served
from tests.tileserver.test_job_blocks import wide
from tests.tileserver.test_jobs import body, geoctx, start, wait
from tests.tileserver.test_process import process
from tileserver.jobs.executors import ProcessExecutor, ThreadExecutor, WorkerDied

LARGE = {**geoctx(), "shape": [16_384, 16_384]}  # 64 blocks


def large(**fields: Any) -> dict[str, Any]:
    return body(wf.ImageCollection.from_id("field").pick_bands("red").median("images"), format="geotiff", **fields)


def wait_until(condition: Callable[[], bool], seconds: float = 120) -> float:
    """Wait until something holds, and return how long that took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds
        time.sleep(0.02)
    return time.monotonic() - started


def wait_for_block(url: str, job: dict[str, Any], folder: Path) -> None:
    """Wait until a block of a job that runs is finished."""

    def is_there() -> bool:
        found = httpx2.get(f"{url}/api/jobs/{job['id']}", timeout=60).json()
        assert found["stage"] not in ("SUCCEEDED", "FAILED"), found["error"]
        return any(folder.glob("blocks-*/*.npz"))

    wait_until(is_there)


@pytest.fixture(scope="module")
def executor() -> Iterator[ProcessExecutor]:
    executor = ProcessExecutor(2)
    yield executor
    executor.close()


def test_a_worker_that_dies_is_replaced_and_takes_no_other_task_along(executor: ProcessExecutor) -> None:
    other = executor.submit(time.sleep, 0.5)
    for number in (signal.SIGKILL, signal.SIGTERM):
        with pytest.raises(WorkerDied) as died:
            executor.submit(os.kill, executor.submit(os.getpid).result(), number).result()
        assert died.value.exitcode == -number
    assert other.result() is None
    assert {executor.submit(os.getpid).result() for _ in range(4)}.isdisjoint({os.getpid()})


def test_a_task_is_stopped_whether_it_waits_or_runs(executor: ProcessExecutor) -> None:
    tasks = [executor.submit(time.sleep, 60) for _ in range(3)]
    wait_until(lambda: sum(task.running() for task in tasks) == 2)
    for task in tasks:
        executor.stop(task)
    wait_until(lambda: all(task.done() for task in tasks), 50)
    assert executor.submit(len, "abc").result() == 3


def test_a_task_of_a_thread_is_forgotten_when_it_is_stopped() -> None:
    executor, over = ThreadExecutor(1), threading.Event()
    running, waiting = executor.submit(over.wait), executor.submit(over.wait)
    wait_until(running.running)
    executor.stop(waiting)
    executor.stop(running)
    assert waiting.cancelled()
    assert isinstance(running.exception(), WorkerDied)
    over.set()
    assert executor.submit(len, "abc").result() == 3
    with pytest.raises(ValueError, match="invalid literal"):
        executor.submit(int, "abc").result()
    executor.close()


def test_a_cancelled_job_ends_at_once_and_leaves_nothing_behind(served: Served) -> None:
    job = start(served, large(geoctx=LARGE))
    folder = served.data_dir / "jobs" / job["id"]
    wait_for_block(served.url, job, folder)
    answer = served.http.post(f"/api/jobs/{job['id']}/cancel")
    assert (answer.status_code, answer.json()["stage"]) == (200, "CANCELLED")
    wait_until(lambda: not folder.exists(), 30)
    time.sleep(1)
    assert [path.name for path in folder.parent.iterdir() if job["id"] in path.name] == []
    assert served.get(f"/api/jobs/{job['id']}").json()["stage"] == "CANCELLED"
    assert served.get(f"/api/jobs/{job['id']}/result").status_code == 404


def test_a_job_whose_workers_die_three_times_fails_alone(served: Served) -> None:
    job, over = start(served, large(geoctx=LARGE)), threading.Event()
    folder = served.data_dir / "jobs" / job["id"]
    wait_for_block(served.url, job, folder)

    def kill() -> None:
        while not over.wait(0.01):
            for child in multiprocessing.active_children():
                if isinstance(child, ForkServerProcess):  # other tests have processes of other kinds
                    child.kill()

    killing = threading.Thread(target=kill)
    killing.start()
    try:
        done = wait(served, job)
    finally:
        over.set()
        killing.join()
    assert done["stage"] == "FAILED"
    assert done["error"]["code"] in ("OOM", "TERMINATED")  # which nobody knows of a process that had just started
    assert done["error"]["message"].startswith("block at row ")
    assert not folder.exists()
    assert wait(served, start(served, body(wf.Int(3), cache=False)))["stage"] == "SUCCEEDED"


def test_a_job_runs_on_from_its_finished_blocks_after_its_server_was_killed(tmp_path: Path, scenes: Path) -> None:
    wanted = {**LARGE, "shape": [4096, 4096]}  # 4 blocks
    with process(tmp_path, str(scenes)) as (server, url):
        job = httpx2.post(f"{url}/api/jobs", json=large(geoctx=wanted), timeout=60).json()
        blocks = tmp_path / "jobs" / job["id"]
        wait_for_block(url, job, blocks)
        server.send_signal(signal.SIGKILL)
        server.wait()
    finished = {path: path.stat().st_ino for path in blocks.glob("blocks-*/*.npz")}
    links = tmp_path / "links"
    links.mkdir()
    for path in finished:
        os.link(path, links / path.name)  # so that they are known when they are gone
    with process(tmp_path) as (_, url):
        path = f"{url}/api/jobs/{job['id']}"
        wait_until(lambda: httpx2.get(path, timeout=60).json()["stage"] in ("SUCCEEDED", "FAILED"))
        done = httpx2.get(path, timeout=60).json()
        result = httpx2.get(f"{path}/result", timeout=60).content
    assert (done["stage"], done["progress"]["finished"]) == ("SUCCEEDED", 4)
    written = {path.name: path.stat() for path in links.iterdir()}
    assert all(written[path.name].st_ino == inode for path, inode in finished.items())
    (tmp_path / "result.tif").write_bytes(result)
    with rasterio.open(tmp_path / "result.tif") as dataset:
        found = np.ma.masked_invalid(dataset.read(1))
    rasters = [np.ma.masked_equal(rasterio.open(path).read(1), -9999.0) for path in sorted(scenes.glob("*.tif"))]
    expected = np.ma.mean(np.ma.stack(rasters).astype(float), axis=0).repeat(8, axis=0).repeat(8, axis=1)
    np.testing.assert_array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(expected))
    np.testing.assert_allclose(found.filled(0), expected.filled(0), rtol=1e-6)


def test_the_same_computation_of_the_same_images_is_taken_from_the_job_before(served: Served) -> None:
    image = wf.Image.from_id("field:field_2020-02-01").pick_bands("blue") + 0.125
    first = wait(served, start(served, body(image, format="geotiff", geoctx=wide())))
    again = wait(served, start(served, body(image, format="geotiff", geoctx=wide())))
    fresh = wait(served, start(served, body(image, format="geotiff", geoctx=wide(), cache=False)))
    results = [served.get(f"/api/jobs/{job['id']}/result").content for job in (first, again, fresh)]
    assert results[0] == results[1]
    assert (again["stage"], again["read"]["bytes"], again["size"]) == ("SUCCEEDED", 0, len(results[0]))
    assert fresh["read"]["bytes"] > 0 or fresh["read"]["scenes"] == 1
    [said] = served.get(f"/api/jobs/{again['id']}/logs").json()["logs"]
    assert first["id"] in said["message"]
    [scene] = served.folder.glob("*2020-02-01.tif")
    status = scene.stat()
    os.utime(scene, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    try:
        changed = wait(served, start(served, body(image, format="geotiff", geoctx=wide())))
    finally:
        os.utime(scene, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert changed["read"]["scenes"] == 1
