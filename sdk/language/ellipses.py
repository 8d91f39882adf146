"""The ellipsis: all axes of an array that an index does not name."""

from __future__ import annotations

from types import EllipsisType as _Ellipsis
from typing import Self

from sdk.graft.nodes import Builtin
from sdk.graft.op import declare
from sdk.graft.rules import fixed
from sdk.language.proxy import Proxy

__all__ = ["Ellipsis", "EllipsisType"]

ELLIPSIS = declare(
    "wf.Ellipsis", "", fixed("EllipsisType"), "All axes that an index does not name.", value=..., example="Ellipsis"
)


class EllipsisType(Proxy, takes=(_Ellipsis,), sendable=False):
    """The type of `wf.Ellipsis`, which stands in an index for all axes that it does not name.

    >>> from sdk import Array, Ellipsis
    >>> Array([[1, 2], [3, 4]])[Ellipsis, 0]
    <Array>
    """

    def __init__(self) -> None:
        self._node = Builtin(ELLIPSIS.builtin)

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        return cls() if value is ... else None


Ellipsis = EllipsisType()
