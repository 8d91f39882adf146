"""Boxes of longitude and latitude, which may cross the antimeridian."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["LonLatBox"]

Bounds = tuple[float, float, float, float]
TURN = 360.0


class LonLatBox(NamedTuple):
    """West, south, east and north in degrees, as GeoJSON writes a box: west > east if it crosses the antimeridian.

    >>> fiji = LonLatBox(177.0, -19.0, -178.0, -16.0)
    >>> fiji.unrolled, fiji.middle
    ((177.0, -19.0, 182.0, -16.0), (179.5, -17.5))
    """

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def from_unrolled(cls, west: float, south: float, east: float, north: float) -> Self:
        """Return the box whose east is beyond 180 if it crosses the antimeridian; of a whole turn, all longitudes.

        >>> LonLatBox.from_unrolled(170.0, 0.0, 185.0, 1.0)
        LonLatBox(west=170.0, south=0.0, east=-175.0, north=1.0)
        """
        if east - west >= TURN:
            return cls(-180.0, south, 180.0, north)
        return cls(west, south, east - TURN if east > 180 else east, north)

    @classmethod
    def around(cls, boxes: NDArray[np.float64]) -> Self:
        """Return the narrowest box around some, (n, 4), unrolled.

        >>> LonLatBox.around(np.array([[178.0, -18, 179, -17], [-179.5, -17, -179, -16]]))
        LonLatBox(west=178.0, south=-18.0, east=-179.0, north=-16.0)
        """
        (west, south), (east, north) = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
        if west < -180 or east - west > 180:
            west, east = _around_globe(boxes[:, 0], boxes[:, 2])
        return cls.from_unrolled(west, south, east, north)

    @property
    def crosses_antimeridian(self) -> bool:
        """True if west is greater than east."""
        return self.west > self.east

    @property
    def unrolled(self) -> Bounds:
        """The bounds (left, bottom, right, top) of the area: right is beyond 180 if it crosses the antimeridian."""
        west, south, east, north = self
        return west, south, east + TURN * self.crosses_antimeridian, north

    @property
    def next_turn(self) -> Bounds:
        """The unrolled bounds one turn further east, where others that are unrolled may end.

        >>> LonLatBox(-180.0, -19.0, -178.0, -16.0).next_turn
        (180.0, -19.0, 182.0, -16.0)
        """
        west, south, east, north = self.unrolled
        return west + TURN, south, east + TURN, north

    @property
    def parts(self) -> tuple[Self, ...]:
        """The box, or the two boxes on both sides of the antimeridian."""
        if not self.crosses_antimeridian:
            return (self,)
        return self._replace(east=180.0), self._replace(west=-180.0)

    def meets(self, other: LonLatBox) -> bool:
        """Return whether the two have a place in common, an edge or a corner at least.

        >>> LonLatBox(177.0, -19.0, -178.0, -16.0).meets(LonLatBox(-180.0, -90.0, -60.0, 0.0))
        True
        """
        return any(
            one.west <= two.east and two.west <= one.east and one.south <= two.north and two.south <= one.north
            for one in self.parts
            for two in other.parts
        )

    @property
    def uncrossed(self) -> Self:
        """The box, or one of all longitudes if it crosses the antimeridian: for documents that have no such boxes."""
        return self._replace(west=-180.0, east=180.0) if self.crosses_antimeridian else self

    @property
    def middle(self) -> tuple[float, float]:
        """Longitude, -180 to 180, and latitude of the middle."""
        west, south, east, north = self.unrolled
        lon = (west + east) / 2
        return lon - TURN * (lon > 180), (south + north) / 2


def _around_globe(wests: NDArray[np.float64], easts: NDArray[np.float64]) -> tuple[float, float]:
    """Return the ends of what the widest gap between intervals of longitude leaves."""
    turns = TURN * np.floor((wests + 180) / TURN)
    order = np.argsort(wests - turns)
    wests, easts = (wests - turns)[order], (easts - turns)[order]
    reach = np.maximum.accumulate(easts)
    reach = np.maximum(reach, reach[-1] - TURN)  # those at the end may come around
    starts = np.append(wests[1:], wests[0] + TURN)
    widest = int(np.argmax(starts - reach))
    if starts[widest] <= reach[widest]:
        return -180.0, 180.0
    if widest == len(wests) - 1:
        return float(wests[0]), float(reach[-1])
    return float(starts[widest]), float(reach[widest] + TURN)
