"""Requests as addresses of resources, read into the same values as key-value pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wmts.exceptions import InvalidParameterValue, NotFound, as_not_found
from wmts.model import INFO_FORMATS, TILE_FORMATS, LayerInfo
from wmts.requests import FeatureInfoRequest, TileRequest, parse_integer

__all__ = ["parse_path"]

MEDIA_TYPES = {extension: media_type for media_type, extension in (TILE_FORMATS | INFO_FORMATS).items()}


def parse_path(
    segments: Sequence[str], find_layer: Callable[[str], LayerInfo | None]
) -> TileRequest | FeatureInfoRequest:
    """Return the request in the decoded segments that follow `/1.0.0/` in an address of `tile_template`'s kind.

    `find_layer` gives a layer by its identifier: how many dimensions come after the style, it alone knows. Raises
    ServiceException with status 404.
    """
    with as_not_found():
        return _parse(segments, find_layer)


def _parse(segments: Sequence[str], find_layer: Callable[[str], LayerInfo | None]) -> TileRequest | FeatureInfoRequest:
    name, _, extension = segments[-1].rpartition(".") if segments else ("", "", "")
    media_type = MEDIA_TYPES.get(extension)
    if media_type is None or len(segments) < 6:
        raise NotFound(f"there is no resource {'/'.join(segments)!r}")
    layer = find_layer(segments[0])
    if layer is None:
        raise InvalidParameterValue("layer", "a layer of this service", segments[0])
    values = dict(zip([dimension.identifier.casefold() for dimension in layer.dimensions], segments[2:], strict=False))
    place = [*segments[2 + len(layer.dimensions) : -1], name]
    if len(place) != (4 if media_type in TILE_FORMATS else 6):
        raise NotFound(f"there is no resource {'/'.join(segments)!r}")
    tile = TileRequest(
        layer=segments[0],
        style=segments[1],
        format=media_type if media_type in TILE_FORMATS else layer.formats[0],
        matrix_set=place[0],
        matrix=place[1],
        row=parse_integer("TileRow", place[2]),
        col=parse_integer("TileCol", place[3]),
        dimensions=values,
        restful=True,
    )
    if media_type in TILE_FORMATS:
        return tile
    return FeatureInfoRequest(tile, parse_integer("I", place[5]), parse_integer("J", place[4]), media_type)
