"""What Python asks of a value, and a proxy cannot tell before it is computed: errors that say what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn

from sdk.graft.near import near

__all__ = ["Uncomputed"]

_IMAGERY: Final = "an Image or an ImageCollection is drawn; a value is what .inspect(geoctx) returns"
_DRAWN: Final = {"visualize": _IMAGERY, "tile_layer": _IMAGERY}
NEAR: Final = 0.75  # of 1: how alike a name must be to be the one that was meant


class Uncomputed:
    """Base of proxies: no truth, length, elements or number in Python."""

    _truth: ClassVar[str] = "Instead of `if` or `a if c else b` use wf.ifelse(c, a, b)"
    _instead: ClassVar[Mapping[str, str]] = {}  # what to write for attributes that arrays and tables have
    _otherwise: ClassVar[str] = ""  # what to write for all others

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"whether this {type(self).__name__} is true is only known when it is computed. {self._truth}; instead of "
            "`and`, `or`, `not` use &, |, ~; `a < x < b` is written as (a < x) & (x < b)"
        )

    def __iter__(self) -> Iterator[Any]:
        mapping = next((name for name in ("map", "map_bands") if hasattr(type(self), name)), None)
        instead = f" Use its .{mapping}(function) instead of `for`." if mapping else ""
        raise TypeError(f"how many elements this {type(self).__name__} has is only known when it is computed.{instead}")

    def __len__(self) -> int:
        instead = " Use its .length()." if hasattr(type(self), "length") else ""
        raise TypeError(f"the length of this {type(self).__name__} is only known when it is computed.{instead}")

    def __contains__(self, value: object) -> bool:
        instead = " Use its .contains(value)." if hasattr(type(self), "contains") else ""
        raise TypeError(f"what is in this {type(self).__name__} is only known when it is computed.{instead}")

    def __array__(self, dtype: object = None, copy: object = None) -> NoReturn:
        instead = " Its .ndarray stands for them." if hasattr(type(self), "ndarray") else ""
        raise TypeError(
            f"the numbers of this {type(self).__name__} are only known when it is computed, by .inspect(geoctx)."
            f"{instead}"
        )

    def __format__(self, specification: str) -> str:
        if specification:
            self._refuse_number()
        return str(self)

    def _refuse_number(self, *args: object) -> NoReturn:
        raise TypeError(
            f"the value of this {type(self).__name__} is only known when it is computed: .inspect(geoctx) returns it"
        )

    if not TYPE_CHECKING:  # checkers shall go on to find these mistakes
        __float__ = __int__ = __complex__ = __index__ = __round__ = __trunc__ = __floor__ = __ceil__ = _refuse_number

        def __getattr__(self, name: str) -> NoReturn:
            kind = type(self).__name__
            if name.startswith("_"):
                raise AttributeError(f"{kind!r} object has no attribute {name!r}", name=name, obj=self)
            members = [member for member in dir(type(self)) if not member.startswith("_")]
            meant = "" if name in self._instead or name in _DRAWN else near(name, members, NEAR)
            instead = self._instead.get(name) or _DRAWN.get(name) or self._otherwise
            hint = meant or (f"; {instead}" if instead else "")
            raise AttributeError(f"{kind!r} object has no attribute {name!r}{hint}")
