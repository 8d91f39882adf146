"""How large a plain value is, so that no graft builds one beyond the limits."""

from __future__ import annotations

from graft_eval.errors import LimitExceeded
from graft_eval.limits import Limits

__all__ = ["DEEPEST_VALUE", "measure"]

DEEPEST_VALUE = 100  # containers within containers


def measure(value: object, limits: Limits, what: str, budget: int | None = None) -> int:
    """Return the number of elements in a value, however shared they are, containers counted with what they hold.

    Raises `LimitExceeded` where a string, a container or the nesting is beyond its limit, or where there are more
    than `budget` elements. `what` names the value in the message.

    >>> measure([1, [2, 3]], Limits(), "it")
    5
    """
    if isinstance(value, str):
        _check_length(value, limits.string, "characters", what)
        return 1
    if not isinstance(value, list | tuple | dict):
        return 1
    count, level, depth = 1, [value], 1
    while level:
        if depth > DEEPEST_VALUE:
            raise LimitExceeded(f"{what} is nested more than {DEEPEST_VALUE} deep, which is the limit")
        inner: list[list[object] | tuple[object, ...] | dict[object, object]] = []
        for container in level:
            _check_length(container, limits.list, "elements", what)
            count += len(container)
            if budget is not None and count > budget:
                raise LimitExceeded(f"{what} has more than {budget:,} elements in all, which is what is left to spend")
            for element in container.values() if isinstance(container, dict) else container:
                if isinstance(element, str):
                    _check_length(element, limits.string, "characters", what)
                elif isinstance(element, list | tuple | dict):
                    inner.append(element)
        level, depth = inner, depth + 1
    return count


def _check_length(
    value: str | list[object] | tuple[object, ...] | dict[object, object], most: int, of: str, what: str
) -> None:
    if len(value) > most:
        raise LimitExceeded(f"{what} has {len(value):,} {of}; the limit is {most:,}")
