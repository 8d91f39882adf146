"""Requirements 1 to 17: the capabilities document."""

from __future__ import annotations

import re
from dataclasses import replace
from math import isfinite
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pyproj import Transformer

from tests.wmts.conftest import Read
from tests.wmts.documents import ALPS, ICE, SERVICE, SETS, SNOW, URL, bare, ice, links, nodes, snow, texts
from wmts import (
    Dimension,
    LayerInfo,
    Legend,
    Link,
    ServiceInfo,
    StyleInfo,
    capabilities,
    dimension_identifier,
    standard_matrix_sets,
    unchanged_capabilities,
)

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
# A variable as OpenLayers finds it, the strictest of the clients.
VARIABLE = re.compile(r"\{(\w+)\}")
TEMPLATE = re.compile(r"([A-Za-z0-9\-_.!~*'();/?:@+$,#{}=&]|%[A-Fa-f0-9]{2})+")
HOSTILE = st.text(st.characters(codec=None), max_size=30) | st.sampled_from(
    [
        "",
        " ",
        "]]>",
        "<!--",
        "&amp;",
        "&#0;",
        "<?limits 0?>",
        "\x00\x0b\ud800\ufffe\uffff",
        "<b>&\"'",
        "\r\n\t",
        "\u202e",
    ]
)


def test_req_01_the_document_is_valid_by_the_schemas(document: etree._Element) -> None:
    assert document.tag == "{http://www.opengis.net/wmts/1.0}Capabilities"
    assert document.get("version") == "1.0.0"


def test_req_01_level_0_has_the_limit_0(document: etree._Element) -> None:
    limits = nodes(document, "//w:Layer[1]//w:TileMatrixLimits[w:TileMatrix='0']")[0]
    assert [element.text for element in limits] == ["0", "0", "0", "0", "0"]


def test_req_01_a_document_without_layers_is_valid(read: Read) -> None:
    assert texts(read(capabilities(SERVICE, [])), "//w:Contents/*") == []


def test_req_02_the_schema_location_is_the_published_one(document: etree._Element) -> None:
    location = "http://www.opengis.net/wmts/1.0 http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd"
    assert document.get(f"{XSI}schemaLocation") == location


def test_req_03_all_sections_are_there_even_without_a_contact(read: Read) -> None:
    document = read(capabilities(ServiceInfo(URL, "Bare"), [ice()]))
    assert [etree.QName(element).localname for element in document] == [
        "ServiceIdentification", "ServiceProvider", "OperationsMetadata", "Contents", "ServiceMetadataURL",
    ]  # fmt: skip
    assert texts(document, "//o:ProviderName") == ["graftile"]
    assert len(nodes(document, "//o:ServiceProvider/o:ServiceContact")) == 1


def test_req_04_the_service_type_is_ogc_wmts(document: etree._Element) -> None:
    assert texts(document, "//o:ServiceType") == ["OGC WMTS"]
    assert texts(document, "//o:ServiceTypeVersion") == ["1.0.0"]


def test_req_05_operations_have_kvp_addresses_ending_with_a_question_mark(document: etree._Element) -> None:
    assert texts(document, "//o:Operation/@name") == ["GetCapabilities", "GetTile", "GetFeatureInfo"]
    assert texts(document, "//o:Operation/o:DCP/o:HTTP/o:Get/@x:href") == [f"{URL}?"] * 3
    assert texts(document, "//o:Get/o:Constraint[1][@name='GetEncoding']/o:AllowedValues/o:Value") == ["KVP"] * 3


def test_req_05_get_feature_info_is_an_operation_only_if_a_layer_has_it(read: Read) -> None:
    assert texts(read(capabilities(SERVICE, [ice()])), "//o:Operation/@name") == ["GetCapabilities", "GetTile"]


def test_req_06_accept_formats_list_application_xml(document: etree._Element) -> None:
    assert "application/xml" in texts(document, "//o:Parameter[@name='AcceptFormats']//o:Value")


