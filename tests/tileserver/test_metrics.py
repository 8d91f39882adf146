"""Metrics: what was done is counted, read by Prometheus' own parser, and labels cannot be made by callers."""

from __future__ import annotations

import json
import re
import shutil
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families

import sdk as wf
from tests.server_fixture import running_server
from tests.tileserver.conftest import Served, X, Y, Z
from tests.tileserver.test_job_survival import wait_until
from tests.tileserver.test_jobs import FAILING, body, geoctx, start, wait

DASHBOARD = Path(__file__).resolve().parents[2] / "docs" / "grafana-dashboard.json"
DOCUMENT = DASHBOARD.with_name("metrics.md")

MOST = {"graftile-worker": 2, "graftile-spare": 1, "graftile-read": 2, "AnyIO worker thread": 40}

ODD = quote('é"{}')
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, scenes: Path) -> Iterator[Served]:
    """A server of its own, as others count along."""
    folder, data_dir = tmp_path_factory.mktemp("imagery") / "field", tmp_path_factory.mktemp("data")
    shutil.copytree(scenes, folder)
    with running_server(data_dir, add=[folder]) as url, Served(url, folder, data_dir, {}) as served:
        yield served


def samples(served: Served) -> Samples:
    answer = served.get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert answer.headers["Cache-Control"] == "no-store"
    families = text_string_to_metric_families(answer.text)
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def value(found: Samples, name: str, /, **labels: str) -> float:
    return found.get((name, frozenset(labels.items())), 0.0)


def test_pictures_are_counted_by_outcome_with_their_seconds(counted: Served) -> None:
    layer = counted.publish(wf.ImageCollection.from_id("field").pick_bands("nir"))
    before = samples(counted)
    tile = counted.tile(layer)
    counted.tile(layer)
    counted.tile(layer, headers={"If-None-Match": tile.headers["ETag"]})
    counted.tile(layer, "band=nothing")
    counted.get(f"/xyz/{layer}/{Z}/{X}/{Y}.gif")
    counted.get(f"/xyz/{layer}/preview.png?width=16")
    after = samples(counted)

    def grown(name: str, /, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert grown("graftile_pictures_total", outcome="drawn") == 3
    assert grown("graftile_pictures_total", outcome="unchanged") == 1
    assert grown("graftile_pictures_total", outcome="bad_query") == 1
    assert grown("graftile_picture_seconds_count") == 4
    assert grown("graftile_requests_total", endpoint="tiles.get_tile", method="GET", status="200") == 2
    assert grown("graftile_requests_total", endpoint="tiles.get_tile", method="GET", status="304") == 1
    assert grown("graftile_requests_total", endpoint="tiles.get_tile", method="GET", status="400") == 2
    assert grown("graftile_requests_total", endpoint="metrics.get_metrics", method="GET", status="200") == 1
    for stage in ("search", "read", "compute", "encode"):
        assert grown("graftile_stage_seconds_total", stage=stage) > 0
    assert grown("graftile_blocks_total", found="file") > 0
    assert grown("graftile_blocks_total", found="cache") > 0
    assert value(after, "graftile_cache_bytes") > 0
    assert value(after, "graftile_cache_limit_bytes") == 64 << 20
    assert value(after, "graftile_computations_waiting") == 0
    assert value(after, "graftile_threads", pool="graftile-worker") >= 1  # of all servers of the process
    assert value(after, "process_resident_memory_bytes") > 1e6


def test_scenes_that_fail_are_counted(counted: Served) -> None:
    layer = counted.publish(wf.ImageCollection.from_id("field").pick_bands("red"))
    (counted.folder / "field_2020-02-01.tif").unlink()
    answer = counted.tile(layer, "scales=[[0,3]]")
    assert answer.headers.get("Graftile-Partial") == "1"
    found = samples(counted)
    assert value(found, "graftile_scenes_failed_total") == 1
    assert value(found, "graftile_pictures_total", outcome="partial") == 1


def test_jobs_are_counted_by_stage_with_their_blocks_and_seconds(counted: Served) -> None:
    before = samples(counted)
    image = wf.Image.from_id("field:field_2020-01-01").pick_bands("red")
    wait(counted, start(counted, body(image, format="geotiff", geoctx=geoctx())))
    wait(counted, start(counted, FAILING))

    def grown(name: str, /, **labels: str) -> float:
        return value(samples(counted), name, **labels) - value(before, name, **labels)

    wait_until(lambda: grown("graftile_job_seconds_count", stage="FAILED") == 1)
    assert grown("graftile_job_seconds_count", stage="SUCCEEDED") == 1
    assert grown("graftile_jobs", stage="SUCCEEDED") == grown("graftile_jobs", stage="FAILED") == 1
    assert grown("graftile_job_blocks_total") == 1
    assert value(samples(counted), "graftile_jobs", stage="QUEUED") == 0


def test_callers_cannot_make_labels(counted: Served) -> None:
    known = len(samples(counted))
    for n in range(30):
        counted.get(f"/nowhere/{n}/{ODD}{n}")
        counted.http.request(f"MADE{n}", "/healthz")
        counted.get(f"/xyz/{n:048x}/0/0/{n}.png")
    assert len(samples(counted)) <= known + 12


def test_errors_drops_and_resets_leave_no_threads_behind_but_those_of_pools(counted: Served) -> None:
    layer = counted.publish(wf.ImageCollection.from_id("field").pick_bands("nir"))
    address = urlsplit(counted.url)
    before = threads(counted)
    for n in range(60):
        counted.tile(layer, f"band=none{n}")
        with socket.create_connection((address.hostname, address.port)) as connection:
            if n % 2:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            path = f"/xyz/{layer}/{Z}/{X}/{Y}.png?scales=[[0,{n + 1}]]"
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    after = threads(counted)
    grown = {pool: count - before.get(pool, 0) for pool, count in after.items() if count > before.get(pool, 0)}
    assert grown.keys() <= MOST.keys()
    assert all(count <= MOST[pool] for pool, count in grown.items()), grown
    assert all(f"`{pool}`" in DOCUMENT.read_text() for pool in MOST)


def threads(served: Served) -> dict[str, float]:
    found = samples(served).items()
    return {dict(labels)["pool"]: value for (name, labels), value in found if name == "graftile_threads"}


def test_the_dashboard_and_the_documentation_name_metrics_that_exist(counted: Served) -> None:
    families = {name for name, _ in samples(counted)}
    for text in (DASHBOARD.read_text(), DOCUMENT.read_text()):
        named = set(re.findall(r"(?:graftile|process)_[a-z_]+[a-z]", text)) - {"process_"}
        assert {name for name in named if not any(family.startswith(name) for family in families)} == set()
    assert len(json.loads(DASHBOARD.read_text())["panels"]) == 14
