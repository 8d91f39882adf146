"""Grafts read back into the nodes of a computation."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sdk.graft.nodes import Apply, Argument, Builtin, Lambda, Literal, Node, ProxyType, Quoted
from sdk.graft.op import OPERATIONS

__all__ = ["node_of"]

Json = Any
Reading = Generator[tuple[str, "_Scope"], Node, Node]  # asks for the node of a key, and gets it sent


@dataclass(slots=True, eq=False)
class _Scope:
    """A body that is read: its JSON, its parameters, and the keys that were read already."""

    graft: Mapping[str, Json]
    parent: _Scope | None
    parameters: Mapping[str, Argument]
    unknown: ProxyType  # of arguments whose type the graft does not say
    nodes: dict[str, Node | None] = field(default_factory=dict)  # None while it is being read


def node_of(graft: Mapping[str, Json], free: Mapping[str, Argument], unknown: ProxyType) -> Node:
    """Return the node of a graft; its free names are the arguments given for them, or builtins.

    A graft does not say of which type the arguments of its functions are: they are of the type `unknown`.

    >>> node_of({"0": 1, "1": ["wf.neg", "0"], "returns": "1"}, {}, object).function
    'wf.neg'
    """
    top = _Scope({}, None, free, unknown)
    scope = _Scope(graft, top, _parameters(graft, free, unknown), unknown)
    result = _read(str(graft["returns"]), scope)
    return Lambda(tuple(scope.parameters.values()), result) if "parameters" in graft else result


def _parameters(graft: Mapping[str, Json], known: Mapping[str, Argument], unknown: ProxyType) -> dict[str, Argument]:
    """Return the arguments of a body: those that are known, and bound ones."""
    names = graft.get("parameters", ())
    return {name: known.get(name) or Argument(name, unknown, bound=True) for name in names}


def _read(key: str, scope: _Scope) -> Node:
    """Return the node of a key. A loop over generators, since chains are longer than Python's stack."""
    stack = [_resolve(key, scope)]
    value: Node | None = None
    while stack:
        try:
            stack.append(_resolve(*(stack[-1].send(value) if value is not None else next(stack[-1]))))
            value = None
        except StopIteration as finished:
            stack.pop()
            value = finished.value
    assert value is not None
    return value


def _resolve(key: str, scope: _Scope) -> Reading:
    """Find what a key means in a body, in the bodies around it, or among the builtins."""
    owner: _Scope | None = scope
    while owner is not None:
        if key in owner.parameters:
            return owner.parameters[key]
        if key in owner.graft and key not in ("parameters", "returns"):
            break
        owner = owner.parent
    if owner is None:
        if key not in OPERATIONS:
            raise ValueError(f"the graft has no key {key!r}, and there is no such builtin")
        return Builtin(key)
    node = owner.nodes.get(key)
    if node is not None:
        return node
    if key in owner.nodes:
        raise ValueError(f"the graft's key {key!r} depends on itself")
    owner.nodes[key] = None
    node = yield from _expression(owner.graft[key], owner)
    owner.nodes[key] = node
    return node


def _expression(expression: Json, scope: _Scope) -> Reading:
    if isinstance(expression, dict):
        inner = _Scope(expression, scope, _parameters(expression, {}, scope.unknown), scope.unknown)
        result = yield expression["returns"], inner
        return Lambda(tuple(inner.parameters.values()), result)
    if not isinstance(expression, list):
        return Literal(expression)
    if len(expression) == 1 and isinstance(expression[0], (list, dict)):
        return Quoted(expression[0])
    called, *rest = expression
    named = rest.pop() if rest and isinstance(rest[-1], dict) else {}
    function = yield called, scope
    args = []
    for argument in rest:
        args.append((yield argument, scope))
    kwargs = {}
    for name, value in named.items():
        kwargs[name] = yield value, scope
    return Apply(function.name if isinstance(function, Builtin) else function, tuple(args), kwargs)
