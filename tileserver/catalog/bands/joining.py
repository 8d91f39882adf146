"""Joining of the metadata of bands, at an asset and elsewhere, with that of its file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tileserver.catalog.bands.assets import AssetBands, AssetFile, BandFields, Fields, Told
from tileserver.catalog.problems import Problem

__all__ = ["find_by_count", "read_bands"]

LISTS: Final = ("bands", "eo:bands", "raster:bands")
NAMING: Final = ("bands", "eo:bands")
SHARED: Final = ("data_type", "nodata", "statistics", "unit")  # those of all an asset's bands at once, in STAC 1.1
PREFIXES: Final = ("eo:", "raster:")
ADVICE: Final = "--bands names them in order"
ALPHA_NAMES: Final = {"a", "alpha", "mask", "transparency", "opacity"}


def read_bands(given: AssetFile, told: Told) -> AssetBands:
    """Join the metadata of an asset's bands with that of its file; lists that do not fit are a warning."""
    file, problems = given.file, list[Problem]()
    lists = {name: entries for name in LISTS if (entries := _list(given, name, told, problems)) is not None}
    count = 0 if file is None else len(file.dtypes)
    alpha, mask = (None, None) if file is None else (file.alpha, file.mask)
    if file is not None and alpha is not None and count > 1:
        naming = next((lists[name] for name in NAMING if name in lists), None)
        name = str(naming[alpha - 1].get("name", "")).lower() if naming and len(naming) == count else ""
        if naming and len(naming) == count and name not in ALPHA_NAMES:
            text = f"asset {given.key}: the file calls band {alpha} alpha, the Item {name!r}"
            problems.append(Problem("note", text, advice="--mask alpha, if it is no band"))
            alpha, mask = None, ("dataset" if file.mask == "dataset" else None)
    indexes = [index for index in range(1, count + 1) if index != alpha]
    if file is not None and not indexes:
        indexes, mask = list(range(1, count + 1)), None
    if file is None:
        count = max((len(entries) for entries in lists.values()), default=1)
        indexes = list(range(1, count + 1))
    shared = {name: value for name, value in given.fields.items() if name in SHARED or name.startswith(PREFIXES)}
    joined = [BandFields() for _ in indexes]
    for entry in joined:
        for name, value in shared.items():
            if name not in LISTS:
                entry.take({name: value}, given.origin(name))
    for name, entries in lists.items():
        if len(entries) not in (len(indexes), count):
            text = f"asset {given.key} lists {len(entries)} {name}, its file has {count}: they are left out"
            problems.append(Problem("warning", text, advice=ADVICE))
            continue
        own = [entries[index - 1] for index in indexes] if len(entries) == count else entries
        for entry, more in zip(joined, own, strict=True):
            entry.take(_of_bands(more, name), given.origin(name))
    for entry in joined:
        if "name" in entry and not isinstance(entry["name"], str):
            text = f"asset {given.key}: the name of a band must be a string, not {entry['name']!r}"
            problems.append(Problem("warning", text))
            del entry["name"]
    asset = AssetBands(given, indexes, joined, mask, problems, given.secondary)
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


def _find_by_name(asset: AssetBands, told: Told) -> None:
    """Take what an asset does not tell from the entries elsewhere that are called as its bands, or as itself."""
    for entry in asset.entries:
        name = entry.get("name") or (asset.given.key if len(asset.entries) == 1 else None)
        if name is None:
            continue
        for where, entries in told.lists:
            for more in entries:
                if more.get("name") == name:
                    entry.take(more, where, where_missing=True)


def find_by_count(assets: Sequence[AssetBands], told: Told) -> None:
    """Take lists told elsewhere for the one asset that holds as many bands; say so where none does."""
    plain = [asset for asset in assets if not asset.secondary and asset.given.file is not None]
    for where, entries in told.lists:
        names = {entry.get("name") for entry in entries} - {None}
        if any(names & {asset.given.key, *(entry.get("name") for entry in asset.entries)} for asset in assets):
            continue
        fitting = [asset for asset in plain if len(asset.entries) == len(entries)]
        if len(fitting) == 1 and len(plain) == 1:
            for entry, more in zip(fitting[0].entries, entries, strict=True):
                entry.take(_of_bands(more, where), where, where_missing=True)
        elif names and not any(entry.get("name") for asset in plain for entry in asset.entries):
            text = f"{where} lists {len(entries)} bands, and no asset has as many: they are left out"
            asset_problems = (plain or list(assets))[0].problems
            asset_problems.append(Problem("warning", text, advice=ADVICE))


def _of_bands(fields: Fields, listed: str) -> Fields:
    """Return what a list tells of a band; a name in `raster:bands` is of the values, as "Red TOA reflectance"."""
    return {key: value for key, value in fields.items() if key != "name" or not listed.endswith("raster:bands")}
