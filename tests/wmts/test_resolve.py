"""Requirements 26 to 38: the tiles and pixels that requests mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.wmts.documents import ICE, SETS, SNOW, TIMES, find, snow
from wmts import (
    FeatureInfoRequest,
    ServiceException,
    Tile,
    TileRequest,
    info_template,
    parse_path,
    resolve_pixel,
    resolve_tile,
    standard_matrix_sets,
    tile_template,
)
from wmts.model import ServiceInfo

MATRIX_SETS = standard_matrix_sets()
TILE = TileRequest(SNOW, "default", "image/png", "WebMercatorQuad", "6", 22, 33, {})
Expected = tuple[str, str | None]


def resolve(request: TileRequest) -> Tile:
    return resolve_tile(request, find, MATRIX_SETS)


def refusal(request: TileRequest | FeatureInfoRequest) -> tuple[str, str | None, int]:
    """Return code, locator and status of the exception that a request gets."""
    try:
        if isinstance(request, TileRequest):
            return pytest.fail(f"there is {resolve(request)}")
        return pytest.fail(f"there is {resolve_pixel(request, find, MATRIX_SETS)}")
    except ServiceException as exc:
        return exc.code, exc.locator, exc.status


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("style", ["default", "ndsi"])
def test_req_26_first_middle_and_last_tile_of_every_level_are_there(name: str, style: str) -> None:
    matrix_set = MATRIX_SETS.get(name)
    for matrix, tiles in zip(matrix_set.matrices[:8], matrix_set.ranges_of(snow().bounds), strict=False):
        assert tiles is not None
        middle = (tiles.min_row + tiles.max_row) // 2, (tiles.min_col + tiles.max_col) // 2
        for row, col in ((tiles.min_row, tiles.min_col), middle, (tiles.max_row, tiles.max_col)):
            request = TileRequest(SNOW, style, "image/jpeg", name, matrix.identifier, row, col, {})
            tile = resolve(request)
            assert tile.shape == (matrix.tile_height, matrix.tile_width)
            assert tile.style.identifier == style


def test_req_26_a_tile_lies_where_its_scale_says() -> None:
    tile = resolve(TILE)
    side = 559082264.0287178 * 0.00028 * 256 / 2**6
    left, top = 33 * side - 20037508.342789244, 20037508.342789244 - 22 * side
    assert tile.crs == "EPSG:3857"
    assert tile.bounds == pytest.approx((left, top - side, left + side, top), abs=1e-6)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"layer": "bogus"}, ("InvalidParameterValue", "layer")),
        ({"style": "bogus"}, ("InvalidParameterValue", "style")),
        ({"format": "image/bogus"}, ("InvalidParameterValue", "format")),
        ({"matrix_set": "bogus"}, ("InvalidParameterValue", "TileMatrixSet")),
        ({"matrix_set": "GNOSISGlobalGrid"}, ("InvalidParameterValue", "TileMatrixSet")),
        ({"matrix": "bogus"}, ("InvalidParameterValue", "TileMatrix")),
        ({"matrix": "06"}, ("InvalidParameterValue", "TileMatrix")),
    ],
    ids=str,
)
@pytest.mark.parametrize("restful", [False, True])
def test_req_28_and_36_unknown_names_are_invalid(change: dict[str, str], expected: Expected, restful: bool) -> None:
    request = replace(TILE, restful=restful, **change)  # type: ignore[arg-type]
    assert refusal(request) == (*expected, 404 if restful else 400)


@pytest.mark.parametrize(
    ("row", "col", "locator"),
    [(-1, 33, "TileRow"), (21, 33, "TileRow"), (24, 33, "TileRow"), (64, 33, "TileRow"), (10**30, 33, "TileRow"),
     (22, -1, "TileCol"), (22, 31, "TileCol"), (22, 35, "TileCol")],
)  # fmt: skip
@pytest.mark.parametrize("restful", [False, True])
def test_req_29_and_36_tiles_outside_the_limits_are_out_of_range(
    row: int, col: int, locator: str, restful: bool
) -> None:
    request = replace(TILE, row=row, col=col, restful=restful)
    assert refusal(request) == ("TileOutOfRange", locator, 404 if restful else 400)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ({}, {"Time": TIMES[0], "month": "2"}),
        ({"time": "default", "month": "Default"}, {"Time": TIMES[0], "month": "2"}),
        ({"time": "", "month": ""}, {"Time": TIMES[0], "month": "2"}),
        ({"time": "current"}, {"Time": TIMES[2], "month": "2"}),
        ({"time": "2020-02-01T00:00:00.000Z", "month": "3"}, {"Time": TIMES[1], "month": "3"}),
        ({"time": "2020-02-01"}, {"Time": TIMES[1], "month": "2"}),
        ({"time": "2020-02-01T01:00:00+01:00"}, {"Time": TIMES[1], "month": "2"}),
        ({"time": "2020-02-02"}, {"Time": TIMES[1], "month": "2"}),
        ({"time": "2020-02-29T23:59:59.999Z"}, {"Time": TIMES[1], "month": "2"}),
        ({"time": "2020"}, {"Time": TIMES[2], "month": "2"}),
        ({"time": "2020-02"}, {"Time": TIMES[1], "month": "2"}),
        ({"time": "2020-01-15/2020-02-15"}, {"Time": TIMES[1], "month": "2"}),
        ({"time": "2020-01-15T00:00:00Z/2020-01-20T00:00:00Z"}, {"Time": TIMES[0], "month": "2"}),
        ({"time": "2020-01-15/.."}, {"Time": TIMES[2], "month": "2"}),
    ],
    ids=str,
)
def test_req_30_dimensions_have_values_of_the_layer(given: dict[str, str], used: dict[str, str]) -> None:
    assert resolve(replace(TILE, dimensions=given)).dimensions == used


@pytest.mark.parametrize(
    ("given", "locator"),
    [({"month": "4"}, "month"), ({"month": "current"}, "month"), ({"month": "1,2"}, "month"),
     ({"time": "2019-12-31"}, "Time"), ({"time": "2019"}, "Time"), ({"time": "soon"}, "Time"),
     ({"time": "2020-13"}, "Time"), ({"time": "soon/2020"}, "Time"), ({"time": "2020/P1M"}, "Time")],
    ids=str,
)  # fmt: skip
def test_req_30_unknown_values_are_invalid(given: dict[str, str], locator: str) -> None:
    assert refusal(replace(TILE, dimensions=given)) == ("InvalidParameterValue", locator, 400)


def test_req_31_an_empty_style_is_the_default_one() -> None:
    assert resolve(replace(TILE, style="")).style.is_default


@pytest.mark.parametrize("style", ["Default", "DEFAULT"])
def test_the_default_style_has_its_name_in_any_case(style: str) -> None:
    assert resolve(replace(TILE, style=style)).style.is_default


def test_a_matrix_may_be_called_with_its_set() -> None:
    assert resolve(replace(TILE, matrix=f"{TILE.matrix_set}:{TILE.matrix}")).level == resolve(TILE).level
    assert refusal(replace(TILE, matrix=f"Elsewhere:{TILE.matrix}"))[1] == "TileMatrix"


def test_req_35_an_address_means_the_same_tile_as_pairs() -> None:
    service = ServiceInfo("https://example.com/wmts", "")
    template = tile_template(service, snow(), "image/webp").removeprefix("https://example.com/wmts/1.0.0/")
    values = {"Style": "ndsi", "Time": TIMES[1], "month": "default", "TileMatrixSet": "EPSG:4326", "TileMatrix": "5",
              "TileRow": "7", "TileCol": "33"}  # fmt: skip
    request = parse_path(template.format_map(values).split("/"), find)
    pairs = TileRequest(SNOW, "ndsi", "image/webp", "EPSG:4326", "5", 7, 33, {"time": TIMES[1], "month": "2"})
    assert isinstance(request, TileRequest)
    assert resolve(request) == resolve(pairs)


def test_req_36_an_empty_dimension_of_gdal_is_the_default() -> None:
    request = parse_path([SNOW, "default", "", "", "WebMercatorQuad", "6", "22", "33.png"], find)
    assert isinstance(request, TileRequest)
    assert resolve(request).dimensions == {"Time": TIMES[0], "month": "2"}


@pytest.mark.parametrize(
    "path",
    [
        "", "WMTSCapabilities.xml/Bogus", f"{SNOW}/default/WebMercatorQuad/6/22/33.png",
        f"{ICE}/default/x/6/22/33.bogus", f"{ICE}/default/WebMercatorQuad/6/22/33",
        f"{ICE}/default/WebMercatorQuad/6/22/33/0/0/0.txt", f"{ICE}/default/more/WebMercatorQuad/6/22/33.png",
        "bogus/default/WebMercatorQuad/6/22/33.png", f"{ICE}/default/WebMercatorQuad/6/x/33.png",
        f"{ICE}/default/WebMercatorQuad/6/22/y.png",
    ],
)  # fmt: skip
def test_req_36_other_addresses_are_not_found(path: str) -> None:
    with pytest.raises(ServiceException) as caught:
        parse_path(path.split("/"), find)
    assert caught.value.status == 404


def test_req_38_an_address_means_the_same_pixel_as_pairs() -> None:
    service = ServiceInfo("https://example.com/wmts", "")
    template = info_template(service, snow(), "text/html").removeprefix("https://example.com/wmts/1.0.0/")
    values = {"Style": "default", "Time": TIMES[0], "month": "2", "TileMatrixSet": "WebMercatorQuad",
              "TileMatrix": "6", "TileRow": "22", "TileCol": "33", "J": "9", "I": "7"}  # fmt: skip
    request = parse_path(template.format_map(values).split("/"), find)
    assert isinstance(request, FeatureInfoRequest)
    assert resolve_pixel(request, find, MATRIX_SETS) == resolve_pixel(
        FeatureInfoRequest(TILE, 7, 9, "text/html"), find, MATRIX_SETS
    )


def test_req_38_i_counts_from_the_left_and_j_from_the_top() -> None:
    pixel = resolve_pixel(FeatureInfoRequest(TILE, 0, 255, "text/plain"), find, MATRIX_SETS)
    left, bottom, _, _ = pixel.tile.bounds
    size = 559082264.0287178 * 0.00028 / 2**6
    assert pixel.bounds == pytest.approx((left, bottom, left + size, bottom + size), abs=1e-6)


@pytest.mark.parametrize(
    ("i", "j", "info_format", "expected"),
    [
        (0, 0, "text/bogus", ("InvalidParameterValue", "InfoFormat", 400)),
        (256, 0, "text/plain", ("PointIJOutOfRange", "I", 400)),
        (0, -1, "text/plain", ("PointIJOutOfRange", "J", 400)),
    ],
    ids=["format", "i", "j"],
)
def test_req_38_bad_pixels_and_formats_are_refused(
    i: int, j: int, info_format: str, expected: tuple[str, str, int]
) -> None:
    assert refusal(FeatureInfoRequest(TILE, i, j, info_format)) == expected


def test_req_38_a_layer_without_info_formats_does_not_support_the_operation() -> None:
    tile = TileRequest(ICE, "default", "image/png", "WebMercatorQuad", "0", 0, 0, {})
    expected = ("OperationNotSupported", "GetFeatureInfo")
    assert refusal(FeatureInfoRequest(tile, 0, 0, "text/plain")) == (*expected, 501)
    restful = replace(tile, restful=True)
    assert refusal(FeatureInfoRequest(restful, 0, 0, "text/plain")) == (*expected, 404)


@pytest.mark.parametrize("name", ["EPSG:3857", "GoogleMapsCompatible"])
def test_other_names_of_web_mercator_give_the_same_tile(name: str) -> None:
    assert resolve(replace(TILE, matrix_set=name)).bounds == resolve(TILE).bounds


def test_512_pixel_tiles_cover_the_same_ground() -> None:
    tile = resolve(replace(TILE, matrix_set="WebMercatorQuadx2"))
    assert tile.shape == (512, 512)
    assert tile.bounds == resolve(TILE).bounds


def test_levels_beyond_the_advertised_ones_are_answered_for_qgis() -> None:
    finest = snow().links[0].max_level + 3
    tiles = MATRIX_SETS.get("WebMercatorQuad").ranges_of(snow().bounds)[finest]
    assert tiles is not None
    assert resolve(replace(TILE, matrix=str(finest), row=tiles.min_row, col=tiles.max_col)).col == tiles.max_col


def test_a_set_that_shows_nothing_of_the_layer_is_invalid() -> None:
    request = TileRequest(ICE, "default", "image/png", "EuropeanETRS89_LAEAQuad", "0", 0, 0, {})
    assert refusal(request)[:2] == ("InvalidParameterValue", "TileMatrixSet")
