"""The published language, interpreted once more: straight from a graft's JSON, by Python, NumPy and Shapely alone.

It shares no code with the project, is slow and obvious, and is what the values of grafts are compared with. Where it
refuses something it raises `Refused`, or whatever Python and NumPy raise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.oracle.twin.arrays import ARRAYS
from tests.oracle.twin.imagery import imagery
from tests.oracle.twin.plain import PLAIN
from tests.oracle.twin.shapes import shapes
from tests.oracle.twin.values import Refused, World

__all__ = ["interpret"]

RESERVED = ("parameters", "returns")


def interpret(graft: Mapping[str, Any], world: World, arguments: Mapping[str, Any]) -> Any:
    """Return the value of a graft, applied to its arguments by name; functions are Python's."""
    builtins = Frame({}, None, {**PLAIN, **ARRAYS, **imagery(world), **shapes(world)})
    return Frame(graft, builtins, arguments)[graft["returns"]]


class Frame:
    """What the keys of a body stand for."""

    def __init__(self, body: Mapping[str, Any], outer: Frame | None, known: Mapping[str, Any]) -> None:
        self.body, self.outer, self.known = body, outer, dict(known)

    def __getitem__(self, key: str) -> Any:
        if key in self.known:
            return self.known[key]
        if key in self.body and key not in RESERVED:
            self.known[key] = found = self.value(self.body[key])
            return found
        if self.outer is None:
            raise Refused(f"there is no {key}")
        return self.outer[key]

    def value(self, expression: Any) -> Any:
        match expression:
            case dict():
                return Closure(expression, self)
            case [list() | dict() as quoted]:
                return quoted
            case [function, *arguments, dict() as named]:
                given = {name: self[key] for name, key in named.items()}
                return self[function](*(self[key] for key in arguments), **given)
            case [function, *arguments]:
                return self[function](*(self[key] for key in arguments))
        return expression


class Closure:
    """A function of a graft, with the scope that it was written in."""

    def __init__(self, body: Mapping[str, Any], scope: Frame) -> None:
        self.body, self.scope, self.parameters = body, scope, body.get("parameters", ())

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        given = dict(zip(self.parameters, arguments, strict=False)) | named
        if given.keys() != set(self.parameters):
            raise Refused(f"a function of {self.parameters} is given {given.keys()}")
        return Frame(self.body, self.scope, given)[self.body["returns"]]
