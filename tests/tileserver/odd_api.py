"""A STAC API that does what some do, and none should: repeats Items, refuses now and then, links to other hosts."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.server_fixture import running
from tests.stac_api import COLLECTION, collection

__all__ = ["OddApi", "running_odd_api"]

STALLED_SECONDS: Final = 30.0


@dataclass
class OddApi:
    """Serves Items in pages of two.

    `refusals` are answered first, one by one; `repeated`: each page has the last Item of the page before again;
    `next_url` is put in place of the next page's; searches are not answered until `stalled` is set; `asked` are those
    so far.
    """

    items: Sequence[Mapping[str, Any]]
    refusals: list[Response] = field(default_factory=list)
    repeated: bool = False
    next_url: str = ""
    page: int = 2
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    stalled: threading.Event = field(default_factory=threading.Event)

    def reset(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Serve Items as anybody would, and forget what was asked."""
        self.items, self.refusals, self.repeated, self.next_url, self.asked = items, [], False, "", []
        self.stalled.set()

    def app(self) -> Starlette:
        """Return the application."""
        routes = [
            Route("/", self._root),
            Route("/collections/{id}", self._collection),
            Route("/collections", self._collections),
            Route("/search", self._search, methods=["GET", "POST"]),
        ]
        return Starlette(routes=routes)

    def _root(self, request: Request) -> Response:
        link = {"rel": "search", "href": f"{self.url}/search", "type": "application/geo+json", "method": "GET"}
        return JSONResponse({"type": "Catalog", "stac_version": "1.0.0", "id": "odd", "links": [link]})

    def _collections(self, request: Request) -> Response:
        return JSONResponse({"collections": [collection()], "links": []})

    def _collection(self, request: Request) -> Response:
        if request.path_params["id"] != COLLECTION:
            return JSONResponse({"code": "NotFound"}, 404)
        items = {"rel": "items", "href": f"{self.url}/search"}
        return JSONResponse({**collection(), "links": [items]})

    def _search(self, request: Request) -> Response:
        self.asked.append(dict(request.query_params))
        self.stalled.wait(STALLED_SECONDS)
        if self.refusals:
            return self.refusals.pop(0)
        start = int(request.query_params.get("token", "0"))
        first = start - 1 if start and self.repeated else start
        links = []
        if start + self.page < len(self.items):
            query = request.url.include_query_params(token=start + self.page).query
            links = [{"rel": "next", "href": self.next_url or f"{self.url}/search?{query}"}]
        features = list(self.items[first : start + self.page])
        found = {"type": "FeatureCollection", "features": features, "links": links, "numberMatched": len(self.items)}
        return JSONResponse(found)


@contextmanager
def running_odd_api(items: Sequence[Mapping[str, Any]]) -> Iterator[OddApi]:
    """Serve Items meanwhile."""
    api = OddApi(items)
    api.stalled.set()
    with running(api.app()) as api.url:
        yield api
