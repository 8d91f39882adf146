"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the published language and real imagery, beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not there: it holds the published language and real imagery")
    return SHARED
