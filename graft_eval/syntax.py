"""Grafts: JSON to bodies of nodes whose references are resolved, checked and bounded."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graft_eval.errors import GraftSyntaxError, LimitExceeded
from graft_eval.measure import measure
from graft_eval.scope import Limits
from sdk.op import OPERATIONS, Op

__all__ = ["Body", "Builtin", "Call", "Graft", "Literal", "Local", "Node", "Reference", "parse"]

_RESERVED = ("parameters", "returns")
_REFERENCES_PER_KEY = 10


@dataclass(frozen=True, slots=True)
class Local:
    """A key or a parameter of a body, `up` bodies out from the one that refers to it."""

    up: int
    key: str


@dataclass(frozen=True, slots=True)
class Builtin:
    """An operation, by the name that the graft calls it."""

    name: str
    operation: Op


Reference = Local | Builtin


@dataclass(frozen=True, slots=True)
class Literal:
    """A JSON value; `quoted` where the graft writes it in brackets."""

    value: object
    quoted: bool


@dataclass(frozen=True, slots=True)
class Call:
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


Node = Literal | Call | Body


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


def parse(document: object, limits: Limits) -> Graft:
    """Return the graft that a JSON value stands for.

    Raises `GraftSyntaxError` for what is no graft, naming the key, and `LimitExceeded` with both numbers.

    >>> graft = parse({"a": 1, "b": ["wf.add", "a", "x"], "returns": "b", "parameters": ["x"]}, Limits())
    >>> graft.parameters
    ('x',)
    """
    root = _Reader(limits).read(document)
    digest = _hash_in_order(_order(root), root)
    returned = root.body.nodes.get(root.body.returns.key) if isinstance(root.body.returns, Local) else None
    inner = returned.parameters if isinstance(returned, Body) else ()
    return Graft(root.body, root.body.parameters if root.is_function else inner, root.is_function, digest)


@dataclass(slots=True, eq=False)
class _Use:
    """A reference, and the body whose key it is; None where it is a parameter or a builtin."""

    reference: Reference
    owner: _Reading | None


@dataclass(slots=True, eq=False)
class _Reading:
    """A body on its way in: what its keys use, which names they use in vain, and the hashes of those visited."""

    document: Mapping[str, object]
    parameters: Mapping[str, None]
    is_function: bool
    depth: int
    body: Body = field(init=False)
    inner: dict[str, _Reading] = field(default_factory=dict)
    uses: dict[str, list[_Use]] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    def names(self) -> set[str]:
        return {*self.document, *self.parameters}.difference(_RESERVED)


class _Reader:
    """Checks the shape of bodies and resolves their names, from the outside in and without recursion.

    `owners` has for each name the open bodies that define it, the outermost first.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.keys = self.references = 0
        self.owners: dict[str, list[_Reading]] = {}

    def read(self, document: object) -> _Reading:
        root = self.open(document, "the graft", depth=1)
        pending = [(root, iter(root.document.items()))]
        while pending:
            reading, expressions = pending[-1]
            for key, value in expressions:
                if key in _RESERVED:
                    continue
                if isinstance(value, Mapping):
                    inner = self.open(value, f"key {_short(key)}", reading.depth + 1)
                    reading.inner[key], reading.body.nodes[key] = inner, inner.body
                    pending.append((inner, iter(inner.document.items())))
                    break
                reading.body.nodes[key] = self.expression(reading, key, value)
            else:
                for name in reading.names():
                    self.owners[name].pop()
                pending.pop()
        return root

    def open(self, document: object, where: str, depth: int) -> _Reading:
        if not isinstance(document, Mapping):
            raise GraftSyntaxError(f"{where} must be a JSON object, not {_short(document)}")
        if depth > self.limits.graft_nesting:
            raise LimitExceeded(f"bodies are nested {depth:,} deep or more; the limit is {self.limits.graft_nesting:,}")
        parameters = _parameters(document, where)
        self.keys += len(document) - sum(name in document for name in _RESERVED) + len(parameters)
        if self.keys > self.limits.graft_keys:
            raise LimitExceeded(f"the graft has {self.keys:,} keys or more; the limit is {self.limits.graft_keys:,}")
        self.references += _count_references(document)
        if self.references > (most := self.limits.graft_keys * _REFERENCES_PER_KEY):
            raise LimitExceeded(f"the graft has {self.references:,} references or more; the limit is {most:,}")
        returns = document.get("returns")
        if not isinstance(returns, str):
            raise GraftSyntaxError(f"{where} must have 'returns', the name of a key, not {_short(returns)}")
        reading = _Reading(document, parameters, depth > 1 or "parameters" in document, depth)
        for name in reading.names():
            self.owners.setdefault(name, []).append(reading)
        reading.body = Body(tuple(reading.parameters), {}, self.refer(reading, "returns", returns))
        return reading

    def expression(self, reading: _Reading, key: str, value: object) -> Literal | Call:
        if not isinstance(value, list):
            measure(value, self.limits, f"key {_short(key)}")
            return Literal(value, quoted=False)
        if _is_quoted(value):
            measure(value[0], self.limits, f"key {_short(key)}")
            return Literal(value[0], quoted=True)
        named = value[-1] if len(value) > 1 and isinstance(value[-1], Mapping) else None
        names = value if named is None else [*value[:-1], *named.values()]
        if not names or not all(isinstance(name, str) for name in names):
            raise GraftSyntaxError(
                f"key {_short(key)} must be a literal, quoted JSON [[...]] or [{{...}}], a body, or an application"
                f" [function, argument, ..., {{name: argument}}] of keys, not {_short(value)}"
            )
        function, *references = [self.refer(reading, key, name) for name in names]
        split = len(references) - len(named or ())
        return Call(function, tuple(references[:split]), dict(zip(named or (), references[split:], strict=True)))

    def refer(self, reading: _Reading, key: str, name: str) -> Reference:
        """Resolve a name that a key uses; one that does not exist is noted, and matters if the key does."""
        reference: Reference
        owner = None
        if owners := self.owners.get(name):
            reference = Local(reading.depth - owners[-1].depth, name)
            owner = None if name in owners[-1].parameters else owners[-1]
        elif operation := OPERATIONS.get(name):
            reference = Builtin(name, operation)
        else:
            reading.unknown.setdefault(key, name)
            return Local(0, name)
        reading.uses.setdefault(key, []).append(_Use(reference, owner))
        return reference


