"""Nodes of a computation, and the graft JSON that they are written to and read from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Apply", "Argument", "Builtin", "Lambda", "Literal", "Node", "Quoted", "graft_of"]

Json = Any  # what the module json reads and writes
ProxyType = type[Any]  # a subclass of `sdk.language.proxy.Proxy`


@dataclass(slots=True, eq=False)
class Literal:
    """A string, number, boolean or None."""

    value: str | int | float | bool | None
    free: tuple[Argument, ...] = field(default=(), init=False)


@dataclass(slots=True, eq=False)
class Quoted:
    """A list or object of JSON that is a value, and no call or function."""

    value: list[Json] | dict[str, Json]
    free: tuple[Argument, ...] = field(default=(), init=False)


@dataclass(slots=True, eq=False)
class Builtin:
    """A builtin that is used as a value."""

    name: str
    free: tuple[Argument, ...] = field(default=(), init=False)


@dataclass(slots=True, eq=False)
class Argument:
    """A value that is not known yet: a parameter of the whole computation or, when `bound`, of a function in it.

    `type` is the proxy type of the value, `widget` how a user interface asks for it.
    """

    name: str
    type: ProxyType
    bound: bool = False
    widget: Mapping[str, Json] = field(default_factory=dict)
    free: tuple[Argument, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.free = (self,)


@dataclass(slots=True, eq=False)
class Apply:
    """A builtin, or a function value, applied to arguments."""

    function: str | Node
    args: tuple[Node, ...]
    kwargs: Mapping[str, Node]
    free: tuple[Argument, ...] = field(init=False)

    def __post_init__(self) -> None:
        called = () if isinstance(self.function, str) else (self.function,)
        self.free = _union((*called, *self.args, *self.kwargs.values()))


@dataclass(slots=True, eq=False)
class Lambda:
    """A function: its parameters and the value that it gives."""

    parameters: tuple[Argument, ...]
    result: Node
    free: tuple[Argument, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.free = tuple(argument for argument in self.result.free if argument not in self.parameters)


Node = Literal | Quoted | Builtin | Argument | Apply | Lambda


def _union(nodes: Iterable[Node]) -> tuple[Argument, ...]:
    """Return the unknown values that the nodes depend on, in order of first sight."""
    found: tuple[Argument, ...] = ()
    for node in nodes:
        if node.free is found or not node.free:
            continue
        if not found:
            found = node.free
            continue
        new = tuple(argument for argument in node.free if argument not in found)
        if new:
            _refuse_two_parameters_of_one_name(found, new)
            found += new
    return found


def _refuse_two_parameters_of_one_name(found: tuple[Argument, ...], new: tuple[Argument, ...]) -> None:
    names = {argument.name for argument in found if not argument.bound}
    for argument in new:
        if not argument.bound and argument.name in names:
            raise ValueError(
                f"two different parameters are called {argument.name!r}; create the parameter once and use it twice"
            )


@dataclass(slots=True, eq=False)
class _Scope:
    """The body of a function while it is written: its names, its keys, and what was written already."""

    parent: _Scope | None
    parameters: tuple[Argument, ...]
    depth: int = field(init=False)
    body: dict[str, Json] = field(default_factory=dict, init=False)
    written: dict[object, str] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.depth = 0 if self.parent is None else self.parent.depth + 1


class _Writer:
    """Writes each node once, in the outermost body that knows all that the node depends on."""

    def __init__(self, top: _Scope) -> None:
        self.top = top
        self.homes = dict.fromkeys(top.parameters, top)
        self.scopes: dict[Lambda, _Scope] = {}
        self.keys: dict[Node, str] = {}
        self.aliases: dict[Argument, str] = {}
        self.count = 0

    def write(self, root: Node) -> str:
        """Write a node and all that it needs; return its key. A loop, since chains are longer than Python's stack."""
        stack = [root]
        while stack:
            node = stack[-1]
            if node in self.keys or isinstance(node, (Argument, Builtin)):
                stack.pop()
                continue
            home = max((self.homes[a] for a in node.free if a in self.homes), key=_depth, default=self.top)
            if isinstance(node, Lambda) and node not in self.scopes:
                self.scopes[node] = scope = _Scope(home, node.parameters)
                self.homes.update(dict.fromkeys(node.parameters, scope))
            pending = [child for child in _children(node) if child not in self.keys]
            if pending:
                stack.extend(reversed(pending))
                continue
            stack.pop()
            self.keys[node] = self._expression(node, home)
        return self._name(root, self.top)

    def _expression(self, node: Node, home: _Scope) -> str:
        identity: object
        expression: Json
        if isinstance(node, Apply):
            called = node.function if isinstance(node.function, str) else self._name(node.function, home)
            args = [self._name(argument, home) for argument in node.args]
            kwargs = {name: self._name(value, home) for name, value in node.kwargs.items()}
            expression = [called, *args, kwargs] if kwargs else [called, *args]
            identity = (called, *args, tuple(kwargs.items()))
        elif isinstance(node, Lambda):
            scope = self.scopes[node]
            result = self._name(node.result, scope)
            expression = {"parameters": [p.name for p in node.parameters], **scope.body, "returns": result}
            identity = node
        else:
            assert isinstance(node, (Literal, Quoted))
            expression = [node.value] if isinstance(node, Quoted) else node.value
            identity = (type(node.value), repr(node.value))
        if identity not in home.written:
            home.written[identity] = self._add(home, expression)
        return home.written[identity]

    def _name(self, node: Node, scope: _Scope) -> str:
        """Return what the scope calls a node."""
        if isinstance(node, Builtin):
            return node.name
        if not isinstance(node, Argument):
            return self.keys[node]
        home = self.homes.get(node, self.top)
        inner: _Scope | None = scope
        while inner is not None and inner is not home:
            if any(parameter.name == node.name for parameter in inner.parameters):
                return self._alias(node, home)
            inner = inner.parent
        return node.name

    def _alias(self, argument: Argument, home: _Scope) -> str:
        """Return a second name for an argument whose own name means something else further in."""
        if argument not in self.aliases:
            function = self._add(home, {"returns": argument.name})
            self.aliases[argument] = self._add(home, [function])
        return self.aliases[argument]

    def _add(self, scope: _Scope, expression: Json) -> str:
        key = str(self.count)
        self.count += 1
        scope.body[key] = expression
        return key