def test_req_07_identifiers_are_unique_and_matrices_run_coarse_to_fine(document: etree._Element) -> None:
    for path in ("//w:Layer/o:Identifier", "//w:TileMatrixSet/o:Identifier"):
        assert len(texts(document, path)) == len({*texts(document, path)} - {""})
    for matrix_set in nodes(document, "//w:Contents/w:TileMatrixSet"):
        identifiers = texts(matrix_set, "w:TileMatrix/o:Identifier")
        scales = [float(text) for text in texts(matrix_set, ".//w:ScaleDenominator")]
        assert len({*identifiers}) == len(identifiers)
        assert scales == sorted({*scales}, reverse=True)


def test_req_07_two_layers_of_one_identifier_are_refused() -> None:
    with pytest.raises(ValueError, match="must differ"):
        capabilities(SERVICE, [ice(), ice()])


def test_req_07_two_sets_of_one_identifier_are_refused() -> None:
    other = replace(standard_matrix_sets().get("WebMercatorQuad"), title="Another")
    with pytest.raises(ValueError, match="two different"):
        capabilities(SERVICE, [ice(), replace(ice(), identifier="other", links=(Link(other, 3),))])


def test_req_08_links_name_sets_and_one_style_is_the_default(document: etree._Element) -> None:
    assert {*texts(document, "//w:TileMatrixSetLink/w:TileMatrixSet")} == {*SETS}
    assert texts(document, "//w:Contents/w:TileMatrixSet/o:Identifier") == [*SETS]
    for layer in nodes(document, "//w:Layer"):
        assert texts(layer, "w:Style/@isDefault").count("true") == 1
        assert texts(layer, "w:Format")


@pytest.mark.parametrize("defaults", [(False, False), (True, True)], ids=["none", "two"])
def test_req_08_a_layer_with_none_or_two_default_styles_is_refused(defaults: tuple[bool, bool]) -> None:
    styles = tuple(StyleInfo(str(number), is_default=default) for number, default in enumerate(defaults))
    with pytest.raises(ValueError, match="exactly one default style"):
        replace(ice(), styles=styles)


def test_req_09_no_well_known_scale_set_is_declared(document: etree._Element) -> None:
    assert nodes(document, "//w:WellKnownScaleSet") == []


def test_req_09_web_mercator_scales_are_those_of_google_maps_compatible(document: etree._Element) -> None:
    for name, largest in (("WebMercatorQuad", 559082264.0287178), ("WebMercatorQuadx2", 559082264.0287178 / 2)):
        scales = texts(document, f"//w:TileMatrixSet[o:Identifier='{name}']//w:ScaleDenominator")
        assert [float(scale) for scale in scales] == pytest.approx(
            [largest / 2**z for z in range(len(scales))], abs=1e-6
        )


@pytest.mark.parametrize("index", [1, 2], ids=["alps", "antimeridian"])
def test_req_10_limits_agree_with_the_bounding_box(document: etree._Element, index: int) -> None:
    layer = nodes(document, f"//w:Layer[{index}]")[0]
    for link in nodes(layer, "w:TileMatrixSetLink"):
        name = texts(link, "w:TileMatrixSet")[0]
        matrix_set = nodes(document, f"//w:Contents/w:TileMatrixSet[o:Identifier='{name}']")[0]
        crs = texts(matrix_set, "o:SupportedCRS")[0]
        swap = crs.endswith((":4326", ":3035"))
        if crs.endswith((":4326", "CRS84")):
            lower, upper = ([float(n) for n in text.split()] for text in texts(layer, "o:WGS84BoundingBox/*"))
            lower, upper = (lower[::-1], upper[::-1]) if swap else (lower, upper)
        else:
            box = nodes(layer, f"o:BoundingBox[@crs='{crs}']")[0]
            lower, upper = ([float(n) for n in text.split()] for text in texts(box, "*"))
        for limits in nodes(link, ".//w:TileMatrixLimits"):
            level, *tiles = (str(element.text) for element in limits)
            matrix = nodes(matrix_set, f"w:TileMatrix[o:Identifier='{level}']")[0]
            scale, corner, *sizes = (str(element.text) for element in list(matrix)[1:])
            width, height, cols, rows = (int(size) for size in sizes)
            metres = 111319.49079327358 if crs.endswith((":4326", "CRS84")) else 1.0
            cell = float(scale) * 0.00028 / metres
            x, y = (float(n) for n in (corner.split()[::-1] if swap else corner.split()))
            (left, bottom), (right, top) = (lower[::-1], upper[::-1]) if swap else (lower, upper)
            expected = [(y - top) / cell / height, (y - bottom) / cell / height - 1,
                        (left - x) / cell / width, (right - x) / cell / width - 1]  # fmt: skip
            assert [int(tile) for tile in tiles] == pytest.approx(expected, abs=1)
            assert 0 <= int(tiles[0]) <= int(tiles[1]) < rows
            assert 0 <= int(tiles[2]) <= int(tiles[3]) < cols


