"""Images: bands of pixels, with properties."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, Self

from sdk.graft.rules import fixed
from sdk.language.bands import Bands
from sdk.language.formulas import Formulas
from sdk.language.imagery import RESAMPLERS, Imagery
from sdk.language.metadata import Metadata
from sdk.language.operation import attribute, emits, function, one_of, operation
from sdk.language.pixels import REPLACE_EMPTY
from sdk.language.places import Places
from sdk.language.reductions import Reductions
from sdk.language.strings import StrLike
from sdk.language.terrain import Terrain

__all__ = ["ZONAL_OPERATIONS", "Image"]

ZONAL_OPERATIONS = ("min", "max", "mean", "median", "majority", "std", "sum", "count")
_image = partial(operation, subject="image")


def _check_zonal(given: Mapping[str, Any]) -> None:
    operations = given["operations"]
    for each in operations if isinstance(operations, (list, tuple)) else (operations,):
        one_of("operations", each, ZONAL_OPERATIONS)


class Image(Formulas, Metadata, Places, Reductions, Terrain):
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
        Nodata, alpha and mask bands become the mask. An id that is not in the catalog is an error once it is computed.

        >>> Image.from_id("product:scene")
        <Image>
        """

    @classmethod
    def from_scene(cls, scene: object) -> Self:
        """Return the image of the catalog that a scene describes, an object with `properties["id"]`, or with an `id`.

        >>> from types import SimpleNamespace
        >>> Image.from_scene(SimpleNamespace(properties={"id": "product:scene"}))
        <Image>
        """
        described = getattr(scene, "properties", None)
        found = described.get("id") if isinstance(described, Mapping) else getattr(described, "id", None)
        image_id = found or getattr(scene, "id", None)
        if not isinstance(image_id, str):
            raise ValueError(f"a scene must have an id, product:image, not {scene!r}"[:300])
        return cls.from_id(image_id)

    properties = attribute(
        "properties",
        "KnownDict[{'id': Str, 'date': Datetime, 'product': Str, 'crs': Str, "
        "'geotrans': Tuple[Float, Float, Float, Float, Float, Float]}, Str, Any]",
        "What is known of the image: id, date, product, crs, geotrans, and further fields.",
    )

    @emits(Bands.concat_bands.op)  # type: ignore[attr-defined]
    def concat_bands(self, other_image: Imagery) -> Any:
        return super().concat_bands(other_image)

    @_image("wf.with_properties")
    def with_properties(self, /, **properties: Any) -> Self:
        """Return the image with these properties set.

        >>> Image.from_id("product:scene").with_properties(season="summer")
        <Image>
        """

    @_image("wf.without_properties")
    def without_properties(self, *property_keys: StrLike) -> Self:
        """Return the image without these properties.

        Those that it has not are no error.

        >>> Image.from_id("product:scene").without_properties("season")
        <Image>
        """

    zonal = function(
        "wf.Image.zonal",
        'image: Image, features: FeatureCollection | Mapping[str, object], operations: StrLike | StrListLike = "mean"',
        fixed("FeatureCollection"),
        "Return the features with statistics of their pixels as properties, `BAND_OPERATION` for each band.\n\n"
        "Operations are min, max, mean, median, majority, std, sum and count, one or a list of them. The pixels of a\n"
        "feature are those whose centre lies inside it, of the grid that is computed: in a map layer, of one tile.\n"
        "Masked pixels are left out; where none is valid, the count is 0, and all else NaN. More values than a list\n"
        "may have, and features over more pixels than the limits allow, are refused.",
        owner="Image",
        addition=True,
        check=_check_zonal,
        example='Image.from_id("product:scene").zonal(FeatureCollection.from_vector_id("fields"), "mean")',
    )
    replace_empty_with = REPLACE_EMPTY["Image"]

    if not TYPE_CHECKING:  # checkers shall go on to find this mistake

        def __getitem__(self, item: object) -> NoReturn:
            band = item if isinstance(item, str) else "red"
            raise TypeError(
                f"the bands of an Image are picked by their names: .pick_bands({band!r}), not [{item!r}]; "
                ".inspect(geoctx).ndarray is indexed by numbers"
            )
