"""Reductions of imagery over its axes: images, bands, pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from sdk.graft.rules import reduced
from sdk.language.imagery import Imagery
from sdk.language.operation import function, one_of, operation
from sdk.language.rules import Axis
from sdk.language.strings import StrLike

__all__ = ["REDUCERS", "Reductions"]

REDUCERS = ("min", "max", "mean", "median", "sum", "std", "count")

_DOC = """

Over an axis: "images" (of collections), "bands", "pixels", a tuple of some, or None for all. Over images or
bands imagery is left, over pixels numbers. Masked pixels are left out; where all are masked, so is the result.
Pixels are those of the grid that is computed: in a map layer, of one tile.
"""


def _reduction(name: str, doc: str) -> Callable[..., Any]:
    return function(
        f"wf.{name}",
        "imagery: Imagery, axis: Axis = None",
        reduced("imagery", "axis"),
        doc + _DOC.rstrip(),
        owner="Imagery",
        example=f'ImageCollection.from_id("product").{name}(axis="images")',
    )


def _check_reducer(given: Mapping[str, Any]) -> None:
    one_of("operation", given["operation"], given["self"]._reducers)


class Reductions(Imagery, abstract=True):
    """Imagery as numbers, and as fewer images or bands."""

    _reducers: ClassVar[tuple[str, ...]] = REDUCERS

    min = _reduction("min", "The least valid value.")
    max = _reduction("max", "The greatest valid value.")
    mean = _reduction("mean", "The mean of the valid values.")
    median = _reduction("median", "The median of the valid values.")
    sum = _reduction("sum", "The sum of the valid values.")
    std = _reduction("std", "The standard deviation, of the population, of the valid values.")
    count = _reduction("count", "The number of valid values.")
    percentile = function(
        "wf.percentile",
        "imagery: Imagery, q: FloatLike, axis: Axis = None",
        reduced("imagery", "axis"),
        "The percentile `q` of the valid values; between two of them in proportion, as NumPy has it. A `q` that is\n"
        "not 0 to 100 is an error." + _DOC.rstrip(),
        owner="Imagery",
        addition=True,
        example='ImageCollection.from_id("product").percentile(90, axis="images")',
    )

    @partial(operation, subject="imagery", owner="Imagery")(
        "wf.reduction", named=("axis",), result=reduced("imagery", "axis"), check=_check_reducer
    )
    def reduction(self, operation: StrLike, axis: Axis = None) -> Any:
        """Return the reduction of that name over an axis; the name may be a Str that is computed.

        Names are min, max, mean, median, sum, std and count; over images also mosaic. Another name, and mosaic over
        other axes, are errors. Masked pixels are left out.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").reduction("mean", axis="bands")
        <Image>
        """
