"""Databases that hang, are damaged, or may not be written."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tileserver.commands.main import cli
from tileserver.store import SchemaError, create_schema, open_database


def test_a_postgresql_that_hangs_is_given_up_and_used_again_when_it_is_back(postgres: Iterator[str]) -> None:
    engine = open_database(next(postgres), patience=0.5)
    with engine.connect() as connection:
        backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    os.kill(backend, signal.SIGSTOP)
    started = time.monotonic()
    try:
        with engine.connect() as connection, pytest.raises(OperationalError, match=r"not answered for 0\.5 s"):
            connection.execute(text("SELECT pg_sleep(60)"))
    finally:
        os.kill(backend, signal.SIGCONT)
    assert time.monotonic() - started < 30
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    engine.dispose()


@pytest.mark.parametrize("place", [0, 100, 4096], ids=["header", "first page", "second page"])
def test_a_damaged_sqlite_file_is_named_and_left_as_it_is(tmp_path: Path, place: int) -> None:
    path = tmp_path / "graftile.sqlite"
    create_schema(engine := open_database(f"sqlite:///{path}"))
    engine.dispose()
    damaged = bytearray(path.read_bytes())
    damaged[place : place + 2000] = b"\xff" * 2000
    path.write_bytes(damaged)
    with pytest.raises(SchemaError, match=r"graftile\.sqlite is damaged .* put back a copy"):
        create_schema(open_database(f"sqlite:///{path}"))
    found = CliRunner().invoke(cli, ["catalog", "list", "--data-dir", str(tmp_path)])
    assert found.exit_code == 1
    assert "is damaged" in found.output
    assert "Traceback" not in found.output
    assert path.read_bytes() == damaged


def test_a_database_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "graftile.sqlite").mkdir()
    with pytest.raises(SchemaError, match=r"graftile\.sqlite cannot be written \(unable to open"):
        create_schema(open_database(f"sqlite:///{tmp_path / 'graftile.sqlite'}"))
