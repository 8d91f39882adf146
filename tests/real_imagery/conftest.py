"""Real imagery, which is too large for the repository: `docs/testing.md` says where it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import IMAGERY


@pytest.fixture(scope="session")
def imagery() -> Path:
    """The folder of real imagery, one folder a product."""
    return IMAGERY
