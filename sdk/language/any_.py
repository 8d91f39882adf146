"""Values whose type is not known before they are computed."""

from __future__ import annotations

from typing import Any as Untyped
from typing import Self, TypeVar

from sdk.language.containers import CONTAINS, GET, LENGTH, REVERSED
from sdk.language.operation import GETATTR, emits
from sdk.language.operators import operators
from sdk.language.primitives import Bool
from sdk.language.proxify import proxify
from sdk.language.proxy import Proxy
from sdk.language.strings import Str

__all__ = ["Any"]

T = TypeVar("T", bound=Proxy)


@operators(
    {
        "+ - * / // % divmod ** & | ^ << >>": {"Any": "Any"},
        "< <= > >= == !=": {"Any": "Bool"},
        "-x +x abs ~x": "Any",
    }
)
class Any(Proxy, ordered=True):
    """A value of unknown type, such as an own field of an image's properties.

    Everything can be tried on it; what makes no sense fails when it is computed. `cast` says what it is.

    >>> from sdk import Image
    >>> type(Image.from_id("product:scene").properties["cloud_cover"] < 0.2)
    <class 'sdk.language.primitives.Bool'>
    """

    def __init__(self, value: object) -> None:
        self._node = proxify(value)._node

    @classmethod
    def _from_proxy(cls, value: Proxy) -> Self | None:
        return cls._from_node(value._node)

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        try:
            return cls._from_node(proxify(value)._node)
        except TypeError:
            return None

    def cast(self, cls: type[T]) -> T:
        """Return the same value as a proxy of a type that you know it to have.

        >>> from sdk import Float, Image
        >>> Image.from_id("product:scene").properties["cloud_cover"].cast(Float)
        <Float>
        """
        return cls._from_node(self._node)

    def __getattr__(self, attr: str) -> Any:
        if attr.startswith("_"):
            raise AttributeError(f"Any has no attribute {attr!r}")
        return Any._call(GETATTR, self, Str(attr))

    def __getitem__(self, item: object) -> Any:
        return Any._call(GET, self, proxify(item))

    def __call__(self, *args: object, **kwargs: object) -> Untyped:
        """Raise TypeError: an Any has to be cast to a Function first."""
        raise TypeError("an Any cannot be called; cast it to a Function first, which says what it takes and gives")

    def __reversed__(self) -> Any:
        return Any._call(REVERSED, self)

    @emits(CONTAINS)
    def contains(self, other: object) -> Bool:
        return Bool._call(CONTAINS, self, proxify(other))

    length = LENGTH
