"""Python values as the proxies that fit them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from sdk.graft.errors import ProxyTypeError
from sdk.language.generic import concrete
from sdk.language.proxy import TAKERS, TYPES, Proxy, describe, plain_number

__all__ = ["array_type", "proxify"]


def proxify(obj: object) -> Proxy:
    """Return a Python value as a proxy of the type that fits it.

    Lists of one type become `List`s, others and tuples `Tuple`s, dicts `Dict`s, annotated functions `Function`s,
    and objects with `__geo_interface__` geometries or features.

    >>> type(proxify([1, 2])).__name__, type(proxify((1, "a"))).__name__
    ('List[Int]', 'Tuple[Int, Str]')
    """
    if isinstance(obj, Proxy):
        return obj
    obj = plain_number(obj)
    if (array := array_type(obj)) is not None:
        return array._promote(obj)
    for base in type(obj).__mro__:
        if base in TAKERS:
            return TAKERS[base]._promote(obj)
    if hasattr(obj, "__geo_interface__"):
        load: Callable[[object], Proxy] = TYPES["Shape"].load  # type: ignore[attr-defined]
        return load(obj)
    if isinstance(obj, (list, tuple)):
        return _sequence(obj)
    if isinstance(obj, Mapping):
        return _mapping(obj)
    if callable(obj):
        from_callable: Callable[[object], Proxy] = TYPES["Function"].from_callable  # type: ignore[attr-defined]
        return from_callable(obj)
    raise ProxyTypeError(f"{describe(obj)} has no proxy type")


def array_type(obj: object) -> type[Proxy] | None:
    """Return the type that takes an array of NumPy; None of everything else."""
    numpy = sys.modules.get("numpy")  # whoever has an array has imported it; this package does not
    if numpy is None or not isinstance(obj, numpy.ndarray):
        return None
    return TYPES["MaskedArray" if isinstance(obj, numpy.ma.MaskedArray) else "Array"]


def _sequence(values: list[object] | tuple[object, ...]) -> Proxy:
    proxies = [proxify(value) for value in values]
    types = tuple(type(proxy) for proxy in proxies)
    uniform = isinstance(values, list) and len(set(types)) == 1
    made: type[Proxy] = concrete(TYPES["List"], types[0]) if uniform else concrete(TYPES["Tuple"], *types)
    return made._promote(proxies)


def _mapping(values: Mapping[object, object]) -> Proxy:
    proxies = {key: proxify(value) for key, value in values.items()}
    keys = {type(proxify(key)) for key in proxies} or {TYPES["Str"]}
    types = {type(proxy) for proxy in proxies.values()}
    key_type = keys.pop() if len(keys) == 1 else TYPES["Any"]
    value_type = types.pop() if len(types) == 1 else TYPES["Any"]
    made: type[Proxy] = concrete(TYPES["Dict"], key_type, value_type)
    return made._promote(proxies)
