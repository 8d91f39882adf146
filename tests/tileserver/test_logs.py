"""Session logs, on real databases of both kinds."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, insert, select

from tileserver.logs import LogRecord, Session, SessionLogs, TooManyFollowers, View, followers, sessions
from tileserver.logs.table import LogRow
from tileserver.store import writing
from tileserver.store.database import BUSY_SECONDS

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
    async with asyncio.timeout(60):
        async for records in logs.follow(session, view or View()):
            found += records
            if len(found) >= count:
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
        assert time.perf_counter() - started < BUSY_SECONDS / 2
    assert len(asyncio.run(take(logs, ALICE, 1000))) == 1000


def test_a_layer_and_the_server_keep_their_newest_records(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "KEEP_OF_LAYER", 4)
    monkeypatch.setattr(sessions, "PRUNE_SECONDS", 0)
    logs = SessionLogs(engine)
    for number in range(3):
        logs.add(ALICE, logging.INFO, f"a{number}")
        logs.add(BOB, logging.INFO, f"b{number}")
    logs.close()
    assert messages(logs, ALICE) + messages(logs, BOB) == ["a1", "a2", "b1", "b2"]
    monkeypatch.setattr(sessions, "KEEP_OF_ALL", 2)
    logs = SessionLogs(engine)
    logs.add(Session("other layer", "c"), logging.INFO, "c")
    logs.close()
    assert messages(logs, ALICE) + messages(logs, BOB) == ["b2"]


def test_followers_get_what_other_processes_write(logs: SessionLogs, engine: Engine) -> None:
    """Another object of the same database stands for another process."""

    async def main() -> list[LogRecord]:
        reader = asyncio.ensure_future(take(logs, ALICE, 1))
        await asyncio.sleep(0.1)
        other = SessionLogs(engine)
        other.add(ALICE, logging.INFO, "from afar")
        other.close()
        return await reader

    assert [record.message for record in asyncio.run(main())] == ["from afar"]


def test_many_followers_ask_the_database_as_often_as_one(logs: SessionLogs, engine: Engine) -> None:
    asked: list[str] = []

    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    async def main() -> None:
        readers = [asyncio.ensure_future(take(logs, ALICE, 50)) for _ in range(20)]
        while sum(".session = " in text for text in asked) < len(readers):  # they read the past
            await asyncio.sleep(0.01)
        asked.clear()
        for number in range(50):
            logs.add(ALICE, logging.INFO, str(number))
            await asyncio.sleep(0.005)
        await asyncio.gather(*readers)

    asyncio.run(main())
    written = sum(text.startswith("INSERT") for text in asked)
    assert sum(text.startswith("SELECT") and "pg_notify" not in text for text in asked) <= 2 * written + 5


def test_a_reader_who_does_not_read_loses_the_oldest_and_holds_up_nobody(
    logs: SessionLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "MAX_WAITING", 10)

    async def main() -> list[str]:
        slow = logs.follow(ALICE, View())
        first = asyncio.ensure_future(anext(slow))
        await asyncio.sleep(0.1)
        logs.add(ALICE, logging.INFO, "first")
        await first
        for number in range(100):
            logs.add(ALICE, logging.INFO, str(number))
        (follower,) = logs.followers._of[ALICE]
        while not follower._records or follower._records[-1].message != "99":
            await asyncio.sleep(0.02)
        return [record.message for record in await anext(slow)]

    assert asyncio.run(main()) == [str(number) for number in range(90, 100)]


def test_there_is_an_end_of_followers(engine: Engine) -> None:
    logs = SessionLogs(engine, max_followers=1)

    async def main() -> None:
        with logs.followers.joined(ALICE):
            logs.followers.check_room()

    with pytest.raises(TooManyFollowers, match="1 readers of logs are connected, which is the limit"):
        asyncio.run(main())
    logs.followers.check_room()
    logs.close()
