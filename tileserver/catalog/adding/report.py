"""Options of adding, and the report of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tileserver.catalog.overrides import Overrides
from tileserver.catalog.problems import Problem

__all__ = ["AddOptions", "AddReport"]


@dataclass(slots=True)
class AddReport:
    """The outcome for each image, by id; the products; and failures as (name, reason).

    `problems` are (id, problem) of images that were added all the same, `passed_over` counts files by kind.
    """

    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)
    interrupted: bool = False

    @property
    def with_gaps(self) -> list[str]:
        """The ids of images of which some bands cannot be read."""
        return list(dict.fromkeys(image for image, problem in self.problems if problem.level == "gap"))


@dataclass(frozen=True, slots=True)
class AddOptions:
    """Options of adding: `strict` refuses images with unreadable bands; `pattern` groups the files of a scene.

    `overrides` become the products' own. `progress` is called with how many were read so far,
    and how many there are, as far as is known by then.
    """

    strict: bool = False
    pattern: re.Pattern[str] | None = None
    overrides: Overrides = Overrides()  # noqa: RUF009
    progress: Callable[[int, int], None] = lambda done, total: None
