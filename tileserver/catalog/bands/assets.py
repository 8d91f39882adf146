"""Assets: the metadata of their bands, and their files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tileserver.catalog.problems import Problem
from tileserver.catalog.rasters import RasterFile

__all__ = ["AssetBands", "AssetFile", "BandFields", "Fields", "Told", "number_names"]

Fields = Mapping[str, Any]


class BandFields(dict[str, Any]):
    """The metadata of one band; `origins` says where each field was."""

    def __init__(self) -> None:
        super().__init__()
        self.origins: dict[str, str] = {}

    def take(self, fields: Fields, origin: str, *, where_missing: bool = False) -> None:
        """Take fields over, those called as in STAC 1.1, too: `eo:common_name` is `common_name`."""
        for prefixed, value in fields.items():
            name = prefixed.removeprefix("eo:").removeprefix("raster:")
            if value is not None and value != "" and not (where_missing and name in self):
                self[name], self.origins[name] = value, origin


@dataclass(frozen=True, slots=True)
class AssetFile:
    """An asset that holds bands: its metadata, and its file, or the `reason` why that cannot be read.

    `secondary` ones are pictures and metadata: their bands leave names to those of the others. `templated` are the
    fields that the Collection's `item_assets` tell. Of plain files, `named` says where the name of each band is from.
    """

    key: str
    fields: Fields
    file: RasterFile | None
    reason: str = ""
    secondary: bool = False
    templated: Container[str] = ()
    named: Sequence[str] = ()

    def origin(self, name: str) -> str:
        """Return where a field was told."""
        if self.named:
            return "the file's pixels"
        return f"Collection item_assets {name}" if name in self.templated else f"Item {name}"


@dataclass(frozen=True, slots=True)
class Told:
    """Metadata of bands outside of assets: lists of the Item's properties and of its Collection.

    `offset_applied`: the pixels are what an offset has been added to already.
    """

    lists: Sequence[tuple[str, Sequence[Fields]]] = ()
    offset_applied: bool = False


@dataclass(slots=True)
class AssetBands:
    """The bands of an asset in the making: for each its index in the file, and its metadata."""

    given: AssetFile
    indexes: list[int]
    entries: list[BandFields]
    mask: Literal["alpha", "dataset"] | None
    problems: list[Problem] = field(default_factory=list)
    secondary: bool = False

    @property
    def names(self) -> list[str]:
        """Names of its bands, before those of other assets are taken into account."""
        told = [entry.get("name") for entry in self.entries]
        fallback, _ = fallback_names(self.given.key, self.given.file, self.indexes)
        return number_names(name or other for name, other in zip(told, fallback, strict=True))

    @property
    def origins_of_names(self) -> list[str]:
        """Origin of these names."""
        told = [entry.origins.get("name") for entry in self.entries]
        if self.given.named:
            return [self.given.named[index - 1] for index in self.indexes]
        _, fallback = fallback_names(self.given.key, self.given.file, self.indexes)
        return [origin or fallback for origin in told]

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        """Those of a less rank take the names that others have, too: what can be read, is no picture, is GeoTIFF."""
        kind = str(self.given.fields.get("type", "")).lower()
        jpeg2000 = "jp2" in kind or str(self.given.fields.get("href", "")).lower().endswith((".jp2", ".j2k"))
        return self.given.file is None, self.secondary, jpeg2000


def number_names(names: Iterable[str]) -> list[str]:
    """Return names, repeated ones numbered from 2 on.

    >>> number_names(["red", "red", "nir"])
    ['red', 'red_2', 'nir']
    """
    counts: Counter[str] = Counter()
    found = []
    for name in names:
        counts[name] += 1
        found.append(name if counts[name] == 1 else f"{name}_{counts[name]}")
    return found


def fallback_names(key: str, file: RasterFile | None, indexes: Sequence[int]) -> tuple[list[str], str]:
    """Return what bands without a name of their own are called, and where that is from."""
    if len(indexes) == 1:
        return [key], "the asset's key"
    described = [] if file is None else [file.descriptions[index - 1] for index in indexes]
    if described and len({name for name in described if name}) == len(described):
        return [str(name) for name in described], "file description"
    return [f"{key}_{position}" for position in range(1, len(indexes) + 1)], "the asset's key, numbered"
