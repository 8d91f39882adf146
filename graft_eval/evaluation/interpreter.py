"""Grafts to values: lexical scopes, each key once, no recursion."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import GeneratorType, MappingProxyType
from typing import Final

from graft_eval.errors import EvaluationError, GraftError, LimitExceeded
from graft_eval.graft.least import least_steps
from graft_eval.graft.syntax import Apply, Body, Builtin, Graft, Literal, Local, Reference
from graft_eval.ops import evaluator_of
from graft_eval.scope import Scope
from graft_eval.values.function import Function, Task, run
from graft_eval.values.size import size_of
from graft_eval.values.types import describe

__all__ = ["evaluate", "evaluate_argument"]

_NOT_YET: Final = object()
_CHECK_EVERY: Final = 256  # steps between two looks at whether anybody still waits
_SHORT: Final = 0.05  # seconds of processor, within which most are evaluated
_PAUSE: Final = 0.001  # seconds, in which tiles and answers get the interpreter


def evaluate(graft: Graft, scope: Scope, arguments: Mapping[str, object] = MappingProxyType({})) -> object:
    """Return the value of a graft; of a function, what it gives for the arguments.

    Arguments are values, or grafts that are evaluated first. Missing and unknown ones are an `EvaluationError`.

    `scope.engine` computes pixels where a value needs them, such as a mean; imagery itself stays lazy.
    """
    interpreter = _Interpreter(scope)
    return interpreter.run(interpreter.main(graft, arguments))


def evaluate_argument(graft: Graft, scope: Scope) -> object:
    """Return what a graft stands for as an argument: a function is a value like others, and is not applied."""
    interpreter = _Interpreter(scope)
    return interpreter.run(interpreter.open(graft))


class _Frame:
    """One activation of a body: the values of its parameters and of the keys evaluated so far."""

    __slots__ = ("body", "parent", "values")

    def __init__(self, body: Body, values: dict[str, object], parent: _Frame | None) -> None:
        self.body, self.values, self.parent = body, values, parent

    def owner(self, up: int) -> _Frame:
        frame = self
        for _ in range(up):
            assert frame.parent is not None  # the parser resolved the reference
            frame = frame.parent
        return frame


class _Interpreter:
    """Evaluates one graft in one scope, counting steps and processor time with those of the request."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.spent = scope.progress.spent
        self.clock = time.thread_time()

    def run(self, task: Task) -> object:
        """Return what a task gives."""
        try:
            return run(task)
        finally:
            self.charge()

    def main(self, graft: Graft, arguments: Mapping[str, object]) -> Task:
        values: dict[str, object] = {}
        for name, argument in arguments.items():
            values[name] = (yield self.open(argument)) if isinstance(argument, Graft) else argument
        value = yield self.open(graft)
        if isinstance(value, _Closure):
            return (yield value.apply((), values))
        if values:
            raise EvaluationError(f"there is no parameter {next(iter(values))!r}: the graft is no function")
        return value

    def open(self, graft: Graft) -> Task:
        """Return the task of a graft's own value, which may be a function."""
        if graft.is_function:
            return _Closure(self, graft.body, None)
        return (yield from self.result(_Frame(graft.body, {}, None)))

    def result(self, frame: _Frame) -> Task:
        """Evaluate what a body returns."""
        value = self.known(frame, frame.body.returns)
        if value is _NOT_YET:
            return (yield self.key(frame, frame.body.returns))
        self.spend(1)  # a function that gives what it was given takes a step, too
        return value

    def known(self, frame: _Frame, reference: Reference) -> object:
        """Return what a reference stands for, as far as it is there."""
        if isinstance(reference, Local):
            return frame.owner(reference.up).values.get(reference.key, _NOT_YET)
        operation = reference.operation
        return operation.value if operation.value is not None else _Native(self, reference)

    def key(self, frame: _Frame, reference: Reference) -> Task:
        """Evaluate a key in the frame of its body, and keep its value there."""
        assert isinstance(reference, Local)  # builtins are known
        owner = frame.owner(reference.up)
        node = owner.body.nodes[reference.key]
        self.spend(1)
        value: object
        if isinstance(node, Literal):
            value = node.value
        elif isinstance(node, Body):
            value = _Closure(self, node, owner)
        else:
            value = yield from self.call(owner, node)
        owner.values[reference.key] = value
        return value

    def call(self, frame: _Frame, node: Apply) -> Task:
        values = []
        for reference in (node.function, *node.arguments, *node.named.values()):
            value = self.known(frame, reference)
            if value is _NOT_YET:
                value = yield self.key(frame, reference)
            values.append(value)
        function, *arguments = values
        if not isinstance(function, Function):
            raise EvaluationError(f"only functions can be applied to arguments, not {describe(function)}")
        split = len(arguments) - len(node.named)
        named = dict(zip(node.named, arguments[split:], strict=True))
        return (yield from function.apply(tuple(arguments[:split]), named))

    def spend(self, steps: int) -> None:
        """Count steps; now and then look at the clock, and whether anybody still waits."""
        spent = self.spent
        if spent.steps // _CHECK_EVERY != (spent.steps + steps) // _CHECK_EVERY:
            self.pause()
        spent.steps += steps
        if spent.steps > self.scope.limits.steps:
            raise LimitExceeded(f"the evaluation takes more than {self.scope.limits.steps:,} steps, which is the limit")

    def pause(self) -> None:
        """Let others go on, and end what nobody waits for or takes too long."""
        self.scope.progress.check()
        self.charge()
        if self.spent.seconds > self.scope.limits.seconds:
            raise LimitExceeded(
                f"the evaluation takes more than {self.scope.limits.seconds:g} s of processor, which is the limit"
            )
        if self.spent.seconds > _SHORT:
            time.sleep(_PAUSE)

    def charge(self) -> None:
        """Count the processor time since the last look at the clock."""
        now = time.thread_time()
        self.spent.seconds += now - self.clock
        self.clock = now


