"""Coverage of layers in the document: bounding boxes, and the limits of the tiles that each set has of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import quoteattr

from lxml import etree

from wmts.elements import number
from wmts.extents import Bounds
from wmts.lonlat import LonLatBox
from wmts.matrices import MatrixSet
from wmts.model import LayerInfo, Link

__all__ = ["Coverage"]

PLACEHOLDER = re.compile(rb"<\?coverage (\d+)\?>")
BOX = (
    "<ows:BoundingBox crs=%s><ows:LowerCorner>%s %s</ows:LowerCorner><ows:UpperCorner>%s %s</ows:UpperCorner>"
    "</ows:BoundingBox>"
)
LINK = (
    "<TileMatrixSetLink><TileMatrixSet>%s</TileMatrixSet><TileMatrixSetLimits>%s</TileMatrixSetLimits>"
    "</TileMatrixSetLink>"
)
LIMITS = (
    "<TileMatrixLimits><TileMatrix>%s</TileMatrix><MinTileRow>%d</MinTileRow><MaxTileRow>%d</MaxTileRow>"
    "<MinTileCol>%d</MinTileCol><MaxTileCol>%d</MaxTileCol></TileMatrixLimits>"
)

BoxAndLinks = tuple[LonLatBox, tuple[Link, ...]]


class Coverage:
    """The coverage of one document's layers, written as text and put in after the rest is serialised.

    A thousand layers have some 400,000 elements of limits and 20,000 of boxes and links, which take 0.8 s as elements
    of lxml and 0.06 s so; they hold nothing but names of CRSs, sets and matrices, and numbers. Equal ones are made
    once. Texts of users cannot hold the placeholders, which are processing instructions: their `<` is escaped.
    """

    def __init__(self) -> None:
        self._numbers: dict[BoxAndLinks, int] = {}

    def add_boxes(self, element: etree._Element, layer: LayerInfo) -> None:
        """Append the bounding boxes of a layer in the CRSs of its sets."""
        element.append(etree.PI("coverage", str(2 * self._number(layer))))

    def add_links(self, element: etree._Element, layer: LayerInfo) -> None:
        """Append the links of a layer to its sets, with limits; there must be some."""
        element.append(etree.PI("coverage", str(2 * self._number(layer) + 1)))

    def fill_in(self, document: bytes) -> bytes:
        """Return the serialised document with the coverage in place of the placeholders."""
        limits = _all_limits(self._numbers)
        parts = [
            "".join(part).encode()
            for bounds, links in self._numbers
            for part in (_boxes(bounds, links), _links(bounds, links, limits))
        ]
        return PLACEHOLDER.sub(lambda match: parts[int(match[1])], document)

    def _number(self, layer: LayerInfo) -> int:
        return self._numbers.setdefault((layer.bounds, layer.links), len(self._numbers))


Limits = dict[tuple[str, int, Bounds], str]


def _boxes(bounds: LonLatBox, links: Iterable[Link]) -> Iterator[str]:
    """Yield a box for each CRS, its corners in the order of the CRS's axes.

    Those in longitude and latitude are WGS84BoundingBox alone: OpenLayers takes the first BoundingBox whose CRS is
    that of a set but for its axes, and swaps these, https://github.com/openlayers/openlayers/issues/16825.
    """
    for matrix_set in {link.matrix_set.crs: link.matrix_set for link in links}.values():
        if matrix_set.is_geographic:
            continue
        left, bottom, right, top = _extent(matrix_set, bounds)
        corners = *matrix_set.in_axis_order(left, bottom), *matrix_set.in_axis_order(right, top)
        yield BOX % (quoteattr(matrix_set.crs_urn), *map(number, corners))


def _links(bounds: LonLatBox, links: Iterable[Link], limits: Limits) -> Iterator[str]:
    for link in links:
        matrix_set = link.matrix_set
        yield LINK % (
            matrix_set.identifier,
            limits[matrix_set.tiling, link.max_level, _extent(matrix_set, bounds)],
        )


def _all_limits(layers: Iterable[BoxAndLinks]) -> Limits:
    """Return the limits of layers in tilings down to a level; those of one tiling are computed at once."""
    wanted: dict[tuple[str, int], tuple[MatrixSet, dict[Bounds, None]]] = {}
    for bounds, links in layers:
        for link in links:
            _, extents = wanted.setdefault((link.matrix_set.tiling, link.max_level), (link.matrix_set, {}))
            extents[_extent(link.matrix_set, bounds)] = None
    return {
        (tiling, max_level, extent): text
        for (tiling, max_level), (matrix_set, extents) in wanted.items()
        for extent, text in zip(extents, _limits(matrix_set, max_level, list(extents)), strict=True)
    }


def _limits(matrix_set: MatrixSet, max_level: int, extents: list[Bounds]) -> Iterator[str]:
    identifiers = [matrix.identifier for matrix in matrix_set.matrices[: max_level + 1]]
    ranges = matrix_set.tile_ranges(extents)[:, : max_level + 1]
    if ((ranges[..., 0] > ranges[..., 1]) | (ranges[..., 2] > ranges[..., 3])).any():
        raise ValueError(f"{matrix_set.identifier} has levels without tiles of a layer: leave the link out")
    for levels in ranges.tolist():
        yield "".join(LIMITS % (identifier, *tiles) for identifier, tiles in zip(identifiers, levels, strict=True))


def _extent(matrix_set: MatrixSet, bounds: LonLatBox) -> Bounds:
    extent = matrix_set.extent_of(bounds)
    if extent is None:
        raise ValueError(f"{matrix_set.identifier} shows nothing of {bounds}: leave the link out")
    return extent
