"""Operations as Python functions: a typed def under `@operation`, or a row."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import Any, ParamSpec, TypeVar

from sdk.graft.errors import ProxyTypeError
from sdk.graft.nodes import Apply
from sdk.graft.op import REQUIRED, Kind, Op, Parameter, declare, parameters
from sdk.graft.types import Attribute
from sdk.language.notation import resolve
from sdk.language.proxy import TYPES, Proxy, describe, promote

__all__ = ["Operator", "attribute", "binary", "compare", "equate", "of_row", "one_of", "operation", "unary"]

P = ParamSpec("P")
R = TypeVar("R")
Operator = Callable[[Any, object], Any]

GETATTR = declare("wf.getattr", parameters("value", "name"), "An attribute of a value, by name.")
KINDS = {
    inspect.Parameter.POSITIONAL_ONLY: Kind.POSITIONAL,
    inspect.Parameter.POSITIONAL_OR_KEYWORD: Kind.POSITIONAL,
    inspect.Parameter.VAR_POSITIONAL: Kind.VARIADIC,
    inspect.Parameter.KEYWORD_ONLY: Kind.NAMED,
    inspect.Parameter.VAR_KEYWORD: Kind.NAMED_VARIADIC,
}


def operation(
    builtin: str,
    *,
    subject: str = "",
    named: tuple[str, ...] = (),
    allowed: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make an operation of a typed def: signature = parameters, annotations = types, docstring = meaning.

    `subject` is what the table calls `self`; `named` are the parameters that travel by name; `allowed` are the
    texts that some parameters may be.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        row = declare(builtin, _wire(signature, subject, named), inspect.cleandoc(function.__doc__ or ""))

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            function(*args, **kwargs)  # does nothing, but says with Python's own messages which arguments are wrong
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            for name, choices in allowed.items():
                one_of(name, bound.arguments[name], choices)
            result: R = _apply(row, function, bound, named)
            return result

        call.op = row  # type: ignore[attr-defined]
        return call

    return decorate


def _wire(signature: inspect.Signature, subject: str, named: tuple[str, ...]) -> tuple[Parameter, ...]:
    """Return the parameters of a def as a graft writes them."""
    found = []
    for name, parameter in signature.parameters.items():
        if name == "cls":
            continue
        default = REQUIRED if parameter.default is parameter.empty else parameter.default
        kind = Kind.NAMED if name in named else KINDS[parameter.kind]
        found.append(Parameter(subject if name == "self" else name, kind, default))
    return tuple(sorted(found, key=lambda parameter: list(Kind).index(parameter.kind)))


def _apply(row: Op, function: Callable[..., Any], bound: inspect.BoundArguments, named: tuple[str, ...]) -> Any:
    """Return the proxy of an operation on arguments, which become the types that its signature names."""
    args: list[Proxy] = []
    kwargs: dict[str, Proxy] = {}
    owner: Any = None
    for name, value in bound.arguments.items():
        parameter = bound.signature.parameters[name]
        kind = Kind.NAMED if name in named else KINDS[parameter.kind]
        if name == "cls":
            owner = value
        elif name == "self":
            owner = type(value)
            args.append(value)
        elif kind is Kind.VARIADIC:
            args += [_promote(function, name, item, parameter.annotation) for item in value]
        elif kind is Kind.NAMED_VARIADIC:
            kwargs |= {key: _promote(function, key, item, parameter.annotation) for key, item in value.items()}
        elif kind is Kind.NAMED:
            kwargs[name] = _promote(function, name, value, parameter.annotation)
        else:
            args.append(_promote(function, name, value, parameter.annotation))
    returns = bound.signature.return_annotation
    result = owner if returns == "Self" else resolve(returns)[0]
    return result._call(row, *args, **kwargs)


def _promote(function: Callable[..., Any], name: str, value: object, annotation: str) -> Proxy:
    """Return an argument as one of the proxy types that its annotation names."""
    types = resolve(annotation)
    proxy = promote(value, types)
    if proxy is None:
        expected = " or ".join("None" if type_ is TYPES["NoneType"] else type_.__name__ for type_ in types)
        raise ProxyTypeError(f"{function.__qualname__}(): {name} must be {expected}, not {describe(value)}")
    return proxy


def unary(builtin: str, doc: str, *, numpy: str, results: Mapping[str, str]) -> Callable[[Any], Any]:
    """Return a function of one value, for use as a method and on its own; `results` says what each type gives."""
    return of_row(declare(builtin, parameters("x"), doc, numpy=numpy), results)


def of_row(row: Op, results: Mapping[str, str]) -> Callable[[Any], Any]:
    """Return a row's function of one value: of each type named first it gives the type named second."""
    name = row.builtin.rpartition(".")[2]

    def function(obj: Any) -> Any:
        if isinstance(obj, TYPES["Any"]):
            return TYPES["Any"]._call(row, obj)
        match = _match(type(obj), obj, results)
        if match is None:
            raise ProxyTypeError(f"{name}() takes {_either(results)}, not {describe(obj)}")
        value, result = match
        return result._call(row, value)

    function.__name__ = name
    function.__qualname__ = name
    function.__doc__ = row.doc
    function.op = row  # type: ignore[attr-defined]
    return function


