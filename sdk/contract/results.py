"""What a computation of imagery gives: pixels, and what is known about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Pixels = np.ma.MaskedArray[Any, np.dtype[Any]]

__all__ = ["ImageCollectionResult", "ImageResult"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ImageResult:
    """An image's pixels as a masked array (band, y, x), True in the mask is missing.

    `properties` are the image's own, `bandinfo` has a mapping for each band, in the order of the array's first
    axis, and `geocontext` says where the pixels lie: `crs`, `bounds` in that crs, `shape` (rows, columns),
    `resolution`, `gdal_geotrans`.
    """

    ndarray: Pixels
    properties: Mapping[str, Any]
    bandinfo: Mapping[str, Mapping[str, Any]]
    geocontext: Mapping[str, Any]

    def __repr__(self) -> str:
        return _describe("ImageResult", self, f"{_names(self.properties)}")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ImageCollectionResult:
    """The pixels of a collection as a masked array (image, band, y, x), True in the mask is missing.

    `properties` has a mapping for each image; all images have the bands of `bandinfo`. Iterating gives an
    `ImageResult` for each image, whose array is a view of this one's.
    """

    ndarray: Pixels
    properties: Sequence[Mapping[str, Any]]
    bandinfo: Mapping[str, Mapping[str, Any]]
    geocontext: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.properties)

    def __iter__(self) -> Iterator[ImageResult]:
        for pixels, properties in zip(self.ndarray, self.properties, strict=True):
            yield ImageResult(pixels, properties, self.bandinfo, self.geocontext)

    def __repr__(self) -> str:
        count = len(self.properties)
        return _describe(f"ImageCollectionResult of length {count}", self, f"{count} items")


def _describe(title: str, result: ImageResult | ImageCollectionResult, properties: str) -> str:
    pixels = result.ndarray
    return "\n".join(
        (
            f"{title}:",
            f"  * ndarray: {type(pixels).__name__}<shape={pixels.shape}, dtype={pixels.dtype}>",
            f"  * properties: {properties}",
            f"  * bandinfo: {_names(result.bandinfo)}",
            f"  * geocontext: {_names(result.geocontext)}",
        )
    )


def _names(mapping: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, mapping))
