"""What is remembered of a database, for the time in which it cannot be asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

from cachetools import TTLCache
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

__all__ = ["OUTAGE_SECONDS", "USE_SECONDS", "Remembered"]

OUTAGE_SECONDS: Final = 600.0  # for which an answer counts while nobody can say whether it still holds
USE_SECONDS: Final = 60.0  # after which it is asked for again, although nothing has changed

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Answers of a database, which is asked each time; while it is away, the last ones for ten minutes more.

    What was revoked while it could be asked is not answered again; what is revoked in an outage, and by another
    process before it was asked again, ends with the ten minutes. Thread safe.

    >>> remembered = Remembered[str, int](100)
    >>> remembered.ask("a", lambda: 1)
    1
    """

    def __init__(self, size: float, size_of: Callable[[V], float] = lambda value: 1) -> None:
        self._known: TTLCache[K, V] = TTLCache(size, OUTAGE_SECONDS, getsizeof=lambda value: min(size_of(value), size))
        self._lock = threading.Lock()

    def ask(self, key: K, query: Callable[[], V]) -> V:
        """Return what the query gives, or gave last if the database cannot be asked; None is not remembered.

        Raises what the query raises.
        """
        try:
            found = query()
        except (OperationalError, PoolTimeout):
            with self._lock:
                if key in self._known:
                    return self._known[key]
            raise
        except Exception:
            with self._lock:
                self._known.pop(key, None)
            raise
        with self._lock:
            if found is None:
                self._known.pop(key, None)
            else:
                self._known[key] = found
        return found
