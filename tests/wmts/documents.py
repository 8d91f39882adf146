"""A service with layers of every kind, and short ways into its document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lxml import etree

from wmts import (
    TIME,
    Dimension,
    LayerInfo,
    Legend,
    Link,
    LonLatBox,
    ServiceInfo,
    StyleInfo,
    layer_identifier,
    link_layer,
    standard_matrix_sets,
)

NAMESPACES = {
    "w": "http://www.opengis.net/wmts/1.0",
    "o": "http://www.opengis.net/ows/1.1",
    "x": "http://www.w3.org/1999/xlink",
}
URL = "https://maps.example.com/graftile/wmts/workflow"
SETS = (
    "WebMercatorQuad", "WebMercatorQuadx2", "WorldCRS84Quad", "EPSG:4326", "UTM31WGS84Quad", "UPSArcticWGS84Quad",
    "EuropeanETRS89_LAEAQuad",
)  # fmt: skip
SERVICE = ServiceInfo(
    URL,
    "Maps & more",
    abstract="All that is published here",
    keywords=("snow", "ice"),
    provider_url="https://example.com/",
    contact_name="Ada",
    contact_email="ada@example.com",
)
TIMES = ("2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z", "2020-03-01T00:00:00Z")
ALPS = LonLatBox(5.5, 45.0, 11.5, 48.0)
SNOW = layer_identifier("ada@example.com:snow/1.0.0")
ICE = layer_identifier("ada@example.com:ice/latest")


def snow() -> LayerInfo:
    """Return a layer with two styles, three formats, two dimensions, in seven sets."""
    return LayerInfo(
        SNOW,
        ALPS,
        styles=(
            StyleInfo("default", "As published", is_default=True),
            StyleInfo("ndsi", "NDSI", "Normalised difference", Legend(f"{URL}/legend.png?viz=ndsi", 200, 40)),
        ),
        links=links(ALPS, 100, *SETS),
        title="Snow <depth> & age",
        abstract="Metres",
        keywords=("snow",),
        formats=("image/png", "image/webp", "image/jpeg"),
        dimensions=(
            Dimension(TIME, TIMES, default=TIMES[0], unit="ISO8601", current=TIMES[-1]),
            Dimension("month", ("1", "2", "3"), default="2"),
        ),
    )


def ice() -> LayerInfo:
    """Return a layer across the antimeridian without dimensions and feature info."""
    bounds = LonLatBox(170.0, 60.0, -170.0, 75.0)
    style = StyleInfo("default", is_default=True)
    return LayerInfo(
        ICE, bounds, (style,), links(bounds, 1000, "WebMercatorQuad", "UPSArcticWGS84Quad"), info_formats=()
    )


def links(bounds: LonLatBox, metres: float, *sets: str) -> tuple[Link, ...]:
    return link_layer(bounds, metres, standard_matrix_sets().select(sets))


def bare(layer: LayerInfo) -> LayerInfo:
    """Return the layer without dimensions."""
    return replace(layer, dimensions=())


def find(identifier: str) -> LayerInfo | None:
    return {SNOW: snow(), ICE: ice()}.get(identifier)


def texts(node: etree._Element, path: str) -> list[str]:
    """Return the texts, or attribute values, that an XPath with prefixes w, o, x finds."""
    found: Any = node.xpath(path, namespaces=NAMESPACES)
    return [str(item.text or "" if isinstance(item, etree._Element) else item) for item in found]


def nodes(node: etree._Element, path: str) -> list[etree._Element]:
    found: Any = node.xpath(path, namespaces=NAMESPACES)
    return list(found)
