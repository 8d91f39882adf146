"""Databases are copied while they are written, put back, and taken to other versions of the schema and back."""

from __future__ import annotations

import sqlite3
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, MetaData, Table, insert, select

from tests.tileserver.conftest import Served
from tileserver.auth import LOCAL
from tileserver.commands.main import cli
from tileserver.store import LayerRecord, SQLStore, create_schema, open_database
from tileserver.store.schema import migrate, schema_version, schema_versions

Rows = dict[str, list[dict[str, Any]]]


def run(url: str, *arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], env={"GRAFTILE_DATABASE_URL": url})


def layer(number: int) -> LayerRecord:
    return LayerRecord(graft={"returns": "a", "a": number}, typespec={"type": "Int"}, type="Int", name=str(number))


def test_what_is_copied_can_be_put_back(database_url: str, tmp_path: Path) -> None:
    engine = open_database(database_url)
    SQLStore(engine).add_layer(first := layer(1))
    copied = run(database_url, "backup", tmp_path / "copy")
    assert copied.exit_code == 0, copied.output
    SQLStore(engine).add_layer(layer(2))
    engine.dispose()
    restored = run(database_url, "restore", tmp_path / "copy")
    assert restored.exit_code == 0, restored.output
    engine = open_database(database_url)
    assert SQLStore(engine).layers()[0] == [first]
    engine.dispose()


def test_a_copy_is_consistent_while_others_write(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'live.sqlite'}"
    create_schema(engine := open_database(url))
    store, stop = SQLStore(engine), threading.Event()
    store.add_layer(layer(0))

    def write() -> None:
        number = 0
        while not stop.is_set():
            store.add_layer(layer(number := number + 1))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [tmp_path / f"copy{number}" for number in range(5)]
        assert [run(url, "backup", path).exit_code for path in copies] == [0] * 5
    finally:
        stop.set()
        writer.join()
        engine.dispose()
    for path in copies:
        with sqlite3.connect(path) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            names = [int(name) for (name,) in copy.execute("SELECT name FROM layers ORDER BY number")]
        assert names == list(range(len(names)))  # all before some moment, and none after it


def test_a_running_server_is_copied_and_not_replaced(served: Served, rgb: str, tmp_path: Path) -> None:
    url = f"sqlite:///{served.data_dir / 'graftile.sqlite'}"
    assert run(url, "backup", tmp_path / "copy").exit_code == 0
    refused = run(url, "restore", tmp_path / "copy")
    assert refused.exit_code == 1
    assert "graftile.sqlite is in use (database is locked): stop the server first" in refused.output
    other = f"sqlite:///{tmp_path / 'other' / 'graftile.sqlite'}"
    assert run(other, "restore", tmp_path / "copy").exit_code == 0
    engine = open_database(other)
    assert SQLStore(engine).layer(rgb, LOCAL).name == "True colour"
    engine.dispose()


def test_a_damaged_database_is_replaced_and_kept(tmp_path: Path) -> None:
    place, copy = tmp_path / "graftile.sqlite", tmp_path / "copy"
    create_schema(engine := open_database(f"sqlite:///{place}"))
    engine.dispose()
    run(f"sqlite:///{place}", "backup", copy)
    place.write_bytes(damaged := b"no database" * 1000)
    assert run(f"sqlite:///{place}", "backup", tmp_path / "no").exit_code == 1
    assert not (tmp_path / "no").exists()
    restored = run(f"sqlite:///{place}", "restore", copy)
    assert f"what was there is {place}.before-restore" in restored.output
    assert Path(f"{place}.before-restore").read_bytes() == damaged
    restored = run(f"sqlite:///{place}", "restore", copy)
    assert f"what was there is {place}.before-restore.2" in restored.output
    assert Path(f"{place}.before-restore").read_bytes() == damaged


def test_a_copy_takes_the_place_of_no_database(tmp_path: Path) -> None:
    place = tmp_path / "graftile.sqlite"
    create_schema(engine := open_database(f"sqlite:///{place}"))
    engine.dispose()
    (tmp_path / "link").symlink_to(place)
    before = place.stat().st_ino
    for name in ("graftile.sqlite", "link"):
        refused = run(f"sqlite:///{place}", "backup", tmp_path / name)
        assert (refused.exit_code, "is the database itself" in refused.output) == (1, True), refused.output
    assert place.stat().st_ino == before
    refused = run(f"sqlite:///{place}", "backup", tmp_path / "nowhere" / "copy")
    assert f"{tmp_path / 'nowhere'} is no folder" in refused.output


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"nothing", "is no copy of an SQLite database"),
        (None, "is no copy of a graftile database: no such table: alembic_version"),
        (b"SQLite format 3\0" + b"\1" * 9000, "is damaged"),
    ],
)
def test_what_is_no_copy_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    file = tmp_path / "file"
    if content is None:
        with sqlite3.connect(file) as other:
            other.execute("CREATE TABLE a (b)")
    else:
        file.write_bytes(content)
    refused = run(f"sqlite:///{tmp_path / 'graftile.sqlite'}", "restore", file)
    assert (refused.exit_code, message in refused.output) == (1, True), refused.output
    assert not (tmp_path / "graftile.sqlite").exists()


def invented(table: Table) -> dict[str, Any]:
    """Return a row of any table: a value of its type for each column."""
    values: dict[type, Any] = {int: 1, str: "a", bool: True, float: 1.5, bytes: b"a", datetime: datetime(2026, 1, 2)}
    row = {}
    for column in table.columns:
        try:
            row[column.name] = values[column.type.python_type]
        except (KeyError, NotImplementedError):
            row[column.name] = {"a": [1]}  # JSON
    return row


def content(engine: Engine, tables: list[Table]) -> Rows:
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables
            if table.name != "alembic_version"
        }


@pytest.mark.parametrize("back", [1, 2, 3, 6])
def test_releases_are_updated_and_taken_back_with_all_that_they_know(engine: Engine, back: int) -> None:
    old = schema_versions()[back]
    migrate(engine, old)
    (reflected := MetaData()).reflect(engine)
    tables = [table for table in reflected.sorted_tables if table.name != "alembic_version"]
    with engine.begin() as connection:
        for table in tables:
            if not connection.execute(select(table)).first():
                connection.execute(insert(table).values(invented(table)))
    before = content(engine, tables)
    assert all(before.values())
    create_schema(engine)
    assert schema_version(engine) == schema_versions()[0]
    assert content(engine, tables) == before
    migrate(engine, old)
    assert content(engine, tables) == before
    create_schema(engine)
    assert content(engine, tables) == before


def test_the_command_migrates_back_and_forth(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'graftile.sqlite'}"
    newest, older, *_ = schema_versions()
    assert run(url, "migrate").output == f"schema {newest}, before: none\n"
    assert run(url, "migrate", "--to", older).output == f"schema {older}, before: {newest}\n"
    refused = run(url, "migrate", "--to", "9")
    assert f"must be one of {newest}, {older}, " in refused.output
