"""Nodes: what a graft consists of once its names are resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sdk.graft.op import Op

__all__ = ["Apply", "Body", "Builtin", "Graft", "Literal", "Local", "Node", "Reference"]


class Local(NamedTuple):
    """A key or a parameter of a body, `up` bodies out from the one that refers to it."""

    up: int
    key: str


class Builtin(NamedTuple):
    """An operation, by the name that the graft calls it."""

    name: str
    operation: Op


Reference = Local | Builtin


class Literal(NamedTuple):
    """A JSON value; `quoted` where the graft writes it in brackets."""

    value: object
    quoted: bool


class Apply(NamedTuple):
    """A function applied to arguments."""

    function: Reference
    arguments: tuple[Reference, ...]
    named: Mapping[str, Reference]


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """Expressions by key, and which of them the body stands for."""

    parameters: tuple[str, ...]
    nodes: dict[str, Node]
    returns: Reference


Node = Literal | Apply | Body


@dataclass(frozen=True, slots=True, eq=False)
class Graft:
    """A graft that is well formed: every key that its result needs exists, and none needs itself.

    `hash` is equal for grafts of equal canonical form. `parameters` are those of the function that the graft is or
    returns, in order; `is_function` tells the first case, where the outer body itself has parameters.
    """

    body: Body
    parameters: tuple[str, ...]
    is_function: bool
    hash: str
