"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from reprlib import Repr

import pytest
from hypothesis import HealthCheck, settings

from tests.http_defaults import set_defaults
from tests.postgres import fresh_databases

LANGUAGE = Path(__file__).resolve().parent / "language"
IMAGERY = Path(os.environ.get("TEST_IMAGERY", Path(__file__).resolve().parents[2] / "shared" / "data"))
SHORT = Repr()
SHORT.maxother = 60
collect_ignore = [] if IMAGERY.is_dir() else ["real_imagery"]

os.environ["GRAFTILE_WORKERS"] = "1"  # on machines with many cores, too; those of several say so


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option by which alone golden files change."""
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew instead of comparing")


def pytest_configure() -> None:
    """Let answers and examples take as long as they do on a machine that is busy with others."""
    set_defaults()
    settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("unhurried")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Run one process more than there are processors, as `-n auto`: the one that has the browsers mostly waits."""
    return None if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else len(os.sched_getaffinity(0)) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run tests of real browsers once more when they fail: pages are late where the machine is busy with others."""
    for item in items:
        if any("browser" in group.args for group in item.iter_markers("xdist_group")):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name cases of values that pytest would number after what they look like, the same in every process."""
    if val is None or isinstance(val, (str, int, float, complex, type, Enum)):
        return None
    text = " ".join(SHORT.repr(val).split())
    return None if " at 0x" in text else text  # addresses differ between processes


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say so if the tests of real imagery were left out."""
    if not IMAGERY.is_dir():
        terminalreporter.section("tests/real_imagery was NOT tested", yellow=True, bold=True)
        terminalreporter.line(f"there is no folder {IMAGERY}; TEST_IMAGERY names another: see docs/testing.md")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Iterator[str]]:
    """URLs of new databases of a PostgreSQL server, without end."""
    with fresh_databases() as urls:
        yield urls
