"""Bands: an Item's metadata of its assets' bands, joined with that of their files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from graft_eval.scene import Band
from tileserver.catalog.bands.assets import AssetBands, AssetFile, BandFields, Told
from tileserver.catalog.bands.joining import find_by_count, read_bands
from tileserver.catalog.bands.naming import find_pictures, name_bands
from tileserver.catalog.bands.numbers import data_range_of, nodata_of, number_of
from tileserver.catalog.bands.origins import origins_of
from tileserver.catalog.problems import Problem
from tileserver.catalog.rasters import RasterFile

__all__ = ["ImageBands", "bands_of"]

EXACT: Final = 2**53  # integers up to it are float64 as well, which all computations are in
LARGE: Final = (
    "{} pixels beyond 2**53 lose digits where something is computed with them; value_at and feature info have them all"
)
OWN_FIELDS: Final = ("name", "statistics", "histogram")  # not repeated in bandinfo


Origins = dict[str, str]


@dataclass(frozen=True, slots=True)
class ImageBands:
    """The bands of an image, what is odd about them, and of each where its fields are from."""

    bands: tuple[Band, ...]
    problems: list[Problem]
    origins: list[Origins]


def bands_of(
    assets: Iterable[AssetFile],
    told: Told = Told(),  # noqa: B008
) -> ImageBands:
    """Return the bands of readable assets, and the problems of these and of the others.

    A band is called as `bands` or `eo:bands` say; else that of an asset with one band as the asset, those of
    one with several by the file's descriptions, else `key_1`, `key_2`. Pictures, and twins of a band that a better
    asset has, get their asset's key in front; so do bands of equal assets that would be called the same.
    """
    known = [read_bands(asset, told) for asset in assets]
    find_by_count(known, told)
    find_pictures(known)
    named = name_bands(known)
    bands: list[Band] = []
    origins: list[Origins] = []
    problems = [problem for asset in known for problem in asset.problems]
    common = {
        str(entry.get("common_name"))
        for asset in known
        if not asset.secondary and asset.given.file is not None
        for entry in asset.entries
    }
    for asset, names in zip(known, named, strict=True):
        if asset.given.file is None:
            problems += _gaps(asset, names, known)
            continue
        whence = asset.origins_of_names
        for at, (name, plain, index, entry) in enumerate(
            zip(names, asset.names, asset.indexes, asset.entries, strict=True)
        ):
            band = _band(name, index, entry, asset, asset.given.file, told, problems)
            if asset.secondary or (name != plain and band.common_name in common):
                band = replace(band, common_name=None)  # it leads to what is measured, not to pictures and twins
            bands.append(band)
            renamed = "" if name == plain else ", with its asset's key, as a better asset has the name"
            origins.append({"name": whence[at] + renamed, **origins_of(band, entry, asset.given, told)})
    return ImageBands(tuple(bands), list(dict.fromkeys(problems)), origins)


def _gaps(asset: AssetBands, names: Sequence[str], assets: Sequence[AssetBands]) -> list[Problem]:
    """Return what is missed where an asset cannot be read: nothing, where it is a twin or a picture."""
    reason = f"asset {asset.given.key}: {asset.given.reason}"
    readable = {name for other in assets if other.given.file is not None for name in other.names}
    if set(asset.names) <= readable:
        return [Problem("note", f"an unread twin of {', '.join(asset.names)}: {reason}")]
    if asset.secondary:
        return [Problem("note", reason)]
    return [Problem("gap", reason, name, "add it again once the file can be read") for name in names]


def _band(
    name: str, index: int, fields: BandFields, asset: AssetBands, file: RasterFile, told: Told, problems: list[Problem]
) -> Band:
    dtype = file.dtypes[index - 1]
    own = {"description": file.descriptions[index - 1], "unit": file.units[index - 1]}
    info = {**{field: value for field, value in own.items() if value}, **fields}
    scale = number_of("scale", fields.get("scale"), asset, problems)
    offset = number_of("offset", fields.get("offset"), asset, problems)
    if offset and told.offset_applied:
        text = f"the offset {offset:g} is in the pixels already, and is left out"
        problems.append(Problem("note", text, advice=f"--offset {offset:g}, if it is not"))
        offset = 0.0
    data_range = data_range_of(fields.get("statistics"), dtype, file.bits[index - 1])
    if np.dtype(dtype).itemsize == 8 and np.dtype(dtype).kind in "ui" and max(map(abs, data_range)) > EXACT:
        problems.append(Problem("note", LARGE.format(dtype)))
    common_name = fields.get("common_name")
    return Band(
        name=name,
        asset=file.asset,
        index=index,
        dtype=dtype,
        nodata=nodata_of(fields.get("nodata"), file.nodata[index - 1], dtype, asset, problems),
        scale=file.scales[index - 1] if scale is None and offset is None else 1.0 if scale is None else scale,
        offset=file.offsets[index - 1] if scale is None and offset is None else offset or 0.0,
        mask=asset.mask,
        common_name=common_name if isinstance(common_name, str) else None,
        data_range=data_range,
        info={field: value for field, value in info.items() if field not in OWN_FIELDS},
        palette=file.palettes[index - 1],
    )
