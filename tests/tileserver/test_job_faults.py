"""Jobs end with a documented error whatever goes wrong: a full disk, a deadline, an expiry, a bad geocontext."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sdk as wf
from sdk.contract import arrow
from sdk.service.exceptions import JobExpired, NotFound
from tests.server_fixture import running_server
from tests.tileserver.conftest import Served
from tests.tileserver.test_job_blocks import wide
from tests.tileserver.test_job_survival import LARGE, large, wait_until
from tests.tileserver.test_jobs import body, geoctx, start, wait
from tests.tileserver.test_process import process

RED = wf.Image.from_id("field:field_2020-01-01").pick_bands("red")


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory, scenes: Path) -> Iterator[Served]:
    """A server whose jobs may take two seconds."""
    data_dir = tmp_path_factory.mktemp("hurried")
    served = running_server(data_dir, add=[scenes], job_processes=1, job_seconds=2.0)
    with served as url, Served(url, scenes, data_dir, {}) as at:
        yield at


UNCOMPRESSED = {"type": "geotiff", "compression": "None", "overviews": False}


@pytest.fixture(scope="module")
def cramped(tmp_path_factory: pytest.TempPathFactory, scenes: Path) -> Iterator[Served]:
    """A server none of whose files may be larger than 6 MB."""
    data_dir = tmp_path_factory.mktemp("cramped")
    served = process(data_dir, str(scenes), ulimit=f"-f {6_000_000 // 512}")
    with served as (_, url), Served(url, scenes, data_dir, {}) as at:
        yield at


@pytest.mark.parametrize(
    ("grid", "format", "message"),
    [
        ({**geoctx(), "shape": [2048, 2048]}, UNCOMPRESSED, "block at row 0, column 0: the server's disk is full"),
        (wide(), UNCOMPRESSED, "the server's disk is full"),
        ({**geoctx(), "shape": [700, 700]}, "json", "the server's disk is full"),
    ],
    ids=["a block", "the GeoTIFF", "a value"],
)
def test_a_job_that_a_file_has_no_room_for_fails_and_leaves_nothing(
    cramped: Served, grid: dict[str, Any], format: Any, message: str
) -> None:
    job = wait(cramped, start(cramped, body(wf.sqrt(RED) + 0.1, geoctx=grid, format=format)))
    assert (job["stage"], job["error"]["code"]) == ("FAILED", "TRANSIENT"), job["error"]
    assert job["error"]["message"].startswith(message)
    assert not (cramped.data_dir / "jobs" / job["id"]).exists()
    assert wait(cramped, start(cramped, body(wf.Int(1))))["stage"] == "SUCCEEDED"


def test_a_job_that_takes_too_long_fails_at_its_deadline(hurried: Served) -> None:
    job = wait(hurried, start(hurried, large(geoctx=LARGE)))
    assert (job["stage"], job["error"]["code"]) == ("FAILED", "DEADLINE")
    assert job["error"]["message"] == "the job ran longer than the limit of 2 s: compute fewer pixels or images"
    assert not (hurried.data_dir / "jobs" / job["id"]).exists()


def test_an_expired_result_is_gone_and_its_owner_is_told(tmp_path: Path) -> None:
    with running_server(tmp_path, job_processes=1) as url, Served(url, tmp_path, tmp_path, {}) as at:
        job = wait(at, start(at, body(wf.Int(4))))
        folder = tmp_path / "jobs" / job["id"]
        assert (folder / "result").exists()
        with closing(sqlite3.connect(tmp_path / "graftile.sqlite")) as database, database:
            database.execute("UPDATE jobs SET expires_timestamp = '2020-02-03 00:00:00.000000'")
        said = f"job {job['id']} has expired on 2020-02-03, and its result is deleted: compute it again"
        for path in ("", "/result", "/events", "/logs"):
            gone = at.get(f"/api/jobs/{job['id']}{path}")
            assert (gone.status_code, gone.json()["error"], gone.json()["message"]) == (410, "job_expired", said)
        with wf.Client(url) as client, pytest.raises(JobExpired, match="compute it again") as caught:
            wf.Job.get(job["id"], client)
        assert isinstance(caught.value, NotFound)
    os.utime(folder, (time.time() - 3600,) * 2)
    with running_server(tmp_path, job_processes=1):
        wait_until(lambda: not folder.exists())


def polygon(*ring: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


BAD: list[tuple[dict[str, Any], str]] = [
    ({"shape": None}, "a geocontext needs a resolution or a shape"),
    ({"resolution": 10.0}, "a geocontext has a resolution or a shape, not both"),
    ({"bounds": [0, 0, 0, 1]}, "bounds must be left < right and bottom < top, all finite, not (0, 0, 0, 1)"),
    ({"bounds": [500, 95, 520, 99], "bounds_crs": "EPSG:4326"}, "lie outside what EPSG:3857 can show"),
    ({"crs": "EPSG:0"}, "crs must be a CRS such as 'EPSG:32633', not 'EPSG:0'"),
    ({"bounds_crs": "moon"}, "bounds_crs must be a CRS such as 'EPSG:32633', or WKT or PROJJSON of one, not 'moon'"),
    ({"geometry": polygon((0, 0), (1, 1))}, "geometry must be a GeoJSON geometry: A linearring requires"),
    ({"geometry": polygon((0, 0), (1, 1), (1, 0), (0, 1), (0, 0))}, "geometry must be valid, but has a Self-intersect"),
    ({"geometry": {"type": "Polygon", "coordinates": []}}, "geometry must not be empty"),
    ({"shape": None, "resolution": 0.0}, "resolution must be a number above 0, not 0.0"),
    ({"shape": None, "resolution": 1e-300}, "a resolution of 1e-300 means nothing for bounds of"),
    ({"shape": [0, 5]}, "shape must be whole numbers of rows and columns, 1 or more, not (0, 5)"),
    ({"colour": "red"}, "a geocontext has no field 'colour'"),
]


@pytest.mark.parametrize(("fields", "message"), BAD, ids=[message for _, message in BAD])
def test_a_geocontext_that_means_nothing_is_refused_at_once(
    served: Served, fields: dict[str, Any], message: str
) -> None:
    refused = served.post("/api/jobs", body(RED, geoctx={**geoctx(), **fields}))
    assert (refused.status_code, refused.json()["error"]) == (400, "bad_body")
    assert message in refused.json()["message"]


@pytest.mark.parametrize("side", [10**6, 10**9])
@pytest.mark.parametrize("format", ["pyarrow", "geotiff"])
def test_more_pixels_than_there_can_be_are_refused_before_they_are_read(served: Served, side: int, format: str) -> None:
    job = wait(served, start(served, body(RED, geoctx={**geoctx(), "shape": [side, side]}, format=format)))
    assert (job["stage"], job["error"]["code"], job["read"]["bytes"]) == ("FAILED", "INVALID", 0)
    assert f"{side * side:,}" in job["error"]["message"]
    assert "limit" in job["error"]["message"]


def test_the_other_side_of_the_world_has_no_pixels(served: Served) -> None:
    there = {**geoctx(), "bounds": [-170, -40, -169, -39], "bounds_crs": "EPSG:4326", "shape": [8, 8]}
    job = wait(served, start(served, body(RED, geoctx=there)))
    assert job["stage"] == "SUCCEEDED", job["error"]
    result = arrow.read(served.get(f"/api/jobs/{job['id']}/result").content)
    assert np.ma.getmaskarray(result.ndarray).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "missing argument 'x': the computation takes x"),
        ({"x": 1, "y": 2}, "unknown argument 'y': the computation takes x"),
        ({"x": "a"}, "expected Int, not Str 'a'"),
    ],
)
def test_missing_and_unknown_arguments_are_refused_at_once(
    served: Served, arguments: dict[str, Any], message: str
) -> None:
    refused = served.post("/api/jobs", body(wf.parameter("x", wf.Int) + 1, arguments=arguments))
    assert (refused.status_code, refused.json()["error"]) == (400, "bad_query")
    assert message in refused.json()["message"]
