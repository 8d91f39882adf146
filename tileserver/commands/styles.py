"""Options of the commands that draw a layer: its style, and its arguments."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

import click

__all__ = ["read_arguments", "read_style", "style_options"]

Command = TypeVar("Command", bound=Callable[..., Any])

OPTIONS: Final = (
    click.option("--viz", metavar="ID", help="The style of the layer whose choices are the defaults."),
    click.option("--bands", metavar="NAMES", help="Up to three, with commas between."),
    click.option("--colormap", metavar="NAME", help="Of one band: viridis, RdYlGn, …."),
    click.option("--scales", metavar="JSON", help="auto, or lowest and highest value of each band: [[0, 0.4]]."),
    click.option("--reduction", help="How one image is made of a collection: mosaic, median, …."),
)


def style_options(command: Command) -> Command:
    """Give a command the options."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def read_style(given: Mapping[str, str | None]) -> dict[str, Any]:
    """Return what the options say as `XYZ.url` takes it; raises `click.BadParameter` for scales that are no JSON."""
    style: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if "bands" in style:
        style["bands"] = [name.strip() for name in style["bands"].split(",")]
    if style.get("scales", "auto") != "auto":
        try:
            style["scales"] = json.loads(style["scales"])
        except ValueError as exc:
            wrong = f"must be auto or as [[0, 0.4]], not {style['scales']!r}"
            raise click.BadParameter(wrong, param_hint="--scales") from exc
    return style


def read_arguments(given: Sequence[str]) -> dict[str, Any]:
    """Return arguments of a layer by name; a value that is no JSON is a text.

    >>> read_arguments(["month=7", "name=nir"])
    {'month': 7, 'name': 'nir'}
    """
    found: dict[str, Any] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"must be NAME=VALUE, not {one!r}")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found
