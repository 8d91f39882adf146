"""Pictures and collections of them: applied to in turn, joined, named and described."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import numpy as np

from tests.oracle.twin.values import (
    Masked,
    Picture,
    Pictures,
    Refused,
)

__all__ = [
    "Imagery", "alike", "at", "changed", "collected", "described", "each", "found_at", "numbered", "pictures",
    "shortened", "valid",
]  # fmt: skip

Imagery = Picture | Pictures


def each(function: Callable[..., Picture], *operands: Any) -> Any:
    """Return a function of pictures, of every picture of collections in turn; of anything empty, nothing."""
    collections = [operand for operand in operands if isinstance(operand, Pictures)]
    if any(isinstance(operand, Imagery) and not pictures(operand) for operand in operands):
        return Pictures() if collections else Picture()
    if not collections:
        return function(*operands)
    if len({len(collection) for collection in collections}) > 1:
        raise Refused("collections must be equally long")
    columns = [operand if isinstance(operand, Pictures) else [operand] * len(collections[0]) for operand in operands]
    return Pictures(function(*row) for row in zip(*columns, strict=True))


def pictures(value: Imagery) -> list[Picture]:
    return value if isinstance(value, Pictures) else [value] if value.bands else []


def collected(found: Iterable[Picture]) -> Pictures:
    """Return a collection of all bands that any picture has; those that one lacks are masked in it."""
    kept = [picture for picture in found if picture.bands]
    info = {name: picture.bandinfo[name] for picture in reversed(kept) for name in reversed(picture.bands)}
    names = list(dict.fromkeys(name for picture in kept for name in picture.bands))

    def widened(picture: Picture) -> Picture:
        planes = dict(zip(picture.bands, picture.planes, strict=True))
        nothing = np.ma.masked_all(picture.planes[0].shape)
        return replace(
            picture,
            bands=tuple(names),
            planes=tuple(planes.get(name, nothing) for name in names),
            bandinfo={name: picture.bandinfo.get(name, info[name]) for name in names},
        )

    return Pictures(map(widened, kept))


def alike(mappings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what all mappings say alike."""
    first, *rest = mappings
    return {
        key: value
        for key, value in first.items()
        if all(key in other and type(other[key]) is type(value) and other[key] == value for other in rest)
    }


def described(name: str, infos: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a band's info: what others share, and always an id, the name and a range."""
    shared = alike(infos) if infos else {}
    ranges = [info["data_range"] for info in infos if "data_range" in info and "id" in shared]
    spanned = (min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else (0.0, 1.0)
    return {"id": name, "data_range": spanned, **shared, "name": name}


def numbered(names: Iterable[str]) -> tuple[str, ...]:
    """Return names with those that are there already numbered."""
    found: list[str] = []
    counts: dict[str, int] = {}
    for name in names:
        free = name
        while free in found:
            counts[name] = counts.get(name, 0) + 1
            free = f"{name}_{counts[name]}"
        found.append(free)
    return tuple(found)


def shortened(name: str) -> str:
    return name if len(name) <= 256 else f"{name[:240]}_{sha256(name.encode()).hexdigest()[:8]}"


def found_at(picture: Picture, name: str) -> int | None:
    if name in picture.bands:
        return picture.bands.index(name)
    aliased = [i for i, band in enumerate(picture.bands) if picture.bandinfo[band].get("common_name") == name]
    return aliased[0] if len(aliased) == 1 else None


def at(picture: Picture, name: str) -> int:
    found = found_at(picture, name)
    if found is None:
        raise Refused(f"there is no band {name}")
    return found


def changed(picture: Picture, function: Callable[[Masked, int], Masked]) -> Picture:
    return replace(picture, planes=tuple(function(plane, i) for i, plane in enumerate(picture.planes)))


def valid(values: Any, mask: Any) -> Masked:
    """Return values with a mask; those that are not finite are masked, too."""
    return np.ma.MaskedArray(values, np.ma.make_mask(mask, shrink=False) | ~np.isfinite(values))
