"""The base of Image and ImageCollection: operators, and collections made of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sdk.graft.rules import fixed
from sdk.language.operation import function
from sdk.language.operators import operators
from sdk.language.proxy import Proxy

__all__ = ["RESAMPLERS", "Imagery", "concat"]

RESAMPLERS = (
    "near", "bilinear", "cubic", "cubicspline", "lanczos", "average", "mode", "max", "min", "med", "q1", "q3",
)  # fmt: skip
REDUCTIONS = ("min", "max", "mean", "median", "sum", "std", "count")


def _two_or_more(given: Mapping[str, Any]) -> None:
    if len(given["imagery"]) < 2:
        raise ValueError(f"concat() joins two or more Images or ImageCollections, not {len(given['imagery'])}")


concat = function(
    "wf.concat",
    "*imagery: Imagery",
    fixed("ImageCollection"),
    "Return a collection of all the images, one after the other; empty ones are left out.",
    check=_two_or_more,
    example='concat(Image.from_id("product:scene"), ImageCollection.from_id("product"))',
)


@operators(
    {
        "+ - * / // % ** & | ^ << >> < <= > >= == !=": {
            "ImageCollection": "ImageCollection", "Image": "Self", "Int": "Self", "Float": "Self", "Bool": "Self",
        },
        "-x +x abs ~x": "Self",
    }
)  # fmt: skip
class Imagery(Proxy, abstract=True):
    """Base of Image and ImageCollection.

    Operators work pixel by pixel: with numbers, with imagery that has as many bands, or one. What is masked on
    either side is masked, and so is what is not finite, as x / 0. An Image goes with each image of a collection;
    two collections go together image by image.
    """

    _truth = "Instead of `if`, `a if c else b` or np.where use wf.where(c, a, b), or .mask(~c)"
    _instead = MappingProxyType(
        {
            "shape": "that of its pixels is .inspect(geoctx).ndarray.shape",
            "dtype": "pixels are float64; .inspect(geoctx).ndarray has them",
            "values": ".inspect(geoctx).ndarray has them",
            "data": ".inspect(geoctx).ndarray has them",
            "plot": "pixels are plotted by .inspect(geoctx).plot()",
            "bands": '.bandinfo.keys() are their names, .pick_bands("red") is one',
            "crs": 'the grid that it is computed on has one; that of a file is .properties["crs"]',
        }
    )
    _otherwise = 'a band is picked by .pick_bands("red")'

    concat = concat

    def __array_function__(self, func: Callable[..., Any], types: object, args: object, kwargs: object) -> Any:
        name = func.__name__
        instead = {"where": "wf.where(c, a, b)", "concatenate": "wf.concat", "stack": "wf.concat"}.get(name)
        if instead is None and hasattr(type(self), name):
            instead = f".{name}(axis=…)" if name in REDUCTIONS else f".{name}"
        hint = f"use {instead}" if instead else "its numbers are only known when it is computed, by .inspect(geoctx)"
        raise TypeError(f"np.{name} does not take an {type(self).__name__}: {hint}")
