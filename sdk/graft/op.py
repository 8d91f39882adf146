"""The table of operations: one row for each builtin of the graft language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

__all__ = ["ABSENT", "OPERATIONS", "REQUIRED", "Kind", "Op", "Parameter", "declare", "op_of", "parameters"]


class Sentinel(Enum):
    """Values of a parameter's default that are no values of the language."""

    REQUIRED = "required"
    ABSENT = "absent"


REQUIRED: Final = Sentinel.REQUIRED
ABSENT: Final = Sentinel.ABSENT  # may be left out, and leaving it out differs from giving None


class Kind(Enum):
    """How an argument travels in a graft: by position, all the rest by position, or by name.

    A positional one may also be given by its name.
    """

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
    `value` is set for a constant: its wire name alone, not called, stands for it.
    `aliases` are further wire names with the same meaning.
    """

    builtin: str
    parameters: tuple[Parameter, ...]
    doc: str
    numpy: str | None = None
    value: float | None = None
    aliases: tuple[str, ...] = ()


_TABLE: dict[str, Op] = {}
OPERATIONS: Final[Mapping[str, Op]] = MappingProxyType(_TABLE)


def declare(
    builtin: str,
    parameters: tuple[Parameter, ...],
    doc: str,
    *,
    numpy: str | None = None,
    value: float | None = None,
    aliases: tuple[str, ...] = (),
) -> Op:
    """Add a row to the table and return it; a wire name that stands in it already is an error."""
    row = Op(builtin, parameters, doc, numpy, value, aliases)
    for name in (builtin, *aliases):
        if name in _TABLE:
            raise ValueError(f"operation {name!r} is declared twice")
        _TABLE[name] = row
    return row


def parameters(*positional: str | tuple[str, Any], **named: Any) -> tuple[Parameter, ...]:
    """Return the parameters of a row: names, or (name, default), by position, and defaults by name.

    `*name` takes all the rest by position, `**name` all the rest by name.

    >>> [(p.name, p.kind.value) for p in parameters("imagery", "*bands", allow_missing=False)]
    [('imagery', 'positional'), ('bands', 'variadic'), ('allow_missing', 'named')]
    """
    found = []
    for item in positional:
        name, default = item if isinstance(item, tuple) else (item, REQUIRED)
        kind = {"**": Kind.NAMED_VARIADIC, "*": Kind.VARIADIC}.get(name[: len(name) - len(name.lstrip("*"))])
        found.append(Parameter(name.lstrip("*"), kind or Kind.POSITIONAL, default))
    found += [Parameter(name, Kind.NAMED, default) for name, default in named.items()]
    return tuple(sorted(found, key=lambda parameter: parameter.kind is Kind.NAMED_VARIADIC))


def op_of(target: object) -> Op:
    """Return the row of an operation: of the row itself, or of a function, method or property made from one."""
    row = target.fget if isinstance(target, property) else target
    row = getattr(row, "op", row)
    if not isinstance(row, Op):
        raise TypeError(f"{target!r} is no operation")
    return row
