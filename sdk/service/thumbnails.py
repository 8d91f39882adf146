"""Thumbnails of what can be drawn, from a server that is asked for no longer than a reader waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Thread
from typing import Any, Final
from urllib.parse import quote

from sdk.language.geocontext import GeoContext
from sdk.language.image import Image
from sdk.language.image_collection import ImageCollection
from sdk.language.proxy import Proxy
from sdk.service.catalog_ids import catalog_ids
from sdk.service.client import Client, default_client
from sdk.service.config import is_configured
from sdk.service.exceptions import GraftileError
from sdk.service.requests import request_body

__all__ = ["SECONDS", "thumbnail_of", "thumbnail_of_layer"]

SECONDS: Final = 3.0
SIDE: Final = 192  # pixels of the longer side

Bounds = tuple[float, float, float, float]


def thumbnail_of(obj: Proxy) -> bytes | None:
    """Return a PNG of imagery where the catalog's images in it lie; None without a server, or if it takes too long."""
    if isinstance(obj, ImageCollection):
        obj = obj.mosaic()
    if not isinstance(obj, Image) or not is_configured():
        return None
    return _within_time(lambda: _draw(obj, default_client()))


def thumbnail_of_layer(client: Client, layer: str) -> bytes | None:
    """Return a PNG of a layer of the server; None if it takes too long, or cannot be drawn without arguments."""
    query = [("width", str(SIDE))]
    return _within_time(lambda: client.request("GET", f"/{layer}/preview.png", query=query, **_ONCE).content)


_ONCE: Final[Mapping[str, Any]] = {"timeout": SECONDS, "attempts": 1}


def _within_time(draw: Callable[[], bytes | None]) -> bytes | None:
    """Return what a function gives, None if it fails or has not ended soon enough; it ends by itself then."""
    drawn: list[bytes | None] = []

    def run() -> None:
        try:
            drawn.append(draw())
        except (GraftileError, TypeError, ValueError):
            drawn.append(None)

    thread = Thread(target=run, name="thumbnail", daemon=True)
    thread.start()
    thread.join(SECONDS)
    return drawn[0] if drawn else None


def _draw(image: Image, client: Client) -> bytes | None:
    bounds = next(filter(None, (_extent(client, *source) for source in catalog_ids(image.graft))), None)
    if bounds is None:
        return None
    left, bottom, right, top = bounds
    pixel = max(right - left, top - bottom) / SIDE
    shape = max(1, round((top - bottom) / pixel)), max(1, round((right - left) / pixel))
    body = request_body(image, GeoContext(bounds=bounds, crs="EPSG:4326", shape=shape), {})
    return client.request("POST", "/api/inspect", body=body, headers={"Accept": "image/png"}, **_ONCE).content


def _extent(client: Client, kind: str, id: str) -> Bounds | None:
    record = client.request("GET", f"/api/catalog/{kind}/{quote(id, safe=':')}", **_ONCE).json()
    match record:
        case {"bbox": [left, bottom, right, top]} if left < right and bottom < top:
            return left, bottom, right, top
    return None
