"""Content of a capabilities document: a service, its layers, their styles and dimensions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

from wmts.identifiers import SAFE
from wmts.lonlat import LonLatBox
from wmts.matrices import MatrixSet

__all__ = [
    "INFO_FORMATS",
    "TILE_FORMATS",
    "TIME",
    "Dimension",
    "LayerInfo",
    "Legend",
    "Link",
    "ServiceInfo",
    "StyleInfo",
    "link_layer",
]

TILE_FORMATS = {"image/png": "png", "image/webp": "webp", "image/jpeg": "jpg"}
INFO_FORMATS = {"text/plain": "txt", "application/json": "json", "text/html": "html"}
TIME = "Time"  # the identifier by which clients know a dimension of ISO 8601 instants

# The schema's pattern for templates, less braces and queries: what may stand before them.
ABSOLUTE_URL = re.compile(r"https?://(?:[A-Za-z0-9\-_.!~*'();/:@+$,\[\]]|%[A-Fa-f0-9]{2})+")

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """A service, its provider, and the address at which the client sees it.

    `url` is absolute and without a query: key-value requests go to it, resources are below `{url}/1.0.0/`. `carried`
    are query keys that every URL of the document repeats, as `access_token`; `selection` those that only the
    document's own URLs repeat, because they say which document it is, as `tile_matrix_sets`. With
    `update_sequence`, a number that rises with every change, clients may ask whether theirs is the newest.
    """

    url: str
    title: str
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    provider_name: str = "graftile"
    provider_url: str = ""
    contact_name: str = ""
    contact_email: str = ""
    fees: str = "NONE"
    access_constraints: str = "NONE"
    carried: Pairs = ()
    selection: Pairs = ()
    update_sequence: int | None = None

    def __post_init__(self) -> None:
        if not ABSOLUTE_URL.fullmatch(self.url) or self.url.endswith("/"):
            raise ValueError(f"url must be absolute, percent-encoded and without query or final '/', not {self.url!r}")


@dataclass(frozen=True, slots=True)
class Legend:
    """The picture of a style's colours: an absolute URL, without what `ServiceInfo.carried` adds, and its pixels.

    They are None if they are known only when it is drawn.
    """

    url: str
    width: int | None = None
    height: int | None = None
    format: str = "image/png"

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise ValueError(f"url of a legend must be absolute, not {self.url!r}")


@dataclass(frozen=True, slots=True)
class StyleInfo:
    """A way to draw a layer."""

    identifier: str
    title: str = ""
    abstract: str = ""
    legend: Legend | None = None
    is_default: bool = False

    def __post_init__(self) -> None:
        _check_identifier("style", self.identifier)


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension of a layer that a request may choose a value of; values are as `dimension_value` writes them.

    `default` is one of the values; `current`, if there is one, is the value that the word `current` stands for.
    """

    identifier: str
    values: tuple[str, ...]
    default: str
    title: str = ""
    unit: str = "1"
    current: str | None = None

    def __post_init__(self) -> None:
        _check_identifier("dimension", self.identifier)
        for value in self.values:
            _check_identifier(f"value of {self.identifier}", value)
        for name, value in (("default", self.default), ("current", self.current or self.default)):
            if value not in self.values:
                raise ValueError(f"{name} of dimension {self.identifier} must be one of its values, not {value!r}")
        _check_unique(f"values of {self.identifier}", self.values)


@dataclass(frozen=True, slots=True)
class Link:
    """A tile matrix set in which a layer is advertised, down to the level of index `max_level`, 0 the coarsest.

    All coarser levels are advertised too: QGIS asks for the level that fits the scale, whatever the limits say.
    """

    matrix_set: MatrixSet
    max_level: int


@dataclass(frozen=True, slots=True)
class LayerInfo:
    """A layer, and where its data is.

    Styles include exactly one default; `formats` are media types of `TILE_FORMATS`, PNG first because GDAL takes the
    first; `info_formats` of `INFO_FORMATS`, none if there is no feature info. Raises ValueError for what no valid
    document can say.
    """

    identifier: str
    bounds: LonLatBox
    styles: tuple[StyleInfo, ...]
    links: tuple[Link, ...]
    title: str = ""
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("image/png",)
    info_formats: tuple[str, ...] = tuple(INFO_FORMATS)
    dimensions: tuple[Dimension, ...] = ()

    def __post_init__(self) -> None:
        _check_identifier("layer", self.identifier)
        west, south, east, north = self.bounds
        if not all(map(isfinite, self.bounds)) or not (
            -180 <= west <= 180 and -180 <= east <= 180 and west != east and -90 <= south < north <= 90
        ):
            raise ValueError(f"bounds of layer {self.identifier} must be degrees of some area, not {self.bounds}")
        if sum(style.is_default for style in self.styles) != 1:
            raise ValueError(f"layer {self.identifier} must have exactly one default style")
        if self.formats[:1] != ("image/png",) or not set(self.formats) <= TILE_FORMATS.keys():
            raise ValueError(f"formats of layer {self.identifier} must be image/png and then others of TILE_FORMATS")
        if not set(self.info_formats) <= INFO_FORMATS.keys():
            raise ValueError(f"info formats of layer {self.identifier} must be of INFO_FORMATS")
        if not self.links:
            raise ValueError(f"layer {self.identifier} must have a tile matrix set: leave it out where none shows it")
        _check_unique("styles", [style.identifier for style in self.styles])
        _check_unique("dimensions", [dimension.identifier.casefold() for dimension in self.dimensions])
        _check_unique("tile matrix sets", [link.matrix_set.identifier for link in self.links])

    @property
    def default_style(self) -> StyleInfo:
        """The style of requests that name none."""
        return next(style for style in self.styles if style.is_default)


@lru_cache(maxsize=65_536)
def link_layer(box: LonLatBox, metres: float, matrix_sets: tuple[MatrixSet, ...]) -> tuple[Link, ...]:
    """Return the links of a layer with pixels of `metres` on the ground, to the sets that show any of it.

    >>> from wmts.matrixsets import standard_matrix_sets
    >>> sets = standard_matrix_sets().select(["WebMercatorQuad", "EuropeanETRS89_LAEAQuad"])
    >>> [(link.matrix_set.identifier, link.max_level) for link in link_layer(LonLatBox(-70, -10, -60, 0), 10, sets)]
    [('WebMercatorQuad', 14)]
    """
    links = (Link(matrix_set, matrix_set.native_level(box, metres)) for matrix_set in matrix_sets)
    return tuple(link for link in links if all(link.matrix_set.ranges_of(box)[: link.max_level + 1]))


def _check_identifier(noun: str, identifier: str) -> None:
    if not SAFE.fullmatch(identifier):
        raise ValueError(f"{noun} identifier must be letters, digits, '.', '_', ':', '-', not {identifier!r}")


def _check_unique(noun: str, identifiers: Iterable[str]) -> None:
    listed = list(identifiers)
    if repeated := {identifier for identifier in listed if listed.count(identifier) > 1}:
        raise ValueError(f"{noun} must differ, but {', '.join(sorted(repeated))} is there more than once")
