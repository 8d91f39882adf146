"""Several processes serve one address: as one server does, and when one of them dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx2
from prometheus_client.parser import text_string_to_metric_families

import sdk as wf
from graft_eval.raster.shared_blocks import MEMORY, PREFIX
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


def command_of(pid: int) -> str:
    with suppress(OSError):  # of a process that has ended meanwhile
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


def servers_of(parent: int) -> list[int]:
    """Return the processes that serve, forks of the one that watches them."""
    children = map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())
    return [child for child in children if command_of(child) == command_of(parent)]


def kilobytes(pid: int, kind: str) -> int:
    """Return the memory of a process: Rss, all it has, or Pss, its share of what several have."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:"))


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


def test_a_process_that_dies_while_it_is_asked_whether_it_hangs_is_replaced_at_once(tmp_path: Path) -> None:
    with process(tmp_path, "--workers", "2") as (parent, _):
        first, second = servers_of(parent.pid)
        os.kill(first, signal.SIGSTOP)
        time.sleep(1.5)  # longer than between two rounds of questions
        killed = time.monotonic()
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: len({*servers_of(parent.pid)} - {first, second}) == 1)
        assert time.monotonic() < killed + 30  # a process that hangs has a minute


def test_processes_share_what_they_have_imported_and_still_do_when_they_are_restarted(tmp_path: Path) -> None:
    with process(tmp_path, "--workers", "3") as (parent, url):
        assert httpx2.get(f"{url}/healthz", timeout=60).status_code == 200
        first = servers_of(parent.pid)
        assert len(first) == 3
        parent.send_signal(signal.SIGHUP)
        wait_until(lambda: len(set(servers_of(parent.pid)) - set(first)) == 3 == len(servers_of(parent.pid)))
        servers = servers_of(parent.pid)
        together = sum(kilobytes(pid, "Pss") for pid in (parent.pid, *servers))
        assert together < 2 * max(kilobytes(pid, "Rss") for pid in servers)


def test_a_process_that_serves_has_none_of_the_watching_one_s_signal_handlers(tmp_path: Path) -> None:
    with process(tmp_path, "--workers", "2") as (parent, _):
        caught = next(
            int(line.split()[1], 16)
            for line in Path(f"/proc/{servers_of(parent.pid)[0]}/status").read_text().splitlines()
            if line.startswith("SigCgt:")
        )
        held = {number for number in signal.valid_signals() if caught >> (number - 1) & 1}
        assert {signal.SIGINT, signal.SIGTERM} <= held
        assert not held & {signal.SIGHUP, signal.SIGQUIT, signal.SIGTTIN, signal.SIGTTOU, signal.SIGUSR1}


def test_a_server_whose_processes_cannot_start_says_why_and_ends(tmp_path: Path) -> None:
    (sets := tmp_path / "sets").mkdir()
    (sets / "mine.json").write_text("no JSON")
    environment = {**os.environ, "GRAFTILE_DATA_DIR": str(tmp_path), "GRAFTILE_TILE_MATRIX_SETS": f"{sets}"}
    command = [sys.executable, "-m", "tileserver", "serve", "--port", "0", "--workers", "2"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 3
    assert "mine.json" in ended.stderr
    assert "running on" not in ended.stderr


def test_an_attached_server_whose_threads_forbid_forks_starts_its_processes_anew(tmp_path: Path) -> None:
    environment = {**os.environ, "GRAFTILE_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "tileserver", "serve", "--attached", "--port", "0", "--workers", "2"]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        assert httpx2.get(f"{url}/healthz", timeout=60).status_code == 200
        assert not servers_of(server.pid)
        server.stdin.close()
        assert server.wait(60) == 0


def test_processes_share_the_blocks_that_they_decode(tmp_path: Path, scenes: Path) -> None:
    """Also what one has decoded that is killed, which the others decode anew."""
    with process(tmp_path, str(scenes), "--workers", "2") as (parent, url), wf.Client(url) as client:
        layer = wf.XYZ(wf.ImageCollection.from_id("field").pick_bands("nir"), client=client).id

        def draw(low: float) -> bytes:
            answer = httpx2.get(f"{url}/xyz/{layer}/{Z}/{X}/{Y}.png?scales=[[{low},1]]", timeout=60)
            assert answer.status_code == 200, answer.text
            return answer.content

        def decoded() -> list[str]:
            own = {str(server) for server in servers_of(parent.pid)}
            return sorted(path.name for path in MEMORY.glob(f"{PREFIX}*/*/*") if path.parent.name in own)

        first, at_first = draw(0), decoded()
        assert at_first
        for at in range(20):
            assert draw(at / 100) == first or at
        assert decoded() == at_first
        for server in (servers := servers_of(parent.pid)):
            os.kill(server, signal.SIGKILL)
        wait_until(lambda: not {*servers} & {*servers_of(parent.pid)} and len(servers_of(parent.pid)) == 2)
        assert draw(0) == first
        assert not any((folder / str(server)).exists() for folder in MEMORY.glob(f"{PREFIX}*") for server in servers)
