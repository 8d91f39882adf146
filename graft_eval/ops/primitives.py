"""Numbers out of other values, and the choice between two computations."""

from __future__ import annotations

import math

import numpy as np

from graft_eval.errors import EvaluationError
from graft_eval.ops.registry import evaluates
from graft_eval.scope import Scope
from graft_eval.values.arrays import MaskedArray
from graft_eval.values.function import Function, Task
from graft_eval.values.types import describe
from sdk.language.functions import IFELSE
from sdk.language.primitives import FLOAT_CAST, INT_CAST


@evaluates(INT_CAST)
def int_cast(scope: Scope, value: bool | int | float | str | np.generic) -> int:
    if isinstance(value, str) and len(value) > 40:
        raise EvaluationError(f"{describe(value)} is no Int")
    try:
        number = int(value)
    except (ValueError, OverflowError) as exc:
        raise EvaluationError(f"{describe(value)} is no Int") from exc
    if not -(2**63) <= number < 2**63:
        raise EvaluationError(f"{describe(value)} does not fit into 64 bits")
    return number


@evaluates(FLOAT_CAST)
def float_cast(scope: Scope, value: bool | int | float | str | np.generic | MaskedArray) -> float:
    if value is np.ma.masked:
        return math.nan
    try:
        return float(value)
    except (ValueError, TypeError) as exc:
        raise EvaluationError(f"{describe(value)} is no Float") from exc


@evaluates(IFELSE)
def ifelse(scope: Scope, condition: bool | float, true_value: Function, false_value: Function) -> Task:
    return (yield true_value() if condition else false_value())
