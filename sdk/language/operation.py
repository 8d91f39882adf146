"""Operations as Python functions: `operation` makes one of a typed def, `function` of a row."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from types import MappingProxyType
from typing import Any, Final, ParamSpec, TypeVar

from sdk.graft.errors import ProxyTypeError
from sdk.graft.near import near
from sdk.graft.nodes import Apply
from sdk.graft.op import ABSENT, REQUIRED, Kind, Op, Parameter, declare, enter, parse
from sdk.graft.rules import Rule, fixed
from sdk.graft.types import Attribute
from sdk.language.notation import either, resolve
from sdk.language.proxy import TYPES, Proxy, describe, promote
from sdk.language.rules import axis_of, result_of

__all__ = ["GETATTR", "attribute", "emits", "function", "one_of", "operation", "promoted"]

P = ParamSpec("P")
R = TypeVar("R")
Check = Callable[[Mapping[str, Any]], None]  # of the arguments as they were given
Texts = Mapping[str, tuple[str, ...]]

GETATTR = declare(
    "wf.getattr",
    "value: Any, name: Str",
    fixed("Any"),
    "An attribute of a value, by name.",
    example="Image.from_id('product:scene').properties",
)
_NONE: Final[Texts] = MappingProxyType({})
_KINDS: Final = {
    inspect.Parameter.POSITIONAL_ONLY: Kind.POSITIONAL,
    inspect.Parameter.POSITIONAL_OR_KEYWORD: Kind.POSITIONAL,
    inspect.Parameter.VAR_POSITIONAL: Kind.VARIADIC,
    inspect.Parameter.KEYWORD_ONLY: Kind.NAMED,
    inspect.Parameter.VAR_KEYWORD: Kind.NAMED_VARIADIC,
}
_SHAPES: Final = {kind: shape for shape, kind in _KINDS.items()}


def operation(
    builtin: str,
    *,
    subject: str = "",
    owner: str | None = None,
    named: tuple[str, ...] = (),
    result: Rule | None = None,
    allowed: Texts = _NONE,
    check: Check | None = None,
    **fields: Any,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make an operation of a typed def: signature = parameters, annotations = types, docstring = meaning.

    `subject` is what the table calls `self`; `named` are the parameters that travel by name; `result` is the rule
    if the type that it gives is more than the one annotated; `allowed` are the texts that some parameters may be,
    `check` refuses arguments that do not go together.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        signature = inspect.signature(function)
        owns = owner or function.__qualname__.rpartition(".")[0].rpartition(".")[2] or None
        by_name = {
            name: _parameter(subject, owns, named, parameter)
            for name, parameter in signature.parameters.items()
            if name != "cls"
        }
        wire = sorted(by_name.values(), key=lambda parameter: list(Kind).index(parameter.kind))
        doc, _, example = inspect.cleandoc(function.__doc__ or "").partition("\n\n>>> ")
        gives = result or fixed(signature.return_annotation)
        name, shown = function.__name__, _example(example)
        row = enter(Op(builtin, tuple(wire), gives, doc, owner=owns, called=name, example=shown, **fields))

        qualified = f"{owns}.{name}" if owns else name

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            function(*args, **kwargs)  # does nothing, but says with Python's own messages which arguments are wrong
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            result: R = _apply(row, qualified, bound.arguments, by_name, allowed, check)
            return result

        call.op = row  # type: ignore[attr-defined]
        return call

    return decorate


def _parameter(subject: str, owner: str | None, named: tuple[str, ...], given: inspect.Parameter) -> Parameter:
    """Return a parameter of a def as a graft writes it."""
    if given.name == "self":
        return Parameter(subject, types=owner or "Any")
    kind = Kind.NAMED if given.name in named else _KINDS[given.kind]
    return Parameter(given.name, kind, REQUIRED if given.default is given.empty else given.default, given.annotation)


def _example(text: str) -> str:
    """Return the last line of code of a docstring's example."""
    lines = [line.removeprefix(">>> ") for line in f">>> {text}".splitlines() if line.startswith(">>> ")]
    return lines[-1] if text else ""


