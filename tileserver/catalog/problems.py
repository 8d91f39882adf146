"""Problems of images that are added all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem: a `gap` is a `band` that cannot be read, a `warning` what was not believed, a `note` a decision.

    `advice` is what to do about it. The text names no image, so that those of many images can be counted.
    """

    level: Literal["gap", "warning", "note"]
    text: str
    band: str = ""
    advice: str = ""
