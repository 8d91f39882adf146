"""Imagery at points of the grid that is computed."""

from __future__ import annotations

from functools import partial
from typing import Any

from sdk.graft.rules import each_image
from sdk.language.imagery import Imagery
from sdk.language.operation import operation
from sdk.language.primitives import Float, FloatLike, Int, IntLike
from sdk.language.tuples import Tuple

__all__ = ["Places"]

_places = partial(operation, subject="imagery", owner="Imagery")


class Places(Imagery, abstract=True):
    """Imagery as values at points."""

    @_places("wf.value_at", result=each_image("Dict[Str, Float]", "imagery"))
    def value_at(self, x: FloatLike, y: FloatLike) -> Any:
        """Return the values at a point, by band; x and y are in the coordinates of the GeoContext that is computed.

        They are NaN where masked and outside of the grid. Integers of 64 bits that nothing was computed with have all
        their digits.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").value_at(-84.2, 36.6)
        <Dict[Str, Float]>
        """

    @_places("wf.index_to_coords")
    def index_to_coords(self, row: IntLike, col: IntLike) -> Tuple[Float, Float]:
        """Return x and y of a pixel's upper left corner, in the coordinates of the GeoContext that is computed.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").index_to_coords(0, 255)
        <Tuple[Float, Float]>
        """

    @_places("wf.coords_to_index")
    def coords_to_index(self, x: FloatLike, y: FloatLike) -> Tuple[Int, Int]:
        """Return row and column of the pixel at a point in these coordinates; beyond the grid they go on counting.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").coords_to_index(-84.2, 36.6)
        <Tuple[Int, Int]>
        """
