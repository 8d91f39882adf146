"""Plain GeoTIFFs: files without an Item get one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import rio_stac
from pystac.utils import str_to_datetime
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader

from graft_eval.raster.handles import open_dataset
from tileserver.catalog.errors import ItemError, RasterError
from tileserver.catalog.locations import is_url

__all__ = ["item_of_file", "safe_id"]

ASSET_KEY = "data"
DATE_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_]?)(\d\d)\2(\d\d)(?!\d)")


def safe_id(name: str) -> str:
    """Return a name as an id: what is neither letter, digit, dot, dash nor underscore becomes an underscore.

    >>> safe_id("my scenes: 2024")
    'my_scenes_2024'
    """
    return re.sub(r"[^\w.-]+", "_", name)


def item_of_file(location: str, product: str) -> dict[str, Any]:
    """Return the Item of a georeferenced raster file at a checked location, called as the file.

    Its only band, if it has but one, is called as the file describes it, else `data`. Its date is what its tags
    say (`ACQUISITIONDATETIME`, `TIFFTAG_DATETIME`), else a date in its name, else when it was changed.
    """
    name = PurePosixPath(unquote(urlsplit(location).path) if is_url(location) else location).stem
    try:
        with open_dataset(location) as dataset:
            item = rio_stac.create_stac_item(
                dataset,
                input_datetime=_date_of(dataset, name, location),
                collection=product,
                id=safe_id(name),
                asset_name=(dataset.count == 1 and dataset.descriptions[0]) or ASSET_KEY,
                asset_href=location,
                with_raster=True,
                geom_densify_pts=21,
            )
    except (RasterioError, OSError) as exc:
        raise RasterError(f"{location} cannot be read: {exc}") from exc
    document: dict[str, Any] = item.to_dict(include_self_link=False, transform_hrefs=False)
    return document


def _date_of(dataset: DatasetReader, name: str, location: str) -> datetime:
    for tag in (dataset.get_tag_item("ACQUISITIONDATETIME", "IMAGERY"), dataset.get_tag_item("TIFFTAG_DATETIME")):
        if tag and (date := _parse_tag(tag)):
            return date
    for year, _, month, day in DATE_IN_NAME.findall(name):
        try:
            return datetime(int(year), int(month), int(day), tzinfo=UTC)
        except ValueError:
            continue
    if is_url(location):
        raise ItemError("it has no date: neither its tags nor its name give one")
    return datetime.fromtimestamp(Path(location).stat().st_mtime, UTC)


def _parse_tag(tag: str) -> datetime | None:
    try:
        date = str_to_datetime(re.sub(r"^(\d{4}):(\d\d):(\d\d)", r"\1-\2-\3", tag.strip()))  # as TIFF writes dates
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
