"""Convolution: kernels, and the sums of pixels that they weigh."""

from __future__ import annotations

from sdk.graft.nodes import Apply, Literal, Node
from sdk.graft.op import declare
from sdk.graft.rules import fixed, same_imagery
from sdk.language.containers import LIST, TUPLE, FloatListLike
from sdk.language.operation import attribute, emits, function, promoted
from sdk.language.primitives import Int
from sdk.language.proxy import Proxy
from sdk.language.tuples import Tuple

__all__ = ["Kernel", "conv2d"]

LOAD = declare(
    "wf.Kernel.load",
    "*, dims: Tuple[Int, Int], data: List[Float]",
    fixed("Kernel"),
    "Weights in `dims` (rows, columns), given row by row.",
    example="Kernel(dims=(1, 3), data=[-1.0, 0.0, 1.0])",
)


class Kernel(Proxy, sendable=False):
    """The weights of a convolution.

    `dims` are its rows and columns, `data` the weights, row by row from the upper left.

    >>> Kernel(dims=(3, 3), data=[1.0, 2.0, 1.0, 2.0, 4.0, 2.0, 1.0, 2.0, 1.0]).dims
    <Tuple[Int, Int]>
    """

    _constructor = LOAD.builtin

    @emits(LOAD)
    def __init__(self, dims: Tuple[Int, Int] | tuple[int, int], data: FloatListLike) -> None:
        size = promoted("Kernel", "dims", dims, "Tuple[Int, Int]")
        weights = promoted("Kernel", "data", data, "List[Float]")
        _check_count(size._node, weights._node)
        self._node = self._call(LOAD, dims=size, data=weights)._node

    dims = attribute("dims", "Tuple[Int, Int]", "Rows and columns.")
    data = attribute("data", "List[Float]", "The weights, row by row from the upper left.")


def _check_count(dims: Node, data: Node) -> None:
    """Raise a `ValueError` unless there is a weight for each place; what is computed is checked then."""
    match dims, data:
        case Apply(TUPLE.builtin, (Literal(int(rows)), Literal(int(cols)))), Apply(LIST.builtin, weights):
            if rows < 1 or cols < 1:
                raise ValueError(f"Kernel(): dims must be numbers of rows and columns, 1 or more, not {(rows, cols)}")
            if len(weights) != rows * cols:
                expected = f"{rows * cols:,} weights, for {rows:,} x {cols:,}"
                raise ValueError(f"Kernel(): data must be {expected}, not {len(weights):,}")


conv2d = function(
    "wf.conv2d",
    "obj: Imagery, filt: Kernel",
    same_imagery("obj"),
    "Return imagery whose pixels are the sums of those around each, times the weights of a kernel.\n\n"
    "The weights lie as they are written, the one at (rows // 2, columns // 2) on the pixel itself, as in image\n"
    "filters; they are not turned round. Pixels beyond the edge of a tile or a grid are read. Where one of the pixels\n"
    "is masked, whatever its weight, the result is.",
    example='conv2d(Image.from_id("product:scene"), Kernel(dims=(1, 3), data=[-1.0, 0.0, 1.0]))',
)
