"""What an argument may be given as: a proxy type, and the Python values that become one.

The Python types are for type checkers; the proxy types themselves know which values they take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from sdk.language.containers import List
    from sdk.language.datetimes import Datetime
    from sdk.language.primitives import Bool, Float, Int
    from sdk.language.strings import Str

__all__ = [
    "BoolLike", "DatetimeLike", "FloatLike", "FloatListLike", "IntLike", "NumberLike", "StrLike", "StrListLike",
]  # fmt: skip

BoolLike: TypeAlias = "Bool | bool"
IntLike: TypeAlias = "Int | int"
FloatLike: TypeAlias = "Int | Float | float"
NumberLike: TypeAlias = "Bool | Int | Float | float"
StrLike: TypeAlias = "Str | str"
DatetimeLike: TypeAlias = "Datetime | datetime.datetime | datetime.date | str"
FloatListLike: TypeAlias = "List[Float] | List[Int] | Sequence[float]"
StrListLike: TypeAlias = "List[Str] | Sequence[str]"
