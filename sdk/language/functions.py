"""Functions of the module: `wf.where`, `wf.ifelse`, `wf.sqrt` and the like."""

from __future__ import annotations

from typing import Any

from sdk.graft.errors import ProxyTypeError
from sdk.graft.nodes import Body
from sdk.graft.op import declare, parameters
from sdk.language.containers import RANGE, ZIP, List
from sdk.language.generic import concrete
from sdk.language.image import Image
from sdk.language.image_collection import ImageCollection
from sdk.language.imagery import CONCAT, Imagery
from sdk.language.notation import resolve
from sdk.language.primitives import Bool, Float, Int, IntLike, NumberLike
from sdk.language.proxify import proxify
from sdk.language.proxy import Proxy, describe, promote
from sdk.language.strings import Str
from sdk.language.tuples import Tuple

__all__ = [
    "arccos",
    "arcsin",
    "arctan",
    "arctan2",
    "concat",
    "cos",
    "exp",
    "ifelse",
    "log",
    "log1p",
    "log2",
    "log10",
    "normalized_difference",
    "range",
    "sin",
    "sqrt",
    "square",
    "tan",
    "where",
    "zip",
]  # fmt: skip

ARCTAN2 = declare("wf.arctan2", parameters("y", "x"), "The angle of the point (x, y), in radians.", numpy="arctan2")
IFELSE = declare(
    "wf.ifelse",
    parameters("condition", "true_value", "false_value"),
    "What the first function gives when the condition is True, else the second; just that one is called.",
)
WHERE = declare(
    "wf.where",
    parameters("condition", "x", "y"),
    "x where the condition is True, or not 0, else y; masked where the condition or the chosen one is.",
)

log, log2, log10, log1p = Imagery.log, Imagery.log2, Imagery.log10, Imagery.log1p
sqrt, square, exp = Imagery.sqrt, Imagery.square, Imagery.exp
cos, arccos, sin, arcsin, tan, arctan = (
    Imagery.cos, Imagery.arccos, Imagery.sin, Imagery.arcsin, Imagery.tan, Imagery.arctan,
)  # fmt: skip


def arctan2(y: Imagery | NumberLike, x: Imagery | NumberLike) -> Any:
    """Return the angle of the point (x, y) in radians, from -pi to pi."""
    operands = [_operand("arctan2", name, value) for name, value in (("y", y), ("x", x))]
    return _imagery_type(operands, Float)._call(ARCTAN2, *operands)


def normalized_difference(x: Any, y: Any) -> Any:
    """Return (x - y) / (x + y).

    >>> nir, red = Image.from_id("product:scene").unpack_bands("nir red")
    >>> normalized_difference(nir, red)
    <Image>
    """
    return (x - y) / (x + y)


def where(condition: Imagery | Bool, x: Imagery | NumberLike, y: Imagery | NumberLike) -> Any:
    """Return imagery that is `x` where the condition is True, or not 0, else `y`.

    >>> image = Image.from_id("product:scene")
    >>> where(image > 0.5, 1.5, image)
    <Image>
    """
    names = (("condition", condition), ("x", x), ("y", y))
    operands = [_operand("where", name, value) for name, value in names]
    if not any(isinstance(operand, Imagery) for operand in operands):
        raise ValueError("where() is for imagery: the condition, x or y must be some. Else use ifelse()")
    return _imagery_type(operands, Image)._call(WHERE, *operands)


def ifelse(condition: object, true_value: Any, false_value: Any) -> Any:
    """Return one of two values of the same type; just the one that is needed is computed.

    >>> ifelse(Bool(True), "yes", "no")
    <Str>
    """
    chosen, other = proxify(true_value), proxify(false_value)
    if type(chosen) is not type(other):
        raise ProxyTypeError(
            f"ifelse() gives one of two values of the same type, not {type(chosen).__name__} or {type(other).__name__}"
        )
    branches = (Body((), chosen._node), Body((), other._node))
    return type(chosen)._call(IFELSE, Bool._promote(condition), *map(type(chosen)._from_node, branches))


def concat(*imgs: Imagery) -> ImageCollection:
    """Return all images of two or more Images and ImageCollections, one after the other; empty ones are left out."""
    if len(imgs) < 2:
        raise ValueError(f"concat() takes two or more Images or ImageCollections, not {len(imgs)}")
    for image in imgs:
        if not isinstance(image, Imagery):
            raise ProxyTypeError(f"concat() takes Images and ImageCollections, not {describe(image)}")
    return ImageCollection._call(CONCAT, *imgs)


def range(start: IntLike | None = None, stop: IntLike | None = None, step: IntLike = 1) -> Any:
    """Return the integers from `start` up to, not including, `stop`, as a List; of one number, those from 0.

    >>> range(3).map(lambda i: i * 2)
    <List[Int]>
    """
    if start is None:
        raise TypeError("range() takes stop, or start and stop")
    if stop is None:
        return List[Int]._call(RANGE, Int._promote(start))
    return List[Int]._call(RANGE, Int._promote(start), Int._promote(stop), step=Int._promote(step))


def zip(*sequences: Any) -> Any:
    """Return Tuples of the elements at the same place, as a List; as many as the shortest has.

    Lists, texts, collections (by image) and images (by band) can be zipped.
    """
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


def _operand(function: str, name: str, value: object) -> Proxy:
    operand = value if isinstance(value, Imagery) else promote(value, resolve("NumberLike"))
    if operand is None:
        raise ProxyTypeError(f"{function}(): {name} must be imagery or a number, not {describe(value)}")
    return operand


def _imagery_type(operands: list[Proxy], without: type[Proxy]) -> type[Proxy]:
    """Return ImageCollection when an operand is one, else Image when one is, else the type without imagery."""
    for type_ in (ImageCollection, Image):
        if any(isinstance(operand, type_) for operand in operands):
            return type_
    return without
