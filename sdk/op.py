"""The table of operations: one row for each builtin of the graft language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

__all__ = ["OPERATIONS", "REQUIRED", "Kind", "Op", "Parameter", "declare"]

REQUIRED: Final = object()


class Kind(Enum):
    """How an argument travels in a graft: by position, all the rest by position, or by name."""

    POSITIONAL = "positional"
    VARIADIC = "variadic"
    NAMED = "named"
    NAMED_VARIADIC = "named variadic"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation as its graft writes it."""

    name: str
    kind: Kind = Kind.POSITIONAL
    default: Any = REQUIRED


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    """One builtin: its wire name, parameters and meaning; the object that evaluators are bound to.

    `numpy` names the NumPy function of a row that works element by element: such a row needs no evaluator.
    `aliases` are further wire names with the same meaning.
    """

    builtin: str
    parameters: tuple[Parameter, ...]
    doc: str
    numpy: str | None = None
    aliases: tuple[str, ...] = ()


_TABLE: dict[str, Op] = {}
OPERATIONS: Final[Mapping[str, Op]] = MappingProxyType(_TABLE)


def declare(
    builtin: str,
    parameters: tuple[Parameter, ...],
    doc: str,
    *,
    numpy: str | None = None,
    aliases: tuple[str, ...] = (),
) -> Op:
    """Add a row to the table and return it; a wire name that stands in it already is an error."""
    row = Op(builtin, parameters, doc, numpy, aliases)
    for name in (builtin, *aliases):
        if name in _TABLE:
            raise ValueError(f"operation {name!r} is declared twice")
        _TABLE[name] = row
    return row
