"""Problems: what is odd about an image that is added all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One of them: a `gap` is a `band` that cannot be read, a `warning` what was not believed, a `note` a decision.

    `advice` is what to do about it. The text names no image, so that those of many images can be counted.
    """

    level: Literal["gap", "warning", "note"]
    text: str
    band: str = ""
    advice: str = ""
