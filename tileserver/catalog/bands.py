"""Bands: what an Item says of its assets' bands, joined with what their files hold."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

import numpy as np

from graft_eval.scene import Band
from tileserver.catalog.assets import AssetFile, Fields
from tileserver.catalog.problems import Problem
from tileserver.catalog.rasters import RasterFile

__all__ = ["Told", "bands_of", "number_names"]

LISTS: Final = ("bands", "eo:bands", "raster:bands")
NAMING: Final = ("bands", "eo:bands")
SHARED: Final = ("data_type", "nodata", "statistics", "unit")  # those of all an asset's bands at once, in STAC 1.1
PREFIXES: Final = ("eo:", "raster:")
OWN_FIELDS: Final = ("name", "statistics", "histogram")  # not repeated in bandinfo
ALPHA_NAMES: Final = {"a", "alpha", "mask", "transparency", "opacity"}
PICTURE: Final = {"red", "green", "blue"}

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of bands elsewhere than at an asset: lists of the Item's properties and of its Collection.

    `offset_applied`: the pixels are what an offset has been added to already.
    """

    lists: Sequence[tuple[str, Sequence[Fields]]] = ()
    offset_applied: bool = False


@dataclass(slots=True)
class _Asset:
    """An asset on the way to its bands: for each its index in the file, and what is told of it."""

    given: AssetFile
    indexes: list[int]
    entries: list[Entry]
    mask: Literal["alpha", "dataset"] | None
    problems: list[Problem] = field(default_factory=list)
    secondary: bool = False

    @property
    def names(self) -> list[str]:
        """What its bands are called before those of other assets are looked at."""
        told = [entry.get("name") for entry in self.entries]
        fallback = _fallback_names(self.given.key, self.given.file, self.indexes)
        return number_names(name or other for name, other in zip(told, fallback, strict=True))

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        """Those of a less rank take the names that others have, too: what can be read, is no picture, is GeoTIFF."""
        kind = str(self.given.fields.get("type", "")).lower()
        jpeg2000 = "jp2" in kind or str(self.given.fields.get("href", "")).lower().endswith((".jp2", ".j2k"))
        return self.given.file is None, self.secondary, jpeg2000


def bands_of(assets: Iterable[AssetFile], told: Told = Told()) -> tuple[tuple[Band, ...], list[Problem]]:
    """Return the bands of the assets that can be read, and what is odd about them and about the others.

    A band is called as `bands` or `eo:bands` say; else that of an asset with one band as the asset, those of
    one with several by the file's descriptions, else `key_1`, `key_2`. Pictures, and twins of a band that a better
    asset has, get their asset's key in front; so do bands of equal assets that would be called the same.
    """
    known = [_read(asset, told) for asset in assets]
    _find_by_count(known, told)
    _find_pictures(known)
    named = _name(known)
    bands: list[Band] = []
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
        for name, plain, index, entry in zip(names, asset.names, asset.indexes, asset.entries, strict=True):
            band = _band(name, index, entry, asset, asset.given.file, told, problems)
            if asset.secondary or (name != plain and band.common_name in common):
                band = replace(band, common_name=None)  # it leads to what is measured, not to pictures and twins
            bands.append(band)
    return tuple(bands), list(dict.fromkeys(problems))


def _read(given: AssetFile, told: Told) -> _Asset:
    """Join what is told of an asset's bands with what its file holds; lists that do not fit are a warning."""
    file, problems = given.file, list[Problem]()
    lists = {name: entries for name in LISTS if (entries := _list(given, name, told, problems)) is not None}
    count = 0 if file is None else len(file.dtypes)
    alpha, mask = (None, None) if file is None else (file.alpha, file.mask)
    if file is not None and alpha is not None and count > 1:
        naming = next((lists[name] for name in NAMING if name in lists), None)
        name = str(naming[alpha - 1].get("name", "")).lower() if naming and len(naming) == count else ""
        if naming and len(naming) == count and name not in ALPHA_NAMES:
            problems.append(Problem("note", f"asset {given.key}: the file calls band {alpha} alpha, the Item {name!r}"))
            alpha, mask = None, ("dataset" if file.mask == "dataset" else None)
    indexes = [index for index in range(1, count + 1) if index != alpha]
    if file is not None and not indexes:
        indexes, mask = list(range(1, count + 1)), None
    if file is None:
        count = max((len(entries) for entries in lists.values()), default=1)
        indexes = list(range(1, count + 1))
    shared = {name: value for name, value in given.fields.items() if name in SHARED or name.startswith(PREFIXES)}
    shared = _without_prefixes({name: value for name, value in shared.items() if name not in LISTS})
    joined: list[Entry] = [dict(shared) for _ in indexes]
    for name, entries in lists.items():
        if len(entries) not in (len(indexes), count):
            text = f"asset {given.key} lists {len(entries)} {name}, its file has {count}: they are left out"
            problems.append(Problem("warning", text))
            continue
        own = [entries[index - 1] for index in indexes] if len(entries) == count else entries
        for entry, more in zip(joined, own, strict=True):
            fields = _without_prefixes(more)
            if name not in NAMING:
                fields.pop("name", None)  # of the values, as "Red TOA reflectance", and no name to compute with
            entry.update(fields)
    for entry in joined:
        if "name" in entry and not isinstance(entry["name"], str):
            text = f"asset {given.key}: the name of a band must be a string, not {entry['name']!r}"
            problems.append(Problem("warning", text))
            del entry["name"]
    asset = _Asset(given, indexes, joined, mask, problems, given.secondary)
    _find_by_name(asset, told)
    return asset


