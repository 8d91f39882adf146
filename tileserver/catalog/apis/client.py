"""Searches of STAC APIs: pages of Items from allowed hosts, bounded in number, tries and time."""

from __future__ import annotations

import logging
import time
from typing import Any, Final
from urllib.parse import quote, urlencode

import stamina
from pystac_client.exceptions import APIError
from pystac_client.item_search import ItemSearch
from pystac_client.stac_api_io import StacApiIO

from sdk.graft.near import near
from tileserver.catalog.apis.api import Api, Found
from tileserver.catalog.apis.cells import Cell
from tileserver.catalog.errors import CatalogError, DocumentError, Refused, Unanswered, explain
from tileserver.catalog.stac.collections import Document
from tileserver.catalog.stac.documents import Documents, parse_document

__all__ = ["open_api", "search"]

log = logging.getLogger(__name__)
logging.getLogger("stamina").setLevel(logging.ERROR)  # it warns of each new attempt, without saying at what

PAGE: Final = 100  # Items asked for at a time; APIs may give fewer
MAX_PAGES: Final = 500
SEARCH_SECONDS: Final = 120.0
TRIES: Final = 4
RETRIED: Final = frozenset({429, 500, 502, 503, 504})
LONGEST_WAIT: Final = 10.0  # seconds that an API may ask for before it is tried again


def open_api(product: str, url: str, collection: str, documents: Documents) -> Api:
    """Read what a STAC API says of itself and of a Collection; raises `CatalogError` with the reason."""
    url, requests = url.rstrip("/"), _Requests(documents)
    root = requests.read_json(url)
    methods = [
        (str(link.get("method", "GET")).upper(), str(link["href"]))
        for link in root.get("links", ())
        if isinstance(link, dict) and link.get("rel") == "search" and "href" in link
    ]
    if not methods:
        raise DocumentError(f"{url} is no STAC API: it has no link to a search; `catalog add` reads static catalogs")
    method, search_url = max(methods)  # POST rather than GET, which some servers do not page rightly
    try:
        where = f"{url}/collections/{quote(collection, safe='')}"
        document = requests.read_json(where)
    except Refused as exc:
        if exc.status != 404:
            raise
        known = requests.read_json(f"{url}/collections").get("collections", ())
        names = [str(one.get("id")) for one in known if isinstance(one, dict)]
        there = ", ".join(names[:20]) + ("…" if len(names) > 20 else "")
        meant = near(collection, names)
        raise DocumentError(f"{url} has no collection {collection!r}; it has {there}{meant}") from exc
    if document.get("type") != "Collection":
        raise DocumentError(f"{where} is no Collection, but of type {document.get('type')!r}")
    return Api(product, url, search_url, method, collection, document)


def search(api: Api, cell: Cell, limit: int, documents: Documents) -> Found:
    """Return the Items of a cell, up to a number; what went wrong after the first page is said with what there is.

    Raises `CatalogError` with the reason where nothing could be found out.
    """
    items: dict[str, Document] = {}
    lacks, broken_off = "", False
    try:
        asked = ItemSearch(
            url=api.search_url,
            method=api.method,
            collections=[api.collection],
            bbox=cell.bounds,
            datetime=cell.interval,
            limit=min(PAGE, limit),
            stac_io=_Requests(documents),
        )
        ends = time.monotonic() + SEARCH_SECONDS
        for number, page in enumerate(asked.pages_as_dicts(), 1):
            known = len(items)
            items |= {str(one["id"]): one for one in page["features"]}
            if len(items) > limit:
                matched = page.get("numberMatched") or (page.get("context") or {}).get("matched")
                lacks = f"it gave {limit} of {matched or 'more'} images, the limit (api_items)"
                break
            if len(items) == known:
                lacks = "its pages repeat themselves"
            elif number >= MAX_PAGES or time.monotonic() > ends:
                lacks = f"its answer has more than {number} pages, of which the first were read"
            if lacks:
                break
    except (CatalogError, APIError, AttributeError, KeyError, TypeError, ValueError) as exc:
        lacks = str(exc) if isinstance(exc, CatalogError) else f"its answer is no list of Items: {explain(exc)}"
        if not items:
            raise exc if isinstance(exc, CatalogError) else DocumentError(f"{api.search_url}: {lacks}") from exc
        lacks, broken_off = f"of its next page, {lacks}", isinstance(exc, Unanswered)
    return Found(dict(list(items.items())[:limit]), lacks, broken_off)


class _Requests(StacApiIO):
    """The requests of pystac-client, sent where documents may come from, and again when a server asks to wait."""

    def __init__(self, documents: Documents) -> None:
        super().__init__(max_retries=None)
        self._documents = documents
        self._asked = ""

    def request(
        self,
        href: str,
        method: str | None = None,
        headers: dict[str, str] | None = None,
        parameters: dict[str, Any] | None = None,
    ) -> str:
        """Return the text of an answer; raises `CatalogError`."""
        method, body, self._asked = (method or "GET").upper(), None, href.partition("?")[0]
        if method == "POST":
            body = parameters or {}
        elif parameters:
            href += ("&" if "?" in href else "?") + urlencode(parameters)
        for attempt in stamina.retry_context(on=_backoff, attempts=TRIES, timeout=SEARCH_SECONDS):
            with attempt:
                content = self._documents.request(method, href, headers=headers, body=body)
        return content.decode(errors="replace")

    def json_loads(self, txt: str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the object that an answer is; raises `DocumentError`."""
        return parse_document(txt, f"the answer of {self._asked}")


def _backoff(exc: Exception) -> bool | float:
    """Return whether to ask again, or after how many seconds."""
    if not isinstance(exc, Refused) or exc.status not in RETRIED or (exc.retry_after or 0.0) > LONGEST_WAIT:
        return False
    log.info("%s; it is asked up to %d times", exc, TRIES)
    return True if exc.retry_after is None else max(exc.retry_after, 0.0)
