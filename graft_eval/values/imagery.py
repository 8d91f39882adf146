"""Imagery as values: what it costs, its attributes, and what is sent of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sdk as wf
from graft_eval.values.image import Groupby, Image, ImageCollection, describe_band
from graft_eval.values.results import describe_grid
from graft_eval.values.types import Sender, ValueType, bind_type
from sdk.contract.results import ImageCollectionResult, ImageResult

__all__: list[str] = []

PLANES_PER_STEP = 8  # an expression for each band


def _image_attribute(image: Image, name: str) -> dict[str, object]:
    return dict(image.properties) if name == "properties" else _plain(image.bandinfo)


def _collection_attribute(collection: ImageCollection, name: str) -> object:
    if name == "properties":
        return [dict(image.properties) for image in collection.images]
    return {
        band: describe_band(band, [image.bandinfo[band] for image in collection.images]) for band in collection.bands
    }


def _send_image(image: Image, send: Sender) -> ImageResult:
    pixels = send.pixels(image.planes)
    return ImageResult(pixels, _plain(image.properties), _plain(image.bandinfo), describe_grid(send.grid))


def _send_collection(collection: ImageCollection, send: Sender) -> ImageCollectionResult:
    # One computation for all images: they share sampling, and what they read.
    planes = [plane for image in collection.images for plane in image.planes]
    pixels = send.pixels(planes).reshape((len(collection.images), len(collection.bands), *send.grid.shape))
    properties = [_plain(image.properties) for image in collection.images]
    bandinfo = _plain(collection.images[0].bandinfo) if collection.images else {}
    return ImageCollectionResult(pixels, properties, bandinfo, describe_grid(send.grid))


def _plain(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings of any kind as dicts, which have a form on the wire."""
    return {name: _plain(item) if isinstance(item, Mapping) else item for name, item in metadata.items()}


bind_type(
    ValueType(
        wf.Image._row,
        Image,
        size=lambda image, limits, what: len(image.bands) // PLANES_PER_STEP,
        attribute=_image_attribute,
        to_wire=_send_image,
    )
)
bind_type(
    ValueType(
        wf.ImageCollection._row,
        ImageCollection,
        size=lambda collection, limits, what: len(collection.images) * len(collection.bands) // PLANES_PER_STEP,
        attribute=_collection_attribute,
        to_wire=_send_collection,
    )
)
bind_type(ValueType(wf.ImageCollectionGroupby._row, Groupby))
