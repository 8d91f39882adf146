"""Slices of indices."""

from __future__ import annotations

from typing import Self

from sdk.graft.errors import ProxyTypeError
from sdk.graft.nodes import Apply, Literal
from sdk.graft.op import declare
from sdk.graft.rules import fixed
from sdk.graft.types import Form
from sdk.language.primitives import Int, IntLike
from sdk.language.proxify import proxify
from sdk.language.proxy import Proxy, describe

__all__ = ["Slice"]

SLICE = declare(
    "wf.Slice.create",
    "*, start: Int | None = None, stop: Int | None = None, step: Int | None = None",
    fixed("Slice"),
    "A slice, as Python's start:stop:step.",
    example="Slice(0, 10, 2)",
)


class Slice(
    Proxy,
    takes=(slice,),
    form=Form("slice", slice, lambda value: [value.start, value.stop, value.step], lambda parts: slice(*parts)),
):
    """The indices from `start` up to, not including, `stop`, each `step`th of them: what `start:stop:step` stands for.

    What is None is Python's default. Lists, texts, tuples and collections of images are indexed by one.

    >>> from sdk import ImageCollection
    >>> ImageCollection.from_id("product")[Slice(0, 10, 2)]
    <ImageCollection>
    """

    def __init__(self, start: IntLike | None = None, stop: IntLike | None = None, step: IntLike | None = None) -> None:
        bounds = {"start": start, "stop": stop, "step": step}
        for name, bound in bounds.items():
            if bound is not None and Int._coerce(bound) is None:
                raise ProxyTypeError(f"the {name} of a slice must be Int or None, not {describe(bound)}")
        self._node = Slice._call(SLICE, **{name: proxify(bound) for name, bound in bounds.items()})._node

    @classmethod
    def from_slice(cls, obj: slice) -> Slice:
        """Return Python's slice as a proxy.

        >>> Slice.from_slice(slice(0, 10)).literal_value
        slice(0, 10, None)
        """
        return cls(obj.start, obj.stop, obj.step)

    @property
    def literal_value(self) -> slice | None:
        """The slice as Python has it; None if a part of it is computed."""
        node = self._node
        if not isinstance(node, Apply) or node.function != SLICE.builtin:
            return None
        parts = [node.kwargs[name] for name in ("start", "stop", "step")]
        literals = [part.value for part in parts if isinstance(part, Literal)]
        return slice(*literals) if len(literals) == len(parts) else None

    @classmethod
    def _from_value(cls, value: object) -> Self | None:
        return cls(value.start, value.stop, value.step) if isinstance(value, slice) else None
