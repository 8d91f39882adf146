"""Pictures that servers share: what one has drawn, none draws again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from graft_eval.progress import Progress

__all__ = ["Drawn", "NotShared", "SharedPictures"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """An encoded tile; `is_empty` if all its pixels are masked, `is_whole` unless it lacks scenes."""

    data: bytes
    is_empty: bool = False
    is_whole: bool = True


class SharedPictures(Protocol):
    """Pictures by their tags, which name all that they depend on; for any number of threads.

    `counts` tells how many were found (`hit`) and drawn (`miss`), and how often that could not be asked (`failed`).
    """

    counts: Counter[str]

    def find_or_draw(self, tag: str, progress: Progress, draw: Callable[[], Drawn]) -> tuple[Drawn, bool]:
        """Return the picture of a tag, and whether it was found; else it is drawn now, and others find it."""


class NotShared:
    """No pictures: each server draws its own."""

    def __init__(self) -> None:
        self.counts = Counter[str]()

    def find_or_draw(self, tag: str, progress: Progress, draw: Callable[[], Drawn]) -> tuple[Drawn, bool]:
        """Draw the picture."""
        return draw(), False
