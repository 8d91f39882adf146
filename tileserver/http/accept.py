"""The header `Accept`: the media types that a client takes, and which it prefers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.message import Message

from tileserver.http.errors import BadRequest, shorten

__all__ = ["MediaRange", "accepts", "media_ranges"]


@dataclass(frozen=True, slots=True)
class MediaRange:
    """A media type, `type/*` or `*/*`, with its parameters, and how much it is wanted: 0, which is not at all, to 1."""

    media_type: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    quality: float = 1.0

    def match(self, media_type: str) -> int:
        """Return how closely the range names a media type: 3 by name, 2 by kind, 1 as anything, 0 not."""
        kind, _, _ = media_type.partition("/")
        return {media_type: 3, f"{kind}/*": 2, "*/*": 1}.get(self.media_type, 0)


def media_ranges(accept: str) -> list[MediaRange]:
    """Return the ranges of a header, those wanted most first; an empty header takes anything.

    >>> [one.media_type for one in media_ranges("text/html;q=0.5, image/png")]
    ['image/png', 'text/html']
    """
    ranges = map(_media_range, (accept.strip() or "*/*").split(","))
    return sorted(ranges, key=lambda one: -one.quality)


def accepts(ranges: Iterable[MediaRange], media_type: str) -> bool:
    """Return whether a media type is taken: the range that names it most closely decides.

    >>> accepts(media_ranges("image/*, image/png;q=0"), "image/png")
    False
    """
    closest = max(ranges, key=lambda one: one.match(media_type), default=MediaRange("*/*"))
    return closest.match(media_type) > 0 and closest.quality > 0


def _media_range(text: str) -> MediaRange:
    message = Message()
    message["Content-Type"] = text.strip()
    (media_type, _), *parameters = message.get_params(failobj=[])
    named = {name.lower(): value for name, value in parameters}
    try:
        quality = float(named.pop("q", "1"))
    except ValueError as error:
        raise BadRequest(f"the q of a media type must be a number from 0 to 1: {shorten(text)}") from error
    return MediaRange(media_type.lower(), named, quality)
