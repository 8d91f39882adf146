"""Image collections in groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from sdk.graft.op import declare
from sdk.graft.rules import fixed, of_function
from sdk.language.dicts import Dict
from sdk.language.function import trace
from sdk.language.generic import GenericProxy, concrete
from sdk.language.operation import emits
from sdk.language.primitives import BoolLike
from sdk.language.proxy import TYPES, Proxy
from sdk.language.reductions import REDUCERS
from sdk.language.rules import Axis
from sdk.language.tuples import Tuple

if TYPE_CHECKING:
    from sdk.language.image import Image
    from sdk.language.image_collection import ImageCollection

__all__ = ["ImageCollectionGroupby"]

K = TypeVar("K", bound=Proxy)
R = TypeVar("R")

_MONTHS = 'ImageCollection.from_id("product").groupby(dates="month")'
CREATE = declare(
    "wf.ImageCollectionGroupby.create",
    "collection: ImageCollection, function: Function",
    of_function("ImageCollectionGroupby[R]", "function"),
    "Return the images in groups, in ascending order, by what a function gives for each, or by fields of their dates. "
    'Each image gets its group as `properties["group"]`.',
    owner="ImageCollection",
    example='ImageCollection.from_id("product").groupby(dates=("year", "month"))',
)
GET = declare(
    "wf.ImageCollectionGroupby.get",
    "groupby: ImageCollectionGroupby, key: Any",
    fixed("ImageCollection"),
    "The images of a group; an empty collection of none.",
    owner="ImageCollectionGroupby",
    example=f"{_MONTHS}[7]",
)
GROUPS = declare(
    "wf.ImageCollectionGroupby.groups",
    "groupby: ImageCollectionGroupby",
    fixed("Dict"),
    "The groups: a Dict from each key to its images.",
    owner="ImageCollectionGroupby",
    example=f"{_MONTHS}.groups",
)
MAP = declare(
    "wf.ImageCollectionGroupby.map",
    "groupby: ImageCollectionGroupby, function: Function",
    of_function("Dict[Any, R]", "function"),
    "Return what function(key, images) gives for each group: imagery as one collection, other values as a Dict.",
    owner="ImageCollectionGroupby",
    example=f"{_MONTHS}.map(lambda month, images: images.length())",
)
MAP_IC = declare(
    "wf.ImageCollectionGroupby.map_ic",
    "groupby: ImageCollectionGroupby, function: Function",
    fixed("ImageCollection"),
    "The imagery that function(key, images) gives for each group, as one collection.",
    owner="ImageCollectionGroupby",
    example=f"{_MONTHS}.map(lambda month, images: images.mosaic())",
)
ONE = declare(
    "wf.ImageCollectionGroupby.one",
    "groupby: ImageCollectionGroupby",
    fixed("Tuple"),
    "Return the first key and its images.",
    owner="ImageCollectionGroupby",
    example=f"{_MONTHS}.one()",
)


class ImageCollectionGroupby(GenericProxy, Generic[K], sendable=False):
    """Images in groups, as `ImageCollection.groupby` gives them.

    >>> from sdk import ImageCollection
    >>> ImageCollection.from_id("product").groupby(dates="month")
    <ImageCollectionGroupby[Int]>
    """

    @classmethod
    def of(cls, imgs: Proxy, func: Callable[..., Any]) -> Any:
        """Return the images in groups by what the function gives for each.

        >>> from sdk import ImageCollection, ImageCollectionGroupby
        >>> images = ImageCollection.from_id("product")
        >>> ImageCollectionGroupby.of(images, lambda image: image.properties["date"].month)
        <ImageCollectionGroupby[Int]>
        """
        function, key_type = trace(func, (TYPES["Image"],))
        return concrete(cls, key_type)._call(CREATE, imgs, function)

    def __init__(self, imgs: Proxy, func: Callable[..., Any]) -> None:
        function, key_type = trace(func, (TYPES["Image"],))
        if not issubclass(key_type, self._made_of()):
            raise TypeError(f"the function gives {key_type.__name__}, but the groups are a {type(self).__name__}")
        self._node = self._call(CREATE, TYPES["ImageCollection"]._promote(imgs), function)._node

    @property
    def key_type(self) -> type[Proxy]:
        """The type of the groups' keys.

        >>> from sdk import ImageCollection
        >>> ImageCollection.from_id("product").groupby(dates="month").key_type
        <class 'sdk.language.primitives.Int'>
        """
        key_type: type[Proxy] = self._made_of()[0]
        return key_type

    @property
    def groups(self) -> Dict[K, ImageCollection]:
        """The groups: a Dict from each key to its images.

        >>> from sdk import ImageCollection
        >>> ImageCollection.from_id("product").groupby(dates="month").groups
        <Dict[Int, ImageCollection]>
        """
        groups: Dict[K, ImageCollection] = concrete(Dict, self.key_type, TYPES["ImageCollection"])._call(GROUPS, self)
        return groups

    def __getitem__(self, idx: object) -> ImageCollection:
        collection: type[ImageCollection] = TYPES["ImageCollection"]  # type: ignore[assignment]
        return collection._call(GET, self, self.key_type._promote(idx))

    @emits(ONE)
    def one(self) -> Tuple[K, ImageCollection]:
        first: Tuple[K, ImageCollection] = concrete(Tuple, self.key_type, TYPES["ImageCollection"])._call(ONE, self)
        return first

    @overload
    def map(self, func: Callable[[K, ImageCollection], Image]) -> ImageCollection: ...  # type: ignore[overload-overlap]
    @overload
    def map(self, func: Callable[[K, ImageCollection], ImageCollection]) -> ImageCollection: ...  # type: ignore[overload-overlap]
    @overload
    def map(self, func: Callable[[K, ImageCollection], R]) -> Dict[K, R]: ...
    @emits(MAP)
    def map(self, func: Callable[..., Any]) -> Any:
        function, result = trace(func, (self.key_type, TYPES["ImageCollection"]))
        if issubclass(result, TYPES["Imagery"]):
            return TYPES["ImageCollection"]._call(MAP_IC, self, function)
        return concrete(Dict, self.key_type, result)._call(MAP, self, function)

    def mosaic(self, reverse: BoolLike = False) -> ImageCollection:
        """Return the mosaic of each group.

        >>> from sdk import ImageCollection
        >>> ImageCollection.from_id("product").groupby(dates=("year", "month")).mosaic()
        <ImageCollection>
        """
        mosaics: ImageCollection = self.map(lambda group, imgs: imgs.mosaic(reverse=reverse))
        return mosaics


def _reduced(name: str) -> Callable[..., Any]:
    """Return the method that reduces the images of each group, as ImageCollection's method of that name does."""

    def method(self: ImageCollectionGroupby[Any], axis: Axis = None) -> Any:
        return self.map(lambda group, imgs: getattr(imgs, name)(axis=axis))

    method.__name__, method.__qualname__ = name, f"ImageCollectionGroupby.{name}"
    method.__doc__ = f"""Return `ImageCollection.{name}` of each group: of imagery one collection, of numbers a Dict.

    >>> from sdk import ImageCollection
    >>> ImageCollection.from_id("product").groupby(dates="month").{name}(axis="images")
    <ImageCollection>
    """
    return method


for _name in REDUCERS:
    setattr(ImageCollectionGroupby, _name, _reduced(_name))
