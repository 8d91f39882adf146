"""Helpers of the commands: options, settings, the database, printed tables."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Final

import click
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, OperationalError

from graft_eval.limits import Limits
from sdk.graft.near import near
from sdk.service.exceptions import GraftileError
from tileserver.setting_sources import DEFAULT, find_origin, read_toml
from tileserver.settings import Settings
from tileserver.store import SchemaError, create_schema, open_database

__all__ = [
    "data_dir_option",
    "hide_secrets",
    "json_option",
    "open_store",
    "print_table",
    "read_settings",
    "telling_errors",
]

HIDDEN: Final = "***"
SECRETS: Final = re.compile(r"(://[^:/@\s]*:)\S*(?=@)|([?&](?:password|sslpassword)=)[^&\s]*")
UNKNOWN: Final = ("extra_forbidden", "unexpected_keyword_argument")  # kinds of errors of pydantic

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")

data_dir_option = click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Folder of all that the server keeps (GRAFTILE_DATA_DIR)."
)


def read_settings(**given: object) -> Settings:
    """Read the settings once; those that the command line does not name come from elsewhere."""
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings(**chosen)  # type: ignore[arg-type]
    except ValidationError as exc:
        raise click.ClickException("wrong settings: " + "; ".join(_wrong_settings(exc, chosen))) from exc
    except ValueError as exc:  # a variable that is none, a file that is missing or no TOML
        raise click.ClickException(f"wrong settings: {exc}") from exc


def _wrong_settings(error: ValidationError, given: Mapping[str, object]) -> Iterator[str]:
    """Yield a sentence for each wrong setting: what is wrong, what came, and from where."""
    path = Settings.config_file(given.get("data_dir") or os.environ.get("GRAFTILE_DATA_DIR"))  # type: ignore[arg-type]
    toml = read_toml(path)
    for one in error.errors():
        name = ".".join(map(str, one["loc"]))
        origin = find_origin(".".join(name.split(".")[:2]), given, path, toml)
        if one["type"] in UNKNOWN:
            known = [field.name for field in fields(Limits)] if "." in name else [*Settings.model_fields]
            said = f"{name}: is no setting{near(name.rpartition('.')[2], known)}"
        else:
            said = f"{name}: {one['msg'].removeprefix('Value error, ')}, not {hide_secrets(repr(one['input']))}"
        yield said if origin == DEFAULT else f"{said} (from {origin})"


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


@contextmanager
def telling_errors() -> Iterator[None]:
    """End the command with a line, not a traceback, when the server refuses or is away."""
    try:
        yield
    except (GraftileError, ValueError, TypeError) as exc:
        raise click.ClickException(str(exc)) from exc


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns, below their heads if there are any rows."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in [heads, *rows] if any(heads) else rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def hide_secrets(text: str) -> str:
    """Return a text without the passwords in its URLs.

    >>> hide_secrets("postgresql://bob:secret@db/maps?sslmode=require&password=secret")
    'postgresql://bob:***@db/maps?sslmode=require&password=***'
    """
    return SECRETS.sub(lambda found: f"{found[1] or found[2]}{HIDDEN}", text)
