"""The README's program runs as a script, on the demo's imagery."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import httpx2
import pytest

from tests.server_fixture import running_server
from tileserver.demo.landscape import invent
from tileserver.demo.series import SERIES, write_date
from tileserver.demo.stac import collect
from tileserver.demo.terrain import read_terrain

README = (Path(__file__).resolve().parents[1] / "README.md").read_text()
JULY, AUGUST = 6, 7  # numbers of dates


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("demo")
    landscape = invent(read_terrain())
    items = [item for number in (JULY, AUGUST) for item in write_date(folder, landscape, number)]
    collect(folder, SERIES, "Some of the series", "", "CC0-1.0", items)
    with running_server(folder / "data", add=[folder / "collection.json"]) as url:
        yield url


def test_the_main_job_works_as_written(server: str, tmp_path: Path) -> None:
    program = re.search(r"```python\n(import sdk as wf.*?)```", README, re.DOTALL)
    assert program is not None
    script = tmp_path / "ndvi.py"
    script.write_text(program[1])
    with subprocess.Popen(
        [sys.executable, "-u", script],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "GRAFTILE_URL": server},
    ) as running:  # fmt: skip
        assert running.stdin is not None
        assert running.stdout is not None
        lines: Queue[str] = Queue()
        threading.Thread(target=lambda: deque(map(lines.put, running.stdout or ()), 0), daemon=True).start()
        try:
            (_, tiles), (_, page) = lines.get(timeout=60).split(), lines.get(timeout=60).split()
            assert httpx2.get(page).status_code == 200
            tile = httpx2.get(tiles.format(z=12, x=1089, y=1600), timeout=60)
            assert (tile.status_code, tile.headers["content-type"]) == (200, "image/png")
            told = ""
            while "served" not in told:
                told += lines.get(timeout=60)
            running.stdin.write("\n")
            running.stdin.flush()
            assert running.wait(60) == 0
        finally:
            running.kill()
    assert re.search(r"^DEBUG tile 12/1089/1600: ([1-9]\d*) scenes found, \1 used$", told, re.MULTILINE)
    assert re.search(r"^INFO tile 12/1089/1600 served in \d+ ms$", told, re.MULTILINE)
