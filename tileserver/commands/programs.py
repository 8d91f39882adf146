"""Python programs of users: run, and their objects found."""

from __future__ import annotations

import runpy
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from sdk.graft.near import near
from sdk.language.function import Function
from sdk.language.proxy import Proxy

__all__ = ["find_objects", "run_program"]


def run_program(file: Path) -> dict[str, Any]:
    """Run a file, and return its variables; what it raises ends the command, with the file's own lines."""
    try:
        return runpy.run_path(str(file))
    except Exception as exc:
        frames = traceback.extract_tb(exc.__traceback__)
        own = next((number for number, frame in enumerate(frames) if frame.filename == str(file)), 0)
        lines = "".join(traceback.format_list(frames[own:]) + traceback.format_exception_only(exc))
        raise click.ClickException(f"{file} cannot be run:\n{lines.rstrip()}") from exc


def find_objects(variables: dict[str, Any], names: Sequence[str], file: Path) -> dict[str, Proxy]:
    """Return objects of a program by name: those of `names`, else of its `__all__`, else the only one that it has.

    A Python function with annotations is taken as the `Function` that it is. Raises `click.ClickException` for a name
    of something else, and for several objects of which none is named.
    """
    objects = {
        name: value for name, value in variables.items() if isinstance(value, Proxy) and not name.startswith("_")
    }
    chosen = names or variables.get("__all__") or list(objects)
    if not names and "__all__" not in variables and len(chosen) != 1:
        found = ", ".join(chosen) or "none"
        raise click.ClickException(
            f"{file} has several objects or none ({found}): choose by --object, or by __all__ in it"
        )
    return {name: _as_object(name, variables, file, objects) for name in chosen}


def _as_object(name: str, variables: dict[str, Any], file: Path, objects: dict[str, Proxy]) -> Proxy:
    value = variables.get(name)
    if isinstance(value, Proxy):
        return value
    if callable(value) and not isinstance(value, type):
        try:
            made: Proxy = Function.from_callable(value)
        except (TypeError, ValueError) as exc:
            raise click.ClickException(f"{name} of {file}: {exc}") from exc
        return made
    raise click.ClickException(f"{file} has no object {name!r} that can be computed{near(name, objects)}")
