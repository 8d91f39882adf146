"""Bodies on their way in: JSON objects whose shape is checked and whose names are resolved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from graft_eval.errors import GraftSyntaxError, LimitExceeded
from graft_eval.graft.nodes import Apply, Body, Builtin, Literal, Local, Node, Reference
from graft_eval.limits import Limits
from graft_eval.values.size import size_of
from sdk.graft.op import OPERATIONS

__all__ = ["RESERVED", "Key", "OpenBody", "Use", "read_body", "short"]

RESERVED: Final = ("parameters", "returns")
REFERENCES_PER_KEY: Final = 10
NONE_NAMED: Final[Mapping[str, Reference]] = MappingProxyType({})


class Use(NamedTuple):
    """A reference, and the key that it needs, with its body; None if it is a parameter or a builtin."""

    reference: Reference
    need: Key | None


@dataclass(slots=True, eq=False)
class OpenBody:
    """A body whose names are resolved: `known` says what they stand for, None of those that do not exist.

    `shadowed` are the owners, further out, of names that it defines anew.
    """

    document: Mapping[str, object]
    parameters: Mapping[str, None]
    is_function: bool
    depth: int
    body: Body = field(init=False)
    inner: dict[str, OpenBody] = field(default_factory=dict)
    known: dict[str, Use | None] = field(default_factory=dict)
    shadowed: dict[str, OpenBody] = field(default_factory=dict)

    def names(self) -> set[str]:
        """Return its keys and parameters."""
        return {*self.document, *self.parameters}.difference(RESERVED)

    def used(self, key: str) -> Iterable[str]:
        """Return the names that a key's expression writes, the function's first, those of named arguments last."""
        value = self.document[key]
        if isinstance(value, str) and key == "returns":
            return (value,)
        return _names(value) if isinstance(value, list) and not _is_quoted(value) else ()

    def node(self, key: str) -> Node:
        """Return a key's expression, whose names must all be known."""
        value = self.document[key]
        if isinstance(value, dict):
            return self.inner[key].body
        if not isinstance(value, list):
            return Literal(value, quoted=False)
        if _is_quoted(value):
            return Literal(value[0], quoted=True)
        function, *references = [use.reference for name in _names(value) if (use := self.known[name])]
        named = value[-1] if isinstance(value[-1], dict) else NONE_NAMED
        split = len(references) - len(named)
        return Apply(
            function,
            tuple(references[:split]),
            dict(zip(named, references[split:], strict=True)) if named else NONE_NAMED,
        )


Key = tuple[OpenBody, str]  # of a body; "returns" is what the body stands for


def read_body(document: object, limits: Limits) -> OpenBody:
    """Return the outermost body of a graft, with all that are within; their nodes are not made yet."""
    return _Reader(limits).read(document)


