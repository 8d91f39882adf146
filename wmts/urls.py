"""Addresses in a document: its own, that of key-value requests, and templates of tiles and feature info."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from wmts.model import INFO_FORMATS, TILE_FORMATS, LayerInfo, Pairs, ServiceInfo

__all__ = ["VERSION_PATH", "document_url", "info_template", "kvp_url", "tile_template", "with_query"]

VERSION_PATH = "1.0.0"


def document_url(service: ServiceInfo) -> str:
    """Return the address of the document as a resource.

    >>> document_url(ServiceInfo("https://example.com/wmts/workflow", "", carried=(("access_token", "a&b"),)))
    'https://example.com/wmts/workflow/1.0.0/WMTSCapabilities.xml?access_token=a%26b'
    """
    url = f"{service.url}/{VERSION_PATH}/WMTSCapabilities.xml"
    return with_query(url, service.carried + service.selection)


def kvp_url(service: ServiceInfo, of_document: bool = False) -> str:
    """Return the address that clients append key-value pairs to; it ends with `?`, or `&` after carried keys.

    >>> kvp_url(ServiceInfo("https://example.com/wmts/workflow", ""))
    'https://example.com/wmts/workflow?'
    """
    url = with_query(service.url, service.carried + service.selection if of_document else service.carried)
    return f"{url}&" if "?" in url else f"{url}?"


def tile_template(service: ServiceInfo, layer: LayerInfo, media_type: str) -> str:
    """Return the template of a layer's tiles in one format, variables in braces, carried keys after them."""
    return with_query(f"{_tile_path(service, layer)}.{TILE_FORMATS[media_type]}", service.carried)


def info_template(service: ServiceInfo, layer: LayerInfo, media_type: str) -> str:
    """Return the template of a layer's feature info in one format."""
    return with_query(f"{_tile_path(service, layer)}/{{J}}/{{I}}.{INFO_FORMATS[media_type]}", service.carried)


def with_query(url: str, pairs: Pairs) -> str:
    """Return `url` with the pairs appended to its query, percent-encoded as the schema of templates asks for."""
    if not pairs:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs, quote_via=quote, safe='', errors='surrogatepass')}"


def _tile_path(service: ServiceInfo, layer: LayerInfo) -> str:
    dimensions = "".join(f"{{{dimension.identifier}}}/" for dimension in layer.dimensions)
    return (
        f"{service.url}/{VERSION_PATH}/{layer.identifier}/{{Style}}/{dimensions}"
        "{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}"
    )