def _list(given: AssetFile, name: str, told: Told, problems: list[Problem]) -> list[Fields] | None:
    """Return one of an asset's lists of bands; numbers in it are places in the Item's own list (STAC 0.9)."""
    listed = given.fields.get(name)
    if listed is None:
        return None
    if isinstance(listed, list):
        elsewhere = next((entries for where, entries in told.lists if where.endswith(name)), ())
        entries = [elsewhere[at] if isinstance(at, int) and 0 <= at < len(elsewhere) else at for at in listed]
        if all(isinstance(entry, dict) for entry in entries):
            return entries
    problems.append(Problem("warning", f"asset {given.key}: {name} must be a list of objects, and is left out"))
    return None


def _find_by_name(asset: _Asset, told: Told) -> None:
    """Take what an asset does not tell from the entries elsewhere that are called as its bands, or as itself."""
    for entry in asset.entries:
        name = entry.get("name") or (asset.given.key if len(asset.entries) == 1 else None)
        if name is None:
            continue
        for _, entries in told.lists:
            for more in entries:
                if more.get("name") == name:
                    entry.update({**_without_prefixes(more), **entry})


def _find_by_count(assets: Sequence[_Asset], told: Told) -> None:
    """Take lists told elsewhere for the one asset that holds as many bands; say so where none does."""
    plain = [asset for asset in assets if not asset.secondary and asset.given.file is not None]
    for where, entries in told.lists:
        names = {entry.get("name") for entry in entries} - {None}
        if any(names & {asset.given.key, *(entry.get("name") for entry in asset.entries)} for asset in assets):
            continue
        fitting = [asset for asset in plain if len(asset.entries) == len(entries)]
        if len(fitting) == 1 and len(plain) == 1:
            for entry, more in zip(fitting[0].entries, entries, strict=True):
                fields = _without_prefixes(more)
                if where.endswith("raster:bands"):
                    fields.pop("name", None)
                entry.update({**fields, **entry})
        elif names and not any(entry.get("name") for asset in plain for entry in asset.entries):
            text = f"{where} lists {len(entries)} bands, and no asset has as many: they are left out"
            asset_problems = (plain or list(assets))[0].problems
            asset_problems.append(Problem("warning", text))


def _find_pictures(assets: Sequence[_Asset]) -> None:
    """Mark pictures that say nothing of it: red, green and blue of 8 bits, where other assets have one of these."""
    for asset in assets:
        common = {entry.get("common_name") for entry in asset.entries}
        if asset.given.file is None or not common >= PICTURE or len(common) > 3:
            continue
        others = [other for other in assets if other is not asset and len(other.entries) == 1]
        names = set(asset.names)
        twins = any(names & set(other.names) or other.entries[0].get("common_name") in PICTURE for other in others)
        asset.secondary = asset.secondary or (twins and set(asset.given.file.dtypes) == {"uint8"})
    if all(asset.secondary for asset in assets):  # there is nothing better
        for asset in assets:
            asset.secondary = False


def _name(assets: Sequence[_Asset]) -> list[list[str]]:
    """Return what the bands of each asset are called, all different."""
    plain = [asset.names for asset in assets]
    best: dict[str, tuple[bool, bool, bool]] = {}
    holders: Counter[tuple[str, tuple[bool, bool, bool]]] = Counter()
    for asset, names in zip(assets, plain, strict=True):
        for name in names:
            best[name] = min(best.get(name, asset.rank), asset.rank)
            holders[name, asset.rank] += 1
    taken: set[str] = set()
    named = []
    for asset, names in zip(assets, plain, strict=True):
        own = []
        for name in names:
            alone = best[name] == asset.rank and holders[name, asset.rank] == 1
            keeps = name == asset.given.key if asset.secondary else True
            free = name if alone and keeps else f"{asset.given.key}_{name}"
            number = 1
            while free in taken:
                number += 1
                free = f"{asset.given.key}_{name}_{number}"
            taken.add(free)
            own.append(free)
        named.append(own)
    return named