def graft_of(root: Node) -> dict[str, Json]:
    """Return the graft of a node. A node that is used twice is written once, and so are two equal calls.

    >>> graft_of(Apply("wf.add", (Literal(1), Literal(2)), {}))
    {'0': 1, '1': 2, '2': ['wf.add', '0', '1'], 'returns': '2'}
    """
    for argument in root.free:
        if argument.bound:
            raise ValueError(f"the argument {argument.name!r} of a function is used outside of that function")
    bare = isinstance(root, Lambda) and not {a.name for a in root.free} & {p.name for p in root.parameters}
    if isinstance(root, Lambda) and bare:
        writer = _Writer(_Scope(None, root.parameters))
        result = writer.write(root.result)
        return {"parameters": [p.name for p in root.parameters], **writer.top.body, "returns": result}
    writer = _Writer(_Scope(None, ()))
    result = writer.write(root)
    return {**writer.top.body, "returns": result}


def _depth(scope: _Scope) -> int:
    return scope.depth


def _children(node: Node) -> Iterator[Node]:
    """Yield the nodes that are written before this one."""
    if isinstance(node, Lambda):
        children: tuple[Node, ...] = (node.result,)
    elif isinstance(node, Apply):
        called = () if isinstance(node.function, str) else (node.function,)
        children = (*called, *node.args, *node.kwargs.values())
    else:
        children = ()
    return (child for child in children if not isinstance(child, (Argument, Builtin)))
