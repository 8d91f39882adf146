"""Findings of `graftile doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "fault", "fine", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has found, and what to do about it; nothing where all is well."""

    level: Literal["ok", "warning", "fault"]
    text: str
    advice: str = ""


def fine(text: str) -> Finding:
    """Return a finding of what is as it should be."""
    return Finding("ok", text)


def warning(text: str, advice: str) -> Finding:
    """Return a finding of what works, and may cost time or surprise."""
    return Finding("warning", text, advice)


def fault(text: str, advice: str) -> Finding:
    """Return a finding of what does not work."""
    return Finding("fault", text, advice)