def _gaps(asset: _Asset, names: Sequence[str], assets: Sequence[_Asset]) -> list[Problem]:
    """Return what is missed where an asset cannot be read: nothing, where it is a twin or a picture."""
    reason = f"asset {asset.given.key}: {asset.given.reason}"
    readable = {name for other in assets if other.given.file is not None for name in other.names}
    if set(asset.names) <= readable:
        return [Problem("note", f"an unread twin of {', '.join(asset.names)}: {reason}")]
    if asset.secondary:
        return [Problem("note", reason)]
    return [Problem("gap", reason, name) for name in names]


def _fallback_names(key: str, file: RasterFile | None, indexes: Sequence[int]) -> list[str]:
    """Return what bands without a name of their own are called."""
    if len(indexes) == 1:
        return [key]
    described = [] if file is None else [file.descriptions[index - 1] for index in indexes]
    if described and len({name for name in described if name}) == len(described):
        return [str(name) for name in described]
    return [f"{key}_{position}" for position in range(1, len(indexes) + 1)]


def number_names(names: Iterable[str]) -> list[str]:
    """Return names, those that are there already numbered from 2 on.

    >>> number_names(["red", "red", "nir"])
    ['red', 'red_2', 'nir']
    """
    counts: Counter[str] = Counter()
    found = []
    for name in names:
        counts[name] += 1
        found.append(name if counts[name] == 1 else f"{name}_{counts[name]}")
    return found


def _band(
    name: str, index: int, fields: Entry, asset: _Asset, file: RasterFile, told: Told, problems: list[Problem]
) -> Band:
    dtype = file.dtypes[index - 1]
    own = {"description": file.descriptions[index - 1], "unit": file.units[index - 1]}
    info = {**{field: value for field, value in own.items() if value}, **fields}
    scale = _number("scale", fields.get("scale"), asset, problems)
    offset = _number("offset", fields.get("offset"), asset, problems)
    if offset and told.offset_applied:
        problems.append(Problem("note", f"the offset {offset:g} is in the pixels already, and is left out"))
        offset = 0.0
    common_name = fields.get("common_name")
    return Band(
        name=name,
        asset=file.asset,
        index=index,
        dtype=dtype,
        nodata=_nodata(fields.get("nodata"), file.nodata[index - 1], dtype, asset, problems),
        scale=file.scales[index - 1] if scale is None and offset is None else 1.0 if scale is None else scale,
        offset=file.offsets[index - 1] if scale is None and offset is None else offset or 0.0,
        mask=asset.mask,
        common_name=common_name if isinstance(common_name, str) else None,
        data_range=_data_range(fields.get("statistics"), dtype),
        info={field: value for field, value in info.items() if field not in OWN_FIELDS},
    )


def _nodata(said: object, of_file: float | None, dtype: str, asset: _Asset, problems: list[Problem]) -> float | None:
    nodata = _number("nodata", said, asset, problems)
    if nodata is None or _holds(dtype, nodata):
        return of_file if nodata is None else nodata
    text = f"asset {asset.given.key}: {dtype} cannot hold the Item's nodata {nodata:g}; the file's counts ({of_file})"
    problems.append(Problem("warning", text))
    return of_file


def _holds(dtype: str, number: float) -> bool:
    """Whether a type has this number, or one that it is rounded to."""
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return not math.isfinite(number) or abs(number) <= float(np.finfo(kind).max) * (1 + 1e-6)
    return number.is_integer() and np.iinfo(kind).min <= number <= np.iinfo(kind).max


def _data_range(statistics: object, dtype: str) -> tuple[float, float]:
    """Return the least and the greatest value as stored: the statistics', else those of an integer type."""
    if isinstance(statistics, dict):
        low, high = (statistics.get(name) for name in ("minimum", "maximum"))
        if isinstance(low, int | float) and isinstance(high, int | float) and -math.inf < low <= high < math.inf:
            return float(low), float(high)
    if np.dtype(dtype).kind in "ui":
        return float(np.iinfo(dtype).min), float(np.iinfo(dtype).max)
    return 0.0, 1.0


def _number(field: str, value: object, asset: _Asset, problems: list[Problem]) -> float | None:
    """Return a number as STAC writes it: "nan", "inf" and "-inf" are strings there. What is none is a warning."""
    if value is None or value == "":
        return None
    if not isinstance(value, bool) and (isinstance(value, int | float) or value in ("nan", "inf", "-inf")):
        number = float(value)
        if field == "nodata" or math.isfinite(number):
            return number
    text = f"asset {asset.given.key}: {field} must be a number, not {value!r}, and is left out"
    problems.append(Problem("warning", text))
    return None


def _without_prefixes(fields: Mapping[str, Any]) -> Entry:
    """Return what a band's own list says, called so: `eo:common_name` of STAC 1.1 is `common_name`."""
    return {
        name.removeprefix("eo:").removeprefix("raster:"): value
        for name, value in fields.items()
        if value is not None and value != ""
    }