def _parameters(document: Mapping[str, object], where: str) -> dict[str, None]:
    """Return the names of the parameters, in order, as keys to look up."""
    parameters = document.get("parameters", [])
    if not isinstance(parameters, list) or not all(isinstance(name, str) for name in parameters):
        raise GraftSyntaxError(f"'parameters' of {where} must be a list of names, not {_short(parameters)}")
    if len(names := dict.fromkeys(parameters)) != len(parameters) or not names.keys().isdisjoint(_RESERVED):
        raise GraftSyntaxError(f"'parameters' of {where} must differ from each other and from {', '.join(_RESERVED)}")
    return names


def _count_references(document: Mapping[str, object]) -> int:
    """Return how many names the applications of a body write, before any of them is looked up."""
    calls = [value for value in document.values() if isinstance(value, list) and not _is_quoted(value)]
    return sum(len(value) + (len(value[-1]) if value and isinstance(value[-1], Mapping) else 0) for value in calls)


def _is_quoted(value: list[object]) -> bool:
    return len(value) == 1 and isinstance(value[0], list | dict)


def _order(root: _Reading) -> Iterable[tuple[_Reading, str]]:
    """Return what the result needs, each key after what it needs itself; unknown names and cycles are refused."""
    path: list[tuple[_Reading, str, Iterator[tuple[_Reading, str]]]] = []
    open_keys: set[tuple[_Reading, str]] = set()
    done: dict[tuple[_Reading, str], None] = {}

    def enter(reading: _Reading, key: str) -> None:
        if key in reading.unknown:
            raise GraftSyntaxError(_unknown(reading, key))
        open_keys.add((reading, key))
        path.append((reading, key, _needs(reading, key)))

    enter(root, "returns")
    while path:
        reading, key, needs = path[-1]
        for need in needs:
            if need in open_keys:
                steps = [_short(step) for _, step, _ in path[-12:] if step != "returns"]
                raise GraftSyntaxError(f"a cycle: {' needs '.join((*steps[-6:], _short(need[1])))}")
            if need not in done:
                enter(*need)
                break
        else:
            done[reading, key] = None
            open_keys.remove((reading, key))
            path.pop()
    return done


def _hash_in_order(order: Iterable[tuple[_Reading, str]], root: _Reading) -> str:
    """Return the hash of a graft's canonical form; keys come after what they need."""
    for reading, key in order:
        reading.digests[key] = _digest(reading, key)
    digest = root.digests["returns"]
    return _hash("fn", root.body.parameters, digest) if root.is_function else digest


def _needs(reading: _Reading, key: str) -> Iterator[tuple[_Reading, str]]:
    if inner := reading.inner.get(key):
        yield inner, "returns"
    for use in reading.uses.get(key, ()):
        if use.owner is not None and isinstance(use.reference, Local):
            yield use.owner, use.reference.key


def _digest(reading: _Reading, key: str) -> str:
    """Return the hash of a key's canonical form, from those of what it needs."""
    used = [_digest_of(use) for use in reading.uses.get(key, ())]
    if key == "returns":
        return used[0]
    match reading.body.nodes[key]:
        case Literal(value, quoted):
            return _hash("json" if quoted else "lit", value)
        case Body(parameters):
            return _hash("fn", parameters, reading.inner[key].digests["returns"])
        case Call(named=named):
            split = len(used) - len(named)
            return _hash("call", used[:split], sorted(zip(named, used[split:], strict=True)))


def _digest_of(use: _Use) -> str:
    if isinstance(use.reference, Builtin):
        return f"ref {use.reference.name}"
    return f"param {use.reference.key}" if use.owner is None else use.owner.digests[use.reference.key]


def _hash(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _unknown(reading: _Reading, key: str) -> str:
    name = reading.unknown[key]
    where = "'returns'" if key == "returns" else f"key {_short(key)}"
    known: Sequence[str] = [*OPERATIONS] if name.startswith("wf.") else sorted(reading.names())
    near = difflib.get_close_matches(name[:80], known[:1000], n=1)
    kind = "builtin" if name.startswith("wf.") else "key"
    return f"{where} refers to the {kind} {_short(name)}, which does not exist" + (
        f"; did you mean {near[0]!r}?" if near else ""
    )


def _short(value: object) -> str:
    """Return the value as JSON writes it, cut to a readable length."""
    if isinstance(value, list | Mapping):
        return f"a JSON {'array' if isinstance(value, list) else 'object'} of {len(value):,}"
    text = json.dumps(value, ensure_ascii=False, default=str) if not isinstance(value, str) else repr(value[:80])
    return text[:90]
