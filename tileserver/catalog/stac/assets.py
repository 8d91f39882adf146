"""Assets of an Item that hold bands, with their metadata and their files."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from tileserver.catalog.bands import AssetFile, Fields
from tileserver.catalog.errors import CatalogError
from tileserver.catalog.rasters import RasterFile
from tileserver.catalog.stac.hrefs import resolve_href

__all__ = ["OpenFile", "open_assets"]

RASTER_TYPES: Final = re.compile(
    r"image/(tiff|x\.geotiff|x-geotiff|geotiff|vnd\.stac\.geotiff|cog|jp2|jpx|x-jp2)|application/(x-)?geotiff"
)
GRID_TYPES: Final = re.compile(r"application/(x-)?(netcdf|hdf5?)")  # read where nothing else holds bands
RASTER_SUFFIXES: Final = {".tif", ".tiff", ".geotiff", ".gtiff", ".jp2", ".j2k"}
SECONDARY_ROLES: Final = {"visual", "overview", "metadata"}  # bands of these do not take the names of others

OpenFile = Callable[[str], RasterFile]


def open_assets(document: Fields, location: str, collection: Fields, open_file: OpenFile) -> Iterator[AssetFile]:
    """Yield the assets of an Item at a location that hold bands, their files opened.

    What an asset does not tell is taken from the Collection's `item_assets`.
    """
    templates = collection.get("item_assets")
    templates = templates if isinstance(templates, dict) else {}
    told: dict[str, Fields] = {}
    templated: dict[str, set[str]] = {}
    for key, asset in document["assets"].items():
        template = templates.get(key)
        if isinstance(asset, dict):
            own, general = _said(asset), _said(template) if isinstance(template, dict) else {}
            told[key], templated[key] = {**general, **own}, general.keys() - own.keys()
        else:
            told[key] = {}
    chosen = [key for key, fields in told.items() if _is_raster(fields)]
    if not chosen:
        chosen = [key for key, fields in told.items() if GRID_TYPES.match(_media_type(fields))]
    for key, fields in told.items():
        if key in chosen:
            yield replace(_open(key, fields, location, open_file), templated=templated[key])
        elif (
            _may_be_raster(fields)
            and (not chosen or "data" in _roles(fields))
            # neither type nor name tell: opened to see
            and (seen := _open(key, fields, location, open_file)).file is not None
        ):
            yield replace(seen, templated=templated[key])


def _open(key: str, fields: Fields, location: str, open_file: OpenFile) -> AssetFile:
    secondary = any(role in SECONDARY_ROLES for role in _roles(fields))
    try:
        return AssetFile(key, fields, open_file(resolve_href(str(fields["href"]), location)), secondary=secondary)
    except CatalogError as exc:
        return AssetFile(key, fields, None, str(exc), secondary)


def _said(fields: Fields) -> dict[str, Any]:
    """Return fields that say something: null and empty ones do not."""
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [], {})}


def _is_raster(fields: Fields) -> bool:
    """Return True if an asset holds bands: by its media type, else its name; a thumbnail does not."""
    if not _has_href(fields) or "thumbnail" in _roles(fields):
        return False
    if media_type := _media_type(fields):
        return bool(RASTER_TYPES.match(media_type))
    return _suffix(fields) in RASTER_SUFFIXES


def _may_be_raster(fields: Fields) -> bool:
    return _has_href(fields) and not _media_type(fields) and not _suffix(fields) and "thumbnail" not in _roles(fields)


def _has_href(fields: Fields) -> bool:
    return isinstance(fields.get("href"), str)


def _roles(fields: Fields) -> Sequence[str]:
    roles = fields.get("roles")
    return [role for role in roles if isinstance(role, str)] if isinstance(roles, list) else ()


def _media_type(fields: Fields) -> str:
    media_type = fields.get("type")
    return media_type.strip().lower() if isinstance(media_type, str) else ""


def _suffix(fields: Fields) -> str:
    return os.path.splitext(urlsplit(str(fields["href"])).path)[1].lower()
