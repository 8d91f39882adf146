"""The stubs: they are what the table says, and type checkers accept and refuse with them what they should."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.typing.stubs import stubs

PROGRAMS = Path(__file__).with_name("programs.py")
REFUSED = {
    number for number, line in enumerate(PROGRAMS.read_text().splitlines(), 1) if line.endswith("# refused")
}  # fmt: skip


def run(*command: str, cwd: Path) -> str:
    return subprocess.run([sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize(("path", "text"), [pytest.param(*item, id=item[0].name) for item in stubs().items()])
def test_the_stubs_are_what_the_table_says(path: Path, text: str) -> None:
    assert path.read_text() == text, "stale: run `make stubs`"


def test_mypy_refuses_just_what_makes_no_sense(tmp_path: Path) -> None:
    cache = Path(__file__).parents[2] / ".mypy_cache" / "typing"
    output = run("mypy", "--strict", "--config-file=", f"--cache-dir={cache}", str(PROGRAMS), cwd=tmp_path)
    errors = [line for line in output.splitlines() if ": error: " in line]
    assert {int(line.split(":")[1]) for line in errors} == REFUSED, output
    assert len(REFUSED) > 15


def test_pyright_refuses_just_what_makes_no_sense(tmp_path: Path) -> None:
    """It is run outside of the repository, so that it must find the package as users have it: installed."""
    output = run("pyright", "--outputjson", "--pythonpath", sys.executable, str(PROGRAMS), cwd=tmp_path)
    found = [each for each in json.loads(output)["generalDiagnostics"] if each["severity"] == "error"]
    assert {each["range"]["start"]["line"] + 1 for each in found} == REFUSED, found
