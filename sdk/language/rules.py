"""The rules of results, applied: the proxy type that an operation gives for some arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sdk.graft.nodes import Literal, Quoted
from sdk.graft.rules import Rule
from sdk.language.notation import resolve
from sdk.language.proxy import TYPES, Proxy, describe

__all__ = ["AXES", "Axis", "axis_of", "result_of"]

Type = type[Proxy]
Arguments = Mapping[str, Any]  # proxies by the names of their parameters, tuples of them for variadic ones
Axis = str | tuple[str, ...] | list[str] | None

# What is left of each type when it is reduced over the axes.
AXES: Final[Mapping[str, Mapping[frozenset[str], str]]] = {
    "Image": {
        frozenset({"pixels"}): "Dict[Str, Float]",
        frozenset({"bands"}): "Image",
        frozenset({"bands", "pixels"}): "Float",
    },
    "ImageCollection": {
        frozenset({"images"}): "Image",
        frozenset({"bands"}): "ImageCollection",
        frozenset({"pixels"}): "List[Dict[Str, Float]]",
        frozenset({"images", "bands"}): "Image",
        frozenset({"images", "pixels"}): "Dict[Str, Float]",
        frozenset({"bands", "pixels"}): "List[Float]",
        frozenset({"images", "bands", "pixels"}): "Float",
    },
}


def result_of(rule: Rule, arguments: Arguments, owner: Type | None = None) -> Type:
    """Return the type that a rule gives; `owner` is the type that the operation is called on."""
    return _RULES[rule.name](arguments, owner, *rule.of)


def axis_of(axis: Axis) -> Proxy:
    """Return an axis as a graft holds it."""
    node = Quoted(list(axis)) if isinstance(axis, (tuple, list)) else Literal(axis)
    return TYPES["Any"]._from_node(node)


def _fixed(arguments: Arguments, owner: Type | None, type_: str) -> Type:
    return owner if type_ == "Self" and owner is not None else resolve(type_)[0]


def _like(arguments: Arguments, owner: Type | None, name: str) -> Type:
    return type(arguments[name])


def _widest(arguments: Arguments, owner: Type | None, *names: str) -> Type:
    return max((_width(value) for value in _values(arguments, names)), key=lambda type_: _WIDTHS.index(type_.__name__))


def _width(value: Proxy) -> Type:
    """Return the type of a value, or of the elements of a list; one that has no width counts as the narrowest."""
    type_ = type(value)._made_of()[0] if isinstance(value, TYPES["List"]) else type(value)  # type: ignore[attr-defined]
    return type_ if type_.__name__ in _WIDTHS else TYPES[_WIDTHS[0]]


def _at_least(arguments: Arguments, owner: Type | None, type_: str, *names: str) -> Type:
    return max(TYPES[type_], _widest(arguments, owner, *names), key=lambda each: _WIDTHS.index(each.__name__))


def _arrays_or(arguments: Arguments, owner: Type | None, otherwise: str, *names: str) -> Type:
    widest = _widest(arguments, owner, *names)
    return widest if widest.__name__ in ("Array", "MaskedArray") else TYPES[otherwise]


def _unmasked(arguments: Arguments, owner: Type | None, name: str) -> Type:
    type_ = type(arguments[name])
    return TYPES["Array"] if type_.__name__ == "MaskedArray" else type_


def _list_of(arguments: Arguments, owner: Type | None, rule: str, *of: str) -> Type:
    return resolve(f"List[{_RULES[rule](arguments, owner, *of).__name__}]")[0]


def _one_or_list(arguments: Arguments, owner: Type | None, name: str) -> Type:
    if len(arguments[name]) == 1:
        return _at_least(arguments, owner, "Array", name)
    return _list_of(arguments, owner, "at_least", "Array", name)


def _same_imagery(arguments: Arguments, owner: Type | None, *names: str) -> Type:
    return _first(("ImageCollection", "Image"), _values(arguments, names)) or TYPES["Image"]


def _imagery_or(arguments: Arguments, owner: Type | None, otherwise: str, *names: str) -> Type:
    found = _first(("ImageCollection", "Image", "Any"), _values(arguments, names))
    return found or resolve(otherwise)[0]


def _each_image(arguments: Arguments, owner: Type | None, type_: str, name: str) -> Type:
    return resolve(f"List[{type_}]" if isinstance(arguments[name], TYPES["ImageCollection"]) else type_)[0]


def _reduced(arguments: Arguments, owner: Type | None, name: str, axis: str) -> Type:
    imagery, node = arguments[name], arguments[axis]._node
    if type(imagery).__name__ not in AXES:
        return _reduced_to(arguments, owner, type(imagery).__name__, axis)
    allowed = AXES[type(imagery).__name__]
    if node.value is None:
        return resolve("Float")[0]
    axes = node.value if isinstance(node.value, list) else [node.value]
    result = allowed.get(frozenset(axes)) if all(isinstance(each, str) for each in axes) else None
    if result is None or len(set(axes)) != len(axes):
        names = sorted(frozenset().union(*allowed), key=["images", "bands", "pixels"].index)
        raise ValueError(
            f"the axis of an {type(imagery).__name__} must be {', '.join(map(repr, names))}, a tuple of them, "
            f"or None for all, not {describe(node.value)}"
        )
    return resolve(result)[0]


def _reduced_to(arguments: Arguments, owner: Type | None, type_: str, axis: str) -> Type:
    return TYPES["Scalar" if isinstance(arguments[axis], TYPES["NoneType"]) else type_]


def _values(arguments: Arguments, names: Sequence[str]) -> list[Any]:
    given = [arguments[name] for name in names]
    return [value for each in given for value in (each if isinstance(each, tuple) else (each,))]


def _first(names: Sequence[str], values: Sequence[object]) -> Type | None:
    """Return the first of the types that one of the values has."""
    return next((TYPES[name] for name in names if any(isinstance(value, TYPES[name]) for value in values)), None)


_WIDTHS: Final = ("Bool", "Int", "Float", "Scalar", "Array", "MaskedArray")
_RULES: Final[Mapping[str, Callable[..., Type]]] = {
    "fixed": _fixed, "like": _like, "widest": _widest, "same_imagery": _same_imagery, "imagery_or": _imagery_or,
    "each_image": _each_image, "reduced": _reduced, "reduced_to": _reduced_to, "at_least": _at_least,
    "arrays_or": _arrays_or, "unmasked": _unmasked, "list_of": _list_of, "one_or_list": _one_or_list,
}  # fmt: skip
