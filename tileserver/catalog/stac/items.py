"""Items: scenes made of STAC Items and the files of their assets."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

import shapely
from pystac.serialization import identify_stac_object, migrate_to_latest
from rasterio.crs import CRS
from rasterio.errors import CRSError
from shapely.errors import ShapelyError
from shapely.geometry import Polygon, shape
from shapely.geometry.base import BaseGeometry

from graft_eval.lonlat import follow_antimeridian, wrap_longitudes
from graft_eval.scene import Scene
from tileserver.catalog.bands import AssetFile, Told, bands_of
from tileserver.catalog.errors import ItemError, explain
from tileserver.catalog.ids import escape_id
from tileserver.catalog.outlines import check_crossings
from tileserver.catalog.problems import Problem
from tileserver.catalog.rasters import RasterFile
from tileserver.catalog.stac.assets import OpenFile, open_assets
from tileserver.catalog.times import time_of

__all__ = ["Image", "item_name", "scene_of", "shape_of"]

TIMES = ("datetime", "start_datetime", "end_datetime")
ORIGINS_OF_DATES = {
    "by its tags": "file tag",
    "by its name": "file name",
    "by the file's time of change": "the file's time of change",
}
DATE_ADVICE = "give the file a date in its name, as 20240501, if that one is wrong"
BANDS = ("bands", "eo:bands", "raster:bands")
READ_AS_THEY_ARE = ("1.0.", "1.1.")  # versions of STAC; earlier ones are brought to it

# pystac fills caches of its own while it works, and promises nothing to threads.
_pystac = threading.Lock()


@dataclass(frozen=True, slots=True)
class Image:
    """A scene, what is odd about it, and where its date, its footprint and what is known of its `bands` are from."""

    scene: Scene
    problems: Sequence[Problem] = ()
    origins: Mapping[str, Any] = field(default_factory=dict)


def scene_of(
    document: Mapping[str, Any],
    location: str,
    product: str,
    open_file: OpenFile,
    find_collection: Callable[[], Mapping[str, Any]] = dict,
    date_of_file: Callable[[RasterFile], tuple[datetime, str]] | None = None,
) -> Image:
    """Return the image that an Item describes; raises `CatalogError` with the reason if it is none.

    `product` is whose an Item is that names no collection. `find_collection` returns its Collection, or nothing, and
    `date_of_file` gives Items without a date that of their file, and says whence. Properties are the Item's own, as
    they are written.
    """
    item = _check(document)
    product = item.get("collection") or product
    if not product:
        raise ItemError("it names no collection, and lies in no folder that would name one")
    collection = find_collection()
    assets = list(open_assets(item, location, collection, open_file))
    files = [asset.file for asset in sorted(assets, key=lambda asset: asset.secondary) if asset.file is not None]
    if not files:
        raise ItemError(_nothing_read(item, assets))
    found = bands_of(assets, _told(item, collection))
    problems = [*found.problems, *_misplaced(item, assets)]
    time = time_of(item["properties"])
    dated = next((f"Item {name}" for name in TIMES if item["properties"].get(name)), "")
    if time is None:
        if date_of_file is None:
            raise ItemError("it has neither a datetime nor a start_datetime")
        date, whence = date_of_file(files[0])
        time, dated = (date, None), ORIGINS_OF_DATES[whence]
        problems.append(Problem("note", f"it has no date, and is dated {whence}", advice=DATE_ADVICE))
    scene = Scene(
        id=f"{product}:{escape_id(item['id'])}",
        product=product,
        date=time[0],
        footprint=_footprint_of(item, files[0]),
        properties=document["properties"],
        bands=found.bands,
        until=time[1],
        unreadable={problem.band: problem.text for problem in problems if problem.level == "gap"},
    )
    placed = "Item geometry" if item.get("geometry") else "the outline of the file's grid"
    return Image(scene, problems, {"date": dated, "footprint": placed, "bands": found.origins})


def item_name(document: Mapping[str, Any], location: str, product: str | None) -> str:
    """Return the name of an Item in reports, however broken: `product:item`, else its location."""
    product, item = document.get("collection") or product, document.get("id")
    return f"{product}:{escape_id(str(item))}" if product and item else location


def _check(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an Item of the newest version of STAC; raises `ItemError` if it is none."""
    if not isinstance(document.get("properties"), dict):
        raise ItemError("it is no valid Item: it has no properties")
    version = document.get("stac_version")
    if not isinstance(version, str):
        raise ItemError("it is no valid Item: 'stac_version' is missing")
    item = document if version.startswith(READ_AS_THEY_ARE) else _migrate(document)
    assets, name, collection = item.get("assets"), item.get("id"), item.get("collection")
    if not isinstance(assets, dict):
        raise ItemError(f"it is no valid Item: its assets must be an object, not {type(assets).__name__}")
    if not isinstance(name, str) or not name.isprintable() or not name:
        raise ItemError(f"its id must be a printable string, not {name!r}")
    if collection and not (isinstance(collection, str) and collection.isprintable()):
        raise ItemError(f"its collection must be a printable string, not {collection!r}")
    return item


