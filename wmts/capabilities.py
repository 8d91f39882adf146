"""The capabilities document, which says what a service offers and how to ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lxml import etree

from wmts.coverage import Coverage
from wmts.elements import OWS, SCHEMA_LOCATION, WMTS, XLINK_HREF, XSI, add, number, serialise
from wmts.matrices import MatrixSet
from wmts.model import Dimension, LayerInfo, ServiceInfo, StyleInfo
from wmts.requests import DOCUMENT_FORMATS, SECTIONS
from wmts.urls import document_url, info_template, kvp_url, tile_template, with_query

__all__ = ["capabilities", "unchanged_capabilities"]

NAMESPACES: dict[str | None, str] = {
    None: WMTS[1:-1],
    "ows": OWS[1:-1],
    "xlink": XLINK_HREF[1:].partition("}")[0],
    "xsi": XSI,
}
SCHEMA = f"{WMTS[1:-1]} http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd"


def capabilities(service: ServiceInfo, layers: Sequence[LayerInfo], sections: Iterable[str] = SECTIONS) -> bytes:
    """Return the document, or only the named sections of it.

    It is to be answered as `application/xml`, or as `text/xml` if the client prefers that. Raises ValueError for
    two layers of one identifier, or two tile matrix sets of one identifier that differ.
    """
    wanted = set(sections)
    root = _root(service)
    if "ServiceIdentification" in wanted:
        _add_identification(root, service)
    if "ServiceProvider" in wanted:
        _add_provider(root, service)
    if "OperationsMetadata" in wanted:
        _add_operations(root, service, any(layer.info_formats for layer in layers))
    coverage = Coverage()
    if "Contents" in wanted:
        _add_contents(root, service, layers, coverage)
    if wanted.issuperset(SECTIONS):
        add(root, f"{WMTS}ServiceMetadataURL").set(XLINK_HREF, document_url(service))
    return coverage.fill_in(serialise(root))


def unchanged_capabilities(service: ServiceInfo) -> bytes:
    """Return the empty document that says that the client has the newest one."""
    return serialise(_root(service))


def _root(service: ServiceInfo) -> etree._Element:
    root = etree.Element(f"{WMTS}Capabilities", nsmap=NAMESPACES, version="1.0.0")  # type: ignore[arg-type] # the stub forgets None
    root.set(SCHEMA_LOCATION, SCHEMA)
    if service.update_sequence is not None:
        root.set("updateSequence", str(service.update_sequence))
    return root


def _add_description(parent: etree._Element, title: str, abstract: str = "", keywords: Sequence[str] = ()) -> None:
    add(parent, f"{OWS}Title", title)
    if abstract:
        add(parent, f"{OWS}Abstract", abstract)
    if keywords:
        listed = add(parent, f"{OWS}Keywords")
        for keyword in keywords:
            add(listed, f"{OWS}Keyword", keyword)


def _add_identification(root: etree._Element, service: ServiceInfo) -> None:
    section = add(root, f"{OWS}ServiceIdentification")
    _add_description(section, service.title, service.abstract, service.keywords)
    add(section, f"{OWS}ServiceType", "OGC WMTS")
    add(section, f"{OWS}ServiceTypeVersion", "1.0.0")
    add(section, f"{OWS}Fees", service.fees)
    add(section, f"{OWS}AccessConstraints", service.access_constraints)


def _add_provider(root: etree._Element, service: ServiceInfo) -> None:
    section = add(root, f"{OWS}ServiceProvider")
    add(section, f"{OWS}ProviderName", service.provider_name)
    if service.provider_url:
        add(section, f"{OWS}ProviderSite").set(XLINK_HREF, service.provider_url)
    contact = add(section, f"{OWS}ServiceContact")
    if service.contact_name:
        add(contact, f"{OWS}IndividualName", service.contact_name)
    if service.contact_email:
        address = add(add(contact, f"{OWS}ContactInfo"), f"{OWS}Address")
        add(address, f"{OWS}ElectronicMailAddress", service.contact_email)


def _add_operations(root: etree._Element, service: ServiceInfo, with_info: bool) -> None:
    section = add(root, f"{OWS}OperationsMetadata")
    parameters = {"AcceptVersions": ("1.0.0",), "AcceptFormats": DOCUMENT_FORMATS, "Sections": (*SECTIONS, "All")}
    _add_operation(section, "GetCapabilities", kvp_url(service, of_document=True), parameters)
    _add_operation(section, "GetTile", kvp_url(service), {})
    if with_info:
        _add_operation(section, "GetFeatureInfo", kvp_url(service), {})


def _add_operation(section: etree._Element, name: str, url: str, parameters: Mapping[str, Sequence[str]]) -> None:
    operation = add(section, f"{OWS}Operation", name=name)
    get = add(add(add(operation, f"{OWS}DCP"), f"{OWS}HTTP"), f"{OWS}Get")
    get.set(XLINK_HREF, url)
    _add_allowed(get, "Constraint", "GetEncoding", ["KVP"])
    for parameter, values in parameters.items():
        _add_allowed(operation, "Parameter", parameter, values)


def _add_allowed(parent: etree._Element, tag: str, name: str, values: Iterable[str]) -> None:
    allowed = add(add(parent, f"{OWS}{tag}", name=name), f"{OWS}AllowedValues")
    for value in values:
        add(allowed, f"{OWS}Value", value)


def _add_contents(root: etree._Element, service: ServiceInfo, layers: Sequence[LayerInfo], coverage: Coverage) -> None:
    if len({layer.identifier for layer in layers}) < len(layers):
        raise ValueError("layers of a document must differ in their identifiers")
    section = add(root, f"{WMTS}Contents")
    for layer in layers:
        _add_layer(section, service, layer, coverage)
    for matrix_set, levels in _matrix_sets(layers):
        _add_matrix_set(section, matrix_set, levels)


def _matrix_sets(layers: Sequence[LayerInfo]) -> list[tuple[MatrixSet, int]]:
    """Return the sets that the layers link to, and how many of their levels, from the coarsest, any of them needs."""
    levels: dict[str, tuple[MatrixSet, int]] = {}
    for link in (link for layer in layers for link in layer.links):
        known, deepest = levels.get(link.matrix_set.identifier, (link.matrix_set, 0))
        if known != link.matrix_set:
            raise ValueError(f"two different tile matrix sets are called {known.identifier}")
        levels[known.identifier] = known, max(deepest, link.max_level + 1)
    return list(levels.values())


def _add_layer(section: etree._Element, service: ServiceInfo, layer: LayerInfo, coverage: Coverage) -> None:
    element = add(section, f"{WMTS}Layer")
    _add_description(element, layer.title.strip() or layer.identifier, layer.abstract, layer.keywords)
    west, south, east, north = layer.bounds.uncrossed  # no client reads a box from 170 to -170 degrees
    box = add(element, f"{OWS}WGS84BoundingBox")
    add(box, f"{OWS}LowerCorner", f"{number(west)} {number(south)}")
    add(box, f"{OWS}UpperCorner", f"{number(east)} {number(north)}")
    add(element, f"{OWS}Identifier", layer.identifier)
    coverage.add_boxes(element, layer)
    for style in layer.styles:
        _add_style(element, service, style)
    for media_type in layer.formats:
        add(element, f"{WMTS}Format", media_type)
    for media_type in layer.info_formats:
        add(element, f"{WMTS}InfoFormat", media_type)
    for dimension in layer.dimensions:
        _add_dimension(element, dimension)
    coverage.add_links(element, layer)
    for media_type in layer.formats:
        _add_resource(element, media_type, "tile", tile_template(service, layer, media_type))
    for media_type in layer.info_formats:
        _add_resource(element, media_type, "FeatureInfo", info_template(service, layer, media_type))


def _add_style(parent: etree._Element, service: ServiceInfo, style: StyleInfo) -> None:
    element = add(parent, f"{WMTS}Style", isDefault="true" if style.is_default else "false")
    _add_description(element, style.title.strip() or style.identifier, style.abstract)
    add(element, f"{OWS}Identifier", style.identifier)
    if (legend := style.legend) is not None:
        picture = add(element, f"{WMTS}LegendURL", format=legend.format)
        for side in ("width", "height"):
            if (pixels := getattr(legend, side)) is not None:
                picture.set(side, str(pixels))
        picture.set(XLINK_HREF, with_query(legend.url, service.carried))


def _add_dimension(parent: etree._Element, dimension: Dimension) -> None:
    element = add(parent, f"{WMTS}Dimension")
    _add_description(element, dimension.title.strip() or dimension.identifier)
    add(element, f"{OWS}Identifier", dimension.identifier)
    add(element, f"{OWS}UOM", dimension.unit)
    add(element, f"{WMTS}Default", dimension.default)
    if dimension.current is not None:
        add(element, f"{WMTS}Current", "true")
    for value in dimension.values:
        add(element, f"{WMTS}Value", value)


def _add_resource(parent: etree._Element, media_type: str, resource: str, template: str) -> None:
    add(parent, f"{WMTS}ResourceURL", format=media_type, resourceType=resource, template=template)


def _add_matrix_set(section: etree._Element, matrix_set: MatrixSet, levels: int) -> None:
    """Append a set without WellKnownScaleSet: CITE takes it only with a CRS name that other clients misread."""
    element = add(section, f"{WMTS}TileMatrixSet")
    add(element, f"{OWS}Title", matrix_set.title)
    add(element, f"{OWS}Identifier", matrix_set.identifier)
    add(element, f"{OWS}SupportedCRS", matrix_set.crs_urn)
    for matrix in matrix_set.matrices[:levels]:
        entry = add(element, f"{WMTS}TileMatrix")
        add(entry, f"{OWS}Identifier", matrix.identifier)
        add(entry, f"{WMTS}ScaleDenominator", number(matrix.scale_denominator))
        corner = matrix_set.in_axis_order(*matrix.origin)
        add(entry, f"{WMTS}TopLeftCorner", f"{number(corner[0])} {number(corner[1])}")
        add(entry, f"{WMTS}TileWidth", str(matrix.tile_width))
        add(entry, f"{WMTS}TileHeight", str(matrix.tile_height))
        add(entry, f"{WMTS}MatrixWidth", str(matrix.matrix_width))
        add(entry, f"{WMTS}MatrixHeight", str(matrix.matrix_height))
