"""The house rules that a reader relies on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("numpy", "numba", "rasterio", "starlette", "httpx2", "pyarrow", "shapely", "pyproj", "matplotlib")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)


def test_imports_point_down_only() -> None:
    finished = run("-c", "from importlinter.cli import lint_imports_command as lint; lint()")
    assert finished.returncode == 0, finished.stdout


def test_the_sdk_loads_nothing_heavy() -> None:
    finished = run("-c", "import sys, sdk; print(*sys.modules)")
    loaded = {name.partition(".")[0] for name in finished.stdout.split()}
    assert finished.returncode == 0, finished.stderr
    assert loaded.isdisjoint(HEAVY), loaded.intersection(HEAVY)


@pytest.mark.parametrize("package", ["sdk", "graft_eval", "wmts", "tileserver"])
def test_no_file_outgrows_its_noun(package: str) -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in (ROOT / package).rglob("*.py")}
    assert {path.name: lines for path, lines in lengths.items() if lines > 400} == {}


def test_tests_of_browsers_are_in_their_group() -> None:
    tests = {path: path.read_text() for path in (ROOT / "tests").glob("*/test_*.py")}
    browsers = {path.name for path, text in tests.items() if "playwright" in text}
    assert browsers == {path.name for path, text in tests.items() if 'xdist_group("browser")' in text}
