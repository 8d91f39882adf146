"""Plain files: rasters without an Item, each an image, or one file a band."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader

from graft_eval.formats.addresses import split_address
from graft_eval.raster.handles import open_dataset
from graft_eval.scene import Scene
from tileserver.catalog.bands import AssetFile, bands_of, number_names
from tileserver.catalog.errors import ItemError, RasterError, explain
from tileserver.catalog.ids import name_of
from tileserver.catalog.locations import is_url
from tileserver.catalog.problems import Problem
from tileserver.catalog.rasters import RasterFile, read_valid
from tileserver.catalog.stac.items import Image
from tileserver.catalog.times import parse_time

__all__ = ["CHANGED", "band_statistics", "date_of_file", "image_of_files"]

ASSET_KEY: Final = "data"
DATE_IN_NAME: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_]?)(\d\d)\2(\d\d)(?!\d)")
CHANGED: Final = "by the file's time of change"
ALPHA: Final = "alpha"
COLOURS: Final = ("red", "green", "blue")
STATISTICS_SIDE: Final = 512  # pixels on each side that a file's least and greatest values are taken from


def image_of_files(image: str, product: str, files: Mapping[str, RasterFile]) -> Image:
    """Return the image that files make, each called as its bands are; a single one's name is empty.

    A file's only band is called as the file, or as it is described, else `data`. Several are called as they are
    described, else by their colours, else `data_1`, `data_2`. The date is that of the first file that has one.
    """
    assets = [
        AssetFile(key or ASSET_KEY, {"bands": _band_fields(key, file)}, file, secondary=key == "TCI")
        for key, file in files.items()
    ]
    bands, problems = bands_of(assets)
    dates = [date_of_file(file) for file in files.values()]
    date, whence = next((date for date in dates if date[1] != CHANGED), dates[0])
    if whence == CHANGED:
        problems.append(Problem("note", f"it is dated {whence}: neither its tags nor its name give a date"))
    first = next(iter(files.values()))
    scene = Scene(
        f"{product}:{image}", product, date, first.outline, {"datetime": date.isoformat().replace("+00:00", "Z")}, bands
    )
    return Image(scene, problems)


def date_of_file(file: RasterFile) -> tuple[datetime, str]:
    """Return the date of a file, and whence: its tags, else its name, else its time of change.

    Raises `ItemError` for a remote file that neither tags nor name give a date.
    """
    location = file.asset.href
    with _opened(file) as dataset:
        tags = (dataset.get_tag_item("ACQUISITIONDATETIME", "IMAGERY"), dataset.get_tag_item("TIFFTAG_DATETIME"))
    for tag in tags:
        if tag and (date := _parse_tag(tag)):
            return date, "by its tags"
    for year, _, month, day in DATE_IN_NAME.findall(name_of(location).stem):
        try:
            return datetime(int(year), int(month), int(day), tzinfo=UTC), "by its name"
        except ValueError:
            continue
    if is_url(location):
        raise ItemError("it has no date: neither its tags nor its name give one")
    return datetime.fromtimestamp(Path(split_address(location).path).stat().st_mtime, UTC), CHANGED


def _band_fields(key: str, file: RasterFile) -> Sequence[Mapping[str, Any]]:
    """Return what the file says of its bands, in the words of STAC."""
    count = len(file.dtypes)
    if count == 1:
        names = [key or file.descriptions[0] or ASSET_KEY]
    else:
        described = [description or "" for description in file.descriptions]
        coloured = [colour if colour in COLOURS else "" for colour in file.colours]
        if not all(described):
            described = coloured if set(COLOURS) <= set(coloured) else []
        names = [name or f"{ASSET_KEY}_{index}" for index, name in enumerate(described or [""] * count, 1)]
        if file.alpha is not None:
            names[file.alpha - 1] = ALPHA
    with _opened(file) as dataset:
        statistics = [_statistics(dataset, index, file) for index in range(1, count + 1)]
    return [
        {"name": name, **({"statistics": found} if found else {})}
        for name, found in zip(number_names(names), statistics, strict=True)
    ]


def band_statistics(file: RasterFile, index: int) -> Mapping[str, float] | None:
    """Return the least and greatest value of a band, of a sample of its pixels; None if it has no valid ones."""
    with _opened(file) as dataset:
        return _statistics(dataset, index, file)


def _statistics(dataset: DatasetReader, index: int, file: RasterFile) -> Mapping[str, float] | None:
    shape = tuple(min(side, STATISTICS_SIDE) for side in dataset.shape)
    values, there = read_valid(dataset, index, file.mask, file.nodata[index - 1], out_shape=shape)
    valid = values[there & np.isfinite(values)]
    return {"minimum": float(valid.min()), "maximum": float(valid.max())} if valid.size else None


@contextmanager
def _opened(file: RasterFile) -> Iterator[DatasetReader]:
    """Open a file; what fails is a `RasterError`."""
    try:
        with open_dataset(file.asset.href, hosts=file.hosts, roots=file.asset.roots) as dataset:
            yield dataset
    except (RasterioError, CPLE_BaseError, OSError) as exc:
        raise RasterError(f"{file.asset.href} cannot be read: {explain(exc)}") from exc


def _parse_tag(tag: str) -> datetime | None:
    try:
        return parse_time(re.sub(r"^(\d{4}):(\d\d):(\d\d)", r"\1-\2-\3", tag.strip()))  # as TIFF writes dates
    except ValueError:
        return None
