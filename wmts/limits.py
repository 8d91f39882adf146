"""TileMatrixSetLimits: which tiles of each level a layer reaches."""

from __future__ import annotations

import re

from lxml import etree

from wmts.elements import WMTS
from wmts.extents import Bounds
from wmts.matrices import MatrixSet
from wmts.model import Link

__all__ = ["Limits"]

PLACEHOLDER = re.compile(rb"<\?limits (\d+)\?>")
ENTRY = (
    "<TileMatrixLimits><TileMatrix>%s</TileMatrix><MinTileRow>%d</MinTileRow><MaxTileRow>%d</MaxTileRow>"
    "<MinTileCol>%d</MinTileCol><MaxTileCol>%d</MaxTileCol></TileMatrixLimits>"
)


class Limits:
    """The limits of one document's layers, written as text and put in after the rest is serialised.

    A thousand layers have some 400,000 elements of limits, which take 0.8 s as elements of lxml and 0.06 s so; they
    hold nothing but identifiers of matrices and whole numbers. Equal ones are made once. Texts of users cannot hold
    the placeholders, which are processing instructions: their `<` is escaped.
    """

    def __init__(self) -> None:
        self._wanted: dict[tuple[str, int], tuple[MatrixSet, dict[Bounds, int]]] = {}
        self._count = 0

    def add_to(self, link_element: etree._Element, link: Link, bounds: Bounds) -> None:
        """Put the limits of `bounds`, in longitude and latitude, into a TileMatrixSetLink; there must be some."""
        extent = link.matrix_set.extent_of(bounds)
        if extent is None:
            raise ValueError(f"{link.matrix_set.identifier} shows nothing of {bounds}: leave the link out")
        _, numbers = self._wanted.setdefault((link.matrix_set.tiling, link.max_level), (link.matrix_set, {}))
        if extent not in numbers:
            numbers[extent] = self._count
            self._count += 1
        element = etree.SubElement(link_element, f"{WMTS}TileMatrixSetLimits")
        element.append(etree.PI("limits", str(numbers[extent])))

    def fill_in(self, document: bytes) -> bytes:
        """Return the serialised document with the limits in place of the placeholders."""
        blocks = {
            number: block
            for (_, max_level), (matrix_set, numbers) in self._wanted.items()
            for number, block in zip(numbers.values(), _blocks(matrix_set, max_level, list(numbers)), strict=True)
        }
        return PLACEHOLDER.sub(lambda match: blocks[int(match[1])], document)


def _blocks(matrix_set: MatrixSet, max_level: int, extents: list[Bounds]) -> list[bytes]:
    identifiers = [matrix.identifier for matrix in matrix_set.matrices[: max_level + 1]]
    ranges = matrix_set.tile_ranges(extents)[:, : max_level + 1]
    if ((ranges[..., 0] > ranges[..., 1]) | (ranges[..., 2] > ranges[..., 3])).any():
        raise ValueError(f"{matrix_set.identifier} has levels without tiles of a layer: leave the link out")
    return [
        "".join(ENTRY % (identifier, *tiles) for identifier, tiles in zip(identifiers, levels, strict=True)).encode()
        for levels in ranges.tolist()
    ]
