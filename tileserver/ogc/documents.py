"""Documents of an API: its landing page, what it conforms to, its collections, their styles and tilesets."""

from __future__ import annotations

from typing import Any, Final

from tileserver.ogc.definition import DEFINITION_TYPE, api_definition
from tileserver.ogc.matrixsets import LONLAT, crs_uri, define_matrix_set, identify_matrix_set, registered_uri
from tileserver.ogc.resources import Resources
from tileserver.ogc.site import PNG, REL, Link, Site
from tileserver.ogc.times import time_extent
from tileserver.wmts.layers import Offer
from wmts import LayerInfo, LonLatBox, MatrixSet, StyleInfo
from wmts import Link as SetLink

__all__ = [
    "CONFORMANCE",
    "collection",
    "collections",
    "conformance",
    "definition",
    "landing_page",
    "matrix_set",
    "matrix_sets",
    "styles",
    "tileset",
    "tilesets",
]

Document = dict[str, Any]

SPEC: Final = "http://www.opengis.net/spec/"
CLASSES: Final = {
    "ogcapi-common-1/1.0": "core landing-page json oas30",
    "ogcapi-common-2/1.0": "collections json",
    "ogcapi-tiles-1/1.0": "core tileset tilesets-list geodata-tilesets oas30 png",
    "ogcapi-maps-1/1.0": "core tilesets crs collection-map styled-map png api-operations cors",
    "tms/2.0": (
        "tilematrixset tilesetmetadata tilematrixsetlimits "
        "json-tilematrixset json-tilesetmetadata json-tilematrixsetlimits"
    ),
}
CONFORMANCE: Final = tuple(f"{SPEC}{part}/conf/{name}" for part, names in CLASSES.items() for name in names.split())


def landing_page(found: Resources) -> Document:
    """Return where everything else is; of an API with one layer, as that is called."""
    site = found.site
    title, description = "graftile", "Published computations as maps and map tiles."
    if site.service.id:
        for offer in found.services.offers(site.service, found.caller):
            title, description = offer.layer.title or offer.layer.path, offer.layer.description
    return {
        "title": title,
        **_described(description),
        "links": [
            site.link("self", "", title="This document"),
            site.link("service-desc", "api", DEFINITION_TYPE, "The definition of the API"),
            *(site.link(rel, "conformance", title="What the API conforms to") for rel in _both("conformance")),
            *(site.link(rel, "collections", title="The layers") for rel in _both("data")),
            site.link(f"{REL}tiling-schemes", "tileMatrixSets", title="The tile matrix sets"),
        ],
    }


def conformance(found: Resources) -> Document:
    """Return what the API conforms to."""
    return {"conformsTo": list(CONFORMANCE)}


def definition(found: Resources) -> Document:
    """Return the definition of the API, whose media type is `DEFINITION_TYPE`."""
    return api_definition(found.site, found.worlds)


def collections(found: Resources) -> Document:
    """Return the list of layers."""
    return {
        "links": [found.site.link("self", "collections", title="This document")],
        "collections": [_collection(found, offer, info) for offer, info in found.layers()],
    }


def collection(found: Resources) -> Document:
    """Return a layer: where and when it is, and where its maps, styles and tilesets are."""
    return _collection(found, *found.layer())


def styles(found: Resources) -> Document:
    """Return the list of styles of a layer, each with its maps and tilesets."""
    site, (_, info) = found.site, found.layer()
    return {
        "default": info.default_style.identifier,
        "styles": [
            {
                "id": style.identifier,
                "title": style.title or style.identifier,
                **_described(style.abstract),
                "links": [*_drawn(site, _path(info, style)), *_legend(site, style)],
            }
            for style in info.styles
        ],
        "links": [site.link("self", f"{_path(info)}/styles", title="This document")],
    }


def tilesets(found: Resources) -> Document:
    """Return the list of tilesets of a layer, or of a style of it, in the sets that show it."""
    _, info = found.layer(found.matrix_sets)
    style = found.style(info)
    return {
        "tilesets": [_tileset(found.site, info, style, link) for link in info.links],
        "links": [found.site.link("self", f"{_path(info, style)}/map/tiles", title="This document")],
    }


