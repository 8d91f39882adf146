"""Computations: proxy objects in the form in which servers store them, without free parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

from sdk.contract.parameters import read_parameters, widget_fields
from sdk.contract.typespec import parameters_json, type_from_typespec, type_name, typespec_of
from sdk.graft.nodes import Apply, Argument, Literal, Node, Quoted
from sdk.language.containers import DICT, LIST, TUPLE
from sdk.language.function import Function
from sdk.language.geocontext import CREATE, GeoContext
from sdk.language.primitives import FLOAT_CAST, Float
from sdk.language.proxy import Proxy
from sdk.service.client import CHANNEL, client_version

__all__ = ["Computation", "arguments_json", "geoctx_json"]

Json = Any  # what the module json reads and writes


@dataclass(frozen=True, slots=True, eq=False)
class Computation:
    """An object whose parameters, if it has any, have become the arguments of a `Function`.

    `parameters` describe these arguments: name, typespec, and the widget that asks for the value, if there is one.
    They are None if an argument has no name of its own.
    """

    object: Proxy
    parameters: list[dict[str, Json]] | None

    @classmethod
    def of(cls, obj: Proxy) -> Computation:
        """Return the computation of an object.

        >>> from sdk import Float, parameter
        >>> Computation.of(parameter("p", Float) + 1).object
        <Function[{'p': Float}, Float]>
        """
        if not isinstance(obj, Proxy):
            raise TypeError(f"a proxy object such as an Image is needed, not a {type(obj).__name__}: {obj!r}")
        own = parameters_json(obj)
        function = Function.from_object(obj) if own else obj
        if not isinstance(obj, Function):
            return cls(function, own)
        named = [{"name": name, "typespec": typespec_of(type_)} for name, type_ in obj.kwarg_types.items()]
        return cls(function, None if obj.arg_types else own + named)

    @classmethod
    def from_json(cls, record: Mapping[str, Json]) -> Computation:
        """Return the computation in a server's record; ValueError if this version cannot read it."""
        if record["channel"] not in ("", CHANNEL):
            raise ValueError(
                f"this object was made in the channel {record['channel']!r} of the language, by version "
                f"{record['client_version']}; this version reads {CHANNEL!r}"
            )
        return cls(type_from_typespec(record["typespec"])._from_graft(record["graft"]), record["parameters"])

    @property
    def params(self) -> tuple[Proxy, ...]:
        """The parameters that the object depended on before it was closed."""
        return tuple(_parameter(described) for described in self.parameters or ())

    @property
    def required(self) -> list[str]:
        """The names of the arguments that must be given: those that no widget has a default for."""
        return [parameter.name for parameter in read_parameters(self.parameters or ()) if parameter.default is None]

    def to_json(self) -> dict[str, Json]:
        """Return the fields of a request that carry the computation."""
        kind = type(self.object)
        fields = {
            "graft": self.object.graft,
            "typespec": typespec_of(kind),
            "type": type_name(kind),
            "channel": CHANNEL,
            "client_version": client_version(),
        }
        return fields if self.parameters is None else {**fields, "parameters": self.parameters}


def arguments_json(types: Mapping[str, type[Proxy]], given: Mapping[str, object]) -> dict[str, Json]:
    """Return arguments as JSON literals, or grafts, of the types that they are to have.

    Raises TypeError for an unknown name and for a value of another type, ValueError for one that depends on
    parameters. That one is missing is for the caller to judge.

    >>> from sdk import Int
    >>> arguments_json({"exponent": Float, "month": Int}, {"exponent": 2, "month": 7})
    {'exponent': 2.0, 'month': 7}
    """
    for unknown in given.keys() - types.keys():
        takes = f"it takes {', '.join(types)}" if types else "it takes none"
        raise TypeError(f"there is no argument {unknown!r}: {takes}")
    return {name: _argument_json(name, types[name], value) for name, value in given.items()}


def geoctx_json(geoctx: object) -> dict[str, Json] | None:
    """Return a GeoContext as its fields or, if these have to be computed, as its graft.

    >>> from sdk import GeoContext
    >>> geoctx_json(GeoContext(crs="EPSG:4326", shape=(2, 4), bounds=(0, 0, 4, 2)))["bounds"]
    [0.0, 0.0, 4.0, 2.0]
    """
    if geoctx is None:
        return None
    if not isinstance(geoctx, GeoContext):
        raise TypeError(f"geoctx must be a GeoContext, not {geoctx!r}")
    if geoctx.params:
        raise ValueError(f"geoctx must not depend on parameters, but depends on {geoctx.params[0]._name}")
    node = geoctx._node
    if isinstance(node, Apply) and node.function == CREATE.builtin:
        try:
            return {name: _known(value) for name, value in node.kwargs.items()}
        except _UnknownError:
            pass
    return geoctx.graft


class _UnknownError(Exception):
    """A value has to be computed to be known."""


def _known(node: Node) -> Json:
    match node:
        case Literal() | Quoted():
            return node.value
        case Apply(function=TUPLE.builtin | LIST.builtin):
            return [_known(item) for item in node.args]
        case Apply(function=DICT.builtin):
            items = [_known(item) for item in node.args]
            named = {name: _known(value) for name, value in node.kwargs.items()}
            return dict(zip(items[::2], items[1::2], strict=True)) | named
        case Apply(function=FLOAT_CAST.builtin, args=(value,)):
            return float(_known(value))
    raise _UnknownError


def _argument_json(name: str, type_: type[Proxy], value: object) -> Json:
    try:
        proxy = type_._promote(value)
    except TypeError as error:
        raise TypeError(f"the argument {name!r} must be {type_name(type_)}: {error}") from error
    if proxy.params:
        free = ", ".join(param._name for param in proxy.params)
        raise ValueError(f"the argument {name!r} must not depend on parameters, but depends on {free}")
    if isinstance(proxy._node, Literal):
        return proxy._node.value
    if isinstance(proxy, Float) and isinstance(value, Real) and math.isfinite(value):
        return float(value)
    return proxy.graft


def _parameter(described: Mapping[str, Json]) -> Proxy:
    type_ = type_from_typespec(described["typespec"])
    return type_._from_node(Argument(described["name"], type_, widget=widget_fields(described)))
