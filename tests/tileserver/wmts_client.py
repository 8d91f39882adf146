"""What tests of WMTS need: short requests, and documents and reports taken apart."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import httpx2
import numpy as np
from lxml import etree
from numpy.typing import NDArray
from PIL import Image

NAMES = {
    "w": "http://www.opengis.net/wmts/1.0",
    "o": "http://www.opengis.net/ows/1.1",
    "x": "http://www.w3.org/1999/xlink",
}


@dataclass(frozen=True)
class Wmts:
    """A service of a server: `path` is below `/wmts/`."""

    http: httpx2.Client
    path: str

    def kvp(self, **pairs: object) -> httpx2.Response:
        """Send key-value pairs; an `_` behind a key is left away, and what is None too."""
        query = {key.rstrip("_"): str(value) for key, value in pairs.items() if value is not None}
        return self.http.get(f"/wmts/{self.path}", params=query)

    def rest(self, resource: str, **options: object) -> httpx2.Response:
        return self.http.get(f"/wmts/{self.path}/1.0.0/{resource}", **options)  # type: ignore[arg-type]

    def document(self, query: str = "") -> etree._Element:
        answer = self.rest(f"WMTSCapabilities.xml?{query}")
        assert answer.status_code == 200, answer.text
        return etree.fromstring(answer.content)

    def tile(self, layer: str, /, **pairs: object) -> httpx2.Response:
        asked = {
            "service": "WMTS", "request": "GetTile", "version": "1.0.0", "layer": layer, "style": "default",
            "format": "image/png", "TileMatrixSet": "WebMercatorQuad", "TileMatrix": 10, "TileRow": 335, "TileCol": 550,
        }  # fmt: skip
        return self.kvp(**{**asked, **pairs})

    def info(self, layer: str, /, **pairs: object) -> httpx2.Response:
        asked = {"request": "GetFeatureInfo", "InfoFormat": "application/json", "I": 3, "J": 9}
        return self.tile(layer, **{**asked, **pairs})


def texts(node: etree._Element, path: str) -> list[str]:
    """Return the texts, or attribute values, that an XPath with prefixes w, o, x finds."""
    found: Any = node.xpath(path, namespaces=NAMES)
    return [str(item.text or "" if isinstance(item, etree._Element) else item) for item in found]


def report(answer: httpx2.Response) -> tuple[int, str, str | None]:
    """Return status, code and locator of an exception."""
    assert answer.headers["Content-Type"] == "application/xml"
    root = etree.fromstring(answer.content)
    assert root.tag == f"{{{NAMES['o']}}}ExceptionReport"
    [exception] = root
    return answer.status_code, exception.get("exceptionCode", ""), exception.get("locator")


def rgba(answer: httpx2.Response) -> NDArray[np.uint8]:
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))
