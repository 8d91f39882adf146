"""Bands: what an Item says of its assets' bands, joined with what their files hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from graft_eval.scene import Band
from tileserver.catalog.errors import ItemError
from tileserver.catalog.rasters import RasterFile

__all__ = ["bands_of"]

LISTS = ("bands", "eo:bands", "raster:bands")
SHARED_FIELDS = ("data_type", "nodata", "statistics", "unit")  # those of all an asset's bands at once, in STAC 1.1
PREFIXES = ("eo:", "raster:")
OWN_FIELDS = ("name", "statistics", "histogram")  # not repeated in bandinfo

Fields = Mapping[str, Any]


def bands_of(assets: Iterable[tuple[str, Fields, RasterFile]]) -> tuple[Band, ...]:
    """Return the bands of an Item's assets, each given by its key, its further fields and its file.

    A band is called as `bands` or `eo:bands` say; else that of an asset with one band as the asset, those of
    one with several by the file's descriptions, else `key_1`, `key_2`. Bands of different assets that would be
    called the same get their asset's key in front. Raises `ItemError` where the fields do not fit the file.
    """
    found = [(key, band) for key, fields, file in assets for band in _bands_of_asset(key, fields, file)]
    counts = Counter(band.name for _, band in found)
    bands = tuple(band if counts[band.name] == 1 else replace(band, name=f"{key}_{band.name}") for key, band in found)
    if twice := _first_repeated(band.name for band in bands):
        raise ItemError(f"two bands would be called {twice}")
    return bands


def _bands_of_asset(key: str, fields: Fields, file: RasterFile) -> list[Band]:
    entries = _entries(key, fields, file)
    names = [
        entry.get("name") or fallback for (_, entry), fallback in zip(entries, _names(key, entries, file), strict=True)
    ]
    if strange := next((name for name in names if not isinstance(name, str)), None):
        raise ItemError(f"asset {key}: the name of a band must be a string, not {strange!r}")
    if twice := _first_repeated(names):
        raise ItemError(f"asset {key} has two bands called {twice}")
    try:
        return [_band(name, index, entry, file) for name, (index, entry) in zip(names, entries, strict=True)]
    except (TypeError, ValueError) as exc:
        raise ItemError(f"asset {key}: {exc}") from exc


def _entries(key: str, fields: Fields, file: RasterFile) -> list[tuple[int, Fields]]:
    """Return each band's index in the file and its fields, those of all lists joined; an alpha band is no band."""
    indexes = [index for index in range(1, len(file.dtypes) + 1) if index != file.alpha]
    shared = {name: value for name, value in fields.items() if name in SHARED_FIELDS or name.startswith(PREFIXES)}
    shared = _without_prefixes({name: value for name, value in shared.items() if name not in LISTS})
    joined: list[dict[str, Any]] = [dict(shared) for _ in indexes]
    for name in LISTS:
        listed = fields.get(name)
        if listed is None:
            continue
        if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
            raise ItemError(f"asset {key}: {name} must be a list of objects")
        if len(listed) not in (len(indexes), len(file.dtypes)):
            raise ItemError(
                f"asset {key} lists {len(listed)} {name}, its file {file.asset.href} has {len(file.dtypes)}"
            )
        own = [listed[index - 1] for index in indexes] if len(listed) == len(file.dtypes) else listed
        for entry, more in zip(joined, own, strict=True):
            entry.update(_without_prefixes(more))
    return list(zip(indexes, joined, strict=True))


def _names(key: str, entries: list[tuple[int, Fields]], file: RasterFile) -> list[str]:
    """Return what bands without a name of their own are called."""
    if len(entries) == 1:
        return [key]
    descriptions = [file.descriptions[index - 1] for index, _ in entries]
    if len({name for name in descriptions if name}) == len(entries):
        return [str(name) for name in descriptions]
    return [f"{key}_{position}" for position in range(1, len(entries) + 1)]


def _band(name: str, index: int, fields: Fields, file: RasterFile) -> Band:
    dtype = file.dtypes[index - 1]
    own = {"description": file.descriptions[index - 1], "unit": file.units[index - 1]}
    info = {**{field: value for field, value in own.items() if value}, **fields}
    nodata = fields.get("nodata")
    return Band(
        name=name,
        asset=file.asset,
        index=index,
        dtype=dtype,
        nodata=file.nodata[index - 1] if nodata is None else _number("nodata", nodata),
        scale=_number("scale", fields.get("scale", 1.0)),
        offset=_number("offset", fields.get("offset", 0.0)),
        mask=file.mask,
        common_name=str(fields["common_name"]) if fields.get("common_name") else None,
        data_range=_data_range(fields.get("statistics"), dtype),
        info={field: value for field, value in info.items() if field not in OWN_FIELDS},
    )


def _data_range(statistics: object, dtype: str) -> tuple[float, float]:
    """Return the least and the greatest value as stored: the statistics', else those of an integer type."""
    if isinstance(statistics, dict) and {"minimum", "maximum"} <= statistics.keys():
        return _number("minimum", statistics["minimum"]), _number("maximum", statistics["maximum"])
    if np.dtype(dtype).kind in "ui":
        return float(np.iinfo(dtype).min), float(np.iinfo(dtype).max)
    return 0.0, 1.0


def _number(field: str, value: object) -> float:
    """Return a number as STAC writes it: "nan", "inf" and "-inf" are strings there."""
    if isinstance(value, bool) or not (isinstance(value, int | float) or value in ("nan", "inf", "-inf")):
        raise ItemError(f"{field} must be a number, not {value!r}")
    return float(value)


def _without_prefixes(fields: Fields) -> dict[str, Any]:
    """Return fields as a band's own list calls them: `eo:common_name` of STAC 1.1 is `common_name`."""
    return {name.removeprefix("eo:").removeprefix("raster:"): value for name, value in fields.items()}


def _first_repeated(names: Iterable[str]) -> str | None:
    return next((name for name, count in Counter(names).items() if count > 1), None)
