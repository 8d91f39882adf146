"""Functions of the module: `wf.where`, `wf.ifelse`, `wf.sqrt` and the like."""

from __future__ import annotations

from typing import Any, overload

from sdk.graft.errors import ProxyTypeError
from sdk.graft.nodes import Lambda
from sdk.graft.op import declare
from sdk.graft.rules import like
from sdk.language.containers import RANGE, ZIP, List
from sdk.language.generic import concrete
from sdk.language.image import Image
from sdk.language.image_collection import ImageCollection
from sdk.language.imagery import Imagery, concat
from sdk.language.operation import emits
from sdk.language.pixels import Pixels, arctan2, where
from sdk.language.primitives import Bool, BoolLike, Int, IntLike
from sdk.language.proxify import proxify
from sdk.language.proxy import Proxy, describe
from sdk.language.strings import Str
from sdk.language.tuples import Tuple

__all__ = [
    "arccos", "arcsin", "arctan", "arctan2", "concat", "cos", "exp", "ifelse", "log", "log1p", "log2", "log10",
    "normalized_difference", "range", "sin", "sqrt", "square", "tan", "where", "zip",
]  # fmt: skip

IFELSE = declare(
    "wf.ifelse",
    "condition: Bool, true_value: Function, false_value: Function",
    like("true_value"),
    "Return one of two values of the same type; the one that is not needed is not computed.",
    example='ifelse(Bool(True), "yes", "no")',
)

log, log2, log10, log1p = Pixels.log, Pixels.log2, Pixels.log10, Pixels.log1p
sqrt, square, exp = Pixels.sqrt, Pixels.square, Pixels.exp
cos, arccos, sin, arcsin, tan, arctan = (
    Pixels.cos, Pixels.arccos, Pixels.sin, Pixels.arcsin, Pixels.tan, Pixels.arctan,
)  # fmt: skip


@overload
def normalized_difference(x: Image, y: Image) -> Image: ...
@overload
def normalized_difference(x: ImageCollection, y: Image | ImageCollection) -> ImageCollection: ...
@overload
def normalized_difference(x: Any, y: Any) -> Any: ...
def normalized_difference(x: Any, y: Any) -> Any:
    """Return (x - y) / (x + y).

    >>> nir, red = Image.from_id("product:scene").unpack_bands("nir red")
    >>> normalized_difference(nir, red)
    <Image>
    """
    return (x - y) / (x + y)


@emits(IFELSE)
def ifelse(condition: BoolLike, true_value: Any, false_value: Any) -> Any:
    if isinstance(condition, Imagery):
        raise ProxyTypeError(f"ifelse() takes one Bool, not {describe(condition)}: for pixels use wf.where(c, a, b)")
    chosen, other = proxify(true_value), proxify(false_value)
    if type(chosen) is not type(other):
        raise ProxyTypeError(
            f"ifelse() gives one of two values of the same type, not {type(chosen).__name__} or {type(other).__name__}"
        )
    branches = (Lambda((), chosen._node), Lambda((), other._node))
    return type(chosen)._call(IFELSE, Bool._promote(condition), *map(type(chosen)._from_node, branches))


@emits(RANGE)
def range(start: IntLike | None = None, stop: IntLike | None = None, step: IntLike = 1) -> List[Int]:
    if start is None:
        raise TypeError("range() takes stop, or start and stop")
    if stop is None:
        return List[Int]._call(RANGE, Int._promote(start))
    return List[Int]._call(RANGE, Int._promote(start), Int._promote(stop), step=Int._promote(step))


@emits(ZIP)
def zip(*sequences: Any) -> Any:
    if not sequences:
        raise TypeError("zip() takes one sequence or more")
    for sequence in sequences:
        if not isinstance(sequence, (List, Str, Imagery)):
            raise ProxyTypeError(f"zip() takes List, Str, Image and ImageCollection, not {describe(sequence)}")
    types = tuple(_element(sequence) for sequence in sequences)
    return concrete(List, concrete(Tuple, *types))._call(ZIP, *sequences)


def _element(sequence: Proxy) -> type[Proxy]:
    if isinstance(sequence, List):
        return sequence._element_type()
    return Image if isinstance(sequence, Imagery) else Str
