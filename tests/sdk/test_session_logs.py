"""What tiles of the real server do reaches the listeners of their session, once each, over bad connections too."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import uuid4

import httpx2
import numpy as np
import pytest

import sdk as wf
from sdk.service.log_stream import LogRecord
from tests.cutting_proxy import CuttingProxy


@pytest.fixture
def session() -> str:
    """A session that no other test writes to."""
    return uuid4().hex


@pytest.fixture
def xyz(client: wf.Client) -> wf.XYZ:
    return wf.XYZ(wf.Image.from_id("field:a").pick_bands("red"), client=client)


def draw(xyz: wf.XYZ, session: str, zooms: range) -> None:
    """Draw the tile of each zoom that holds the product, each with an answer of its own."""
    for z in zooms:
        n = 2**z
        x, y = (15.0004 + 180) / 360 * n, (1 - np.arcsinh(np.tan(np.radians(45.1533))) / np.pi) / 2 * n
        answer = httpx2.get(xyz.url(session, scales=(0, 30)).format(z=z, x=int(x), y=int(y)))
        assert answer.status_code == 200, answer.text


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


def served(records: list[LogRecord]) -> list[LogRecord]:
    return [record for record in records if record.level == "INFO"]


def test_a_tile_is_logged_to_its_session(xyz: wf.XYZ, session: str) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    draw(xyz, session, range(12, 13))
    record = next(xyz.iter_tile_logs(session, before, logging.INFO))
    assert (record.session_id, record.level, record.record.level) == (session, "INFO", "INFO")
    assert "12" in record.message
    assert before < record.timestamp < datetime.now(UTC) + timedelta(seconds=1)


def test_a_start_leaves_out_what_is_older(xyz: wf.XYZ, session: str) -> None:
    draw(xyz, session, range(12, 14))
    first, second = islice(xyz.iter_tile_logs(session, level=logging.INFO), 2)
    assert first.timestamp < second.timestamp
    assert next(xyz.iter_tile_logs(session, first.timestamp, logging.INFO)) == second
    local = first.timestamp.astimezone().replace(tzinfo=None)  # as datetime.now() gives it
    assert next(xyz.iter_tile_logs(session, local, logging.INFO)) == second


def test_a_listener_hears_its_own_session_only(xyz: wf.XYZ, session: str) -> None:
    heard: list[LogRecord] = []
    listener = xyz.log_listener()
    listener.add_callback(heard.append)
    listener.listen(session)
    draw(xyz, uuid4().hex, range(10, 12))
    draw(xyz, session, range(12, 14))
    wait_until(lambda: len(served(heard)) == 2)
    assert listener.running()
    assert listener.stop(timeout=60)
    assert {record.session_id for record in heard} == {session}


def test_no_record_is_lost_or_repeated_over_a_bad_connection(client: wf.Client, xyz: wf.XYZ, session: str) -> None:
    heard: list[LogRecord] = []
    with CuttingProxy(client.url) as proxy, wf.Client(proxy.url) as distant:
        listener = wf.XYZ.get(xyz.id, client=distant).log_listener()
        listener.add_callback(heard.append)
        listener.listen(session)
        for z in range(6, 18, 2):
            draw(xyz, session, range(z, z + 1))
            wait_until(lambda z=z: len(served(heard)) == (z - 6) + 1)
            proxy.cut()
            draw(xyz, session, range(z + 1, z + 2))  # while nobody listens
        wait_until(lambda: len(served(heard)) == 12)
        assert listener.stop(timeout=60)
        assert proxy.connections > 6
    stored = list(islice(xyz.iter_tile_logs(session), len(heard)))
    assert heard == stored
    assert len(heard) > 12
