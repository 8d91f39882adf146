"""Session logs, on real databases of both kinds."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, select

from tileserver.logs import LogRecord, Session, SessionLogs, View, sessions
from tileserver.logs.table import LogRow
from tileserver.store import writing

ALICE, BOB = Session("layer", "alice"), Session("layer", "bob")


@pytest.fixture
def logs(engine: Engine) -> Iterator[SessionLogs]:
    found = SessionLogs(engine)
    yield found
    found.close()


def messages(logs: SessionLogs, session: Session, view: View | None = None) -> list[str]:
    return [record.message for record in logs.read(session, view or View())]


async def take(logs: SessionLogs, session: Session, count: int, view: View | None = None) -> list[LogRecord]:
    found = []
    async with asyncio.timeout(5):
        async for record in logs.follow(session, view or View()):
            found.append(record)
            if len(found) == count:
                break
    return found


def test_records_come_back_in_order_and_nobody_gets_anothers(logs: SessionLogs) -> None:
    for number in range(20):
        logs.add(ALICE, logging.INFO, f"a{number}")
        logs.add(BOB, logging.INFO, f"b{number}")
    found = asyncio.run(take(logs, ALICE, 20))
    assert [record.message for record in found] == [f"a{number}" for number in range(20)]
    assert [record.id for record in found] == sorted(record.id for record in found)
    assert messages(logs, Session("other layer", "alice")) == []


def test_a_view_leaves_out_what_is_older_or_less_grave(logs: SessionLogs) -> None:
    logs.add(ALICE, logging.DEBUG, "detail")
    logs.add(ALICE, logging.WARNING, "early")
    time.sleep(0.002)
    middle = datetime.now(UTC)
    time.sleep(0.002)
    logs.add(ALICE, logging.ERROR, "late")
    records = asyncio.run(take(logs, ALICE, 3))
    assert messages(logs, ALICE, View(level=logging.WARNING)) == ["early", "late"]
    assert messages(logs, ALICE, View(since=middle)) == ["late"]
    assert messages(logs, ALICE, View(after=records[1].id)) == ["late"]


def test_a_reader_gets_the_past_and_then_what_comes(logs: SessionLogs) -> None:
    logs.add(ALICE, logging.INFO, "past")

    async def main() -> list[LogRecord]:
        reader = asyncio.ensure_future(take(logs, ALICE, 2))
        await asyncio.sleep(0.2)
        logs.add(ALICE, logging.INFO, "now")
        return await reader

    assert [record.message for record in asyncio.run(main())] == ["past", "now"]


def test_records_live_through_a_restart(engine: Engine) -> None:
    first = SessionLogs(engine)
    first.add(ALICE, logging.INFO, "before")
    first.close()
    second = SessionLogs(engine)
    second.add(ALICE, logging.INFO, "after")
    second.close()
    assert messages(second, ALICE) == ["before", "after"]


def test_a_session_keeps_its_newest_records_and_ids_are_not_given_twice(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "KEEP_RECORDS", 5)
    logs = SessionLogs(engine)
    for number in range(12):
        logs.add(ALICE, logging.INFO, str(number))
    logs.add(BOB, logging.INFO, "b")
    logs.close()
    assert messages(logs, ALICE) == ["7", "8", "9", "10", "11"]
    assert messages(logs, BOB) == ["b"]


def test_what_is_older_than_a_day_is_neither_shown_nor_kept(engine: Engine) -> None:
    old = datetime.now(UTC) - timedelta(hours=25)
    row = {"layer": ALICE.layer, "session": ALICE.id, "level": logging.INFO, "message": "old", "timestamp": old}
    with writing(engine) as connection:
        connection.execute(insert(LogRow), [row])
    logs = SessionLogs(engine)
    assert messages(logs, ALICE) == []
    logs.add(ALICE, logging.INFO, "new")
    logs.close()
    with engine.connect() as connection:
        assert connection.execute(select(LogRow.message)).scalars().all() == ["new"]


def test_adding_never_waits_for_the_database(logs: SessionLogs, engine: Engine) -> None:
    with writing(engine):  # another process holds the lock
        started = time.perf_counter()
        for number in range(1000):
            logs.add(ALICE, logging.INFO, str(number))
        assert time.perf_counter() - started < 0.5
    assert len(asyncio.run(take(logs, ALICE, 1000))) == 1000
