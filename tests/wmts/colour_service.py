"""A service on loopback whose tiles say where they are: red is longitude, green latitude, outside is transparent."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pyproj import Transformer

from tests.wmts.documents import ALPS, SETS, SNOW, links, snow
from wmts import (
    CapabilitiesRequest,
    LayerInfo,
    ServiceException,
    ServiceInfo,
    Tile,
    TileRequest,
    capabilities,
    exception_report,
    parse_path,
    parse_request,
    resolve_tile,
    standard_matrix_sets,
)

TOKEN = "s3cr/t&x"


def colour_layer() -> LayerInfo:
    return replace(snow(), links=links(ALPS, 500, *SETS), formats=("image/png",), info_formats=())


@contextmanager
def colour_service() -> Iterator[str]:
    """Run the service, which answers only with its token, and give the address of its key-value requests."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/maps/wmts"
        server.shutdown()
        thread.join()


def lonlat(rgba: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the places that pixels (band, y, x) say they are at."""
    west, south, east, north = ALPS
    return west + rgba[0] / 255 * (east - west), south + rgba[1] / 255 * (north - south)


def _colours(tile: Tile) -> NDArray[np.uint8]:
    left, bottom, right, top = tile.bounds
    rows, cols = tile.shape
    x = left + (np.arange(cols) + 0.5) * (right - left) / cols
    y = top - (np.arange(rows) + 0.5) * (top - bottom) / rows
    to_lonlat = Transformer.from_crs(tile.crs, "OGC:CRS84", always_xy=True)
    lon, lat = to_lonlat.transform(*np.meshgrid(x, y))
    west, south, east, north = ALPS
    red, green = (lon - west) / (east - west), (lat - south) / (north - south)
    inside = (red >= 0) & (red <= 1) & (green >= 0) & (green <= 1)
    bands = [red, green, np.zeros_like(red), np.ones_like(red)]
    stacked = np.rint(255 * np.where(inside, bands, 0)).astype(np.uint8)
    return np.ascontiguousarray(np.moveaxis(stacked, 0, -1))


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        try:
            status, media_type, body = self._answer()
        except ServiceException as exc:
            status, media_type, body = exc.status, "application/xml", exception_report(exc)
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _answer(self) -> tuple[int, str, bytes]:
        address = urlsplit(self.path)
        query = parse_qsl(address.query, keep_blank_values=True)
        if dict(query).get("access_token") != TOKEN:
            return 401, "text/plain", b"no token"
        _, _, resource = address.path.partition("/1.0.0/")
        request = CapabilitiesRequest()
        if resource != "WMTSCapabilities.xml":
            parts = [unquote(part) for part in resource.split("/")]
            request = parse_path(parts, self._find) if resource else parse_request(query)  # type: ignore[assignment]
        if isinstance(request, CapabilitiesRequest):
            base = f"http://{self.headers['Host']}/maps/wmts"
            service = ServiceInfo(base, "Colours", carried=(("access_token", TOKEN),))
            return 200, "application/xml", capabilities(service, [colour_layer()], request.sections)
        assert isinstance(request, TileRequest)
        tile = resolve_tile(request, self._find, standard_matrix_sets())
        buffer = io.BytesIO()
        Image.fromarray(_colours(tile)).save(buffer, "PNG")
        return 200, "image/png", buffer.getvalue()

    @staticmethod
    def _find(identifier: str) -> LayerInfo | None:
        return colour_layer() if identifier == SNOW else None
