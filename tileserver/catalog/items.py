"""Items: a STAC Item and the files of its assets become a scene."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import pystac
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from graft_eval.lonlat import follow_antimeridian, wrap_longitudes
from graft_eval.scene import Scene
from tileserver.catalog.bands import bands_of
from tileserver.catalog.errors import CatalogError, ItemError, explain
from tileserver.catalog.rasters import RasterFile
from tileserver.catalog.times import time_of

__all__ = ["item_name", "scene_of"]

PICTURE_ROLES = {"thumbnail", "overview"}
RASTER_TYPES = ("image/tiff", "image/vnd.stac.geotiff", "image/jp2", "application/x-geotiff")
RASTER_SUFFIXES = {".tif", ".tiff", ".jp2"}


def scene_of(
    document: Mapping[str, Any], location: str, product: str | None, open_file: Callable[[str], RasterFile]
) -> Scene:
    """Return the scene that an Item describes; raises `CatalogError` with the reason where it is none.

    `product` is whose an Item is that names no collection. Properties are the Item's own, as they are written.
    """
    item = _parse(document, location)
    product = item.collection_id or product
    if not product:
        raise ItemError("it names no collection, and lies in no folder that would name one")
    files = [(key, asset.extra_fields, _open(key, asset, open_file)) for key, asset in _raster_assets(item).items()]
    time = time_of(document["properties"])
    assert time is not None
    return Scene(
        id=f"{product}:{item.id}",
        product=product,
        date=time[0],
        until=time[1],
        footprint=_footprint_of(item, files[0][2]),
        properties=document["properties"],
        bands=bands_of(files),
    )


def item_name(document: Mapping[str, Any], location: str, product: str | None) -> str:
    """Return what a report calls an Item, however broken: `product:item`, else its location."""
    product, item = document.get("collection") or product, document.get("id")
    return f"{product}:{item}" if product and item else location


def _parse(document: Mapping[str, Any], location: str) -> pystac.Item:
    properties = document.get("properties")
    if not isinstance(properties, dict):
        raise ItemError("it is no valid Item: it has no properties")
    if properties.get("datetime") is None:
        if properties.get("start_datetime") is None:
            raise ItemError("it has neither a datetime nor a start_datetime")
        # pystac wants both ends of a time; the start alone is a date
        document = {**document, "properties": {"end_datetime": properties["start_datetime"], **properties}}
    try:
        item = pystac.Item.from_dict(dict(document), href=location)
    except Exception as exc:  # pystac checks nothing first, and raises whatever it stumbles over
        raise ItemError(f"it is no valid Item: {explain(exc)}") from exc
    if not isinstance(item.id, str) or not item.id.isprintable() or not item.id:
        raise ItemError(f"its id must be a printable string, not {item.id!r}")
    if ":" in item.id:
        raise ItemError(f"its id {item.id!r} has a colon, which stands between a product's id and an image's")
    if item.collection_id is not None and not (
        isinstance(item.collection_id, str) and item.collection_id.isprintable()
    ):
        raise ItemError(f"its collection must be a printable string, not {item.collection_id!r}")
    return item


def _raster_assets(item: pystac.Item) -> dict[str, pystac.Asset]:
    assets = {key: asset for key, asset in item.assets.items() if _is_raster(asset)}
    if not assets:
        raise ItemError(f"none of its assets is a raster: {', '.join(item.assets) or 'it has none'}")
    return assets


def _is_raster(asset: pystac.Asset) -> bool:
    """Whether an asset holds bands: by its media type, else its name; pictures to look at do not."""
    if PICTURE_ROLES & set(asset.roles or ()):
        return False
    if asset.media_type:
        return asset.media_type.lower().startswith(RASTER_TYPES)
    return PurePosixPath(urlsplit(asset.href).path).suffix.lower() in RASTER_SUFFIXES


def _open(key: str, asset: pystac.Asset, open_file: Callable[[str], RasterFile]) -> RasterFile:
    href = asset.get_absolute_href()
    if href is None:
        raise ItemError(f"asset {key} has no href")
    try:
        return open_file(href)
    except CatalogError as exc:
        raise ItemError(f"asset {key}: {exc}") from exc


def _footprint_of(item: pystac.Item, file: RasterFile) -> BaseGeometry:
    """Return the Item's geometry, else the outline of a file."""
    if item.geometry is None:
        return file.outline
    try:
        geometry = shape(item.geometry)
        # A bounding box of which west is the greater, or vertices that jump in a grid that is none of longitudes
        # itself, mean an image that crosses the antimeridian; else as wide an outline is one of a wide image.
        crosses = not file.geographic or (item.bbox is not None and item.bbox[0] > item.bbox[len(item.bbox) // 2])
        footprint = follow_antimeridian(geometry) if crosses else wrap_longitudes(geometry)
    except (ShapelyError, AttributeError, IndexError, KeyError, TypeError, ValueError) as exc:
        raise ItemError(f"its geometry is none: {exc}") from exc
    return file.outline if footprint.is_empty else footprint
