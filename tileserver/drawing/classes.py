"""Classes: bands whose values are drawn in the colours of their files' tables, or in colours of one's own."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from graft_eval.barriers.mosaic import Mosaic
from graft_eval.palette import Palette
from graft_eval.plane import Choose, Masked, Missing, Plane, Read, Reduce
from graft_eval.scene import Band
from graft_eval.scope import Raster
from graft_eval.values.image import Metadata
from tileserver.drawing.css import parse_colour
from tileserver.http.errors import shorten

__all__ = ["Class", "Colours", "classes_of", "colour_classes", "holds_bytes", "palette_of"]

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
    """A value, its label (nothing if nobody says one) and its colour: red, green, blue, alpha.

    With `upper` it is all values from `value` on that are less.
    """

    value: float
    label: str
    colour: tuple[int, int, int, int]
    upper: float | None = None

    @property
    def css(self) -> str:
        """The colour in CSS; with its alpha where it is not opaque.

        >>> Class(1, "Trees", (0, 100, 0, 255)).css
        '#006400'
        """
        return f"#{bytes(self.colour[: 3 if self.colour[3] == 255 else 4]).hex()}"

    @property
    def text(self) -> str:
        """The value, or the values, in words; and the label.

        >>> Class(-1, "Loss", (255, 0, 0, 255), 0).text, Class(0.5, "", (0, 0, 0, 255), math.inf).text
        ('-1 to 0: Loss', '0.5 and above')
        """
        return f"{self._values}: {self.label}" if self.label else self._values

    @property
    def _values(self) -> str:
        low, high = self.value, self.upper
        if high is None:
            return f"{low:.15g}"
        if math.isinf(low):
            return "any value" if math.isinf(high) else f"below {high:.15g}"
        return f"{low:.15g} and above" if math.isinf(high) else f"{low:.15g} to {high:.15g}"

    def to_json(self) -> dict[str, Any]:
        """Return the class as legends tell it; an interval without a bound has null there."""
        label = {"label": self.label} if self.label else {}
        if self.upper is None:
            return {"value": self.value, "color": self.css, **label}
        bounds = [bound if math.isfinite(bound) else None for bound in (self.value, self.upper)]
        return {"interval": bounds, "color": self.css, **label}


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours of one's own, in the order of the legend: of values, or of intervals that do not overlap."""

    classes: tuple[Class, ...]

    @classmethod
    def from_json(cls, document: Mapping[str, Sequence[str]] | Sequence[Sequence[Any]]) -> Self:
        """Return the colours that JSON stands for, as `check_colormap` returns it; ValueError names unknown colours.

        >>> Colours.from_json({"10": ["#006400", "Trees"]}).classes[0].css
        '#006400'
        """
        if isinstance(document, Mapping):
            entries = [(json.loads(value), None, *rest) for value, rest in document.items()]
        else:
            entries = [
                (-math.inf if low is None else low, math.inf if high is None else high, *rest)
                for low, high, *rest in document
            ]
        return cls(tuple(_own_class(*entry) for entry in entries))

    def to_json(self) -> list[dict[str, Any]]:
        """Return the classes as legends tell them."""
        return [one.to_json() for one in self.classes]

    @property
    def table(self) -> NDArray[np.uint8]:
        """The colours as (class, 4) bytes, from the least value to the greatest."""
        return np.array([one.colour for one in self._sorted], np.uint8)

    def places(self, values: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the place of each value in the table, -1 where it has none."""
        ordered = self._sorted
        lowest = np.array([one.value for one in ordered])
        found = np.searchsorted(lowest, values, side="right") - 1
        if ordered[0].upper is None:
            return np.where(lowest[found] == values, found, -1)
        highest = np.array([one.upper for one in ordered])
        return np.where(values < highest[found], found, -1)

    @property
    def _sorted(self) -> list[Class]:
        return sorted(self.classes, key=lambda one: one.value)


def _own_class(value: float, upper: float | None, colour: str, label: str = "") -> Class:
    try:
        return Class(value, label, parse_colour(colour), upper)
    except ValueError as exc:
        raise ValueError(f"colours must be names or codes of CSS, like red or #006400, not {shorten(colour)}") from exc


def classes_of(palette: Palette, bandinfo: Metadata) -> Sequence[Class]:
    """Return the classes of a band to list: those that its `classification:classes` name, else all that can be seen."""
    names = {value: _name(one) for one in _told(bandinfo) if (value := _value(one)) is not None}
    table = palette.table
    values = [value for value in names if value < len(table)] or palette.seen
    return [Class(value, names.get(value, ""), tuple(table[value].tolist())) for value in values]


def colour_classes(raster: Raster, palette: Palette | Colours) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the values of a band as places in a table of colours, (y, x), and what has none or is masked."""
    values = raster.data[0].astype(np.float64, copy=False)
    if isinstance(palette, Colours):
        places = palette.places(values)
        missing = raster.mask[0] | ~np.isfinite(values) | (places < 0)
        return np.where(missing, 0, places), missing
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
