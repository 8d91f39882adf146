"""Pictures in Redis: drawn once for all servers, and drawn all the same when it is away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graft_eval.errors import Cancelled
from graft_eval.progress import Progress
from tests.redis_server import RedisServer
from tileserver.drawing import redis_pictures
from tileserver.drawing.redis_pictures import RedisPictures
from tileserver.drawing.shared_pictures import Drawn

TAG = '"0123"'


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path) as running:
        yield running


@pytest.fixture
def two(server: RedisServer) -> Iterator[tuple[RedisPictures, RedisPictures]]:
    """The pictures of two servers."""
    pair = RedisPictures(server.url, 4), RedisPictures(server.url, 4)
    yield pair
    for pictures in pair:
        pictures.close()


def never() -> Drawn:
    raise AssertionError("it is drawn again")


def giving(drawn: Drawn) -> Callable[[], Drawn]:
    return lambda: drawn


def test_what_one_server_has_drawn_another_finds(two: tuple[RedisPictures, RedisPictures]) -> None:
    one, other = two
    empty = Drawn(b"png", is_empty=True)
    assert one.find_or_draw(TAG, Progress(), giving(empty)) == (empty, False)
    assert other.find_or_draw(TAG, Progress(), never) == (empty, True)
    assert other.find_or_draw('"other"', Progress(), giving(Drawn(b"a"))) == (Drawn(b"a"), False)
    assert dict(one.counts) == {"miss": 1}
    assert dict(other.counts) == {"hit": 1, "miss": 1}


def test_what_lacks_scenes_is_not_kept(two: tuple[RedisPictures, RedisPictures]) -> None:
    one, other = two
    one.find_or_draw(TAG, Progress(), giving(Drawn(b"half", is_whole=False)))
    assert other.find_or_draw(TAG, Progress(), giving(Drawn(b"whole"))) == (Drawn(b"whole"), False)
    assert one.find_or_draw(TAG, Progress(), never) == (Drawn(b"whole"), True)


def test_servers_that_draw_the_same_at_once_draw_it_once(two: tuple[RedisPictures, RedisPictures]) -> None:
    one, other = two
    begun, go_on = threading.Event(), threading.Event()

    def draw() -> Drawn:
        begun.set()
        assert go_on.wait(60)
        return Drawn(b"png")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(one.find_or_draw, TAG, Progress(), draw)
        assert begun.wait(60)
        second = threads.submit(other.find_or_draw, TAG, Progress(), never)
        time.sleep(0.1)
        assert not second.done()
        go_on.set()
        assert first.result() == (Drawn(b"png"), False)
        assert second.result() == (Drawn(b"png"), True)


def test_who_waits_draws_when_the_first_one_fails_and_gives_up_when_nobody_waits_for_it(
    two: tuple[RedisPictures, RedisPictures],
) -> None:
    one, other = two

    def fail() -> Drawn:
        with ThreadPoolExecutor(1) as thread:
            left = Progress()
            waiting = thread.submit(other.find_or_draw, TAG, left, never)
            left.cancelled.set()
            with pytest.raises(Cancelled):
                waiting.result()
        raise ValueError("no picture")

    with pytest.raises(ValueError, match="no picture"):
        one.find_or_draw(TAG, Progress(), fail)
    assert other.find_or_draw(TAG, Progress(), giving(Drawn(b"a"))) == (Drawn(b"a"), False)


def test_a_server_that_died_while_it_drew_is_waited_for_a_moment_only(
    two: tuple[RedisPictures, RedisPictures], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    monkeypatch.setattr(redis_pictures, "LEAD_SECONDS", 0.2)
    with ThreadPoolExecutor(1) as thread:
        stuck = threading.Event()
        dead = thread.submit(one.find_or_draw, TAG, Progress(), lambda: Drawn(b"late") if stuck.wait(60) else never())
        time.sleep(0.05)
        assert other.find_or_draw(TAG, Progress(), giving(Drawn(b"a"))) == (Drawn(b"a"), False)
        stuck.set()
        dead.result()


@pytest.mark.parametrize("failure", ["dies", "hangs"])
def test_a_redis_that_fails_costs_a_moment_and_is_used_again_when_it_is_back(
    two: tuple[RedisPictures, RedisPictures],
    server: RedisServer,
    failure: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    one, other = two
    monkeypatch.setattr(redis_pictures, "PAUSE_SECONDS", 30.0)
    one.find_or_draw(TAG, Progress(), giving(Drawn(b"a")))
    server.kill() if failure == "dies" else server.pause()
    for _ in range(20):
        assert one.find_or_draw(TAG, Progress(), giving(Drawn(b"a"))) == (Drawn(b"a"), False)
    assert one.counts["failed"] == 1  # then it was not asked
    assert len([record for record in caplog.records if "drawn here" in record.message]) == 1
    server.start() if failure == "dies" else server.resume()
    one._paused_until = 0.0
    one.find_or_draw('"new"', Progress(), giving(Drawn(b"b")))
    assert other.find_or_draw('"new"', Progress(), never) == (Drawn(b"b"), True)