class _Reader:
    """Goes from the outside in, without recursion; `owners` has for each name the innermost body that defines it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.keys = self.references = 0
        self.owners: dict[str, OpenBody] = {}

    def read(self, document: object) -> OpenBody:
        root = self.open(document, "the graft", depth=1)
        pending = [(root, iter(root.document.items()))]
        while pending:
            opened, expressions = pending[-1]
            for key, value in expressions:
                if key in RESERVED:
                    continue
                if isinstance(value, dict):
                    inner = self.open(value, f"key {short(key)}", opened.depth + 1)
                    opened.inner[key] = inner
                    pending.append((inner, iter(inner.document.items())))
                    break
                self.check(opened, key, value)
            else:
                for name in opened.names():
                    del self.owners[name]
                self.owners |= opened.shadowed
                pending.pop()
        return root

    def open(self, document: object, where: str, depth: int) -> OpenBody:
        if not isinstance(document, dict):
            raise GraftSyntaxError(f"{where} must be a JSON object, not {short(document)}")
        if depth > self.limits.graft_nesting:
            raise LimitExceeded(f"bodies are nested {depth:,} deep or more; the limit is {self.limits.graft_nesting:,}")
        parameters = _parameters(document, where)
        self.keys += len(document) - sum(name in document for name in RESERVED) + len(parameters)
        if self.keys > self.limits.graft_keys:
            raise LimitExceeded(f"the graft has {self.keys:,} keys or more; the limit is {self.limits.graft_keys:,}")
        self.references += _count_references(document)
        if self.references > (most := self.limits.graft_keys * REFERENCES_PER_KEY):
            raise LimitExceeded(f"the graft has {self.references:,} references or more; the limit is {most:,}")
        returns = document.get("returns")
        if not isinstance(returns, str):
            raise GraftSyntaxError(f"{where} must have 'returns', the name of a key, not {short(returns)}")
        opened = OpenBody(document, parameters, depth > 1 or "parameters" in document, depth)
        names = opened.names()
        opened.shadowed = {name: self.owners[name] for name in names if name in self.owners}
        self.owners |= dict.fromkeys(names, opened)
        self.resolve(opened, returns)
        returned = opened.known[returns]
        opened.body = Body(tuple(opened.parameters), {}, returned.reference if returned else Local(0, returns))
        return opened

    def check(self, opened: OpenBody, key: str, value: object) -> None:
        """Check the shape of an expression, and resolve the names that it uses."""
        if isinstance(value, str):
            size_of(value, self.limits, f"key {short(key)}")
        if not isinstance(value, list):
            return
        if _is_quoted(value):
            size_of(value[0], self.limits, f"key {short(key)}")
            return
        names = _names(value)
        for name in names:
            if not isinstance(name, str):
                names = []
                break
            if name not in opened.known:
                self.resolve(opened, name)
        if not names:
            raise GraftSyntaxError(
                f"key {short(key)} must be a literal, quoted JSON [[...]] or [{{...}}], a body, or an application"
                f" [function, argument, ..., {{name: argument}}] of keys, not {short(value)}"
            )

    def resolve(self, opened: OpenBody, name: str) -> None:
        """Note what a name stands for in a body."""
        use = None
        if owner := self.owners.get(name):
            use = Use(Local(opened.depth - owner.depth, name), None if name in owner.parameters else (owner, name))
        elif operation := OPERATIONS.get(name):
            use = Use(Builtin(name, operation), None)
        opened.known[name] = use


def short(value: object) -> str:
    """Return the value as JSON writes it, cut to a readable length."""
    if isinstance(value, list | Mapping):
        return f"a JSON {'array' if isinstance(value, list) else 'object'} of {len(value):,}"
    text = json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, str) else repr(value[:80])
    return text[:90]


def _parameters(document: Mapping[str, object], where: str) -> dict[str, None]:
    """Return the names of the parameters, in order, as keys to look up."""
    parameters = document.get("parameters", [])
    if not isinstance(parameters, list) or not all(isinstance(name, str) for name in parameters):
        raise GraftSyntaxError(f"'parameters' of {where} must be a list of names, not {short(parameters)}")
    if len(names := dict.fromkeys(parameters)) != len(parameters) or not names.keys().isdisjoint(RESERVED):
        raise GraftSyntaxError(f"'parameters' of {where} must differ from each other and from {', '.join(RESERVED)}")
    return names


def _count_references(document: Mapping[str, object]) -> int:
    """Return how many names the applications of a body write, before any of them is looked up."""
    calls = [value for value in document.values() if isinstance(value, list) and not _is_quoted(value)]
    return sum([len(value) + (len(value[-1]) if value and isinstance(value[-1], dict) else 0) for value in calls])


def _names(value: list[Any]) -> list[str]:
    """The names of an application, whose last element may be named arguments."""
    return [*value[:-1], *value[-1].values()] if len(value) > 1 and isinstance(value[-1], dict) else value


def _is_quoted(value: list[object]) -> bool:
    return len(value) == 1 and isinstance(value[0], list | dict)