def test_req_10_every_level_down_to_the_native_one_has_an_entry(document: etree._Element) -> None:
    link = nodes(document, "//w:Layer[1]/w:TileMatrixSetLink[w:TileMatrixSet='EPSG:4326']")[0]
    levels = texts(link, ".//w:TileMatrixLimits/w:TileMatrix")
    assert levels == [str(level) for level in range(len(levels))]


def test_req_11_dimensions_have_a_unit_a_default_and_values(document: etree._Element) -> None:
    time, month = nodes(document, "//w:Dimension")
    assert texts(time, "o:Identifier") + texts(time, "o:UOM") == ["Time", "ISO8601"]
    assert texts(time, "w:Default")[0] in texts(time, "w:Value")
    assert texts(time, "w:Current") == ["true"]
    assert texts(month, "w:Current") == []


def test_req_11_a_default_that_is_no_value_is_refused() -> None:
    with pytest.raises(ValueError, match="must be one of its values"):
        Dimension("month", ("1", "2"), default="3")


def test_req_12_templates_name_every_variable_and_png_comes_first(document: etree._Element) -> None:
    resources = nodes(document, "//w:Layer[1]/w:ResourceURL[@resourceType='tile']")
    assert [resource.get("format") for resource in resources] == ["image/png", "image/webp", "image/jpeg"]
    for resource in resources:
        template = str(resource.get("template"))
        variables = ["Style", "Time", "month", "TileMatrixSet", "TileMatrix", "TileRow", "TileCol"]
        assert template.startswith(f"{URL}/1.0.0/{SNOW}/")
        assert VARIABLE.findall(template) == variables


def test_req_12_a_layer_whose_first_format_is_not_png_is_refused() -> None:
    with pytest.raises(ValueError, match="image/png and then"):
        replace(ice(), formats=("image/jpeg", "image/png"))


def test_req_13_a_legend_says_its_type_and_size(document: etree._Element) -> None:
    (legend,) = nodes(document, "//w:LegendURL")
    assert (legend.get("format"), legend.get("width"), legend.get("height")) == ("image/png", "200", "40")


def test_req_14_every_layer_has_a_wgs84_box_of_longitudes_and_latitudes(document: etree._Element) -> None:
    boxes = [texts(layer, "o:WGS84BoundingBox/*") for layer in nodes(document, "//w:Layer")]
    assert boxes == [["5.5 45", "11.5 48"], ["-180 60", "180 75"]]


@pytest.mark.parametrize(
    "bounds",
    [(0, 0, float("inf"), 1), (float("nan"), 0, 1, 1), (0, 1, 1, 1), (5, 0, 5, 1), (0, 0, 181, 1), (0, 0, 1, 91)],
    ids=str,
)
def test_req_14_bounds_that_are_no_area_are_refused(bounds: Any) -> None:
    with pytest.raises(ValueError, match="degrees of some area"):
        replace(ice(), bounds=bounds)


def test_req_15_every_address_is_below_the_url_that_the_client_used(document: etree._Element) -> None:
    addresses = texts(
        document, "//w:*/@template | //o:Get/@x:href | //w:LegendURL/@x:href | //w:ServiceMetadataURL/@x:href"
    )
    assert len(addresses) > 8
    assert [address for address in addresses if not address.startswith(URL)] == []


