"""Several processes serve one address: as one server does, and when one of them dies."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx2
from prometheus_client.parser import text_string_to_metric_families

import sdk as wf
from tests.tileserver.conftest import X, Y, Z
from tests.tileserver.test_process import process


def metrics(url: str) -> dict[tuple[str, str], float]:
    """Return the server's metrics by name and value of the first label."""
    families = text_string_to_metric_families(httpx2.get(f"{url}/metrics").text)
    return {(one.name, next(iter(one.labels.values()), "")): one.value for family in families for one in family.samples}


def wait_until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.05)


def servers_of(parent: int) -> list[int]:
    """Return the processes that serve, of the one that watches them."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in children if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text()]


def test_two_processes_serve_one_address_and_one_that_dies_is_replaced(tmp_path: Path, scenes: Path) -> None:
    with process(tmp_path, str(scenes), "--workers", "2") as (parent, url), wf.Client(url) as client:
        layer = wf.XYZ(wf.ImageCollection.from_id("field").pick_bands("nir"), client=client).id

        def draw(count: int) -> None:
            for _ in range(count):
                answer = httpx2.get(f"{url}/xyz/{layer}/{Z}/{X}/{Y}.png?scales=[[0,1]]", timeout=60)
                assert answer.status_code == 200, answer.text

        draw(10)
        assert metrics(url)["graftile_pictures_total", "drawn"] == 10
        wait_until(lambda: metrics(url)["graftile_cache_limit_bytes", ""] == 50_000_000)
        first, second = servers_of(parent.pid)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: first not in servers_of(parent.pid) and len(servers_of(parent.pid)) == 2)
        found = servers_of(parent.pid)
        draw(10)
        assert metrics(url)["graftile_pictures_total", "drawn"] == 20
        parent.send_signal(signal.SIGTERM)
        assert parent.wait(60) == 0
        assert not any(Path(f"/proc/{server}").exists() for server in (second, *found))


def test_processes_end_when_the_one_that_watches_them_is_killed(tmp_path: Path) -> None:
    with process(tmp_path, "--workers", "2") as (parent, url):
        assert httpx2.get(f"{url}/healthz", timeout=60).status_code == 200
        servers = servers_of(parent.pid)
        parent.kill()
        wait_until(lambda: not any(Path(f"/proc/{server}").exists() for server in servers))
