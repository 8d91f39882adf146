"""Records: values of different types by their names."""

from __future__ import annotations

from typing import Any

from sdk.graft.errors import ProxyTypeError
from sdk.graft.nodes import Apply
from sdk.graft.op import declare
from sdk.graft.rules import fixed
from sdk.language.generic import GenericProxy, Params
from sdk.language.operation import GETATTR
from sdk.language.proxy import TYPES, Proxy, describe

__all__ = ["Struct"]

STRUCT = declare(
    "wf.struct", "**fields: Any", fixed("Struct"), "A record of named values.",
    example="Struct[{'a': Int, 'b': Str}](a=1, b='x')",
)  # fmt: skip


class Struct(GenericProxy, sendable=False):
    """A record: `Struct[{"a": Int, "b": Str}]` has an Int called a and a Str called b.

    >>> from sdk import Int, Str
    >>> Struct[{"a": Int, "b": Str}](a=1, b="x").a
    <Int>
    """

    def __init__(self, **kwargs: object) -> None:
        types = self._types()
        name = type(self).__name__
        if missing := ", ".join(types.keys() - kwargs.keys()):
            raise ProxyTypeError(f"{name} needs a value for {missing}")
        if unknown := ", ".join(kwargs.keys() - types.keys()):
            raise ProxyTypeError(f"{name} has no field {unknown}; it has {', '.join(types)}")
        fields: dict[str, Proxy] = {}
        for key, type_ in types.items():
            field = type_._coerce(kwargs[key])
            if field is None:
                raise ProxyTypeError(f"the field {key} of {name} must be {type_.__name__}, not {describe(kwargs[key])}")
            fields[key] = field
        self._node = self._call(STRUCT, **fields)._node

    @classmethod
    def _example(cls) -> str:
        return "Struct[{'a': Int}]"

    @classmethod
    def _check_params(cls, params: Params) -> None:
        if len(params) != 1 or not isinstance(params[0], dict):
            raise TypeError(f"a Struct is written as {cls._example()}: a dict from names to types")
        super()._check_params(tuple(params[0].values()))

    @classmethod
    def _types(cls) -> dict[str, type[Proxy]]:
        types: dict[str, type[Proxy]] = cls._made_of()[0]
        return types

    def __getattr__(self, name: str) -> Any:
        types = {} if self._params is None or name.startswith("_") else self._types()
        if name not in types:
            raise AttributeError(f"{type(self).__name__} has no field {name!r}; it has {', '.join(types) or 'none'}")
        node = self._node
        if isinstance(node, Apply) and node.function == STRUCT.builtin:
            return types[name]._from_node(node.kwargs[name])
        return types[name]._call(GETATTR, self, TYPES["Str"]._promote(name))
