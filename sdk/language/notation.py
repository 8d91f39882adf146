"""Types as signatures write them, "FloatLike | List[Str] | None", and the proxy types that they name."""

from __future__ import annotations

from functools import cache
from typing import Any

from sdk.language.proxy import TYPES, Proxy

__all__ = ["LIKE", "either", "resolve"]

# Unions of a proxy type and the Python types that become one, by name; each is entered next to its type.
LIKE: dict[str, Any] = {}


@cache  # of annotations in this package's own source
def resolve(annotation: str) -> tuple[type[Proxy], ...]:
    """Return the proxy types that an annotation names; Python types in it are for type checkers alone.

    >>> [type_.__name__ for type_ in resolve("FloatLike | List[Str] | None")]
    ['Int', 'Float', 'List[Str]', 'NoneType']
    """
    found: list[type[Proxy]] = []
    for part in _split(annotation):
        if part in LIKE:
            found += resolve(LIKE[part])
        elif part == "None":
            found.append(TYPES["NoneType"])
        elif part[0].isupper() and not part.startswith(("Sequence", "Mapping", "Callable")):
            found.append(eval(part, dict(TYPES)))
    return tuple(found)


def either(types: tuple[type[Proxy], ...]) -> str:
    """Return the names of types as a message gives them.

    >>> either(resolve("FloatLike | None"))
    'Int or Float or None'
    """
    names = {TYPES["NoneType"]: "None", TYPES["Imagery"]: "Image or ImageCollection", TYPES["Shape"]: "shape"}
    return " or ".join(names.get(type_, type_.__name__) for type_ in types)


def _split(annotation: str) -> list[str]:
    """Split a union at its top level."""
    parts, depth = [""], 0
    for character in annotation:
        depth += character in "[({"
        depth -= character in "])}"
        if character == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
