"""Overrides: an operator's own word on a product's bands, which wins over its Items and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from graft_eval.scene import Band, Scene

__all__ = ["EVERY", "MASKS", "Mask", "Overrides"]

MASKS: Final = ("none", "alpha", "dataset")
PER_BAND: Final = ("scale", "offset", "nodata")
EVERY: Final = "*"  # the name of all bands that are not named

Mask = Literal["none", "alpha", "dataset"]


@dataclass(frozen=True, slots=True)
class Overrides:
    """Values that replace those of Items and files; what is left empty stays as they say.

    `scale`, `offset` and `nodata` are by the name of a band, or for all others under `*`; a `nodata` of None means
    that there is none. `bands` are new names by the old ones, or by `#1`, `#2` for an image's first and second
    band. `mask` says what masks pixels instead of what the file has for it. Overviews finer than the number
    `overview_from`, from 1, are not read. `crs` is what the files' grids are in; images have it once they are added or
    it is set, see `place_anew`.
    """

    scale: Mapping[str, float] = field(default_factory=dict)
    offset: Mapping[str, float] = field(default_factory=dict)
    nodata: Mapping[str, float | None] = field(default_factory=dict)
    bands: Mapping[str, str] = field(default_factory=dict)
    mask: Mask | None = None
    ignore_overviews: bool = False
    overview_from: int | None = None
    crs: str | None = None

    def __bool__(self) -> bool:
        """Return True if anything is overridden.

        >>> bool(Overrides()), bool(Overrides(offset={"*": 0.0}))
        (False, True)
        """
        return self != Overrides()

    @classmethod
    def from_json(cls, settings: Mapping[str, Any]) -> Overrides:
        """Return the overrides among a product's settings."""
        nodata = {band: None if value is None else float(value) for band, value in settings.get("nodata", {}).items()}
        return cls(
            scale=settings.get("scale", {}),
            offset=settings.get("offset", {}),
            nodata=nodata,
            bands=settings.get("bands", {}),
            mask=settings.get("mask"),
            ignore_overviews=settings.get("ignore_overviews", False),
            overview_from=settings.get("overview_from"),
            crs=settings.get("crs"),
        )

    def to_json(self) -> dict[str, Any]:
        """Return them as settings of a product; what is left empty is left out.

        >>> Overrides(nodata={"red": float("nan")}, ignore_overviews=True).to_json()
        {'nodata': {'red': 'nan'}, 'ignore_overviews': True}
        """
        nodata = {band: _writable(value) for band, value in self.nodata.items()}
        fields = {"scale": dict(self.scale), "offset": dict(self.offset), "nodata": nodata, "bands": dict(self.bands)}
        fields |= {"mask": self.mask, "ignore_overviews": self.ignore_overviews}
        fields |= {"overview_from": self.overview_from, "crs": self.crs}
        return {name: value for name, value in fields.items() if value}

    def merged(self, newer: Overrides) -> Overrides:
        """Return these and newer ones, which win."""
        joined = {name: {**getattr(self, name), **getattr(newer, name)} for name in (*PER_BAND, "bands")}
        for name in PER_BAND:
            if EVERY in getattr(newer, name):  # all bands are meant, those that had a word of their own, too
                joined[name] = dict(getattr(newer, name))
        return Overrides(
            **joined,
            mask=newer.mask or self.mask,
            # the newer word on overviews counts, as one of the two leaves nothing to the other
            ignore_overviews=newer.ignore_overviews or (self.ignore_overviews and newer.overview_from is None),
            overview_from=newer.overview_from or (None if newer.ignore_overviews else self.overview_from),
            crs=newer.crs or self.crs,
        )

    def rename(self, names: Sequence[str]) -> list[str]:
        """Return what the bands of an image are called; a name that another one has already is not given.

        >>> Overrides(bands={"B4": "red", "#2": "nir"}).rename(["B4", "B5", "B6"])
        ['red', 'nir', 'B6']
        """
        renamed = list(names)
        for at, name in enumerate(names):
            new = self.bands.get(name) or self.bands.get(f"#{at + 1}") or name
            if new not in renamed:
                renamed[at] = new
        return renamed

    def apply(self, scene: Scene) -> Scene:
        """Return a scene as these say, by GDAL's rule on masks: a mask or an alpha band wins over nodata.

        A nodata that is overridden is missing besides what the mask says.
        """
        if not self and not any(band.mask and band.nodata is not None for band in scene.bands):
            return scene
        names = self.rename([band.name for band in scene.bands])
        return replace(scene, bands=tuple(map(self._band, scene.bands, names)))

    def origins(self, old: str, new: str) -> dict[str, str]:
        """Return by which options the fields of a band are set, which was called otherwise before.

        >>> Overrides(scale={"*": 0.5}, bands={"B4": "red"}).origins("B4", "red")
        {'name': '--bands', 'scale': '--scale'}
        """
        found = {"name": "--bands"} if old != new else {}
        found |= {what: f"--{what}" for what in PER_BAND if {old, new, EVERY} & getattr(self, what).keys()}
        return found | {what: f"--{what}" for what in ("mask", "crs") if getattr(self, what)}

    def _band(self, band: Band, name: str) -> Band:
        changes: dict[str, Any] = {"name": name}
        for what in PER_BAND:
            given = getattr(self, what)
            chosen = next((key for key in (name, band.name, EVERY) if key in given), None)
            if chosen is not None:
                changes[what] = given[chosen]
        if self.mask is not None:
            changes["mask"] = None if self.mask == "none" else self.mask
        if changes.get("mask", band.mask) and "nodata" not in changes:
            changes["nodata"] = None
        if self.ignore_overviews:
            changes["asset"] = replace(band.asset, overviews=())
        elif self.overview_from is not None:
            changes["asset"] = replace(band.asset, first_overview=self.overview_from - 1)
        return replace(band, **changes)


def _writable(value: float | None) -> float | str | None:
    # JSON has no NaN and no infinities
    return value if value is None or value - value == 0 else str(value)
