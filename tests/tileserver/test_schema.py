"""Migrations make the tables that the code expects, from nothing and from what earlier releases left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from tileserver.auth import LOCAL
from tileserver.catalog import Catalog
from tileserver.logs import SessionLogs
from tileserver.settings import Settings
from tileserver.store import Base, LayerRecord, SchemaError, SQLStore, create_schema, open_database, writing

OLD = {"layers", "products", "images", "catalog_changes", "session_logs"}  # from before there were migrations
# columns that they have got since
LATER = {"products": ["settings"], "images": ["until", "problems", "stamp", "origins"]}


def test_migrations_make_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert set(Base.metadata.tables) > OLD


def test_a_database_from_before_migrations_keeps_what_it_holds(engine: Engine, tmp_path: Path) -> None:
    record = LayerRecord(graft={"returns": "a", "a": 1}, typespec={"type": "Int"}, type="Int")
    SQLStore(engine).add_layer(record)
    with writing(engine) as connection:
        for table in ("alembic_version", *reversed(Base.metadata.sorted_tables)):
            if str(table) not in OLD:
                connection.execute(text(f"DROP TABLE {table}"))
        for index in ("image_until", "image_source"):
            connection.execute(text(f"DROP INDEX {index}"))
        for table, columns in LATER.items():
            for column in columns:
                connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        connection.execute(text("UPDATE catalog_changes SET revision = 7"))
    create_schema(engine)
    assert SQLStore(engine).layer(record.id, LOCAL) == record
    assert Catalog(engine, Settings(data_dir=tmp_path)).revision() == 7
    assert set(Base.metadata.tables) < set(inspect(engine).get_table_names())


def test_a_database_of_a_newer_release_is_refused(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match="newer release"):
        create_schema(engine)


CREATE = """
import sys
from tileserver.store import create_schema, open_database
create_schema(open_database(sys.argv[1]))
"""


def test_processes_that_start_at_once_make_the_tables_once(engine: Engine, database_url: str) -> None:
    with writing(engine) as connection:
        for table in ("alembic_version", *reversed(Base.metadata.sorted_tables)):
            connection.execute(text(f"DROP TABLE {table}"))
    starters = [subprocess.Popen([sys.executable, "-c", CREATE, database_url]) for _ in range(4)]
    assert [starter.wait(timeout=60) for starter in starters] == [0] * 4
    SessionLogs(engine).close()


def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'it.sqlite'}")
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE links (number INTEGER)"))  # in the way
    with pytest.raises(Exception, match="already exists"):
        create_schema(engine)
    assert inspect(engine).get_table_names() == ["links"]
    engine.dispose()
