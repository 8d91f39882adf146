"""QGIS: layer definition files, by which it opens layers, with their styles, at a double click."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from lxml import etree

from wmts import TIME, LayerInfo, LonLatBox
from wmts.elements import add, number

__all__ = ["MEDIA_TYPE", "MapLayer", "file_name", "layer_definition", "wmts_layers", "xyz_layer"]

MEDIA_TYPE: Final = "application/x-qgis-layer-definition"
DOCTYPE: Final = "<!DOCTYPE qgis-layer-definition>"
PROVIDER: Final = "wms"  # of WMTS and of XYZ tiles, too
KNOWN_CRS: Final = "1"  # any of QGIS's own numbers makes it read the code of the CRS
NAME_CHARACTERS: Final = 80
UNSAFE: Final = re.compile(r"[^\w.-]+")  # in names of files, on any system

# How the temporal controller of QGIS 3.28 and later moves WMTS; earlier ones show the default time.
TIMES_OF_PROVIDER, START_OF_RANGE = "1", "1"


@dataclass(frozen=True, slots=True)
class MapLayer:
    """A layer of QGIS: `source` is the URI of its provider, `bounds` do not cross the antimeridian.

    With `temporal` the temporal controller drives it. `legend` is a PNG, of layers whose provider has none.
    """

    title: str
    source: str
    crs: str
    bounds: LonLatBox
    abstract: str = ""
    temporal: bool = False
    legend: bytes = b""


def wmts_layers(info: LayerInfo, document: str) -> tuple[MapLayer, ...]:
    """Return a layer for each style of `info`, which the capabilities at `document` list, the default one last.

    They are in its first tile matrix set. Dimensions have their defaults, as QGIS leaves out what nobody chose.
    """
    matrix_set = info.links[0].matrix_set
    styles = sorted(info.styles, key=lambda style: style.is_default)
    return tuple(
        MapLayer(
            info.title if len(styles) == 1 else style.title,
            _uri(
                contextualWMSLegend="0",
                crs=matrix_set.crs,
                dpiMode="7",
                format=info.formats[0],
                layers=info.identifier,
                styles=style.identifier,
                tileMatrixSet=matrix_set.identifier,
                url=document,
            ),
            matrix_set.crs,
            info.bounds.uncrossed,
            abstract="\n\n".join(text for text in (info.abstract, style.abstract) if text),
            temporal=any(dimension.identifier == TIME for dimension in info.dimensions),
        )
        for style in styles
    )


def xyz_layer(
    title: str, abstract: str, template: str, max_zoom: int, bounds: LonLatBox, legend: bytes = b""
) -> MapLayer:
    """Return a layer of XYZ tiles in Web Mercator, whose address has `{z}`, `{x}` and `{y}`, with a PNG as legend."""
    source = _uri(type="xyz", url=template, zmax=str(max_zoom), zmin="0")
    return MapLayer(title, source, "EPSG:3857", bounds.uncrossed, abstract, legend=legend)


def layer_definition(title: str, layers: Sequence[MapLayer], credit: str = "") -> bytes:
    """Return the file that adds layers to a project, several as a group that shows one of them, first the first.

    `credit` is the attribution of the layers' data.
    """
    root = etree.Element("qlr")
    tree = group = add(root, "layer-tree-group", name="", checked="Qt::Checked", expanded="1")
    if len(layers) > 1:
        one_of = {"mutually-exclusive": "1", "mutually-exclusive-child": "0"}
        group = add(tree, "layer-tree-group", name=_line(title), checked="Qt::Checked", expanded="1", **one_of)
    listed = add(root, "maplayers")
    for index, layer in enumerate(layers):
        # QGIS gives them ids of its own
        attributes = {"id": f"layer{index}", "name": _line(layer.title), "source": layer.source}
        checked = "Qt::Unchecked" if index else "Qt::Checked"
        add(group, "layer-tree-layer", **attributes, providerKey=PROVIDER, checked=checked, expanded="1")
        _add_layer(listed, f"layer{index}", layer, credit)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True, doctype=DOCTYPE)


def file_name(title: str) -> str:
    r"""Return a name of a `.qlr` file that every system takes.

    >>> file_name("../NDVI: Tennessee & \x00 Kentucky"), file_name("…")
    ('NDVI_Tennessee_Kentucky.qlr', 'layer.qlr')
    """
    return (UNSAFE.sub("_", title)[:NAME_CHARACTERS].strip("._-") or "layer") + ".qlr"


def _add_layer(parent: etree._Element, id: str, layer: MapLayer, credit: str) -> None:
    element = add(parent, "maplayer", type="raster", styleCategories="AllStyleCategories")
    if layer.legend:
        element.set("legendPlaceholderImage", f"base64:{b64encode(layer.legend).decode()}")
    _add_box(element, "wgs84extent", layer.bounds)
    _add_texts(element, [("id", id), ("datasource", layer.source), ("layername", _line(layer.title))])
    _add_texts(add(add(element, "srs"), "spatialrefsys"), [("srsid", KNOWN_CRS), ("authid", layer.crs)])
    texts = [("title", _line(layer.title)), ("abstract", layer.abstract)]
    _add_texts(element, [*texts, ("attribution", credit), ("provider", PROVIDER)])
    _add_texts(add(element, "resourceMetadata"), [("type", "dataset"), *texts, ("rights", credit)])
    if layer.temporal:
        add(element, "temporal", enabled="1", mode=TIMES_OF_PROVIDER, fetchMode=START_OF_RANGE)


def _add_texts(parent: etree._Element, texts: Iterable[tuple[str, str]]) -> None:
    for tag, text in texts:
        if text:
            add(parent, tag, text)


def _add_box(parent: etree._Element, tag: str, bounds: LonLatBox) -> None:
    west, south, east, north = map(number, bounds)
    _add_texts(add(parent, tag), [("xmin", west), ("ymin", south), ("xmax", east), ("ymax", north)])


def _uri(**pairs: str) -> str:
    """Return the URI of a source; its URLs are percent-encoded already, and versions of QGIS decode more or less."""
    return urlencode(pairs, quote_via=quote, safe="/:?=%")


def _line(text: str) -> str:
    return " ".join(text.split())
