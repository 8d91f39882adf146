"""Log records arrive once each, in order, whatever happens to the connection."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sdk.service.client import Client
from sdk.service.exceptions import NotFound, ServerUnreachable
from sdk.service.log_stream import LogRecord, LogStream
from sdk.service.logs import XYZLogListener
from tests.cutting_proxy import CuttingProxy
from tests.server_fixture import running

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
START = datetime(2020, 1, 1, tzinfo=UTC)


class LogServer:
    """Streams numbered records of any session as they are added, and notes the queries."""

    def __init__(self) -> None:
        self.count = 0
        self.queries: list[dict[str, str]] = []
        self.closing = False

    async def logs(self, request: Request) -> Response:
        self.queries.append(dict(request.query_params))
        if request.path_params["id"] != "layer":
            return JSONResponse({"error": "not_found", "message": "XYZ 'other' does not exist."}, 404)
        after = int(request.headers.get("Last-Event-ID", "0"))
        return StreamingResponse(self.events(after), media_type="text/event-stream")

    async def events(self, after: int) -> AsyncIterator[str]:
        yield ": welcome\r\n\r\n"
        while not self.closing:
            while after < self.count:
                after += 1
                yield f"id: {after}\r\ndata: {json.dumps(self.record(after))}\r\n\r\n"
            await asyncio.sleep(0.002)

    def record(self, number: int) -> dict[str, Any]:
        stamp = (START + timedelta(seconds=number)).isoformat()
        record = {"level": LEVELS[number % 4], "message": f"record {number}", "timestamp": stamp}
        return {"session_id": "s", "record": record}


@pytest.fixture
def server() -> Iterator[tuple[LogServer, str]]:
    logs = LogServer()
    with running(Starlette(routes=[Route("/xyz/{id}/logs", logs.logs)])) as url:
        yield logs, url
        logs.closing = True


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


def numbers(records: list[LogRecord]) -> list[int]:
    return [int(record.message.split()[1]) for record in records]


def test_an_iterator_gives_records_as_they_come(server: tuple[LogServer, str]) -> None:
    logs, url = server
    logs.count = 3
    with Client(url) as client:
        records = list(islice(LogStream(client, "xyz/layer", "s"), 3))
    assert numbers(records) == [1, 2, 3]
    first = records[0]
    assert (first.session_id, first.level, first.message) == ("s", "INFO", "record 1")
    assert first.timestamp == first.record.timestamp == START + timedelta(seconds=1)
    assert (first.record.level, first.record.message) == ("INFO", "record 1")


def test_the_query_says_what_is_wanted(server: tuple[LogServer, str]) -> None:
    logs, url = server
    logs.count = 3
    with Client(url) as client:
        next(iter(LogStream(client, "xyz/layer", "s 1", START, logging.WARNING)))
        next(iter(LogStream(client, "xyz/layer", "s 1")))
    assert logs.queries == [
        {"session_id": "s 1", "level": "WARNING", "start_datetime": "2020-01-01T00:00:00+00:00"},
        {"session_id": "s 1", "level": "DEBUG"},
    ]


@pytest.mark.parametrize(
    ("level", "name"), [(0, "DEBUG"), (20, "INFO"), (25, "WARNING"), (logging.ERROR, "ERROR"), (50, "ERROR")]
)
def test_levels_between_the_names_are_rounded_up(server: tuple[LogServer, str], level: int, name: str) -> None:
    logs, url = server
    with Client(url) as client:
        stream = LogStream(client, "xyz/layer", "s", level=level)
        thread = threading.Thread(target=list, args=(stream,))
        thread.start()
        wait_until(lambda: bool(logs.queries))
        stream.close()
        thread.join(60)
    assert logs.queries[0]["level"] == name
    assert not thread.is_alive()


def test_records_below_the_level_are_left_out(server: tuple[LogServer, str]) -> None:
    logs, url = server
    logs.count = 8  # the server sends all levels
    with Client(url) as client:
        records = list(islice(LogStream(client, "xyz/layer", "s", level=logging.WARNING), 4))
    assert [record.level for record in records] == ["WARNING", "ERROR"] * 2


def test_a_start_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        LogStream(Client(), "xyz/layer", "s", datetime(2020, 1, 1))
    with pytest.raises(ValueError, match="time zone"):
        XYZLogListener("layer").listen("s", datetime(2020, 1, 1))
    with pytest.raises(TypeError, match=r"logging\.WARNING"):
        XYZLogListener("layer").listen("s", level="WARNING")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="must be a datetime, not '2020-01-01'"):
        XYZLogListener("layer").listen("s", "2020-01-01")  # type: ignore[arg-type]


def test_a_callback_that_cannot_be_called_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="must be a function of a log record, not 5"):
        XYZLogListener("layer").add_callback(5)  # type: ignore[arg-type]


def test_a_layer_that_does_not_exist_is_an_error(server: tuple[LogServer, str]) -> None:
    with Client(server[1]) as client, pytest.raises(NotFound, match="404 XYZ 'other' does not exist"):
        next(iter(LogStream(client, "xyz/other", "s")))


def test_a_server_that_is_not_there_is_an_error() -> None:
    with Client("http://127.0.0.1:9") as client, pytest.raises(ServerUnreachable):
        next(iter(LogStream(client, "xyz/layer", "s")))


def test_no_record_is_lost_or_repeated_when_answers_are_cut(server: tuple[LogServer, str]) -> None:
    logs, url = server
    logs.count = 40
    # Answers end after some hundred bytes, in the middle of a record, of its id, or between two.
    with CuttingProxy(url, budget=1500) as proxy, Client(proxy.url) as client:
        records = list(islice(LogStream(client, "xyz/layer", "s"), 40))
        assert proxy.connections >= 3
    assert numbers(records) == list(range(1, 41))


def test_a_listener_goes_on_after_cuts(server: tuple[LogServer, str]) -> None:
    logs, url = server
    records: list[LogRecord] = []
    with CuttingProxy(url) as proxy, Client(proxy.url) as client:
        listener = XYZLogListener("layer", client)
        listener.add_callback(records.append)
        listener.listen("s")
        for reached in (5, 10, 15):
            logs.count = reached
            wait_until(lambda reached=reached: len(records) == reached)
            proxy.cut()
            logs.count = reached + 2  # while nobody listens
        wait_until(lambda: len(records) == 17)
        assert listener.stop(5)
    assert numbers(records) == list(range(1, 18))


def test_a_listener_survives_a_restart_of_the_server() -> None:
    logs = LogServer()
    records: list[LogRecord] = []
    app = Starlette(routes=[Route("/xyz/{id}/logs", logs.logs)])
    logs.count = 3
    with running(app) as url:
        client = Client(url)
        listener = XYZLogListener("layer", client)
        listener.add_callback(records.append)
        listener.listen("s")
        wait_until(lambda: len(records) == 3)
        logs.closing = True
    logs.closing, logs.count = False, 6
    with running(app, port=int(url.rpartition(":")[2])):
        wait_until(lambda: len(records) == 6)
        assert listener.stop(5)
        logs.closing = True
    client.close()
    assert numbers(records) == list(range(1, 7))


def test_a_listener_runs_until_it_is_stopped(server: tuple[LogServer, str]) -> None:
    logs, url = server
    records: list[LogRecord] = []
    with Client(url) as client:
        listener = XYZLogListener("layer", client)
        assert not listener.running()
        assert listener.stop()
        listener.add_callback(records.append)
        for session in range(2):
            listener.listen(f"s{session}")
            assert listener.running()
            with pytest.raises(RuntimeError, match="already"):
                listener.listen("s")
            wait_until(lambda session=session: len(logs.queries) == session + 1)
            assert listener.stop(timeout=60)
            assert not listener.running()


def test_a_callback_may_stop_its_listener(server: tuple[LogServer, str]) -> None:
    logs, url = server
    records: list[LogRecord] = []
    with Client(url) as client:
        listener = XYZLogListener("layer", client)
        listener.add_callback(records.append)
        listener.add_callback(lambda record: listener.stop())
        listener.listen("s")
        logs.count = 5
        wait_until(lambda: not listener.running())
    assert numbers(records) == [1]


def test_an_error_in_a_callback_ends_the_listener_and_is_reported(
    server: tuple[LogServer, str], caplog: pytest.LogCaptureFixture
) -> None:
    logs, url = server
    with Client(url) as client:
        listener = XYZLogListener("layer", client)
        listener.add_callback(lambda record: 1 / 0)
        listener.listen("s")
        logs.count = 1
        wait_until(lambda: not listener.running())
    (report,) = [record for record in caplog.records if record.name == "sdk.service.logs"]
    assert "layer" in report.getMessage()
    assert report.exc_info is not None
    assert report.exc_info[0] is ZeroDivisionError


def test_a_refusal_ends_the_listener_and_is_reported(
    server: tuple[LogServer, str], caplog: pytest.LogCaptureFixture
) -> None:
    with Client(server[1]) as client:
        listener = XYZLogListener("other", client)
        listener.listen("s")
        wait_until(lambda: not listener.running())
    assert "404 XYZ 'other' does not exist." in caplog.text


@pytest.mark.parametrize("refers", [False, True], ids=["plain callback", "callback that holds the listener"])
def test_a_listener_that_nobody_holds_is_cleaned_up(server: tuple[LogServer, str], refers: bool) -> None:
    logs, url = server
    with Client(url) as client:
        listener = XYZLogListener("layer", client)
        listener.add_callback((lambda record, own=listener: None) if refers else (lambda record: None))
        listener.listen("s")
        logs.count = 3
        wait_until(lambda: bool(logs.queries))
        thread, gone = listener._thread, weakref.ref(listener)
        del listener
        wait_until(lambda: gc.collect() >= 0 and gone() is None)
        assert thread is not None
        thread.join(60)
        assert not thread.is_alive()
