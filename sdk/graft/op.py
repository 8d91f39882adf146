"""The table of operations: one row for each builtin of the graft language."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from sdk.graft.rules import Rule

__all__ = ["ABSENT", "OPERATIONS", "REQUIRED", "Kind", "Op", "Parameter", "declare", "enter", "op_of", "parse"]


class Sentinel(Enum):
    """Values of a parameter's default that are no values of the language."""

    REQUIRED = "required"
    ABSENT = "absent"


REQUIRED: Final = Sentinel.REQUIRED
ABSENT: Final = Sentinel.ABSENT  # may be left out, and leaving it out differs from giving None


class Kind(Enum):
    """The way of an argument into a graft: by position, all the rest by position, or by name.

    A positional one may also be given by its name.
    """

    POSITIONAL = "positional"
    VARIADIC = "variadic"
    NAMED = "named"
    NAMED_VARIADIC = "named variadic"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation as its graft writes it; `types` says what it may be, "FloatLike | None"."""

    name: str
    kind: Kind = Kind.POSITIONAL
    default: Any = REQUIRED
    types: str = "Any"


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    """One builtin: its wire name, parameters, result and meaning; the object that evaluators are bound to.

    `owner` is the type that has it as a method or property, None for a function of the module; `called` is its name
    in Python, empty for a row that other operations write. `example` is an expression with it. `addition` tells
    operations of ours from those of the published language.

    `size` gives the length of a text, or the number of an array's elements, that the operation makes of these
    arguments, so that it is bounded beforehand; `cost` the multiplications that it takes, where they are more.

    `numpy` names the NumPy function of a row: such a row needs no evaluator. It works element by element, or on arrays
    as a `whole`.
    `value` is set for a constant: its wire name alone, not called, stands for it.
    `aliases` are further wire names with the same meaning.
    """

    builtin: str
    parameters: tuple[Parameter, ...]
    result: Rule
    doc: str
    owner: str | None = None
    called: str = ""
    example: str = ""
    addition: bool = False
    size: Callable[..., int] | None = None
    cost: Callable[..., int] | None = None
    numpy: str | None = None
    whole: bool = False
    value: Any = None
    aliases: tuple[str, ...] = ()


_TABLE: dict[str, Op] = {}
OPERATIONS: Final[Mapping[str, Op]] = MappingProxyType(_TABLE)


def declare(builtin: str, signature: str, result: Rule, doc: str, **fields: Any) -> Op:
    """Add a row to the table and return it. Its signature is Python's, with types as the language names them."""
    return enter(Op(builtin, parse(signature), result, doc, **fields))


def enter(row: Op) -> Op:
    """Add a row to the table and return it; a wire name that stands in it already is an error."""
    for name in (row.builtin, *row.aliases):
        if name in _TABLE:
            raise ValueError(f"operation {name!r} is declared twice")
        _TABLE[name] = row
    return row


@cache
def parse(signature: str) -> tuple[Parameter, ...]:
    """Return the parameters of a signature; `= ...` stands for what may be left out, which differs from None.

    >>> [(p.name, p.kind.value, p.types) for p in parse("imagery: Imagery, *bands: StrLike, missing: BoolLike = False")]
    [('imagery', 'positional', 'Imagery'), ('bands', 'variadic', 'StrLike'), ('missing', 'named', 'BoolLike')]
    """
    function = ast.parse(f"def _({signature}): ...").body[0]
    assert isinstance(function, ast.FunctionDef)
    given = function.args
    required = len(given.args) - len(given.defaults)
    defaults = [None] * required + list(given.defaults)
    found = [_parameter(arg, Kind.POSITIONAL, default) for arg, default in zip(given.args, defaults, strict=True)]
    if given.vararg:
        found.append(_parameter(given.vararg, Kind.VARIADIC, None))
    found += [
        _parameter(a, Kind.NAMED, default) for a, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
    ]
    if given.kwarg:
        found.append(_parameter(given.kwarg, Kind.NAMED_VARIADIC, None))
    return tuple(found)


def _parameter(given: ast.arg, kind: Kind, default: ast.expr | None) -> Parameter:
    value = REQUIRED if default is None else ast.literal_eval(default)
    types = "Any" if given.annotation is None else ast.unparse(given.annotation)
    return Parameter(given.arg, kind, ABSENT if value is ... else value, types)


def op_of(target: object) -> Op:
    """Return the row of an operation: of the row itself, or of a function, method or property made from one."""
    row = target.fget if isinstance(target, property) else target
    row = getattr(row, "op", row)
    if not isinstance(row, Op):
        raise TypeError(f"{target!r} is no operation")
    return row
