"""Variables: what netCDF, HDF5 and Zarr hold, each step of time an image."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader

from graft_eval.formats.addresses import split_address
from graft_eval.raster.handles import open_dataset
from graft_eval.scene import Band, Scene
from tileserver.catalog.bands import AssetFile, Told, number_names
from tileserver.catalog.bands.assets import BandFields
from tileserver.catalog.bands.numbers import data_range_of
from tileserver.catalog.bands.origins import origins_of
from tileserver.catalog.errors import RasterError, explain
from tileserver.catalog.files.images import CHANGED, band_statistics, date_of_file
from tileserver.catalog.ids import name_of, safe_id
from tileserver.catalog.problems import Problem
from tileserver.catalog.rasters import RasterFile
from tileserver.catalog.stac.items import ORIGINS_OF_DATES, Image
from tileserver.catalog.times import parse_cf_time

__all__ = ["Slice", "Step", "find_steps", "image_of_step"]

MAX_VARIABLES: Final = 200
NAME: Final = "NETCDF_VARNAME"
DIMENSION: Final = re.compile(r"NETCDF_DIM_(?P<netcdf>\w+)|DIM_(?P<other>\w+)_VALUE")  # the tag of a band
SINCE: Final = " since "  # in the units of times


@dataclass(frozen=True, slots=True)
class Slice:
    """One band of a variable, at a location: its name, and its index, from 1."""

    name: str
    location: str
    index: int


@dataclass(frozen=True, slots=True)
class Step:
    """The part of a file of one time, or of none: an image with a name."""

    image: str
    time: datetime | None
    slices: Sequence[Slice]


def find_steps(location: str) -> Sequence[Step]:
    """Return the images that the variables of a file make: one for each time, one of what has no time.

    Variables without a place on the Earth are left out. Raises `RasterError` if there are none, or too many.
    """
    found: dict[datetime | None, list[Slice]] = {}
    for variable in _variables(location):
        with suppress(RasterError), _opened(variable) as dataset:  # some are no rasters
            if _is_placed(dataset):
                name = _name(dataset, variable)
                for index, time in _times(dataset):
                    found.setdefault(time, []).append(Slice(name, variable, index))
    if not found:
        raise RasterError(f"{location} has no variable with a place on the Earth")
    stem = safe_id(name_of(location).stem)
    return [
        Step(stem if time is None else f"{stem}_{_date(time)}", time, _numbered(slices))
        for time, slices in sorted(found.items(), key=lambda item: (item[0] is not None, item[0]))
    ]


def image_of_step(step: Step, product: str, files: Mapping[str, RasterFile]) -> Image:
    """Return the image of a step, of files that have been opened, by location."""
    problems: list[Problem] = []
    first = files[step.slices[0].location]
    date, dated = step.time, "time of the variables"
    if date is None:
        date, whence = date_of_file(first)
        dated = ORIGINS_OF_DATES[whence]
        if whence == CHANGED:
            problems.append(Problem("note", f"it is dated {whence}: its variables have no time"))
    bands = tuple(_band(one, files[one.location]) for one in step.slices)
    properties = {"datetime": date.isoformat().replace("+00:00", "Z")}
    scene = Scene(f"{product}:{step.image}", product, date, first.outline, properties, bands)
    placed = "the outline of the file's grid"
    origins = [_origins(band, files[one.location]) for band, one in zip(bands, step.slices, strict=True)]
    return Image(scene, problems, {"date": dated, "footprint": placed, "bands": origins})


def _origins(band: Band, file: RasterFile) -> dict[str, str]:
    of_tags = origins_of(band, BandFields(), AssetFile("", {}, file), Told())
    return {"name": "variable", **of_tags, "data_range": "the file's pixels"}


def _numbered(slices: Sequence[Slice]) -> Sequence[Slice]:
    names = number_names(one.name for one in slices)
    return [replace(one, name=name) for one, name in zip(slices, names, strict=True)]


def _date(time: datetime) -> str:
    """Return a time as it stands in ids.

    >>> _date(datetime(2020, 5, 18)), _date(datetime(2020, 5, 18, 6))
    ('20200518', '20200518T060000')
    """
    return time.strftime("%Y%m%dT%H%M%S").removesuffix("T000000")


def _band(found: Slice, file: RasterFile) -> Band:
    at = found.index - 1
    info = {"description": file.descriptions[at], "unit": file.units[at]}
    statistics = band_statistics(file, found.index)
    return Band(
        name=found.name,
        asset=file.asset,
        index=found.index,
        dtype=file.dtypes[at],
        nodata=file.nodata[at],
        scale=file.scales[at],
        offset=file.offsets[at],
        mask=file.mask,
        data_range=data_range_of(statistics, file.dtypes[at]),
        info={name: value for name, value in info.items() if value},
    )


def _variables(location: str) -> Sequence[str]:
    with _opened(location) as dataset:
        names = [name.partition(location)[2].lstrip('":/') for name in dataset.subdatasets]
    if len(names) > MAX_VARIABLES:
        raise RasterError(f"{location} holds {len(names):,} variables, more than {MAX_VARIABLES}")
    return [f"{location}:{name}" for name in names] or [location]


def _times(dataset: DatasetReader) -> Iterator[tuple[int, datetime | None]]:
    """Yield the bands of a variable, each with its time."""
    of_all = dataset.tags()
    for index in dataset.indexes:
        tags = dataset.tags(index)
        time = None
        for name, value in tags.items():
            if found := DIMENSION.fullmatch(name):
                dimension = found["netcdf"] or found["other"]
                units = of_all.get(f"{dimension}#units") or tags.get(f"DIM_{dimension}_UNIT") or ""
                if SINCE in units:
                    time = parse_cf_time(value, units, of_all.get(f"{dimension}#calendar", ""))
        yield index, time


def _is_placed(dataset: DatasetReader) -> bool:
    return bool(dataset.count) and not dataset.transform.is_identity and min(dataset.shape) > 1


def _name(dataset: DatasetReader, variable: str) -> str:
    part = split_address(variable).part
    return str(dataset.tags(1).get(NAME) or part.strip("/").replace("/", "_") or "data")


@contextmanager
def _opened(location: str) -> Iterator[DatasetReader]:
    """Open a file; what fails is a `RasterError`."""
    try:
        with open_dataset(location) as dataset:
            yield dataset
    except (RasterioError, CPLE_BaseError, OSError) as exc:
        raise RasterError(f"{location} cannot be read: {explain(exc)}") from exc
