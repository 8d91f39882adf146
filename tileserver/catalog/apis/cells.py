"""Cells: the boxes and months in which STAC APIs are searched, so that one search is of use to many tiles."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from shapely.geometry.base import BaseGeometry

from tileserver.catalog.search import boxes_of
from wmts import LonLatBox

__all__ = ["Cell", "cells_of"]

TURN: Final = 360.0
LEAST: Final = TURN / 256  # degrees, the side of the smallest cells: one or two scenes of Landsat or Sentinel-2


@dataclass(frozen=True, slots=True)
class Cell:
    """A box in degrees, and a time from `start` to before `end`, each None without a bound."""

    west: float
    south: float
    east: float
    north: float
    start: datetime | None
    end: datetime | None

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        return self.west, self.south, self.east, self.north

    @property
    def interval(self) -> str | None:
        """Its time as STAC APIs take it; None for all times.

        >>> cells_of(None, datetime(2020, 5, 18, tzinfo=UTC), None)[0].interval
        '2020-05-01T00:00:00Z/..'
        """
        if self.start is None and self.end is None:
            return None
        moments = (one.isoformat().replace("+00:00", "Z") if one else ".." for one in (self.start, self.end))
        return "/".join(moments)


def cells_of(area: BaseGeometry | None, start: datetime | None, end: datetime | None) -> tuple[Cell, ...]:
    """Return the cells that cover an area, cut at the antimeridian, and a time: whole months, and few boxes.

    Their side is the largest of the area, rounded up to a part of the globe by powers of two.

    >>> from shapely.geometry import box
    >>> [cell.bounds for cell in cells_of(box(13, 52, 14, 53), None, None)]
    [(12.65625, 50.625, 14.0625, 52.03125), (12.65625, 52.03125, 14.0625, 53.4375)]
    """
    if (start and end and start >= end) or (area is not None and area.is_empty):
        return ()
    time = start and _month(start), end and _month_after(end)
    boxes = [(-180.0, -90.0, 180.0, 90.0)] if area is None else [one for box in boxes_of(area) for one in _squares(box)]
    return tuple(Cell(*box, *time) for box in dict.fromkeys(boxes))


def _squares(box: LonLatBox) -> Iterator[tuple[float, float, float, float]]:
    widest = max(box.east - box.west, box.north - box.south, LEAST)
    side = TURN / 2 ** math.floor(math.log2(TURN / widest))
    for row in _steps(box.south + 90, box.north + 90, side):
        for col in _steps(box.west + 180, box.east + 180, side):
            west, south = col * side - 180, row * side - 90
            yield west, south, min(west + side, 180.0), min(south + side, 90.0)


def _steps(low: float, high: float, side: float) -> range:
    first = math.floor(max(low, 0) / side)
    return range(first, max(math.ceil(high / side), first + 1))


def _month(moment: datetime) -> datetime:
    moment = moment.astimezone(UTC)
    return datetime(moment.year, moment.month, 1, tzinfo=UTC)


def _month_after(moment: datetime) -> datetime:
    month = _month(moment)
    if month == moment:
        return month
    years, months = divmod(month.month, 12)
    return datetime(min(month.year + years, 9999), months + 1, 1, tzinfo=UTC)
