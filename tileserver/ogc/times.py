"""Times: which value of a layer's dimension `Time` a request means."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tileserver.http.errors import BadQuery
from tileserver.http.requests import read_time
from tileserver.wmts.choices import Choice
from tileserver.wmts.layers import Offer
from wmts import TIME

__all__ = ["time_extent", "time_of"]

OPEN: Final = ("", "..")


def time_of(offer: Offer, text: str | None) -> str | None:
    """Return the instant that a layer is drawn at; None for a layer without times, whatever the text.

    The text is an instant of the dimension, or an interval, open at an end that is `..` or empty, of which
    the last one counts. Without it, it is the default. Raises `BadQuery`.
    """
    choice = _choice(offer)
    if choice is None or text is None:
        return None if choice is None else choice.default
    start, slash, end = text.partition("/")
    if not slash:
        start = end = text
    low = None if slash and start in OPEN else read_time("datetime", start)
    high = None if slash and end in OPEN else read_time("datetime", end)
    fitting = [value for value in choice.documents if _within(value, low, high)]
    if not fitting:
        raise BadQuery.of("datetime", f"one of {', '.join(choice.documents)}, or an interval around some", text)
    return fitting[-1]


def time_extent(offer: Offer) -> tuple[str, str] | None:
    """Return the first and the last instant of a layer; None of a layer without times."""
    choice = _choice(offer)
    if choice is None:
        return None
    values = tuple(choice.documents)
    return values[0], values[-1]


def _choice(offer: Offer) -> Choice | None:
    return next((choice for choice in offer.choices if choice.identifier == TIME), None)


def _within(value: str, low: datetime | None, high: datetime | None) -> bool:
    moment = datetime.fromisoformat(value)
    return (low is None or low <= moment) and (high is None or moment <= high)