class _Closure(Function):
    """A body and the frame it was met in."""

    def __init__(self, interpreter: _Interpreter, body: Body, frame: _Frame | None) -> None:
        self.interpreter, self.body, self.frame = interpreter, body, frame
        self.parameters = body.parameters

    @property
    def least_steps(self) -> int:
        return max(1, least_steps(self.body, self._known))

    def _known(self, reference: Local) -> object:
        return None if self.frame is None else self.frame.owner(reference.up).values.get(reference.key)

    def apply(self, arguments: tuple[object, ...], named: Mapping[str, object]) -> Task:
        values = dict(zip(self.parameters, arguments, strict=False))
        expected = f"the function takes {', '.join(self.parameters) or 'no arguments'}"
        if len(arguments) > len(self.parameters):
            raise EvaluationError(f"{expected}, not {len(arguments)} arguments")
        for name, value in named.items():
            if name not in self.parameters or name in values:
                raise EvaluationError(f"{expected}, not {name[:80]!r}{' twice' if name in values else ''}")
            values[name] = value
        for name in self.parameters:
            if name not in values:
                raise EvaluationError(f"{expected}, and {name!r} is missing")
        return (yield from self.interpreter.result(_Frame(self.body, values, self.frame)))


class _Native(Function):
    """A builtin operation as a function."""

    def __init__(self, interpreter: _Interpreter, reference: Builtin) -> None:
        self.interpreter, self.reference = interpreter, reference
        self.parameters = tuple(parameter.name for parameter in reference.operation.parameters)

    def apply(self, arguments: tuple[object, ...], named: Mapping[str, object]) -> Task:
        interpreter, operation = self.interpreter, self.reference.name
        try:
            evaluator = evaluator_of(self.reference.operation)
            if evaluator is None:
                raise EvaluationError("this server cannot evaluate it")
            positional, keywords = evaluator.bound(arguments, named)
            cost = evaluator.cost(interpreter.scope, positional, keywords) if evaluator.cost is not None else 0
            if cost:  # which the steps say
                interpreter.spend(cost)
                with interpreter.spent.apart():
                    value = evaluator.function(interpreter.scope, *positional, **keywords)
            else:
                value = evaluator.function(interpreter.scope, *positional, **keywords)
            if isinstance(value, GeneratorType):
                value = yield from value
            limits = interpreter.scope.limits
            interpreter.spend(size_of(value, limits, "the value", limits.steps - interpreter.spent.steps))
        except GraftError as exc:
            if exc.operation is None:
                raise type(exc)(str(exc), operation=operation) from exc
            raise
        return value
