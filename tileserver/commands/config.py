"""The command that shows the settings: each with its value and where that is from."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from graft_eval.limits import Limits
from tileserver.commands.console import data_dir_option, hide_secrets, json_option, print_table, read_settings
from tileserver.setting_sources import DEFAULT, find_origin, read_toml
from tileserver.settings import Settings

__all__ = ["config_command"]


@click.command("config")
@click.option("--changed", is_flag=True, help="Leave out those that have their default.")
@json_option
@data_dir_option
def config_command(changed: bool, as_json: bool, data_dir: Path | None) -> None:
    """Show each setting, its value, and where that is from: an option, a variable, a line of graftile.toml.

    Passwords in URLs are not shown.

    \b
    Examples:
      graftile config --changed
      GRAFTILE_CACHE_BYTES=2GB graftile config --json
    """
    settings = read_settings(data_dir=data_dir)
    rows = [
        row for row in _rows(settings, () if data_dir is None else ("data_dir",)) if not changed or row[2] != DEFAULT
    ]
    if as_json:
        click.echo(json.dumps([dict(zip(("name", "value", "from"), row, strict=True)) for row in rows], indent=2))
    else:
        print_table(("SETTING", "VALUE", "FROM"), [(name, _text_of(value), origin) for name, value, origin in rows])


def _rows(settings: Settings, given: Collection[str]) -> Iterator[tuple[str, Any, str]]:
    path = Settings.config_file(settings.data_dir)
    toml = read_toml(path)
    for name, value in settings.model_dump(mode="json").items():
        if name != "limits":
            yield name, hide_secrets(value) if isinstance(value, str) else value, find_origin(name, given, path, toml)
    for limit in (field.name for field in fields(Limits)):
        name = f"limits.{limit}"
        yield name, getattr(settings.limits, limit), find_origin(name, given, path, toml)


def _text_of(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