def test_req_15_a_relative_legend_is_refused() -> None:
    with pytest.raises(ValueError, match="absolute"):
        Legend("/legend.png", 1, 1)


@pytest.mark.parametrize(
    "url", ["/wmts", "ftp://example.com/wmts", "https://example.com/a b", "https://example.com/?a=b"]
)
def test_req_15_a_relative_or_unencoded_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="absolute"):
        ServiceInfo(url, "")


def test_req_16_identifiers_are_letters_digits_and_four_signs(document: etree._Element) -> None:
    identifiers = texts(document, "//w:Contents//o:Identifier | //w:Contents//w:Dimension/w:Value")
    assert [identifier for identifier in identifiers if not re.fullmatch(r"[A-Za-z0-9._:-]+", identifier)] == []


@pytest.mark.parametrize("identifier", ["", "a/b", "a b", "é", "a\n"])
def test_req_16_other_identifiers_are_refused(identifier: str) -> None:
    with pytest.raises(ValueError, match="letters, digits"):
        replace(ice(), identifier=identifier)


@given(HOSTILE, HOSTILE, HOSTILE)
def test_req_17_any_title_abstract_and_keyword_gives_a_valid_document(
    read: Read, title: str, text: str, key: str
) -> None:
    style = StyleInfo("default", title, text, is_default=True)
    dimension = Dimension(dimension_identifier(key), ("1",), "1", title, text or "1")
    layer = replace(snow(), title=title, abstract=text, keywords=(key,), styles=(style,), dimensions=(dimension,))
    service = replace(SERVICE, title=title, abstract=text, keywords=(key,), provider_name=title, contact_name=text)
    document = read(capabilities(service, [layer]))
    assert len(nodes(document, "//w:Layer")) == 1
    kept = re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", title.strip())
    assert texts(document, "//w:Layer/o:Title") == [kept or SNOW]


@given(st.text(st.characters(codec=None), min_size=1, max_size=20))
def test_req_17_any_token_is_carried_in_every_address(read: Read, token: str) -> None:
    service = replace(SERVICE, carried=(("access_token", token),), selection=(("dimensions", "true"),))
    document = read(capabilities(service, [snow()]))
    addresses = texts(
        document, "//w:*/@template | //o:Get/@x:href | //w:LegendURL/@x:href | //w:ServiceMetadataURL/@x:href"
    )
    assert all(TEMPLATE.fullmatch(address) and "access_token=" in address for address in addresses)
    assert all("{" not in template.partition("?")[2] for template in texts(document, "//w:*/@template"))
    assert [address.endswith("&") for address in texts(document, "//o:Get/@x:href")] == [True] * 3
    assert sum("dimensions=true" in address for address in addresses) == 2  # of the document itself


def test_req_25_an_unchanged_document_is_empty_but_for_version_and_sequence(read: Read) -> None:
    document = read(unchanged_capabilities(replace(SERVICE, update_sequence=7)))
    assert (document.get("version"), document.get("updateSequence"), len(document)) == ("1.0.0", "7", 0)


def test_req_25_without_a_sequence_none_is_advertised(document: etree._Element) -> None:
    assert document.get("updateSequence") is None


@pytest.mark.parametrize(
    "sections", [["Contents"], ["ServiceProvider", "OperationsMetadata"], ["ServiceIdentification"]]
)
def test_req_24_only_the_named_sections_are_there(read: Read, sections: list[str]) -> None:
    document = read(capabilities(SERVICE, [ice()], sections))
    assert [etree.QName(element).localname for element in document] == sections


def test_req_34_the_document_names_its_own_address(read: Read) -> None:
    service = replace(SERVICE, selection=(("tile_matrix_sets", "EPSG:3857"),))
    document = read(capabilities(service, [ice()]))
    own = f"{URL}/1.0.0/WMTSCapabilities.xml?tile_matrix_sets=EPSG%3A3857"
    assert texts(document, "//w:ServiceMetadataURL/@x:href") == [own]
    assert texts(document, "//o:Operation[@name='GetCapabilities']//@x:href") == [
        f"{URL}?tile_matrix_sets=EPSG%3A3857&"
    ]


