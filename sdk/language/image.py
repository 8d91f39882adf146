"""Images: bands of pixels, with properties."""

from __future__ import annotations

from functools import partial
from typing import Any, Self

from sdk.graft.errors import ProxyTypeError
from sdk.graft.op import declare, parameters
from sdk.language.dicts import Dict
from sdk.language.imagery import RESAMPLERS, Imagery, bands_of_both
from sdk.language.notation import resolve
from sdk.language.operation import attribute, operation
from sdk.language.primitives import Bool, BoolLike, FloatLike, NoneType
from sdk.language.proxify import proxify
from sdk.language.proxy import describe, promote
from sdk.language.strings import StrLike

__all__ = ["Image"]

_DOC = (
    "The imagery; where it is empty the fill: other imagery, or a number in bands that bandinfo names. "
    "The fill is masked unless `mask` is False."
)
REPLACE_EMPTY = {
    name: declare(
        f"wf.{name}.replace_empty_with", parameters("imagery", "fill", ("mask", True), ("bandinfo", None)), _DOC
    )
    for name in ("Image", "ImageCollection")
}
_image = partial(operation, subject="image")


class Image(Imagery):
    """An image of the catalog, or one that is computed. Pixels are only read when it is computed on some grid.

    >>> image = Image.from_id("product:scene")
    >>> nir, red = image.unpack_bands("nir red")
    >>> (nir - red) / (nir + red)
    <Image>
    """

    def __init__(self) -> None:
        raise TypeError("an Image cannot be made from nothing; use Image.from_id(id)")

    @classmethod
    @_image("wf.Image.load", named=("resampler", "processing_level"), allowed={"resampler": RESAMPLERS})
    def from_id(
        cls, image_id: StrLike, resampler: StrLike | None = None, processing_level: StrLike | None = None
    ) -> Self:
        """Return the image of the catalog with this id, `product:image`.

        Resamplers: near (the default), bilinear, cubic, cubicspline, lanczos, average, mode, max, min, med, q1, q3.
        """

    properties = attribute(
        "properties",
        "KnownDict[{'id': Str, 'date': Datetime, 'product': Str, 'crs': Str, "
        "'geotrans': Tuple[Float, Float, Float, Float, Float, Float]}, Str, Any]",
        "What is known of the image: id, date, product, crs, geotrans, and further fields.",
    )

    def concat_bands(self, other_image: Imagery) -> Any:
        """Return the bands of both; of equal names the second gets `_1`. With empty imagery the result is empty."""
        return bands_of_both(self, other_image)

    @_image("wf.with_properties")
    def with_properties(self, /, **properties: Any) -> Self:
        """Return the image with these properties set."""

    @_image("wf.without_properties")
    def without_properties(self, *property_keys: StrLike) -> Self:
        """Return the image without these properties."""

    def replace_empty_with(self, fill: Image | FloatLike, mask: BoolLike = True, bandinfo: object = None) -> Any:
        """Return the image or, where it is empty, the fill: another image, or a number in the bands of `bandinfo`.

        The fill is masked unless `mask` is False.
        """
        return filled(self, fill, mask, bandinfo)


def filled(self: Imagery, fill: object, mask: object, bandinfo: object) -> Any:
    """Return imagery whose emptiness is replaced by a fill."""
    value = fill if isinstance(fill, Imagery) else promote(fill, resolve("FloatLike"))
    if value is None or (isinstance(self, Image) and isinstance(value, Imagery) and not isinstance(value, Image)):
        raise ProxyTypeError(f"fill must be {type(self).__name__}, Int or Float, not {describe(fill)}")
    if not isinstance(value, Imagery) and bandinfo is None:
        raise ValueError("a number as fill needs bandinfo, which names the bands to make")
    info = proxify(bandinfo)
    if not isinstance(info, (Dict, NoneType)):
        raise ProxyTypeError(f"bandinfo must be a dict from bands to dicts, not {describe(bandinfo)}")
    return self._call(REPLACE_EMPTY[type(self).__name__], self, value, Bool._promote(mask), info)
