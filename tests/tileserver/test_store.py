"""Layers are kept, listed, found and lost as HTTP.md says, on real databases of both kinds."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from sqlalchemy import Engine, inspect, text

from tileserver.auth import LOCAL
from tileserver.store import LayerRecord, NotFound, SQLStore, UtcDateTime, create_schema, open_database, writing


def layer(**fields: object) -> LayerRecord:
    values: dict[str, object] = {"graft": {"returns": "a", "a": 1}, "typespec": {"type": "Int"}, "type": "Int"}
    return LayerRecord(**(values | fields))  # type: ignore[arg-type]


@pytest.fixture
def store(engine: Engine) -> SQLStore:
    return SQLStore(engine)


def test_a_layer_comes_back_as_it_was_after_a_restart(database_url: str) -> None:
    kept = layer(
        name="Ümlaut", public=False, viz_options=[{"id": "v", "scales": [[0.0, None]]}], parameters=[{"name": "p"}]
    )
    first = open_database(database_url)
    create_schema(first)
    SQLStore(first).add_layer(kept)
    first.dispose()
    second = open_database(database_url)
    create_schema(second)
    assert SQLStore(second).layer(kept.id, LOCAL) == kept
    second.dispose()


def test_ids_are_48_hexadecimal_characters_and_never_the_same() -> None:
    ids = {layer().id for _ in range(100)}
    assert len(ids) == 100
    assert all(len(name) == 48 and set(name) <= set("0123456789abcdef") for name in ids)


def test_a_layer_expires_after_ten_days_unless_said_otherwise() -> None:
    born = datetime(2024, 1, 1, tzinfo=UTC)
    assert layer(created_timestamp=born).expires_timestamp == datetime(2024, 1, 11, tzinfo=UTC)
    assert layer(created_timestamp=born, days_to_expiration=1).expires_timestamp == datetime(2024, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("days", [0, -1, 36_501, 10**12])
def test_days_to_expiration_out_of_range_are_refused(days: int) -> None:
    with pytest.raises(ValueError, match=f"from 1 to 36500, not {days}"):
        layer(days_to_expiration=days)


def lose_by_deleting(store: SQLStore) -> str:
    store.add_layer(gone := layer())
    store.delete_layer(gone.id)
    return gone.id


def lose_by_time(store: SQLStore) -> str:
    store.add_layer(gone := layer(created_timestamp=datetime.now(UTC) - timedelta(days=11)))
    return gone.id


@pytest.mark.parametrize("lose", [lambda store: "0" * 48, lose_by_deleting, lose_by_time])
def test_what_is_unknown_deleted_or_expired_is_not_found(store: SQLStore, lose: Callable[[SQLStore], str]) -> None:
    lost = lose(store)
    for ask in (partial(store.layer, caller=LOCAL), store.delete_layer):
        with pytest.raises(NotFound, match=lost):
            ask(lost)
    assert store.layers() == ([], None)


def test_expired_layers_leave_the_database(store: SQLStore, engine: Engine) -> None:
    lose_by_time(store)
    store.add_layer(layer())
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM layers")).scalar_one() == 1


def test_pages_hold_every_layer_once_newest_first(store: SQLStore) -> None:
    kept = [layer(name=str(number)) for number in range(7)]
    for record in kept:
        store.add_layer(record)
    names: list[list[str]] = []
    after = None
    while True:
        page, after = store.layers(after=after, limit=3)
        names.append([record.name for record in page])
        if after is None:
            break
        store.add_layer(layer(name="late"))  # what is added meanwhile shifts no page
    assert names == [["6", "5", "4"], ["3", "2", "1"], ["0"]]


def test_pages_are_short_where_layers_are_long(store: SQLStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tileserver.store.pages.PAGE_BYTES", 1000)
    for name, size in [("0", 10), ("1", 5000), ("2", 400), ("3", 400), ("4", 10)]:
        store.add_layer(layer(name=name, graft={"returns": "a", "a": "x" * size}))
    names: list[list[str]] = []
    after = None
    while not names or after:
        page, after = store.layers(after=after)
        names.append([record.name for record in page])
    assert names == [["4", "3", "2"], ["1"], ["0"]]


def test_a_page_that_is_just_full_is_the_last(store: SQLStore) -> None:
    for _ in range(3):
        store.add_layer(layer())
    assert store.layers(limit=3)[1] is None


def test_lists_are_by_user_and_by_visibility(store: SQLStore) -> None:
    for user, public in [("ann", True), ("ann", False), ("bob", True)]:
        store.add_layer(layer(user=user, public=public, name=f"{user} {public}"))
    assert [record.name for record in store.layers(user="ann", public=False)[0]] == ["ann False"]
    assert [record.name for record in store.layers(public=True)[0]] == ["bob True", "ann True"]


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "", "9" * 30, "²"])
def test_a_cursor_that_no_page_gave_is_refused(store: SQLStore, after: str) -> None:
    with pytest.raises(ValueError, match="what an earlier answer gave"):
        store.layers(after=after)


def test_moments_come_back_in_utc_and_need_a_time_zone() -> None:
    column = UtcDateTime()
    dialect = open_database("sqlite://").dialect
    local = datetime(2024, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    kept = column.process_bind_param(local, dialect)
    assert column.process_result_value(kept, dialect) == datetime(2024, 1, 1, 10, tzinfo=UTC)
    with pytest.raises(ValueError, match="needs a time zone"):
        column.process_bind_param(datetime(2024, 1, 1), dialect)


def test_threads_write_and_read_at_once(store: SQLStore) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(10):
                store.add_layer(record := layer())
                assert store.layer(record.id, LOCAL) == record
        except BaseException as exc:
            failures.append(exc)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(store.layers()[0]) == 40


def test_a_failed_transaction_leaves_nothing(engine: Engine) -> None:
    def fail_halfway() -> None:
        with writing(engine) as connection:
            connection.execute(text("CREATE TABLE half (x INTEGER)"))
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        fail_halfway()
    assert not inspect(engine).has_table("half")


ADD_20 = """
import sys
from tileserver.store import LayerRecord, SQLStore, open_database
store = SQLStore(open_database(sys.argv[1]))
for _ in range(20):
    store.add_layer(LayerRecord(graft={}, typespec={}, type="Int"))
"""


def test_processes_write_to_one_database_at_once(database_url: str, store: SQLStore) -> None:
    workers = [subprocess.Popen([sys.executable, "-c", ADD_20, database_url]) for _ in range(2)]
    assert [worker.wait(timeout=60) for worker in workers] == [0, 0]
    assert len(store.layers()[0]) == 40
