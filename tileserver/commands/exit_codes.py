"""Exit codes of the command line besides 0, done, 1, failed, and 2, of a wrong command line."""

from __future__ import annotations

from typing import Final

__all__ = ["INTERRUPTED"]

INTERRUPTED: Final = 130  # ended by Ctrl-C
