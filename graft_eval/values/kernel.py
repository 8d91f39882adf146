"""Kernels of convolutions as values."""

from __future__ import annotations

import sdk as wf
from graft_eval.barriers.convolution import Weights
from graft_eval.values.types import ValueType, bind_type

__all__: list[str] = []


def _attribute(weights: Weights, name: str) -> object:
    return weights.shape if name == "dims" else list(weights.values)


bind_type(
    ValueType(
        wf.Kernel._row,
        Weights,
        summary=lambda weights: f"of {weights.shape[0]:,} x {weights.shape[1]:,}",
        attribute=_attribute,
    )
)
