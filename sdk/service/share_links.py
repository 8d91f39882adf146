"""Signed links: URLs of one layer that work without signing in, until they expire or are revoked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from sdk.service.client import Client

__all__ = ["Expiry", "ShareLink", "ShareLinks"]

Expiry = timedelta | datetime | float


class ShareLink:
    """A signed link of a layer: whoever has the URL may see the layer until `expires_timestamp`; `id` is its name."""

    def __init__(self, record: Mapping[str, Any], layer: str, client: Client) -> None:
        self.id = str(record["id"])
        self.expires_timestamp = datetime.fromisoformat(record["expires_timestamp"])
        self._layer = layer
        self._client = client

    def revoke(self) -> None:
        """Revoke the link."""
        self._client.delete(f"/api/{self._layer}/links/{quote(self.id, safe='')}")

    def __repr__(self) -> str:
        return f"<ShareLink {self.id!r} of {self._layer}, until {self.expires_timestamp:%Y-%m-%d %H:%M} UTC>"


class ShareLinks(ABC):
    """Mixin of layers that can be shown to others by signed links."""

    _client: Client

    @property
    @abstractmethod
    def _layer(self) -> str:
        """The path of the layer, `xyz/{id}` or `workflow/{id}/{version}`."""

    @abstractmethod
    def url(self, /, *, link: str | None = None, **style: Any) -> str:
        """Return the URL template of the tiles."""

    def share_url(self, expires: Expiry = timedelta(days=7), **style: Any) -> str:
        """Return a URL template like that of `url`, with a signed link in it: it works for anybody, for this layer.

        `expires` is when it stops to do so: a time from now (a number is in seconds), or a moment with a time
        zone. `style` is what `url` takes, the arguments of the object included. Whoever has the URL can change
        the style in it, and see nothing else. `share_links` lists the links, to revoke them before they expire.

            xyz.share_url(expires=timedelta(hours=12), scales=[(0, 0.4)])
        """
        seconds = _seconds_until(expires)
        self.url(**style)  # refuses what cannot be drawn before a link is made
        record = self._client.post(f"/api/{self._layer}/links", {"expires_in": seconds})
        (key,) = parse_qs(urlsplit(record["url"]).query)["link"]
        return self.url(**{**style, "link": key})

    def share_links(self) -> Iterator[ShareLink]:
        """Yield the links of the layer that have not expired.

        for link in xyz.share_links():
            link.revoke()
        """
        for record in self._client.pages(f"/api/{self._layer}/links", "links"):
            yield ShareLink(record, self._layer, self._client)


def _seconds_until(expires: Expiry) -> int:
    """Return the whole seconds from now until then; at least one."""
    if isinstance(expires, datetime):
        if expires.utcoffset() is None:
            raise ValueError(f"expires must have a time zone, like datetime.now(timezone.utc); {expires} has none")
        expires = expires - datetime.now(UTC)
    if isinstance(expires, timedelta):
        expires = expires.total_seconds()
    if isinstance(expires, bool) or not isinstance(expires, (int, float)):
        raise TypeError(f"expires must be a timedelta, a datetime or a number of seconds, not {expires!r}")
    if not 1 <= expires < 2**53:
        raise ValueError(f"expires must be at least a second from now, not {expires:g} seconds")
    return int(expires)
