"""Three servers on one PostgreSQL and one Redis behind nginx: whatever dies, tiles are right and logs are whole."""

from __future__ import annotations

import io
import itertools
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest
from PIL import Image

import sdk as wf
from tests.nginx import running_nginx
from tests.postgres import running_postgres, stopped
from tests.redis_server import RedisServer
from tests.tileserver.conftest import Served, X, Y, Z
from tests.tileserver.test_process import process

SERVERS = 3
TILES = [f"{Z + 1}/{2 * X + col}/{2 * Y + row}" for row in range(4) for col in range(4)]
BEHIND = """
location / {
  proxy_pass http://servers;
  proxy_set_header Host $http_host;
  proxy_buffering off;
  proxy_next_upstream error timeout http_503;
}
"""


class Installation:
    """The servers, what they share, and the proxy before them."""

    def __init__(self, folder: Path, scenes: Path, closing: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
        self.postgres = closing.enter_context(running_postgres())
        self.redis = closing.enter_context(RedisServer(folder))
        monkeypatch.setenv("GRAFTILE_DATABASE_URL", f"{self.postgres}/postgres")
        monkeypatch.setenv("GRAFTILE_REDIS_URL", self.redis.url)
        self._folder, self._closing = folder, closing
        self._ports = [free_port() for _ in range(SERVERS)]
        self._servers = [ExitStack() for _ in range(SERVERS)]
        for number in range(SERVERS):
            self.start(number, *[str(scenes)] * (number == 0))
        (folder / "nginx").mkdir()
        servers = " ".join(f"server 127.0.0.1:{port} fail_timeout=1s;" for port in self._ports)
        upstream = f"upstream servers {{ {servers} }}"
        self.url = closing.enter_context(running_nginx(folder / "nginx", BEHIND, upstream))

    def start(self, number: int, *arguments: str) -> None:
        """Start a server, and return when it answers."""
        port = ("--port", str(self._ports[number]))
        server = self._servers[number] = self._closing.enter_context(ExitStack())
        server.enter_context(process(self._folder / f"data{number}", *arguments, *port))

    def kill(self, number: int) -> None:
        """End a server at once, whatever it is about."""
        self._servers[number].close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def installation(tmp_path: Path, scenes: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    with ExitStack() as closing:
        yield Installation(tmp_path, scenes, closing, monkeypatch)


def pixels(answer: httpx2.Response) -> bytes:
    return Image.open(io.BytesIO(answer.content)).convert("RGBA").tobytes()


class Walk:
    """A viewer who looks at all tiles, again and again, each round in another style; wrong ones are told at the end.

    The right ones are those of a server that shares nothing.
    """

    def __init__(self, url: str, layer: str, alone: Served, own_layer: str, session: str) -> None:
        self._url, self._layer, self._session = url, layer, session
        self._alone, self._own_layer = alone, own_layer
        self._ends = False
        self.rounds = 0
        self._thread = ThreadPoolExecutor(1)
        self._walking = self._thread.submit(self._walk)

    def __enter__(self) -> Walk:
        return self

    def __exit__(self, *error: object) -> None:
        self._ends = True
        self._walking.result()
        self._thread.shutdown()

    def wait(self, rounds: int) -> None:
        """Wait until it has gone so many rounds more."""
        until = self.rounds + rounds
        while self.rounds < until and not self._walking.done():
            time.sleep(0.02)

    def _walk(self) -> None:
        with httpx2.Client(timeout=60) as http, ThreadPoolExecutor(4) as viewers:
            for number in itertools.count(1):
                if self._ends:
                    return
                style = f"scales=[[0,{1 + number / 10}]]&session_id={self._session}"
                urls = [f"{self._url}/xyz/{self._layer}/{tile}.png?{style}" for tile in TILES]
                for tile, answer in zip(TILES, viewers.map(http.get, urls), strict=True):
                    right = self._alone.get(f"/xyz/{self._own_layer}/{tile}.png?{style}")
                    assert answer.status_code == 200, answer.text
                    assert pixels(answer) == pixels(right), tile  # equal pixels may be deflated in two ways
                self.rounds = number

    def check_log(self) -> None:
        """Read the session's log until every tile of every round is there, as often as it was asked for."""
        asked = Counter({f"tile {tile} served": self.rounds for tile in TILES})
        log = f"{self._url}/xyz/{self._layer}/logs?session_id={self._session}&level=INFO"
        with httpx2.stream("GET", log, timeout=60) as events:
            for line in events.iter_lines():
                asked -= Counter(start for start in asked if f'"{start} in' in line)
                if not asked:
                    return


def test_tiles_are_right_and_logs_whole_whatever_dies(installation: Installation, served: Served) -> None:
    computation = wf.ImageCollection.from_id("field").pick_bands("nir")
    own_layer = served.publish(computation)
    with wf.Client(installation.url) as client:
        layer = wf.XYZ(computation, client=client).id

    def walk(session: str) -> Walk:
        return Walk(installation.url, layer, served, own_layer, session)

    with walk("calm") as calm:
        calm.wait(3)
    calm.check_log()
    with walk("redis") as walking:
        walking.wait(2)
        installation.redis.kill()
        walking.wait(2)
        installation.redis.start()
        walking.wait(2)
        installation.redis.pause()
        walking.wait(2)
        installation.redis.resume()
        walking.wait(2)
    walking.check_log()
    with walk("server") as walking:
        walking.wait(2)
        installation.kill(1)
        walking.wait(3)
        installation.start(1)
        walking.wait(2)
    with walk("postgres") as walking:
        walking.wait(2)
        with stopped(installation.postgres):
            walking.wait(2)
        walking.wait(2)
    walking.check_log()
    counted = httpx2.get(f"{installation.url}/metrics").text
    assert 'graftile_shared_pictures_total{outcome="hit"}' in counted
