"""Helpers of the commands: settings, the database, printed tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, OperationalError

from tileserver.settings import Settings
from tileserver.store import SchemaError, create_schema, open_database

__all__ = ["data_dir_option", "open_store", "print_table", "read_settings"]

data_dir_option = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Folder of all that the server keeps (GRAFTILE_DATA_DIR)."
)


def read_settings(**given: object) -> Settings:
    """Read the settings once; those that the command line does not name come from elsewhere."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as exc:
        wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}, not {one['input']!r}" for one in exc.errors()]
        raise click.ClickException("wrong settings: " + "; ".join(wrong)) from exc
    except (ValueError, OSError) as exc:  # a file that is missing or no TOML
        raise click.ClickException(f"wrong settings: {exc}") from exc


@contextmanager
def open_store(settings: Settings) -> Iterator[Engine]:
    """Open the database, with its tables; the command ends with a message if that fails."""
    try:
        engine = open_database(settings.database)
    except (ArgumentError, ImportError) as exc:
        raise click.ClickException(f"database_url names no database: {exc}") from exc
    except OSError as exc:
        raise click.ClickException(f"the data folder {settings.data_dir} cannot be made: {exc.strerror}") from exc
    try:
        create_schema(engine)
        yield engine
    except SchemaError as exc:
        raise click.ClickException(str(exc)) from exc
    except OperationalError as exc:
        raise click.ClickException(f"the database cannot be used: {exc.orig}") from exc
    finally:
        engine.dispose()


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns, below their heads if there are any rows."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in [heads, *rows] if any(heads) else rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
