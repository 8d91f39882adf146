"""Site: the address at which a client sees an API, and the links within it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from tileserver.wmts import Service
from wmts.urls import with_query

__all__ = ["JSON", "PNG", "REL", "Link", "Site"]

JSON: Final = "application/json"
PNG: Final = "image/png"
REL: Final = "http://www.opengis.net/def/rel/ogc/1.0/"

Link = dict[str, str | bool]


@dataclass(frozen=True, slots=True)
class Site:
    """An API over the layers of a service, below `root`; `carried` are query keys that each of its links repeats."""

    root: str
    service: Service
    carried: tuple[tuple[str, str], ...] = ()

    @property
    def url(self) -> str:
        """Its address, without a final slash and without a query.

        >>> Site("https://example.com", Service("workflow", "bob@example.com:snow", "1.0.0")).url
        'https://example.com/ogc/workflow/bob@example.com:snow/1.0.0'
        """
        service = self.service
        below = [service.kind, service.id, service.version] if service.id else []
        return "/".join([self.root, "ogc", *(quote(part, safe="@:") for part in below if part)])

    def link(self, rel: str, path: str, type: str = JSON, title: str = "", templated: bool = False) -> Link:
        """Return a link to a path of the API; the names in braces of a templated one are left as they are."""
        link: Link = {"rel": rel, "type": type, "href": with_query(f"{self.url}/{path}", self.carried)}
        if title:
            link["title"] = title
        if templated:
            link["templated"] = True
        return link

    def outside(self, rel: str, url: str, type: str) -> Link:
        """Return a link to another address of the server, which takes the carried keys, too."""
        return {"rel": rel, "type": type, "href": with_query(url, self.carried)}
