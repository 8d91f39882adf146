"""Parameters: the values of a computation that are given when it is computed."""

from __future__ import annotations

from typing import TypeVar

from sdk.graft.nodes import Argument
from sdk.language.generic import GenericProxy
from sdk.language.proxy import Proxy

__all__ = ["parameter"]

T = TypeVar("T", bound=Proxy)


def parameter(name: str, type_: type[T]) -> T:
    """Return a proxy for a value that is given by its name when the computation runs.

    >>> from sdk import Int
    >>> parameter("month", Int)
    <Int 'month'>
    """
    if not isinstance(name, str):
        raise TypeError(f"the name of a parameter must be a str, not {name!r}")
    if not name or name.isdigit() or name in ("parameters", "returns") or name.startswith("wf."):
        raise ValueError(
            f"{name!r} cannot name a parameter: it must not be empty, all digits, `parameters` or `returns`, "
            "nor start with `wf.`"
        )
    if not (isinstance(type_, type) and issubclass(type_, Proxy)) or type_._abstract:
        raise TypeError(f"the type of a parameter must be a proxy type such as Int, not {type_!r}")
    if issubclass(type_, GenericProxy) and type_._params is None:
        raise ValueError(f"the type of a parameter must be concrete, such as {type_._example()}, not {type_.__name__}")
    return type_._from_node(Argument(name, type_))
