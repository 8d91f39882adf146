"""Slices of indices: those of Python."""

from __future__ import annotations

from graft_eval.errors import EvaluationError
from graft_eval.ops.registry import evaluates
from graft_eval.scope import Scope
from graft_eval.values.types import ValueType, bind_type
from sdk.language.slices import SLICE, Slice

bind_type(ValueType(Slice._row, slice, summary=lambda value: f"{value.start}:{value.stop}:{value.step}"))


@evaluates(SLICE)
def slice_(scope: Scope, *, start: int | None, stop: int | None, step: int | None) -> slice:
    if step == 0:
        raise EvaluationError("the step of a slice cannot be 0")
    return slice(start, stop, step)
