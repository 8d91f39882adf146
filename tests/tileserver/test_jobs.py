"""Jobs over HTTP: computed in the background, followed, cancelled, and fetched by their owners."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import pytest

import sdk as wf
from sdk.contract import arrow
from sdk.service.computation import Computation
from tests.tileserver.conftest import PIXEL, WORLD, Served, X, Y

DONE = ("SUCCEEDED", "FAILED", "CANCELLED")
FAILING = {"graft": {"a": "hello", "b": ["wf.Int.cast", "a"], "returns": "b"}, "typespec": {"type": "Int"}}


def body(computation: Any, **fields: Any) -> dict[str, Any]:
    return {**Computation.of(computation).to_json(), **fields}


def start(served: Served, body: dict[str, Any]) -> dict[str, Any]:
    made = served.post("/api/jobs", body)
    assert made.status_code == 202, made.text
    job: dict[str, Any] = made.json()
    assert made.headers["Location"] == f"/api/jobs/{job['id']}"
    return job


def wait(served: Served, job: dict[str, Any], seconds: float = 120) -> dict[str, Any]:
    """Wait until a job is done, and return its record."""
    ends = time.monotonic() + seconds
    while (found := served.get(f"/api/jobs/{job['id']}").json())["stage"] not in DONE:
        assert time.monotonic() < ends, found
        time.sleep(0.02)
    return dict(found)


def test_a_value_is_computed_in_the_background(served: Served) -> None:
    job = start(served, body(wf.Int(1) + 1, format="json"))
    assert (job["stage"], job["error"], job["result_url"]) == ("QUEUED", None, None)
    done = wait(served, job)
    assert (done["stage"], done["error"]) == ("SUCCEEDED", None)
    assert done["progress"] == {"waiting": 0, "ready": 0, "running": 0, "finished": 1}
    assert done["result_url"] == f"{served.url}/api/jobs/{job['id']}/result"
    assert (done["format"], done["destination"]) == ({"type": "json"}, {"type": "download"})
    assert {name: done[name] for name in ("graft", "arguments", "type")} == {
        name: job[name] for name in ("graft", "arguments", "type")
    }
    result = served.get(done["result_url"].removeprefix(served.url))
    assert (result.json(), result.headers["Content-Type"]) == (2, "application/json")
    assert result.headers["Content-Disposition"] == f'attachment; filename="{job["id"]}.json"'
    assert done["size"] == len(result.content)


def test_a_function_is_computed_with_its_arguments(served: Served) -> None:
    number = wf.parameter("x", wf.Int)
    job = wait(served, start(served, body(number * 2, arguments={"x": 21}, format={"type": "JSON"})))
    assert served.get(f"/api/jobs/{job['id']}/result").json() == 42


def test_the_events_of_a_job_end_with_its_end(served: Served) -> None:
    job = start(served, body(wf.Str("a") + "b"))
    with served.http.stream("GET", f"/api/jobs/{job['id']}/events") as response:
        records = [json.loads(line[6:]) for line in response.iter_lines() if line.startswith("data: ")]
    assert response.headers["Content-Type"].startswith("text/event-stream")
    assert records[-1] == served.get(f"/api/jobs/{job['id']}").json()
    assert records[-1]["stage"] == "SUCCEEDED"
    again = served.get(f"/api/jobs/{job['id']}/events")
    assert again.text.count("data: ") == 1, "it is done"


def test_pixels_are_those_of_the_files(served: Served) -> None:
    image = wf.Image.from_id("field:field_2020-01-01").pick_bands("red nir")
    job = wait(served, start(served, body(image, geoctx=geoctx())))
    assert job["stage"] == "SUCCEEDED", job
    result = arrow.read(served.get(f"/api/jobs/{job['id']}/result").content)
    expected = served.pixels["2020-01-01"][[0, 3]]
    np.testing.assert_array_equal(np.ma.getmaskarray(result.ndarray), expected.mask)
    np.testing.assert_array_equal(result.ndarray.filled(0), expected.filled(0))
    assert job["read"]["scenes"] == 1
    assert job["read"]["bytes"] >= 0  # none, if an earlier job has left its blocks in the cache


def test_what_cannot_be_evaluated_fails_and_says_why(served: Served) -> None:
    job = wait(served, start(served, FAILING))
    assert (job["stage"], job["error"]["code"], job["result_url"]) == ("FAILED", "INVALID", None)
    assert job["error"]["message"].startswith("wf.Int.cast: ")
    assert "Traceback" not in job["error"]["message"]
    missing = served.get(f"/api/jobs/{job['id']}/result")
    assert (missing.status_code, missing.json()["error"]) == (404, "not_found")
    assert f"job {job['id']} is FAILED" in missing.json()["message"]
    [record] = served.get(f"/api/jobs/{job['id']}/logs?level=ERROR").json()["logs"]
    assert (record["level"], record["message"]) == ("ERROR", f"failed: {job['error']['message']}")
    assert not (served.data_dir / "jobs" / job["id"]).exists()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"format": "xlsx"}, "xlsx"),
        ({"format": {"compression": "lz4"}}, "a format must be a name or an object with a type"),
        ({"destination": "moon"}, "moon"),
        ({"arguments": {"x": 1}}, "x"),
        ({"cache": "yes"}, "cache must be a valid boolean, not 'yes'"),
        ({"geoctx": {"crs": "EPSG:0"}}, "crs must be a CRS"),
        ({"geoctx": {"crs": "EPSG:3857", "bounds": [0, 0, 0, 1], "resolution": 1}}, "left < right"),
        ({"geoctx": {"crs": "EPSG:3857", "bounds": [0, 0, 1, 1]}}, "a resolution or a shape"),
        ({"colour": "red"}, "'colour' is no field of this body"),
    ],
)
def test_what_a_body_says_wrongly_is_refused_at_once(served: Served, fields: dict[str, Any], message: str) -> None:
    refused = served.post("/api/jobs", body(wf.Int(1), **fields))
    assert refused.status_code == 400, refused.text
    assert message in refused.json()["message"]


def test_jobs_are_listed_by_stage(served: Served) -> None:
    job = wait(served, start(served, body(wf.Int(7))))
    newest = served.get("/api/jobs?stage=succeeded").json()["jobs"][0]
    assert newest == job
    assert served.get(f"/api/jobs?since={job['created_timestamp'].replace('+', '%2B')}").json()["jobs"] == [job]
    wrong = served.get("/api/jobs?stage=HALF")
    assert (wrong.status_code, wrong.json()["key"]) == (400, "stage")


def test_a_job_that_is_done_is_not_cancelled_any_more(served: Served) -> None:
    job = wait(served, start(served, body(wf.Int(8))))
    cancelled = served.http.post(f"/api/jobs/{job['id']}/cancel")
    assert (cancelled.status_code, cancelled.json()) == (200, job)


@pytest.mark.parametrize("path", ["", "/cancel", "/events", "/logs", "/result"])
def test_jobs_that_are_not_there_are_not_found(served: Served, path: str) -> None:
    method = "POST" if path == "/cancel" else "GET"
    answer = served.http.request(method, f"/api/jobs/{'0' * 48}{path}")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def geoctx(side: int = 512) -> dict[str, Any]:
    left, top = X * 256 * PIXEL - WORLD, WORLD - Y * 256 * PIXEL
    bounds = [left, top - side * PIXEL, left + side * PIXEL, top]
    crs = "EPSG:3857"
    return {"bounds": bounds, "bounds_crs": crs, "crs": crs, "shape": [side, side], "align_pixels": False}
