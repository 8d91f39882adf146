"""Classes: bands whose values are drawn in the colours of their files' tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from graft_eval.barriers.mosaic import Mosaic
from graft_eval.palette import Palette
from graft_eval.plane import Choose, Masked, Missing, Plane, Read, Reduce
from graft_eval.scene import Band
from graft_eval.scope import Raster
from graft_eval.values.image import Metadata

__all__ = ["Class", "classes_of", "colour_classes", "holds_bytes", "palette_of"]

PICKING: Final = ("mosaic", "min", "max")  # reductions that give one of the values
NAMES: Final = ("title", "name", "description")  # of a class, in the words of STAC


def palette_of(plane: Plane) -> Palette | None:
    """Return the colours that the values of a plane have in the files that they are from; None for computed ones.

    Files whose tables differ have none together.
    """
    found: set[Palette] = set()

    def fits(band: Band) -> bool:
        if band.palette is not None:
            found.add(band.palette)
        return band.palette is not None and len(found) == 1

    return next(iter(found), None) if _is_taken(plane, fits) else None


def holds_bytes(plane: Plane) -> bool:
    """Return whether the values of a plane are bytes as files have them."""
    return _is_taken(plane, lambda band: band.dtype == "uint8")


def _is_taken(plane: Plane, fits: Callable[[Band], bool]) -> bool:
    """Return whether the values of a plane are those that files have, each of a band that fits."""
    waiting, seen = [plane], set[Plane]()
    while waiting:
        plane = waiting.pop()
        if plane in seen:
            continue
        seen.add(plane)
        match plane:
            case Read(band=band) if (band.scale, band.offset) == (1, 0) and fits(band):
                pass
            case Mosaic(planes):
                waiting.extend(planes)
            case Masked(plane=below):
                waiting.append(below)
            case Reduce(operation, planes) if operation in PICKING:
                waiting.extend(planes)
            case Choose(x=x, y=y):
                waiting += (x, y)
            case Missing():
                pass
            case _:
                return False
    return True


@dataclass(frozen=True, slots=True)
class Class:
    """A value, what it is called (nothing if nobody says) and its colour: red, green, blue, alpha."""

    value: int
    name: str
    colour: tuple[int, int, int, int]

    @property
    def css(self) -> str:
        """The colour in CSS; with its alpha where it is not opaque.

        >>> Class(1, "Trees", (0, 100, 0, 255)).css
        '#006400'
        """
        return f"#{bytes(self.colour[: 3 if self.colour[3] == 255 else 4]).hex()}"


def classes_of(palette: Palette, bandinfo: Metadata) -> Sequence[Class]:
    """Return the classes of a band to list: those that its `classification:classes` name, else all that can be seen."""
    names = {value: _name(one) for one in _told(bandinfo) if (value := _value(one)) is not None}
    table = palette.table
    values = [value for value in names if value < len(table)] or palette.seen
    return [Class(value, names.get(value, ""), tuple(table[value].tolist())) for value in values]


def colour_classes(raster: Raster, palette: Palette) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the values of a band as places in a palette, (y, x), and what has none or is masked."""
    values = raster.data[0].astype(np.float64, copy=False)
    with np.errstate(invalid="ignore"):
        missing = raster.mask[0] | ~((values >= 0) & (values < len(palette.table)))
    return np.where(missing, 0.0, values).astype(np.intp), missing


def _told(bandinfo: Metadata) -> Sequence[dict[str, Any]]:
    listed = bandinfo.get("classification:classes")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _value(told: dict[str, Any]) -> int | None:
    value = told.get("value")
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _name(told: dict[str, Any]) -> str:
    return next((text for name in NAMES if isinstance(text := told.get(name), str) and text), "")
