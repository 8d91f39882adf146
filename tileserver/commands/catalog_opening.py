"""The catalog as commands get it, and the option that several of them take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from graft_eval.errors import NotInCatalog
from tileserver.catalog import Catalog, read_pattern
from tileserver.catalog.errors import CatalogError
from tileserver.commands.console import data_dir_option, open_store, read_settings
from tileserver.settings import Settings

__all__ = ["group_option", "open_catalog", "with_catalog"]

Command = TypeVar("Command", bound=Callable[..., Any])


@contextmanager
def open_catalog(settings: Settings) -> Iterator[Catalog]:
    """Open the catalog of a data folder."""
    with open_store(settings) as engine:
        yield Catalog(engine, settings)


def with_catalog(command: Command) -> Command:
    """Give a command the catalog in place of the data folder; what is not in it ends the command."""

    @data_dir_option
    @wraps(command)
    def run(data_dir: Path | None, **arguments: Any) -> None:
        with open_catalog(read_settings(data_dir=data_dir)) as catalog:
            try:
                command(catalog, **arguments)
            except (NotInCatalog, CatalogError) as exc:
                raise click.ClickException(str(exc)) from exc

    return run  # type: ignore[return-value]


def _read_pattern(context: click.Context, parameter: click.Parameter, given: str | None) -> object:
    try:
        return None if given is None else read_pattern(given)
    except ValueError as exc:
        raise click.BadParameter(str(exc)) from exc


group_option = click.option(
    "--group-by", "pattern", metavar="PATTERN", callback=_read_pattern,
    help="Files of one scene are one image: {scene}_{band}.tif. Landsat's and Sentinel-2's are without it.",
)  # fmt: skip
