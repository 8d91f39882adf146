"""Colormaps: names, or colours of one's own for values or for intervals of them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from numbers import Real
from reprlib import repr as brief
from typing import Any, Final

from sdk.graft.near import near
from sdk.language.colormaps import COLORMAPS

__all__ = ["MAX_CLASSES", "Colormap", "check_colormap", "check_name"]

MAX_CLASSES: Final = 256
_FOLDED: Final = frozenset(name.casefold() for name in COLORMAPS)

Colormap = str | Mapping[Any, Any] | Sequence[Sequence[Any]]
"""A name, colours by value as `{10: ("#006400", "Trees")}`, or intervals as `[(-1, 0, "red", "Loss")]`."""

EXPECTED: Final = (
    "colormap must be a str, or colours of values like {10: ('#006400', 'Trees')}, or of intervals like "
    "[(-1, 0, 'red', 'Loss')]"
)


def check_colormap(colormap: object) -> str | dict[str, list[str]] | list[list[Any]]:
    """Return a colormap as JSON has it: a name as it is, `{value: [colour, label]}`, or `[[low, high, colour, label]]`.

    Labels may be left out. An interval holds its lower bound and not its upper one; None is no bound. Raises TypeError
    and ValueError that say what was expected and what came; whether a colour exists, the server knows.

    >>> check_colormap({10: ("#006400", "Trees"), 20: "gold"})
    {'10': ['#006400', 'Trees'], '20': ['gold']}
    >>> check_colormap([(None, 0, "red", "Loss"), (0, 1, "green")])
    [[None, 0, 'red', 'Loss'], [0, 1, 'green']]
    """
    if isinstance(colormap, str):
        return colormap
    if isinstance(colormap, Mapping):
        values = {_value(value): _colour(colour) for value, colour in _bounded(colormap.items())}
        if len(values) < len(colormap):
            raise ValueError(f"each value of a colormap must stand in it once, not as in {brief(colormap)}")
        return values
    if isinstance(colormap, (list, tuple)):
        intervals = [_interval(interval) for interval in _bounded(colormap)]
        _check_disjoint(intervals)
        return intervals
    raise TypeError(f"{EXPECTED}, not {brief(colormap)}")


def check_name(name: str) -> str:
    """Return the name of a colormap, in any case, as it is; ValueError tells what looks like it. Empty is none.

    >>> check_name("rdylgn_R")
    'rdylgn_R'
    """
    if name and name.casefold() not in _FOLDED:
        like = near(name, COLORMAPS) or ", like viridis, RdYlGn or terrain"
        raise ValueError(f"colormap must be the name of a colormap of matplotlib, not {brief(name)}{like}")
    return name


def _bounded(items: Iterable[Any]) -> list[Any]:
    listed = list(items)
    if not 1 <= len(listed) <= MAX_CLASSES:
        raise ValueError(f"a colormap of one's own must have 1 to {MAX_CLASSES} colours, not {len(listed)}")
    return listed


def _value(value: object) -> str:
    """Return a value as a key of JSON; NumPy's numbers and texts of numbers are taken, too."""
    if isinstance(value, str):
        try:
            return json.dumps(_number(json.loads(value)))
        except (TypeError, ValueError) as exc:
            raise ValueError(f"values of a colormap must be finite numbers, not {brief(value)}") from exc
    return json.dumps(_number(value))


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{EXPECTED}, with numbers for values, not {brief(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"values of a colormap must be finite numbers, not {brief(value)}")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _colour(colour: object) -> list[str]:
    parts = [colour] if isinstance(colour, str) else colour
    if (
        not isinstance(parts, (list, tuple))
        or not 1 <= len(parts) <= 2
        or not all(isinstance(part, str) for part in parts)
    ):
        raise TypeError(f"{EXPECTED}, with a colour, or a colour and a label, not {brief(colour)}")
    return list(parts)


def _interval(interval: object) -> list[Any]:
    if not isinstance(interval, (list, tuple)) or not 3 <= len(interval) <= 4:
        raise TypeError(f"{EXPECTED}, not {brief(interval)}")
    low, high = (None if bound is None else _number(bound) for bound in interval[:2])
    if low is not None and high is not None and not low < high:
        raise ValueError(f"the lower bound of an interval must be less than its upper one, not {brief(interval)}")
    return [low, high, *_colour(interval[2:])]


def _check_disjoint(intervals: Sequence[Sequence[Any]]) -> None:
    ends = [(-math.inf if low is None else low, math.inf if high is None else high) for low, high, *_ in intervals]
    for (_, end), (start, _) in pairwise(sorted(ends)):
        if start < end:
            raise ValueError(f"intervals of a colormap must not overlap, as they do at {start}")