def tileset(found: Resources) -> Document:
    """Return a tileset: which tiles there are, and the template of their addresses."""
    matrix_set = found.matrix_set()
    _, info = found.layer((matrix_set,))
    style, link = found.style(info), info.links[0]
    template = f"{_path(info, style)}/map/tiles/{matrix_set.identifier}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    entry = _tileset(found.site, info, style, link)
    ranges = zip(matrix_set.matrices[: link.max_level + 1], matrix_set.ranges_of(info.bounds), strict=False)
    return {
        **entry,
        **_described(info.abstract),
        "links": [*entry["links"], found.site.link("item", template, PNG, "A tile", templated=True)],
        **_boxed(matrix_set, info),
        "tileMatrixSetLimits": [
            {
                "tileMatrix": matrix.identifier,
                "minTileRow": tiles.min_row,
                "maxTileRow": tiles.max_row,
                "minTileCol": tiles.min_col,
                "maxTileCol": tiles.max_col,
            }
            for matrix, tiles in ranges
            if tiles is not None
        ],
    }


def matrix_sets(found: Resources) -> Document:
    """Return the list of tile matrix sets."""
    return {"tileMatrixSets": [_matrix_set(found.site, matrix_set) for matrix_set in found.matrix_sets]}


def matrix_set(found: Resources) -> Document:
    """Return the definition of a tile matrix set."""
    return define_matrix_set(found.matrix_set())


def _collection(found: Resources, offer: Offer, info: LayerInfo) -> Document:
    site, here, times = found.site, _path(info), time_extent(offer)
    return {
        "id": info.identifier,
        "title": info.title or info.identifier,
        **_described(info.abstract),
        **({"attribution": ", ".join(offer.coverage.credits)} if offer.coverage.credits else {}),
        "extent": {
            "spatial": {"bbox": [list(info.bounds)], "crs": crs_uri(LONLAT)},
            **({"temporal": {"interval": [list(times)]}} if times else {}),
        },
        "dataType": "map",
        "crs": _crs(found, info.bounds),
        "links": [
            site.link("self", here, title="This document"),
            *_drawn(site, here),
            site.link(f"{REL}styles", f"{here}/styles", title="Styles"),
            *_legend(site, info.default_style),
        ],
    }


def _crs(found: Resources, box: LonLatBox) -> list[str]:
    """Return the CRSs in whose area a box lies, or a part of it."""
    areas = {code: world.area_of_use for code, world in found.worlds.items()}
    return [crs_uri(code) for code, area in areas.items() if area is None or area.meets(box)]


def _matrix_set(site: Site, matrix_set: MatrixSet) -> Document:
    link = site.link(f"{REL}tiling-scheme", f"tileMatrixSets/{matrix_set.identifier}", title="Definition")
    return {**identify_matrix_set(matrix_set), "links": [{**link, "rel": "self"}, link]}


def _tileset(site: Site, info: LayerInfo, style: StyleInfo | None, link: SetLink) -> Document:
    matrix_set = link.matrix_set
    uri = registered_uri(matrix_set)
    return {
        "title": f"{info.title or info.identifier}, {matrix_set.title}",
        "dataType": "map",
        "crs": crs_uri(matrix_set.crs),
        **({"tileMatrixSetURI": uri} if uri else {}),
        "links": [
            site.link("self", f"{_path(info, style)}/map/tiles/{matrix_set.identifier}", title="The tileset"),
            site.link(f"{REL}tiling-scheme", f"tileMatrixSets/{matrix_set.identifier}", title="Its tile matrix set"),
        ],
    }


def _boxed(matrix_set: MatrixSet, info: LayerInfo) -> Document:
    extent = matrix_set.extent_of(info.bounds)
    if extent is None:
        return {}
    lower, upper = matrix_set.in_axis_order(*extent[:2]), matrix_set.in_axis_order(*extent[2:])
    return {"boundingBox": {"lowerLeft": list(lower), "upperRight": list(upper), "crs": crs_uri(matrix_set.crs)}}


def _path(info: LayerInfo, style: StyleInfo | None = None) -> str:
    here = f"collections/{info.identifier}"
    return f"{here}/styles/{style.identifier}" if style else here


def _drawn(site: Site, here: str) -> list[Link]:
    return [
        site.link(f"{REL}map", f"{here}/map", PNG, "A map"),
        site.link(f"{REL}tilesets-map", f"{here}/map/tiles", title="Map tiles"),
    ]


def _legend(site: Site, style: StyleInfo) -> list[Link]:
    legend = style.legend
    return [site.outside(f"{REL}legend", legend.url, legend.format)] if legend else []


def _both(rel: str) -> tuple[str, str]:
    """Return a relation as earlier standards name it, which GDAL and OWSLib look for, and as OGC API – Common does."""
    return rel, f"{REL}{rel}"


def _described(text: str) -> dict[str, str]:
    return {"description": text} if text else {}
