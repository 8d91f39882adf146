"""The registry of evaluators, by operation."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar, get_type_hints

from graft_eval.errors import EvaluationError
from graft_eval.scope import Scope
from graft_eval.values.expected import expect_hint
from graft_eval.values.types import Expected, describe
from sdk.graft.op import ABSENT, REQUIRED, Kind, Op, Parameter, op_of

__all__ = ["Cost", "Evaluator", "bind", "evaluates", "evaluator_of"]

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., object])

Arguments = tuple[list[object], dict[str, object]]
Cost = Callable[[Scope, list[object], dict[str, object]], int]

_SHAPES: Mapping[object, Kind] = {
    inspect.Parameter.POSITIONAL_OR_KEYWORD: Kind.POSITIONAL,
    inspect.Parameter.VAR_POSITIONAL: Kind.VARIADIC,
    inspect.Parameter.KEYWORD_ONLY: Kind.NAMED,
    inspect.Parameter.VAR_KEYWORD: Kind.NAMED_VARIADIC,
}


@dataclass(frozen=True, slots=True, eq=False)
class Evaluator:
    """A function of the scope and of an operation's arguments, and what is expected of each of them.

    It gives a value, or a `Task` that does where it applies functions. `cost` gives the steps that it takes besides
    those of its result, before anything is computed, and raises `LimitExceeded` for what must not be.
    """

    operation: Op
    function: Callable[..., object]
    expected: Mapping[str, Expected]
    cost: Cost | None = None

    def bound(self, arguments: tuple[object, ...], named: Mapping[str, object]) -> Arguments:
        """Return the arguments that a graft gives as the function takes them, of the types that it expects."""
        positional: list[object] = []
        by_name = dict(named)
        keywords: dict[str, object] = {}
        given = list(arguments)
        for parameter in self.operation.parameters:
            if parameter.kind is Kind.VARIADIC:
                positional += [self._checked(parameter, value) for value in given]
                given = []
            elif parameter.kind is Kind.NAMED_VARIADIC:
                keywords |= {name: self._checked(parameter, value) for name, value in by_name.items()}
                by_name = {}
            elif parameter.kind is Kind.NAMED:
                keywords[parameter.name] = self._checked(parameter, _take(parameter, by_name))
            else:
                value = given.pop(0) if given else _take(parameter, by_name)
                positional.append(self._checked(parameter, value))
        if given or by_name:
            raise EvaluationError(_surplus(self.operation, len(arguments), by_name))
        return positional, keywords

    def _checked(self, parameter: Parameter, value: object) -> object:
        expected = self.expected.get(parameter.name)
        if expected is not None and value is not ABSENT and not expected.includes(value):
            raise EvaluationError(f"{parameter.name} must be {expected}, not {describe(value)}")
        return value


_EVALUATORS: dict[Op, Evaluator] = {}


def evaluates(*targets: object) -> Callable[[AnyFunction], AnyFunction]:
    """Bind a function to operations: rows of the table, or methods made from them.

    Its parameters are the scope and those of the row, by the same names and kinds; arguments are checked against
    their annotations. Parameters that differ, and a second evaluator, are a `TypeError` at import.
    """

    def decorate(function: AnyFunction) -> AnyFunction:
        _, *own = inspect.signature(function).parameters.values()
        hints = get_type_hints(function)
        for operation in map(op_of, targets):
            evaluated = {parameter.name: _SHAPES[parameter.kind] for parameter in own}
            declared = {parameter.name: parameter.kind for parameter in operation.parameters}
            if list(evaluated.items()) != list(declared.items()):
                raise TypeError(f"{operation.builtin} has the parameters {declared}, its evaluator {evaluated}")
            bind(operation, function, {parameter.name: expect_hint(hints[parameter.name]) for parameter in own})
        return function

    return decorate


def bind(
    operation: Op, function: Callable[..., object], expected: Mapping[str, Expected], cost: Cost | None = None
) -> None:
    """Bind a function that takes the scope and an operation's arguments, without looking at its signature."""
    if operation in _EVALUATORS:
        raise TypeError(f"{operation.builtin} has two evaluators")
    _EVALUATORS[operation] = Evaluator(operation, function, expected, cost)


def evaluator_of(operation: Op) -> Evaluator | None:
    """Return the evaluator of an operation; None if there is none."""
    return _EVALUATORS.get(operation)


def _take(parameter: Parameter, named: dict[str, object]) -> object:
    """Return an argument given by name, or the default of the row, which the evaluator knows how to leave out."""
    value = named.pop(parameter.name, parameter.default)
    if value is REQUIRED:
        raise EvaluationError(f"the argument {parameter.name} is missing")
    return value


def _surplus(operation: Op, given: int, unknown: Mapping[str, object]) -> str:
    if unknown:
        names = ", ".join(parameter.name for parameter in operation.parameters) or "none"
        return f"there is no argument {next(iter(unknown))[:80]!r}; those that there are: {names}"
    most = sum(parameter.kind is Kind.POSITIONAL for parameter in operation.parameters)
    return f"takes {most} arguments by position, not {given}"
