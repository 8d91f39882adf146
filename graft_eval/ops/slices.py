"""Slices of indices: those of Python."""

from __future__ import annotations

from graft_eval.errors import EvaluationError
from graft_eval.ops.registry import evaluates
from graft_eval.scope import Scope
from sdk.language.slices import SLICE


@evaluates(SLICE)
def slice_(scope: Scope, *, start: int | None, stop: int | None, step: int | None) -> slice:
    if step == 0:
        raise EvaluationError("the step of a slice cannot be 0")
    return slice(start, stop, step)
