"""Evaluators of the operations, in files named as those of the SDK or after what they work on."""

from graft_eval.ops import (  # noqa: F401 - importing binds the evaluators
    bands,
    catalog,
    containers,
    datetimes,
    elementwise,
    groups,
    metadata,
    pixels,
    places,
    primitives,
    reductions,
    strings,
)
from graft_eval.ops.registry import evaluator_of

__all__ = ["evaluator_of"]
