"""Migration of the database's schema to the newest state, by the process that starts first."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DatabaseError

from tileserver.store.database import writing

__all__ = ["SchemaError", "create_schema", "migrate", "schema_version", "schema_versions"]

MIGRATIONS: Final = Path(__file__).parent / "migrations"
FIRST: Final = "0001"  # what databases hold that were made before there were migrations


class SchemaError(Exception):
    """The database cannot be used: it was made by a newer release, is damaged, or may not be written."""


def create_schema(engine: Engine) -> None:
    """Create the tables, or migrate those of an earlier release.

    Processes that start at once wait for each other. A migration that fails leaves the database as it was. Raises
    `SchemaError` if the database is newer than this release, or an SQLite file is damaged or may not be written.
    """
    try:
        _create_schema(engine)
    except DatabaseError as exc:
        if engine.dialect.name != "sqlite" or (reason := _reason(str(exc.orig), engine.url.database)) is None:
            raise
        raise SchemaError(reason) from exc


def schema_version(engine: Engine) -> str | None:
    """Return the version of a database's schema, as 0007; None if it has none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def schema_versions() -> list[str]:
    """Return the versions of the schema that this release knows, the newest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()]


def migrate(engine: Engine, version: str) -> None:
    """Migrate a database to another version of the schema, an older one too: what only newer ones hold is dropped.

    A migration that fails leaves the database as it was.
    """
    config = _config()
    with writing(engine, lock="schema") as connection:
        config.attributes["connection"] = connection
        current = MigrationContext.configure(connection).get_current_revision()
        (command.upgrade if current is None or current < version else command.downgrade)(config, version)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def _create_schema(engine: Engine) -> None:
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    with writing(engine, lock="schema") as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current == scripts.get_current_head():
            return
        if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
            raise SchemaError(
                f"the database is of a newer release (its schema is {current}): update graftile, or"
                f" take it back with that release: graftile migrate --to {scripts.get_current_head()}"
            )
        config.attributes["connection"] = connection
        if current is None and _was_made_before_migrations(connection):
            command.stamp(config, FIRST)
        command.upgrade(config, "head")


def _reason(said: str, path: str | None) -> str | None:
    """Return why an SQLite file cannot be used, and what to do about it; None for what has nothing to do with it."""
    if "malformed" in said or "not a database" in said:
        return (
            f"{path} is damaged ({said}), and stays as it is: move it away, and put back a copy, or what"
            f" `sqlite3 {path} .recover` saves of it"
        )
    if "readonly" in said or "unable to open" in said:
        return f"{path} cannot be written ({said}): its folder and file must belong to the user who serves"
    return None


def _was_made_before_migrations(connection: Connection) -> bool:
    return inspect(connection).has_table("layers")
