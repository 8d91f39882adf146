"""Migration of the database's schema to the newest state, by the process that starts first."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from tileserver.store.database import writing

__all__ = ["SchemaError", "create_schema"]

MIGRATIONS: Final = Path(__file__).parent / "migrations"
FIRST: Final = "0001"  # what databases hold that were made before there were migrations


class SchemaError(Exception):
    """The database was made by a newer release, and cannot be used by this one."""


def create_schema(engine: Engine) -> None:
    """Create the tables, or migrate those of an earlier release.

    Processes that start at once wait for each other. A migration that fails leaves the database as it was. Raises
    `SchemaError` if the database is newer than this release.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    with writing(engine, lock="schema") as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current == scripts.get_current_head():
            return
        if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
            raise SchemaError(f"the database is of a newer release (its schema is {current}): update graftile")
        config.attributes["connection"] = connection
        if current is None and _was_made_before_migrations(connection):
            command.stamp(config, FIRST)
        command.upgrade(config, "head")


def _was_made_before_migrations(connection: Connection) -> bool:
    return inspect(connection).has_table("layers")
