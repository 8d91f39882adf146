"""What every test of evaluation stands on."""

from __future__ import annotations

import pytest

from graft_eval.process import prepare_process


@pytest.fixture(scope="session", autouse=True)
def prepared() -> None:
    """Make the process ready to evaluate, as a server does."""
    prepare_process()