def _migrate(document: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        with _pystac:
            copy = deepcopy(dict(document))
            migrated: dict[str, Any] = migrate_to_latest(copy, identify_stac_object(copy))
    except Exception as exc:  # pystac checks nothing first, and raises whatever it stumbles over
        raise ItemError(f"it is no valid Item: {explain(exc)}") from exc
    return migrated


def _told(item: Mapping[str, Any], collection: Mapping[str, Any]) -> Told:
    """Return the lists of bands of an Item's properties and of its Collection."""
    summaries = collection.get("summaries")
    places = (
        ("Item properties", item["properties"]),
        ("Collection", collection),
        ("Collection summaries", summaries if isinstance(summaries, dict) else {}),
    )
    lists = [
        (f"{where} {name}", fields[name])
        for where, fields in places
        for name in BANDS
        if isinstance(fields.get(name), list) and all(isinstance(entry, dict) for entry in fields[name])
    ]
    return Told(lists, item["properties"].get("earthsearch:boa_offset_applied") is True)


def _named(asset: tuple[str, Any]) -> str:
    key, fields = asset
    href = fields.get("href") if isinstance(fields, dict) else None
    kind = fields.get("type") or PurePosixPath(str(href)).suffix if href else ""
    return f"{key} ({str(kind)[:40]})" if kind else key


def _nothing_read(item: Mapping[str, Any], assets: Sequence[AssetFile]) -> str:
    if not assets:
        told = ", ".join(map(_named, item["assets"].items())) or "it has none"
        return f"none of its assets is a raster of a kind that is read: {told}"
    shown = [f"asset {asset.key}: {asset.reason}" for asset in assets]
    return "; ".join(shown[:3]) + (f"; and {len(shown) - 3} more" if len(shown) > 3 else "")


def _misplaced(item: Mapping[str, Any], assets: Sequence[AssetFile]) -> list[Problem]:
    """Return warnings where an Item's fields on the grid contradict its files: these count."""
    problems = []
    for asset in assets:
        if asset.file is None:
            continue
        fields = {**(item["properties"] if len(assets) == 1 else {}), **asset.fields}
        said = fields.get("proj:code") or fields.get("proj:epsg")
        grid = asset.file.asset
        if said and (crs := _crs_of(said)) and crs != CRS.from_user_input(grid.crs):
            text = f"asset {asset.key}: the Item says {said}, its file {grid.crs[:60]}, which counts"
            problems.append(Problem("warning", text, advice="mend the Item, or the file where that is wrong"))
        for name, own in (("proj:shape", grid.shape), ("proj:transform", grid.transform)):
            said = fields.get(name)
            if isinstance(said, list) and not _alike(said[: len(own)], own):
                text = f"asset {asset.key}: the Item's {name} is not its file's, which counts"
                problems.append(Problem("warning", text, advice="mend the Item, or the file where that is wrong"))
    return problems


def _crs_of(said: object) -> CRS | None:
    try:
        return CRS.from_user_input(said if isinstance(said, int) else str(said))
    except (CRSError, ValueError):  # None, written as text, and the like: nothing is said
        return None


def _alike(said: Sequence[object], own: Sequence[float]) -> bool:
    return len(said) == len(own) and all(
        isinstance(one, int | float) and abs(one - other) <= 1e-6 * max(1.0, abs(other))
        for one, other in zip(said, own, strict=True)
    )


def shape_of(geometry: Mapping[str, Any]) -> BaseGeometry:
    """Return the geometry that GeoJSON describes; raises an error of some kind if it is none."""
    try:
        return shapely.from_geojson(json.dumps(geometry))  # a fifth of the time
    except (shapely.GEOSException, TypeError):
        return shape(dict(geometry))  # says what is wrong


def _footprint_of(item: Mapping[str, Any], file: RasterFile) -> BaseGeometry:
    """Return the Item's geometry, else the outline of a file."""
    if not item.get("geometry"):
        return file.outline
    bbox = item.get("bbox")
    try:
        geometry = shape_of(item["geometry"])
        west, _, east, _ = geometry.bounds
        if isinstance(geometry, Polygon) and west >= -180 and east <= min(180, west + 180) and geometry.is_valid:
            return geometry  # as most are: nothing to cut, 0.3 ms less
        check_crossings(geometry)
        # A bounding box of which west is the greater, or vertices that jump in a grid that is none of longitudes
        # itself, mean an image that crosses the antimeridian; else as wide an outline is one of a wide image.
        crosses = not file.geographic or (isinstance(bbox, list) and bbox and bbox[0] > bbox[len(bbox) // 2])
        footprint = follow_antimeridian(geometry) if crosses else wrap_longitudes(geometry)
    except (ShapelyError, AttributeError, IndexError, KeyError, TypeError, ValueError) as exc:
        raise ItemError(f"its geometry is none: {exc}") from exc
    return file.outline if footprint.is_empty else footprint