def function(
    builtin: str,
    signature: str,
    result: Rule,
    doc: str,
    *,
    called: str = "",
    named: tuple[str, ...] = (),
    allowed: Texts = _NONE,
    check: Check | None = None,
    **fields: Any,
) -> Callable[..., Any]:
    """Add a row to the table and return its Python function, for use on its own and as a method.

    `named` are the parameters that travel by name, though Python takes them by position, too.

    >>> from sdk import numpy
    >>> inspect.signature(numpy.sqrt)
    <Signature (x: 'NumericLike') -> "arrays_or('Float', 'x')">
    """
    name = called or builtin.rpartition(".")[2]
    parameters = parse(signature)
    wire = tuple(replace(p, kind=Kind.NAMED) if p.name in named else p for p in parameters)
    row = enter(Op(builtin, wire, result, doc, called=name, **fields))
    by_name = {parameter.name: parameter for parameter in wire}
    known = inspect.Signature(
        [inspect.Parameter(p.name, _SHAPES[p.kind], default=_default(p), annotation=p.types) for p in parameters],
        return_annotation=result.of[0] if result.name == "fixed" else str(result),
        __validate_parameters__=False,
    )

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            bound = known.bind(*args, **kwargs)
        except TypeError as exc:
            raise TypeError(f"{name}(): {exc}") from None
        bound.apply_defaults()
        return _apply(row, name, bound.arguments, by_name, allowed, check)

    call.__name__, call.__qualname__ = name, f"{row.owner}.{name}" if row.owner else name
    call.__doc__ = _doc(row)
    call.__signature__, call.op = known, row  # type: ignore[attr-defined]
    return call


def _default(parameter: Parameter) -> Any:
    if parameter.default is REQUIRED:
        return inspect.Parameter.empty
    return ... if parameter.default is ABSENT else parameter.default


def emits(row: Op) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say of a method written by hand which row it stands for: that is where its documentation is."""

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        method.__doc__ = _doc(row)
        method.op = row  # type: ignore[attr-defined]
        return method

    return decorate


def _doc(row: Op) -> str:
    return f"{row.doc}\n\nExample: {row.example}" if row.example else row.doc


def _apply(
    row: Op,
    name: str,
    given: Mapping[str, Any],
    parameters: Mapping[str, Parameter],
    allowed: Texts,
    check: Check | None,
) -> Any:
    """Return the proxy of an operation on arguments, which become the types that its row names."""
    for text, choices in allowed.items():
        one_of(text, given[text], choices)
    if check:
        check(given)
    args: list[Proxy] = []
    kwargs: dict[str, Proxy] = {}
    arguments: dict[str, Any] = {}
    owner: Any = given.get("cls")
    for key, value in given.items():
        if key == "cls" or value is ...:
            continue
        parameter = parameters[key]
        if key == "self":
            owner = type(value)
            promoted = value
        elif parameter.kind is Kind.VARIADIC:
            promoted = tuple(_promoted(name, key, item, parameter) for item in value)
        elif parameter.kind is Kind.NAMED_VARIADIC:
            promoted = {each: _promoted(name, each, item, parameter) for each, item in value.items()}
        else:
            promoted = _promoted(name, key, value, parameter)
        arguments[parameter.name] = promoted
        if parameter.kind is Kind.NAMED:
            kwargs[key] = promoted
        elif isinstance(promoted, dict):
            kwargs |= promoted
        else:
            args += promoted if isinstance(promoted, tuple) else (promoted,)
    return result_of(row.result, arguments, owner)._call(row, *args, **kwargs)


def _promoted(function: str, name: str, value: object, parameter: Parameter) -> Proxy:
    """Return an argument as one of the proxy types that its parameter names."""
    if parameter.types == "Any" and isinstance(value, Proxy):
        return value
    if parameter.types == "Axis":
        return axis_of(value)  # type: ignore[arg-type]
    made: Proxy = promoted(function, name, value, parameter.types)
    return made


def promoted(function: str, name: str, value: object, types: str) -> Any:
    """Return an argument as one of the types that an annotation names; `ProxyTypeError` if it cannot be one."""
    proxy = promote(value, resolve(types))
    if proxy is None:
        raise ProxyTypeError(f"{function}(): {name} must be {either(resolve(types))}, not {describe(value)}")
    return proxy


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
        raise ValueError(f"{name} must be one of {', '.join(shown)}, not {value!r}{near(value, allowed)}")
