"""JSON text to values, refusing what JSON leaves open and what would cost too much."""

from __future__ import annotations

import json
import math
import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from graft_eval.errors import GraftSyntaxError, LimitExceeded
from graft_eval.limits import Limits

__all__ = ["load_json"]

_EXTRA_NESTING = 64  # levels around a graft and inside its quoted JSON
_MEMBERS_PER_KEY = 10  # named arguments and quoted objects have members too
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'"[]{}:,'))
_STEPS = np.zeros(256, np.int64)
_STEPS[list(b"[{")] = 1
_STEPS[list(b"]}")] = -1
_COMMA, _COLON, _QUOTE = b',:"'
_NUMBER_SHAPE = bytes.maketrans(b"123456789E", b"000000000e")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def load_json(data: bytes, limits: Limits) -> object:
    """Return the value that the JSON text stands for.

    Text that is not UTF-8, duplicate names, lone surrogates, NaN, Infinity, integers beyond 64 bits and numbers
    beyond float64 are a `GraftSyntaxError`; nesting and sizes beyond the limits are a `LimitExceeded`, found before
    anything but a long string is built.

    >>> load_json(b'{"returns": "a", "a": 1}', Limits())
    {'returns': 'a', 'a': 1}
    """
    bare = data.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in data else data
    _check_structure(bare, limits)
    try:
        text = data.decode()
        if _has_long_number(data):
            value: object = json.loads(
                text, object_pairs_hook=_object, parse_constant=_refuse, parse_int=_integer, parse_float=_number
            )
        else:
            value = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse)
    except UnicodeDecodeError as exc:
        raise GraftSyntaxError(f"the text must be UTF-8, but byte {exc.start} is not") from exc
    except json.JSONDecodeError as exc:
        raise GraftSyntaxError(f"not JSON: {exc.msg} at line {exc.lineno}, column {exc.colno}") from exc
    if _SURROGATE.search(data) or _has_long_string(bare, limits):
        _check_strings(value, limits)
    return value


def _check_structure(bare: bytes, limits: Limits) -> None:
    """Count members, elements and nesting from what lies outside strings, at a tenth of the cost of parsing.

    `bare` is the text without escaped quotes.
    """
    structure = _structure(bare)
    members, most = np.count_nonzero(structure == _COLON), limits.graft_keys * _MEMBERS_PER_KEY
    if members > most:
        raise LimitExceeded(f"the JSON has {members:,} members; the limit is {most:,}")
    levels = _STEPS[structure].cumsum()
    nesting, deepest = int(levels.max(initial=0)), limits.graft_nesting + _EXTRA_NESTING
    if nesting > deepest:
        raise LimitExceeded(f"the JSON is nested {nesting:,} levels deep; the limit is {deepest:,}")
    if np.count_nonzero(structure == _COMMA) >= most and (longest := _longest(structure, levels)) > most:
        raise LimitExceeded(f"an array in the JSON has {longest:,} elements; the limit is {most:,}")


def _structure(bare: bytes) -> NDArray[np.uint8]:
    """Return the brackets, colons and commas that are not in strings."""
    marks = np.frombuffer(bare.translate(None, _NOT_STRUCTURE), np.uint8)
    quotes = marks == _QUOTE
    inside = np.bitwise_xor.accumulate(quotes.view(np.uint8)).view(np.bool_)
    structure: NDArray[np.uint8] = marks[~(inside | quotes)]
    return structure


def _longest(structure: NDArray[np.uint8], levels: NDArray[np.int64]) -> int:
    """Return the number of elements of the longest array or object; containers of one level follow each other."""
    opening = _STEPS[structure] > 0
    counted = opening | (structure == _COMMA)
    opens = opening[counted][np.argsort(levels[counted].astype(np.int16), kind="stable")]
    return int(np.bincount(np.cumsum(opens)[~opens]).max(initial=0)) + 1


def _has_long_number(data: bytes) -> bool:
    """Return True if there are 19 digits in a row, or 3 of an exponent; a tenth of the cost of a regular expression."""
    shape = data.translate(_NUMBER_SHAPE, b"+")
    return b"0" * 19 in shape or b"e000" in shape


def _has_long_string(bare: bytes, limits: Limits) -> bool:
    """Return True if a string may be longer than the limit; bytes are counted, which are not fewer than characters."""
    if len(bare) <= limits.string:
        return False
    quotes = np.flatnonzero(np.frombuffer(bare, np.uint8) == _QUOTE)
    return bool((np.diff(quotes)[::2] > limits.string).any())


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
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


def _check_strings(value: object, limits: Limits) -> None:
    """Refuse strings that are too long or hold half a character."""
    pending = [value]
    while pending:
        match pending.pop():
            case str(text):
                if len(text) > limits.string:
                    raise LimitExceeded(f"a string has {len(text):,} characters; the limit is {limits.string:,}")
                try:
                    text.encode()
                except UnicodeEncodeError as exc:
                    raise GraftSyntaxError(f"a string holds half of a surrogate pair: {text[:80]!r}") from exc
            case list(elements):
                pending.extend(elements)
            case dict(members):
                pending.extend(members)
                pending.extend(members.values())
