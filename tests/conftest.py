"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import fresh_databases

SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option by which alone golden files change."""
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew instead of comparing")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the published language and real imagery, beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there: it holds the published language and real imagery")
    return SHARED


@pytest.fixture(scope="session")
def postgres() -> Iterator[Iterator[str]]:
    """URLs of new databases of a PostgreSQL server, without end."""
    with fresh_databases() as urls:
        yield urls
