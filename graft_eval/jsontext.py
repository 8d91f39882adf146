"""JSON text to values, refusing what JSON leaves open and what would cost too much."""

from __future__ import annotations

import json
import math
import re

import numpy as np

from graft_eval.errors import GraftSyntaxError, LimitExceeded
from graft_eval.scope import Limits

__all__ = ["load_json"]

_EXTRA_NESTING = 64  # levels around a graft and inside its quoted JSON
_MEMBERS_PER_KEY = 10  # named arguments and quoted objects have members too
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'"[]{}:'))
_STEPS = np.zeros(256, np.int64)
_STEPS[list(b"[{")] = 1
_STEPS[list(b"]}")] = -1
_LONG_NUMBER = re.compile(rb"\d{19}|[eE]\+?\d{3}")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def load_json(data: bytes, limits: Limits) -> object:
    """Return the value that the JSON text stands for.

    Text that is not UTF-8, duplicate names, lone surrogates, NaN, Infinity, integers beyond 64 bits and numbers
    beyond float64 are a `GraftSyntaxError`; nesting and size beyond the limits are a `LimitExceeded`, found before
    anything is built.

    >>> load_json(b'{"returns": "a", "a": 1}', Limits())
    {'returns': 'a', 'a': 1}
    """
    _check_structure(data, limits)
    try:
        text = data.decode()
        if _LONG_NUMBER.search(data):
            value: object = json.loads(
                text, object_pairs_hook=_object, parse_constant=_refuse, parse_int=_integer, parse_float=_number
            )
        else:
            value = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse)
    except UnicodeDecodeError as exc:
        raise GraftSyntaxError(f"the text must be UTF-8, but byte {exc.start} is not") from exc
    except json.JSONDecodeError as exc:
        raise GraftSyntaxError(f"not JSON: {exc.msg} at line {exc.lineno}, column {exc.colno}") from exc
    if _SURROGATE.search(data):
        _check_surrogates(value)
    return value


def _check_structure(data: bytes, limits: Limits) -> None:
    """Count members and nesting from brackets and colons outside strings, at a tenth of the cost of parsing."""
    if b"\\" in data:
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    structure = b"".join(data.translate(None, _NOT_STRUCTURE).split(b'"')[::2])
    members, most = structure.count(b":"), limits.graft_keys * _MEMBERS_PER_KEY
    if members > most:
        raise LimitExceeded(f"the JSON has {members:,} members; the limit is {most:,}")
    steps = _STEPS[np.frombuffer(structure, np.uint8)]
    nesting, deepest = int(steps.cumsum().max(initial=0)), limits.graft_nesting + _EXTRA_NESTING
    if nesting > deepest:
        raise LimitExceeded(f"the JSON is nested {nesting:,} levels deep; the limit is {deepest:,}")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise GraftSyntaxError(f"an object has the name {twice[:80]!r} twice")
    return members


def _refuse(constant: str) -> object:
    raise GraftSyntaxError(f"not JSON: {constant} is no JSON number")


def _integer(digits: str) -> int:
    if len(digits) > 20 or not -(1 << 63) <= (value := int(digits)) < 1 << 63:
        raise GraftSyntaxError(f"the integer {digits[:40]} does not fit into 64 bits")
    return value


def _number(digits: str) -> float:
    if not math.isfinite(value := float(digits)):
        raise GraftSyntaxError(f"the number {digits[:40]} does not fit into 64-bit floating point")
    return value


def _check_surrogates(value: object) -> None:
    pending = [value]
    while pending:
        match pending.pop():
            case str(text):
                try:
                    text.encode()
                except UnicodeEncodeError as exc:
                    raise GraftSyntaxError(f"a string holds half of a surrogate pair: {text[:80]!r}") from exc
            case list(elements):
                pending.extend(elements)
            case dict(members):
                pending.extend(members)
                pending.extend(members.values())
