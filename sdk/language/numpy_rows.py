"""Rows of NumPy's functions of whole arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sdk.graft.op import REQUIRED, Kind, parse
from sdk.graft.rules import Rule
from sdk.language.numpy_protocol import ARRAY_FUNCTIONS
from sdk.language.operation import function

__all__ = ["Rows", "functions"]

Rows = Mapping[str, tuple[str, Rule, str] | tuple[str, Rule, str, Mapping[str, Any]]]
"""By the function's name in NumPy: its signature, what it gives, what it does, further fields of the operation."""


def functions(rows: Rows, examples: Mapping[str, str]) -> Mapping[str, Callable[..., Any]]:
    """Add rows to the table, and return their Python functions; parameters with a default travel by name."""
    made = {name: _function(name, examples.get(name, ""), *row) for name, row in rows.items()}
    ARRAY_FUNCTIONS.update(made)
    return MappingProxyType(made)


def _function(
    name: str, example: str, signature: str, result: Rule, doc: str, fields: Mapping[str, Any] | None = None
) -> Any:
    optional = [p.name for p in parse(signature) if p.kind is Kind.POSITIONAL and p.default is not REQUIRED]
    given = {"named": tuple(optional), **(fields or {})}
    return function(f"wf.numpy.{name}", signature, result, doc, numpy=name, whole=True, example=example, **given)
