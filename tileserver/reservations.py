"""Reservations: the memory that results of all requests take together is bounded before they are computed."""

from __future__ import annotations

import threading
import weakref

from graft_eval.errors import LimitExceeded
from tileserver.http.errors import Busy

__all__ = ["Reservation", "Reservations"]


class Reservation:
    """A part of the memory, given back when nothing holds this object any more."""


class Reservations:
    """Gives parts of `capacity` bytes; thread safe.

    >>> reservations = Reservations(100)
    >>> first = reservations.reserve(80)
    >>> reservations.free
    20
    >>> del first
    >>> reservations.free
    100
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self.free = capacity
        self._lock = threading.Lock()

    def reserve(self, size: int) -> Reservation:
        """Return a reservation of so many bytes; raises `LimitExceeded` for more than there are, `Busy` for now."""
        if size > self._capacity:
            raise LimitExceeded(f"the result takes about {size:,} bytes of memory; the limit is {self._capacity:,}")
        with self._lock:
            if size > self.free:
                raise Busy(
                    f"the result takes about {size:,} bytes of memory, of which others leave {self.free:,};"
                    " try again shortly"
                )
            self.free -= size
        reservation = Reservation()
        weakref.finalize(reservation, self._give_back, size)
        return reservation

    def _give_back(self, size: int) -> None:
        with self._lock:
            self.free += size
