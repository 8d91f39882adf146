"""Where settings come from: variables of the environment, and the TOML file."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from sdk.graft.near import near

__all__ = ["DEFAULT", "METRICS_FOLDER", "PREFIX", "check_environment", "config_file", "find_origin", "read_toml"]

CONFIG_NAME: Final = "graftile.toml"
PREFIX: Final = "GRAFTILE_"
OTHERS: Final = ("GRAFTILE_CONFIG", "GRAFTILE_URL", "GRAFTILE_TOKEN")  # where the file is; the client's two
DEFAULT: Final = "default"
METRICS_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"  # set by us: turns prometheus-client to files


def config_file(data_dir: Path) -> Path:
    """Return the TOML file to read; that it is not there is an error where it was asked for by name."""
    if named := os.environ.get("GRAFTILE_CONFIG"):
        path = Path(named).expanduser()
        if not path.is_file():
            raise ValueError(f"GRAFTILE_CONFIG names {path}, which is not there")
        return path
    beside = data_dir / CONFIG_NAME
    return beside if beside.is_file() else Path(CONFIG_NAME)


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a TOML file says, nothing for one that is not there; ValueError names the file and the line."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise ValueError(f"{path.absolute()} is no TOML: {exc}") from exc
    except OSError as exc:
        raise ValueError(f"{path.absolute()} cannot be read: {exc.strerror}") from exc


def check_environment(settings: Iterable[str]) -> None:
    """Raise ValueError for a variable that begins as those of settings do, and is none; it names the near ones."""
    known = [*(PREFIX + name.upper() for name in settings), *OTHERS]
    for variable in sorted(os.environ):
        name = variable.upper()
        if name.startswith(PREFIX) and name.partition("__")[0] not in known:
            raise ValueError(f"{variable} is no setting{near(name, known)}")


def find_origin(name: str, given: Collection[str], path: Path, toml: Mapping[str, Any]) -> str:
    """Return where the value of a setting is from: an option, a variable, a line of the file, or the default.

    `name` is that of a setting, or `limits.` and that of a limit; `given` are those that the command line names.
    """
    group, _, part = name.partition(".")
    if group in given:
        return f"--{group.replace('_', '-')}"
    variables = {variable.upper(): variable for variable, value in os.environ.items() if value}
    candidates = [name.replace(".", "__"), group] if part else [name]
    for candidate in candidates:
        if variable := variables.get(PREFIX + candidate.upper()):
            return variable
    if group in toml and (not part or part in toml[group]):
        return f"{path.absolute()}, line {_line_of(part or group, path)}"
    return DEFAULT


def _line_of(key: str, path: Path) -> int:
    """Return the number of the line of the TOML file that sets a key, as a pair or a table."""
    sets = re.compile(rf"""\s*\[?\s*(\w+\s*\.\s*)*["']?{re.escape(key)}["']?\s*[\].=]""")
    lines = path.read_text("utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if sets.match(line)), 1)
