"""Text: Python's methods of str, with results bounded before they are built."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter

from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.limits import Limits
from graft_eval.ops.registry import bind, evaluates
from graft_eval.scope import Scope
from graft_eval.values.expected import expect_annotation
from graft_eval.values.types import describe, type_of
from sdk.graft.op import OPERATIONS, Op
from sdk.language.strings import FORMAT


def _bind(operation: Op) -> None:
    method = getattr(str, operation.called)

    def evaluate(scope: Scope, text: str, *arguments: object, **named: object) -> object:
        values = (text, *arguments, *named.values())  # named ones come in the order that Python takes them by position
        if operation.size:
            _check_length(operation.size(*values), scope.limits)
        try:
            return method(*values)
        except (ValueError, TypeError, OverflowError) as exc:
            raise EvaluationError(str(exc)) from exc

    expected = {parameter.name: expect_annotation(parameter.types) for parameter in operation.parameters}
    bind(operation, evaluate, expected)


for _operation in OPERATIONS.values():
    if _operation.builtin.startswith("wf.Str.") and _operation is not FORMAT:
        _bind(_operation)


@evaluates(FORMAT)
def format_(scope: Scope, text: str, *values: object, **named: object) -> str:
    parts, size, automatic = [], 0, 0
    try:
        for literal, field, spec, conversion in Formatter().parse(text):
            parts.append(literal)
            if field is not None:
                if not field:
                    field, automatic = str(automatic), automatic + 1
                parts.append(_formatted(_field(field, values, named), spec or "", conversion, scope.limits))
            size += sum(map(len, parts[-2:]))
            _check_length(size, scope.limits)
    except ValueError as exc:
        raise EvaluationError(f"{exc}, in {describe(text)}") from exc
    return "".join(parts)


def _field(name: str, values: tuple[object, ...], named: Mapping[str, object]) -> object:
    if name.isdecimal() and int(name) < len(values):
        return values[int(name)]
    if name in named:
        return named[name]
    raise EvaluationError(f"there is no value for the field {{{name[:60]}}}; fields are numbers or names alone")


def _formatted(value: object, spec: str, conversion: str | None, limits: Limits) -> str:
    if any(len(digits) > 9 or int(digits) > limits.string for digits in re.findall(r"\d+", spec)):
        raise LimitExceeded(f"the field {{:{spec[:60]}}} is wider than the limit of {limits.string:,} characters")
    _check_length(_least_length(value, limits), limits)
    if conversion is not None:
        value = repr(value) if conversion == "r" else str(value)
    try:
        return format(value, spec)
    except TypeError as exc:
        raise EvaluationError(f"{describe(value)} cannot be formatted as {spec[:60]!r}") from exc


def _least_length(value: object, limits: Limits) -> int:
    """Return how many characters a value has at least as text, as far as the limit of text."""
    length, waiting = 0, [value]
    while waiting and length <= limits.string:
        value = waiting.pop()
        length += len(value) if isinstance(value, str) else 1
        if (elements := type_of(value).elements) is not None:
            waiting.extend(elements(value))
    return length


def _check_length(characters: int, limits: Limits) -> None:
    if characters > limits.string:
        raise LimitExceeded(f"the text would have {characters:,} characters; the limit is {limits.string:,}")
