"""Servers that share a PostgreSQL database hear of its changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text

from graft_eval.limits import Limits
from tileserver.auth import LOCAL
from tileserver.layers.layers import Layers
from tileserver.store import LayerRecord, SQLStore, Workflows, open_database, writing
from tileserver.store.announcements import Announcements


@pytest.fixture
def url(postgres: Iterator[str]) -> str:
    return next(postgres)


@pytest.fixture
def database(url: str) -> Iterator[Engine]:
    engine = open_database(url, patience=1.0)
    yield engine
    engine.dispose()


@pytest.fixture
def stamp(database: Engine) -> Iterator[Announcements]:
    announcements = Announcements(database)
    wait_until(lambda: announcements.current() is not None)
    yield announcements
    announcements.close()


def wait_until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)


def publish(engine: Engine) -> dict[str, str]:
    record = LayerRecord(graft={"returns": "a", "a": 1}, typespec={"type": "Int"}, type="Int")
    SQLStore(engine).add_layer(record)
    return {"id": record.id}


def end_connections(url: str, allowed: bool) -> None:
    """Let a database take no connections any more and end those that there are, or take them again."""
    root, name = url.rsplit("/", 1)
    maintenance = open_database(f"{root}/postgres").execution_options(isolation_level="AUTOCOMMIT")
    with maintenance.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}"))
        connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"))
    maintenance.dispose()


def check_hears_of_others(stamp: Announcements, url: str) -> None:
    other = open_database(url)
    time.sleep(0.2)
    before = stamp.current()
    publish(other)
    wait_until(lambda: stamp.current() != before)
    other.dispose()


def test_a_change_of_this_process_counts_at_once_and_one_of_another_soon(
    stamp: Announcements, database: Engine, url: str
) -> None:
    first = stamp.current()
    publish(database)
    second = stamp.current()
    assert second != first
    wait_until(lambda: stamp.current() != second)  # the database tells of the first, too
    check_hears_of_others(stamp, url)


def test_what_no_layer_depends_on_is_not_announced(stamp: Announcements, database: Engine) -> None:
    first = stamp.current()
    with writing(database, announced=False) as connection:
        connection.execute(text("CREATE TABLE t (a INTEGER)"))
    with pytest.raises(ZeroDivisionError), writing(database):
        _ = 1 / 0
    time.sleep(0.2)
    assert stamp.current() == first


def test_changes_are_not_missed_while_the_connection_was_lost(stamp: Announcements, url: str) -> None:
    first = stamp.current()
    end_connections(url, allowed=True)
    wait_until(lambda: stamp.current() != first)
    check_hears_of_others(stamp, url)


def test_there_is_no_stamp_while_the_database_is_away(stamp: Announcements, url: str) -> None:
    end_connections(url, allowed=False)
    wait_until(lambda: stamp.current() is None)
    end_connections(url, allowed=True)
    wait_until(lambda: stamp.current() is not None)


def test_a_layer_is_asked_for_again_when_something_has_changed(stamp: Announcements, database: Engine) -> None:
    layers = Layers(SQLStore(database), Workflows(database), Limits(), stamp)
    place = publish(database)
    wait_until(lambda: layers.get(place, LOCAL) is layers.known(place, LOCAL))
    SQLStore(database).delete_layer(place["id"])
    assert layers.known(place, LOCAL) is None
