"""Errors of adding to the catalog."""

from __future__ import annotations

from typing import Final

__all__ = [
    "CatalogError", "DocumentError", "ItemError", "LocationError", "RasterError", "Refused", "Unanswered", "explain",
]  # fmt: skip


class CatalogError(Exception):
    """Base of the reasons for which something cannot be added; the message is for the operator."""


class LocationError(CatalogError):
    """A file or URL is not there, or lies where files may not be read from."""


class Unanswered(LocationError):
    """A server does not answer, not in time, or with an error."""


class Refused(Unanswered):
    """An answer of a server that is an error: its status, and in how many seconds to ask again, if it says so."""

    def __init__(self, message: str, status: int, retry_after: float | None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class DocumentError(CatalogError):
    """A document cannot be read, or is no STAC."""


class ItemError(CatalogError):
    """An Item is no valid one, or does not fit its files."""


class RasterError(CatalogError):
    """A file is no raster, or one that cannot be placed on a map."""


BROKEN: Final = ("TIFFReadDirectory:Failed", "TIFFFillTile:Read error", "TIFFFillStrip:Read error", "Read failed")


def explain(exc: BaseException) -> str:
    """Return the innermost cause of a library's error in words.

    >>> explain(KeyError("id"))
    "'id' is missing"
    """
    while (cause := exc.__cause__ or (None if exc.__suppress_context__ else exc.__context__)) is not None:
        exc = cause
    if isinstance(exc, KeyError):
        return f"{exc} is missing"
    text = str(exc) or type(exc).__name__
    return f"it is cut short or broken ({text})" if any(words in text for words in BROKEN) else text
