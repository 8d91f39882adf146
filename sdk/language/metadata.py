"""Metadata of imagery: the bandinfo of its bands."""

from __future__ import annotations

from functools import partial
from typing import Any, Self

from sdk.language.imagery import Imagery
from sdk.language.operation import attribute, operation
from sdk.language.strings import StrLike

__all__ = ["Metadata"]

_metadata = partial(operation, subject="imagery", owner="Imagery")


class Metadata(Imagery, abstract=True):
    """Imagery with metadata."""

    bandinfo = attribute(
        "bandinfo",
        "Dict[Str, KnownDict[{'id': Str, 'name': Str, 'data_range': Tuple[Float, Float]}, Str, Any]]",
        "What is known of each band, by its name: id, name, data_range, and further fields.",
    )

    ndarray = attribute(
        "ndarray",
        "MaskedArray",
        "The pixels of the grid that is computed, as an array (band, y, x), of a collection (image, band, y, x). In a "
        "map layer they are those of one tile.",
    )

    @_metadata("wf.with_bandinfo")
    def with_bandinfo(self, band: StrLike, **bandinfo: Any) -> Self:
        """Return the imagery with these fields of a band's bandinfo set.

        A band that is not there is an error.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").with_bandinfo("red", unit="reflectance")
        <Image>
        """

    @_metadata("wf.without_bandinfo")
    def without_bandinfo(self, band: StrLike, *bandinfo_keys: StrLike) -> Self:
        """Return the imagery without these fields of a band's bandinfo.

        A band or a field that is not there is no error.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").without_bandinfo("red", "unit")
        <Image>
        """
