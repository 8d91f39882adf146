"""Proxy types as JSON, as layers are stored with them."""

from __future__ import annotations

from typing import Any

from sdk.language.generic import GenericProxy, concrete, type_name
from sdk.language.proxy import TYPES, Proxy

__all__ = ["parameters_json", "type_from_typespec", "type_name", "typespec_of"]

MAX_DEPTH = 50  # a type that is made of types that are made of types …


def typespec_of(type_: type[Proxy]) -> dict[str, Any]:
    """Return the JSON of a type.

    >>> from sdk.language.containers import List
    >>> from sdk.language.primitives import Int
    >>> typespec_of(List[Int])
    {'composite': {'type': 'List', 'params': [{'type': 'Int'}]}}
    """
    if not issubclass(type_, GenericProxy):
        return {"type": type_.__name__}
    name = type_.__name__.partition("[")[0]
    return {"composite": {"type": name, "params": [_param(item) for item in type_._made_of()]}}


def _param(item: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        return typespec_of(item)
    items = [{"key": {"primitive": {"string_": name}}, "val": typespec_of(type_)} for name, type_ in item.items()]
    return {"map": {"items": items} if items else {}}


def parameters_json(obj: Proxy) -> list[dict[str, Any]]:
    """Return the parameters of an object as JSON: name, typespec, and the widget that asks for it, if there is one."""
    return [
        {"name": argument.name, "typespec": typespec_of(argument.type), **argument.widget}
        for argument in obj._node.free
    ]


def type_from_typespec(typespec: object) -> type[Proxy]:
    """Return the type of a typespec; `ValueError` when it is none, or names a type that does not exist.

    >>> type_from_typespec({"type": "Int"})
    <class 'sdk.language.primitives.Int'>
    """
    found = _parsed(typespec, MAX_DEPTH)
    if not isinstance(found, type):
        raise ValueError("a typespec must be a type, not a map")
    return found


def _parsed(typespec: object, depth: int) -> Any:
    match typespec:
        case _ if depth == 0:
            raise ValueError(f"a typespec must not be nested deeper than {MAX_DEPTH}")
        case {"type": str(name)} if name in TYPES and not TYPES[name]._abstract:
            if issubclass(TYPES[name], GenericProxy):
                raise ValueError(f"the type {name} must say what it is made of")
            return TYPES[name]
        case {"composite": {"type": str(name), "params": list(params)}} if name in TYPES:
            try:
                return concrete(TYPES[name], *(_parsed(param, depth - 1) for param in params))
            except TypeError as exc:
                raise ValueError(str(exc)) from exc
        case {"map": dict(empty)} if not empty:
            return {}
        case {"map": {"items": list(items)}}:
            return dict(_item(item, depth - 1) for item in items)
        case {"composite": {"type": str(name)}} if name in TYPES:
            raise ValueError(f"the composite type {name} must have params, a list of the types that it is made of")
        case {"type": name} | {"composite": {"type": name}}:
            raise ValueError(f"there is no type {name!r}")
    raise ValueError(f"{typespec!r} is no typespec")


def _item(item: object, depth: int) -> tuple[str, type[Proxy]]:
    match item:
        case {"key": {"primitive": {"string_": str(name)}}, "val": value}:
            return name, _parsed(value, depth)
    raise ValueError(f"{item!r} is no item of a typespec's map")
