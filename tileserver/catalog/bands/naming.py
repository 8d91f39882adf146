"""Naming of the bands of all assets of an image, no two alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from tileserver.catalog.bands.assets import AssetBands

__all__ = ["find_pictures", "name_bands"]

PICTURE: Final = {"red", "green", "blue"}


def find_pictures(assets: Sequence[AssetBands]) -> None:
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


def name_bands(assets: Sequence[AssetBands]) -> list[list[str]]:
    """Return the names of each asset's bands, no two alike."""
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
