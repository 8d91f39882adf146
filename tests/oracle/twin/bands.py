"""Bands of pictures, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.oracle.twin.pictures import (
    Imagery,
    alike,
    at,
    collected,
    each,
    found_at,
    numbered,
    pictures,
)
from tests.oracle.twin.values import (
    Picture,
    Pictures,
    Refused,
)

__all__ = [
    "by_band", "concat_bands", "map_bands_imagery", "pick", "picked", "renamed", "with_bandinfo", "without",
    "without_bandinfo",
]  # fmt: skip


def pick(value: Imagery, names: Sequence[str], allow_missing: bool) -> Any:
    def one(picture: Picture) -> Picture:
        found = [(name, found_at(picture, name)) for name in names]
        if not allow_missing and any(index is None for _, index in found):
            raise Refused(f"there are no bands {names}")
        kept = [(name, index) for name, index in found if index is not None]
        bands = numbered(name for name, _ in kept)
        infos = [
            {**picture.bandinfo[picture.bands[index]], "name": band}
            for band, (_, index) in zip(bands, kept, strict=True)
        ]
        planes = tuple(picture.planes[index] for _, index in kept)
        return replace(picture, bands=bands, planes=planes, bandinfo=dict(zip(bands, infos, strict=True)))

    picked = each(one, value)
    return collected(picked) if isinstance(picked, Pictures) else picked


def picked(value: Imagery, *names: str, allow_missing: bool = False) -> Any:
    return pick(value, names, allow_missing)


def renamed(value: Imagery, names: Mapping[str, str] | Sequence[str]) -> Any:
    def one(picture: Picture) -> Picture:
        if isinstance(names, Mapping):
            changes = {picture.bands[at(picture, old)]: new for old, new in names.items()}
            bands = tuple(changes.get(band, band) for band in picture.bands)
        else:
            bands = tuple(names)
        if len(set(bands)) != len(picture.bands) or len(bands) != len(picture.bands):
            raise Refused("as many names, each once")
        info = {new: {**picture.bandinfo[old], "name": new} for old, new in zip(picture.bands, bands, strict=True)}
        return replace(picture, bands=bands, bandinfo=info)

    return each(one, value)


def concat_bands(*parts: Imagery) -> Any:
    def join(*found: Picture) -> Picture:
        bands = numbered(name for picture in found for name in picture.bands)
        infos = [picture.bandinfo[name] for picture in found for name in picture.bands]
        return Picture(
            bands,
            tuple(plane for picture in found for plane in picture.planes),
            alike([picture.properties for picture in found]),
            {name: {**info, "name": name} for name, info in zip(bands, infos, strict=True)},
        )

    return each(join, *parts)


def by_band(value: Imagery) -> dict[str, Any]:
    bands = pictures(value)[0].bands if pictures(value) else ()
    return {name: each(lambda picture, i=i: picture.band(i), value) for i, name in enumerate(bands)}


def map_bands_imagery(value: Imagery, function: Callable[[str, Any], Any]) -> Any:
    results = [function(name, band) for name, band in by_band(value).items()]
    return concat_bands(*results) if results else value


def with_bandinfo(value: Imagery, band: str, **info: Any) -> Any:
    def one(picture: Picture) -> Picture:
        name = picture.bands[at(picture, band)]
        return replace(picture, bandinfo={**picture.bandinfo, name: {**picture.bandinfo[name], **info}})

    return each(one, value)


def without(mapping: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: each for name, each in mapping.items() if name not in names}


def without_bandinfo(value: Imagery, band: str, *names: str) -> Any:
    return each(
        lambda picture: replace(
            picture,
            bandinfo={key: without(info, names) if key == band else info for key, info in picture.bandinfo.items()},
        ),
        value,
    )
