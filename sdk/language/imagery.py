"""The base of Image and ImageCollection: operators, and collections made of both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sdk.graft.rules import fixed
from sdk.language.operation import function
from sdk.language.operators import operators
from sdk.language.proxy import Proxy

__all__ = ["RESAMPLERS", "Imagery", "concat"]

RESAMPLERS = (
    "near", "bilinear", "cubic", "cubicspline", "lanczos", "average", "mode", "max", "min", "med", "q1", "q3",
)  # fmt: skip


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

    concat = concat
