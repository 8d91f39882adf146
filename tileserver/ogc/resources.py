"""Resources: the layers, styles, tilesets and tiles that the paths of an API name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tileserver.auth import Caller
from tileserver.ogc.matrixsets import canonical_sets, worlds_of
from tileserver.ogc.site import PNG, Site
from tileserver.store import NotFound
from tileserver.wmts import MapServices
from tileserver.wmts.layers import Offer
from wmts import (
    LayerInfo,
    MatrixSet,
    ServiceException,
    StyleInfo,
    Tile,
    TileRequest,
    parse_layer_identifier,
    resolve_tile,
)
from wmts.requests import parse_integer

__all__ = ["Resources"]


@dataclass(frozen=True, slots=True)
class Resources:
    """Resources of a caller, below a site; `names` are the parts of the path of a request.

    All raise `NotFound` for what is not there, or not to be known to the caller.
    """

    site: Site
    services: MapServices
    caller: Caller
    names: Mapping[str, str]

    @property
    def worlds(self) -> dict[str, MatrixSet]:
        """The CRSs that maps can be in, each with a tile matrix set that says what of the world it shows."""
        return worlds_of(self.services.sets)

    @property
    def matrix_sets(self) -> tuple[MatrixSet, ...]:
        """The tile matrix sets that are listed."""
        return canonical_sets(self.services.sets)

    def layers(self) -> Iterator[tuple[Offer, LayerInfo]]:
        """Yield all layers, as they are in the sets that most maps are in."""
        sets = self.services.sets.select(())
        for offer in self.services.offers(self.site.service, self.caller):
            if (info := offer.describe(self.site.root, sets, None)) is not None:
                yield offer, info

    def layer(self, sets: tuple[MatrixSet, ...] = ()) -> tuple[Offer, LayerInfo]:
        """Return the layer `collection` as it is in these sets, or else in those that most maps are in."""
        identifier = self.names["collection"]
        offer = self.services.offer(self.site.service, _name_of(identifier), self.caller)
        if offer is None:
            raise NotFound(f"there is no collection {identifier[:200]!r}")
        info = offer.describe(self.site.root, sets or self.services.sets.select(()), None)
        if info is None:
            raise NotFound(f"{identifier} has no tiles in {', '.join(one.identifier for one in sets)}")
        return offer, info

    def style(self, info: LayerInfo) -> StyleInfo | None:
        """Return the style `style` of a layer; None if the path names none."""
        name = self.names.get("style")
        if name is None:
            return None
        for style in info.styles:
            if style.identifier == name:
                return style
        listed = ", ".join(style.identifier for style in info.styles)
        raise NotFound(f"there is no style {name[:200]!r} of {info.identifier}, which has {listed}")

    def matrix_set(self) -> MatrixSet:
        """Return the tile matrix set `tms`, under whatever name."""
        with _not_found():
            return self.services.sets.get(self.names["tms"])

    def tile(self) -> tuple[Offer, Tile]:
        """Return the tile `matrix`, `row` and `col`, which must be within the limits of its tileset."""
        matrix_set = self.matrix_set()
        offer, info = self.layer((matrix_set,))
        style = self.style(info) or info.default_style
        with _not_found():
            row, col = parse_integer("tileRow", self.names["row"]), parse_integer("tileCol", self.names["col"])
            names = info.identifier, style.identifier, PNG, matrix_set.identifier, self.names["matrix"]
            tile = resolve_tile(TileRequest(*names, row, col, {}), lambda _: info, self.services.sets)
        deepest = matrix_set.matrices[info.links[0].max_level]
        if tile.matrix.scale_denominator < deepest.scale_denominator:
            raise NotFound(f"the tileset ends at tile matrix {deepest.identifier}, before {tile.matrix.identifier}")
        return offer, tile


def _name_of(identifier: str) -> str:
    """Return the name of the layer that is listed under an identifier; of what is none, one that no layer has."""
    try:
        name, values = parse_layer_identifier(identifier)
    except ValueError:
        return ""
    return "" if values else name


@contextmanager
def _not_found() -> Iterator[None]:
    """Turn what a WMTS would complain about into what is said of other paths that lead nowhere."""
    try:
        yield
    except ServiceException as exc:
        raise NotFound(str(exc)) from exc