def test_req_38_a_layer_without_info_formats_has_no_template_for_it(document: etree._Element) -> None:
    counts = [len(nodes(layer, "w:ResourceURL[@resourceType='FeatureInfo']")) for layer in nodes(document, "//w:Layer")]
    assert counts == [3, 0]
    template = texts(document, "//w:ResourceURL[@resourceType='FeatureInfo']/@template")[0]
    assert template.endswith("{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}/{J}/{I}.txt")


def test_titles_fall_back_to_identifiers_because_openlayers_selects_styles_by_title(document: etree._Element) -> None:
    assert texts(document, "//w:Layer[2]/o:Title | //w:Layer[2]/w:Style/o:Title") == [ICE, "default"]


def test_corners_and_boxes_follow_the_axes_of_their_crs(document: etree._Element) -> None:
    def corner(name: str) -> str:
        return texts(document, f"//w:TileMatrixSet[o:Identifier='{name}']/w:TileMatrix[1]/w:TopLeftCorner")[0]

    assert corner("EPSG:4326") == "90 -180"
    assert corner("WorldCRS84Quad") == "-180 90"
    assert corner("WebMercatorQuad") == "-20037508.342789244 20037508.342789244"
    assert corner("EuropeanETRS89_LAEAQuad") == "5500000 2000000"
    lower, upper = texts(document, "//w:Layer[1]/o:BoundingBox[@crs='urn:ogc:def:crs:EPSG::3035']/*")
    assert [float(northing) for northing, _ in (lower.split(), upper.split())] == pytest.approx(
        [2.4e6, 2.8e6], rel=0.05
    )


def test_boxes_in_degrees_are_wgs84_ones_alone(document: etree._Element) -> None:
    assert texts(document, "//w:Layer[1]/o:WGS84BoundingBox/*") == ["5.5 45", "11.5 48"]
    listed = set(texts(document, "//w:Layer/o:BoundingBox/@crs"))
    assert "urn:ogc:def:crs:EPSG::3857" in listed
    assert not {"urn:ogc:def:crs:EPSG::4326", "urn:ogc:def:crs:OGC:1.3:CRS84"} & listed


@pytest.mark.parametrize("code", [3857, 32631, 5041, 3035])
def test_boxes_hold_the_whole_layer_as_pyproj_places_it(document: etree._Element, code: int) -> None:
    crs = f"urn:ogc:def:crs:EPSG::{code}"
    lower, upper = (
        [float(n) for n in text.split()] for text in texts(document, f"//w:Layer[1]/o:BoundingBox[@crs='{crs}']/*")
    )
    transformer = Transformer.from_crs("OGC:CRS84", f"EPSG:{code}")
    lons, lats = zip(*_outline(ALPS), strict=True)
    xs, ys = transformer.transform(lons, lats)
    assert [*lower, *upper] == pytest.approx([min(xs), min(ys), max(xs), max(ys)], rel=1e-7)
    assert all(map(isfinite, [*lower, *upper]))


def test_a_set_shows_the_levels_of_the_layer_that_needs_most(read: Read) -> None:
    deep = LayerInfo("deep", ALPS, ice().styles, links(ALPS, 10, "WebMercatorQuad"))
    document = read(capabilities(SERVICE, [bare(snow()), deep]))
    matrices = texts(document, "//w:Contents/w:TileMatrixSet[1]/w:TileMatrix/o:Identifier")
    assert matrices == [str(level) for level in range(deep.links[0].max_level + 1)]


def _outline(bounds: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    west, south, east, north = bounds
    steps = [step / 10_000 for step in range(10_001)]
    lons, lats = [west + (east - west) * s for s in steps], [south + (north - south) * s for s in steps]
    return [(lon, lat) for lon in lons for lat in (south, north)] + [(lon, lat) for lat in lats for lon in (west, east)]
