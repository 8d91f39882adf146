"""Image collections in groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sdk.graft.op import declare, parameters
from sdk.language.dicts import Dict
from sdk.language.function import trace
from sdk.language.generic import GenericProxy, concrete
from sdk.language.primitives import BoolLike
from sdk.language.proxy import TYPES, Proxy
from sdk.language.reductions import Axis
from sdk.language.tuples import Tuple

__all__ = ["ImageCollectionGroupby"]

CREATE = declare(
    "wf.ImageCollectionGroupby.create",
    parameters("collection", "function"),
    "The images in groups by what the function gives for each, in ascending order.",
)
GET = declare(
    "wf.ImageCollectionGroupby.get", parameters("groupby", "key"), "The images of a group; an empty collection of none."
)
GROUPS = declare("wf.ImageCollectionGroupby.groups", parameters("groupby"), "The groups as a dict of collections.")
MAP = declare(
    "wf.ImageCollectionGroupby.map",
    parameters("groupby", "function"),
    "What function(key, images) gives for each group, as a dict by key.",
)
MAP_IC = declare(
    "wf.ImageCollectionGroupby.map_ic",
    parameters("groupby", "function"),
    "The imagery that function(key, images) gives for each group, as one collection.",
)
ONE = declare("wf.ImageCollectionGroupby.one", parameters("groupby"), "The first key and its images.")


class ImageCollectionGroupby(GenericProxy, sendable=False):
    """Images in groups, as `ImageCollection.groupby` gives them."""

    @classmethod
    def of(cls, imgs: Proxy, func: Callable[..., Any]) -> Any:
        """Return the images in groups by what the function gives for each."""
        function, key_type = trace(func, (TYPES["Image"],))
        return concrete(cls, key_type)._call(CREATE, imgs, function)

    def __init__(self, imgs: Proxy, func: Callable[..., Any]) -> None:
        function, key_type = trace(func, (TYPES["Image"],))
        if not issubclass(key_type, self._made_of()):
            raise TypeError(f"the function gives {key_type.__name__}, but the groups are a {type(self).__name__}")
        self._node = self._call(CREATE, TYPES["ImageCollection"]._promote(imgs), function)._node

    @property
    def key_type(self) -> type[Proxy]:
        """The type of the groups' keys."""
        key_type: type[Proxy] = self._made_of()[0]
        return key_type

    @property
    def groups(self) -> Any:
        """The groups: a Dict from each key to its images."""
        return concrete(Dict, self.key_type, TYPES["ImageCollection"])._call(GROUPS, self)

    def __getitem__(self, idx: object) -> Any:
        return TYPES["ImageCollection"]._call(GET, self, self.key_type._promote(idx))

    def one(self) -> Any:
        """Return the first key and its images."""
        return concrete(Tuple, self.key_type, TYPES["ImageCollection"])._call(ONE, self)

    def map(self, func: Callable[..., Any]) -> Any:
        """Return what func(key, images) gives for each group: imagery as one collection, other values as a Dict."""
        function, result = trace(func, (self.key_type, TYPES["ImageCollection"]))
        if issubclass(result, TYPES["Imagery"]):
            return TYPES["ImageCollection"]._call(MAP_IC, self, function)
        return concrete(Dict, self.key_type, result)._call(MAP, self, function)

    def mosaic(self, reverse: BoolLike = False) -> Any:
        """Return the mosaic of each group."""
        return self.map(lambda group, imgs: imgs.mosaic(reverse=reverse))

    def min(self, axis: Axis = None) -> Any:
        """Return the least values of each group."""
        return self.map(lambda group, imgs: imgs.min(axis=axis))

    def max(self, axis: Axis = None) -> Any:
        """Return the greatest values of each group."""
        return self.map(lambda group, imgs: imgs.max(axis=axis))

    def mean(self, axis: Axis = None) -> Any:
        """Return the means of each group."""
        return self.map(lambda group, imgs: imgs.mean(axis=axis))

    def median(self, axis: Axis = None) -> Any:
        """Return the medians of each group."""
        return self.map(lambda group, imgs: imgs.median(axis=axis))

    def sum(self, axis: Axis = None) -> Any:
        """Return the sums of each group."""
        return self.map(lambda group, imgs: imgs.sum(axis=axis))

    def std(self, axis: Axis = None) -> Any:
        """Return the standard deviations of each group."""
        return self.map(lambda group, imgs: imgs.std(axis=axis))

    def count(self, axis: Axis = None) -> Any:
        """Return the numbers of valid values of each group."""
        return self.map(lambda group, imgs: imgs.count(axis=axis))
