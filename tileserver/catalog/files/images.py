"""Plain files: rasters without an Item, each an image, or one file a band."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError

from graft_eval.formats.addresses import split_address
from graft_eval.raster.handles import open_dataset
from graft_eval.scene import Scene
from tileserver.catalog.bands import AssetFile, bands_of, number_names
from tileserver.catalog.errors import ItemError, RasterError, explain
from tileserver.catalog.ids import name_of
from tileserver.catalog.locations import is_url
from tileserver.catalog.problems import Problem
from tileserver.catalog.rasters import RasterFile, statistics_of
from tileserver.catalog.stac.items import DATE_ADVICE, ORIGINS_OF_DATES, Image
from tileserver.catalog.times import parse_time

__all__ = ["CHANGED", "band_statistics", "date_of_file", "image_of_files"]

ASSET_KEY: Final = "data"
DATE_IN_NAME: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_]?)(\d\d)\2(\d\d)(?!\d)")
CHANGED: Final = "by the file's time of change"
ALPHA: Final = "alpha"
COLOUR: Final = "file colour interpretation"
UNNAMED: Final = "no description, no colours"
COLOURS: Final = ("red", "green", "blue")


def image_of_files(image: str, product: str, files: Mapping[str, RasterFile]) -> Image:
    """Return the image that measured files make, each called as its bands are; a single one's name is empty.

    A file's only band is called as the file, or as it is described, else `data`. Several are called as they are
    described, else by their colours, else `data_1`, `data_2`. The date is that of the first file that has one.
    """
    found = bands_of(_asset(key, file) for key, file in files.items())
    problems = found.problems
    dates = [date_of_file(file) for file in files.values()]
    date, whence = next((date for date in dates if date[1] != CHANGED), dates[0])
    if whence == CHANGED:
        text = f"it is dated {whence}: neither its tags nor its name give a date"
        problems.append(Problem("note", text, advice=DATE_ADVICE))
    first = next(iter(files.values()))
    properties = {"datetime": date.isoformat().replace("+00:00", "Z")}
    scene = Scene(f"{product}:{image}", product, date, first.outline, properties, found.bands)
    placed = "the outline of the file's grid"
    return Image(scene, problems, {"date": ORIGINS_OF_DATES[whence], "footprint": placed, "bands": found.origins})


def date_of_file(file: RasterFile) -> tuple[datetime, str]:
    """Return the date of a file, and whence: its tags, else its name, else its time of change.

    Raises `ItemError` for a remote file that neither tags nor name give a date.
    """
    location = file.asset.href
    for tag in file.date_tags:
        if date := _parse_tag(tag):
            return date, "by its tags"
    for year, _, month, day in DATE_IN_NAME.findall(name_of(location).stem):
        try:
            return datetime(int(year), int(month), int(day), tzinfo=UTC), "by its name"
        except ValueError:
            continue
    if is_url(location):
        raise ItemError("it has no date: neither its tags nor its name give one")
    return datetime.fromtimestamp(Path(split_address(location).path).stat().st_mtime, UTC), CHANGED


def _asset(key: str, file: RasterFile) -> AssetFile:
    """Return a file as an asset, with what it says of its bands in the words of STAC."""
    names, origins = zip(*_names(key, file), strict=True)
    bands = [
        {"name": name, **({"statistics": found} if found else {})}
        for name, found in zip(number_names(names), file.statistics, strict=True)
    ]
    return AssetFile(key or ASSET_KEY, {"bands": bands}, file, secondary=key == "TCI", named=origins)


def band_statistics(file: RasterFile, index: int) -> Mapping[str, float] | None:
    """Return the least and greatest value of a band, of a sample of its pixels; None if it has no valid ones."""
    try:
        with open_dataset(file.asset.href, access=file.access, roots=file.asset.roots) as dataset:
            return statistics_of(dataset, index, file)
    except (RasterioError, CPLE_BaseError, OSError) as exc:
        raise RasterError(f"{file.asset.href} cannot be read: {explain(exc)}") from exc


def _names(key: str, file: RasterFile) -> list[tuple[str, str]]:
    """Return what a file's bands are called, and where that is from."""
    if len(file.dtypes) == 1:
        described = (file.descriptions[0], "file description") if file.descriptions[0] else (ASSET_KEY, UNNAMED)
        return [(key, "file name") if key else described]
    names = [(f"{ASSET_KEY}_{number}", UNNAMED) for number in range(1, len(file.dtypes) + 1)]
    if all(file.descriptions):
        names = [(str(description), "file description") for description in file.descriptions]
    elif set(COLOURS) <= set(file.colours):
        colours = [(colour, COLOUR) if colour in COLOURS else None for colour in file.colours]
        names = [found or name for found, name in zip(colours, names, strict=True)]
    if file.alpha is not None:
        names[file.alpha - 1] = ALPHA, COLOUR
    return names


def _parse_tag(tag: str) -> datetime | None:
    try:
        return parse_time(re.sub(r"^(\d{4}):(\d\d):(\d\d)", r"\1-\2-\3", tag.strip()))  # as TIFF writes dates
    except ValueError:
        return None
