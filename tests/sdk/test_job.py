"""Jobs from Python: every example of the published reference, results in files, waiting, failing, cancelling."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sdk as wf
from sdk.contract.results import ImageResult
from sdk.service import exceptions
from sdk.service.job_progress import progress_bar_of

pytestmark = pytest.mark.usefixtures("default")

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def test_a_job_of_an_object_with_a_parameter() -> None:
    num = wf.Int(1) + wf.parameter("x", wf.Int)
    job = num.compute(block=False, x=1)
    assert len(job.id) == 48
    assert job.result() == 2
    same = wf.Job.get(job.id)
    assert same.stage == "SUCCEEDED"
    assert same.done
    assert same.error is None
    assert not same.cancelled
    assert same.result() == 2
    assert same.arguments == {"x": 1}
    assert same.type is wf.Function[{"x": wf.Int}, wf.Int]
    assert same.result_type == "int"
    function: Any = same.object
    assert function(2).inspect() == 3
    assert job == same


def test_a_job_is_refreshed_watched_waited_for_and_made_again() -> None:
    job = wf.Job(wf.Int(1))
    stages = [each.stage for each in job.watch()]
    assert stages[-1] == "SUCCEEDED"
    order = ["QUEUED", "PREPARING", "RUNNING", "SAVING", "SUCCEEDED"]
    assert [order.index(stage) for stage in stages] == sorted(order.index(stage) for stage in stages)
    job.refresh()
    assert job.stage == "SUCCEEDED"
    job.wait()
    again = job.resubmit()
    assert again.id != job.id
    assert again.result() == 1


def test_what_is_known_of_a_job(geoctx: wf.GeoContext) -> None:
    before = datetime.now(UTC)
    image = wf.Image.from_id("field:a").pick_bands("red")
    job = wf.Job(image, geoctx, format={"type": "pyarrow", "compression": "lz4"}, cache=False)
    job.wait()
    assert job.format == {"type": "pyarrow", "compression": "lz4"}
    assert job.destination == {"type": "download"}
    assert not job.cache_enabled
    assert job.channel == "master"
    assert job.version == wf.Job(wf.Int(1)).version
    assert before - timedelta(seconds=1) <= job.created_datetime <= job.updated_datetime
    assert job.expires_datetime - job.created_datetime > timedelta(days=9)
    assert timedelta(0) <= job.runtime < timedelta(minutes=1)
    assert job.result_type == "ImageResult"
    assert job.url is not None
    assert job.geoctx is not None
    assert job.geoctx.crs.inspect() == "EPSG:32633"
    assert job.geoctx.arr_shape.inspect() == (4, 6)
    assert f"{job.id}: SUCCEEDED, of Image as pyarrow" in repr(job)
    assert all(set(record) >= {"timestamp", "level", "message"} for record in job.logs())


def test_jobs_are_listed() -> None:
    since = datetime.now(UTC)
    jobs = [wf.Job(wf.Int(n)) for n in range(3)]
    for job in jobs:
        job.wait()
    assert [job.id for job in wf.Job.list("succeeded", since)] == [job.id for job in reversed(jobs)]
    assert not list(wf.Job.list("FAILED", since))


def test_computing_waits_for_the_value() -> None:
    num = wf.Int(1) + 1
    assert num.compute() == 2
    assert wf.compute(num) == 2
    assert wf.compute((num, num, num)) == (2, 2, 2)
    assert wf.compute([num, wf.Str("a")]) == [2, "a"]
    assert wf.compute(num, destination="download", format="json") == b"2"


def test_computing_imagery(geoctx: wf.GeoContext, field: Pixels) -> None:
    image = wf.Image.from_id("field:a").pick_bands("red")
    result = wf.compute(image, geoctx)
    assert isinstance(result, ImageResult)
    assert result == image.inspect(geoctx)
    np.testing.assert_array_equal(result.ndarray.compressed(), np.delete(field[0], 8))
    document = wf.compute(image, geoctx=geoctx, format="json")
    assert document.startswith(b'{"ndarray":[[[0.0,1.0,')


def test_what_it_would_take_is_known_before(geoctx: wf.GeoContext) -> None:
    collection = wf.ImageCollection.from_id("field")
    found = collection.max(axis="images").estimate(geoctx)
    assert found.scenes == 2
    assert found.pixels == 2 * 4 * 6
    assert 0 < found.bytes < 10_000_000
    larger = wf.GeoContext(
        bounds=(500000, 4000000, 600000, 5000000), bounds_crs="EPSG:32633", crs="EPSG:32633", resolution=1.0
    )
    much = collection.max(axis="images").estimate(larger)
    assert much.pixels == 2 * 10**11
    assert much.memory > 10**12
    assert "200,000,000,000 pixels" in str(much)


def test_results_go_to_files(tmp_path: Path) -> None:
    wf.Job(wf.Int(1), format="json").result_to_file(tmp_path / "one.json")
    assert (tmp_path / "one.json").read_text() == "1"
    data = io.BytesIO()
    wf.Job(wf.Int(2), format="json").result_to_file(data)
    assert data.getvalue() == b"2"
    assert wf.compute(wf.Int(3), file=str(tmp_path / "three.json"), format="json") is None
    assert (tmp_path / "three.json").read_text() == "3"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.json", "three.json"]


def test_a_failed_job_raises_why(geoctx: wf.GeoContext) -> None:
    job = wf.Job(wf.Image.from_id("field:a").pick_bands("blue"), geoctx)
    with pytest.raises(exceptions.JobInvalid, match="'blue'") as caught:
        job.result()
    assert caught.value.code == "INVALID"
    assert caught.value.id == job.id
    assert job.stage == "FAILED"
    assert isinstance(job.error, exceptions.JobComputeError)
    with pytest.raises(exceptions.JobComputeError, match=job.id):
        wf.Job.get(job.id).wait()


def slow() -> wf.Image:
    image = wf.Image.from_id("field:a")
    for power in range(200):
        image = wf.sqrt(image * image + power)
    return image


BIG = ((500000.0, 4999000.0, 501000.0, 5000000.0), "EPSG:32633")


def big() -> wf.GeoContext:
    bounds, crs = BIG
    return wf.GeoContext(bounds=bounds, bounds_crs=crs, crs=crs, shape=(4000, 4000))


def test_a_cancelled_job_says_so() -> None:
    job = wf.Job(slow(), big())
    job.cancel()
    assert job.cancelled
    with pytest.raises(exceptions.JobCancelled, match=job.id):
        job.result()


def test_a_timeout_cancels_unless_told_otherwise() -> None:
    job = wf.Job(slow(), big())
    with pytest.raises(exceptions.JobTimeoutError, match=r"after the timeout of 0\.1 s"):
        job.wait(timeout=0.1, cancel_on_timeout=False)
    assert not job.done
    with pytest.raises(exceptions.JobTimeoutError):
        job.result(timeout=0.1)
    assert wf.Job.get(job.id).cancelled


def test_an_interrupt_cancels(monkeypatch: pytest.MonkeyPatch) -> None:
    job = wf.Job(slow(), big())

    def interrupted(self: wf.Job, timeout: float | None) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(wf.Job, "watch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        job.wait(cancel_on_interrupt=False)
    assert not job.cancelled
    with pytest.raises(KeyboardInterrupt):
        job.wait()
    assert job.cancelled


def test_a_progress_bar_tells_stage_tasks_scenes_and_speed(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar_of(True) as bar:
        bar.update({
            "stage": "RUNNING", "runtime": 2.0, "read": {"scenes": 12, "bytes": 5_000_000},
            "progress": {"waiting": 2, "ready": 1, "running": 1, "finished": 4},
        })  # fmt: skip
    drawn = capsys.readouterr().err
    assert "running" in drawn
    assert "4/8" in drawn
    assert "12 scenes, 2.5 MB/s" in drawn
    wf.Job(wf.Int(1)).result(progress_bar=True)
    assert "succeeded" in capsys.readouterr().err
    wf.Int(1).compute()
    assert capsys.readouterr().err == ""


def test_what_cannot_be_asked_for_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="format must be one of"):
        wf.Job(wf.Int(1), format="bmp")
    with pytest.raises(TypeError, match="no argument 'x'"):
        wf.Job(wf.Int(1), x=1)
    with pytest.raises(exceptions.BadRequest, match="destination"):
        wf.Job(wf.Int(1), destination="nowhere")
    with pytest.raises(exceptions.NotFound):
        wf.Job.get("0" * 48)