def binary(row: Op, results: Mapping[str, str], *, reflected: Op | None = None) -> tuple[Operator, Operator]:
    """Return the two methods of an operator, `self + other` and `other + self`.

    `results` says what other types there may be, tried in order, and what each gives; "Self" is the own type.
    """
    swapped = reflected or row

    def forward(self: Proxy, other: object) -> Any:
        match = _match(type(self), other, results)
        return NotImplemented if match is None else match[1]._call(row, self, match[0])

    def backward(self: Proxy, other: object) -> Any:
        match = _match(type(self), other, results)
        return NotImplemented if match is None else match[1]._call(swapped, match[0], self)

    forward.__doc__ = backward.__doc__ = row.doc
    forward.op, backward.op = row, swapped  # type: ignore[attr-defined]
    return forward, backward


def compare(row: Op, results: Mapping[str, str]) -> Operator:
    """Return the method of a comparison; Python itself turns it around for the other side."""
    return binary(row, results)[0]


def equate(row: Op, results: Mapping[str, str]) -> Operator:
    """Return the method of == or !=. What cannot be compared raises; Python would say that it is just not equal."""
    name = "__eq__" if row.builtin.rpartition(".")[2] in ("eq", "equal") else "__ne__"

    def method(self: Proxy, other: object) -> Any:
        match = _match(type(self), other, results)
        if match is not None:
            return match[1]._call(row, self, match[0])
        theirs = getattr(getattr(type(other), name), "results", {})
        if isinstance(other, Proxy) and _match(type(other), self, theirs):
            return NotImplemented
        raise ProxyTypeError(f"a {type(self).__name__} can be compared with {_either(results)}, not {describe(other)}")

    method.__doc__ = row.doc
    method.op, method.results = row, results  # type: ignore[attr-defined]
    return method


def attribute(name: str, type_: str, doc: str) -> Any:
    """Return the property that is a field of the value: of one built here what it was built from."""

    def get(self: Proxy) -> Any:
        result, node = resolve(type_)[0], self._node
        if isinstance(node, Apply) and node.function == self._constructor and name in node.kwargs:
            return result._from_node(node.kwargs[name])
        return result._call(GETATTR, self, TYPES["Str"]._promote(name))

    return Attribute(get, type_, doc)


def one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    """Raise a `ValueError` for a text that is none of those allowed; one that is computed is checked then."""
    value = getattr(value, "literal_value", value)
    if isinstance(value, str) and value not in allowed:
        shown = allowed if len(allowed) < 20 else (*allowed[:12], "…")
        raise ValueError(f"{name} must be one of {', '.join(shown)}, not {value!r}")


def _match(own: type[Proxy], other: object, results: Mapping[str, str]) -> tuple[Proxy, type[Proxy]] | None:
    """Return the other operand as a proxy, and the type of the result; None where the types do not go together."""
    if isinstance(other, TYPES["Any"]) and "Any" not in results:
        return None  # what is in it is unknown, and so is the result: Any's own operators say so
    types = {own if name == "Self" else resolve(name)[0]: result for name, result in results.items()}
    for type_, result in types.items():
        if isinstance(other, type_):
            return other, own if result == "Self" else resolve(result)[0]
    for type_, result in types.items():
        proxy = type_._coerce(other)
        if proxy is not None:
            return proxy, own if result == "Self" else resolve(result)[0]
    return None


def _either(results: Mapping[str, str]) -> str:
    return " or ".join("its own type" if name == "Self" else name for name in results)
