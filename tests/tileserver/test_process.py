"""The real server as a process: it starts, serves, stops cleanly, and starts again with everything there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

import sdk as wf
from tests.tileserver.conftest import X, Y, Z


@contextmanager
def process(data_dir: Path, *arguments: str, ulimit: str = "") -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `graftile serve` on a free port, under a limit of the shell, and give the process and its URL."""
    environment = {**os.environ, "GRAFTILE_DATA_DIR": str(data_dir), "GRAFTILE_CACHE_BYTES": "50000000"}
    command = [sys.executable, "-m", "tileserver", "serve", "--port", "0", *arguments]
    if ulimit:
        command = ["sh", "-c", f'ulimit {ulimit} && exec "$@"', "sh", *command]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert server.stdout is not None
    with server.stdout as lines:
        try:
            said = []
            for line in lines:
                said.append(line)
                if found := re.search(r"running on (http://[^ ]+)", line):
                    break
            else:
                raise AssertionError(f"the server did not start: {said}")
            drain = threading.Thread(target=lambda: [None for _ in lines], daemon=True)
            drain.start()
            yield server, found.group(1)
        finally:
            if server.poll() is None:
                server.kill()
            server.wait()
            drain.join()


def test_a_stopped_server_starts_again_with_everything_there(tmp_path: Path, scenes: Path) -> None:
    tile = f"{Z}/{X}/{Y}.png?scales=[[0,1]]&session_id=s"
    with process(tmp_path, str(scenes)) as (server, url), wf.Client(url) as client:
        layer = wf.XYZ(wf.ImageCollection.from_id("field").pick_bands("nir"), client=client).id
        first = httpx2.get(f"{url}/xyz/{layer}/{tile}", timeout=60)
        assert first.status_code == 200, first.text
        with httpx2.stream("GET", f"{url}/xyz/{layer}/logs?session_id=s") as events:
            before = next(line for line in events.iter_lines() if line.startswith("data:"))
            server.send_signal(signal.SIGTERM)  # an open stream does not hold it up
            assert server.wait(60) in (0, -signal.SIGTERM)  # uvicorn passes the signal on when it has shut down
    with process(tmp_path) as (server, url):
        again = httpx2.get(f"{url}/xyz/{layer}/{tile}", timeout=60, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        with httpx2.stream("GET", f"{url}/xyz/{layer}/logs?session_id=s") as events:
            assert next(line for line in events.iter_lines() if line.startswith("data:")) == before
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0
