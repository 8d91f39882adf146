"""Tile matrix sets: morecantile's, those from files, and what WMTS 1.0 cannot express."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import morecantile
import numpy as np
import pytest
from pyproj import Geod, Transformer

from wmts import ADVERTISED, InvalidParameterValue, LonLatBox, MatrixSetError, load_matrix_set, standard_matrix_sets

MATRIX_SETS = standard_matrix_sets()
EQUAL = [name for name in MATRIX_SETS.served if name in morecantile.tms.list() and name != "CanadianNAD83_LCC"]
HUGE = LonLatBox(-180.0, -90.0, 180.0, 90.0)


def definition(**changes: object) -> dict[str, Any]:
    """Return Swiss tiles of two levels as OGC TileMatrixSet JSON."""
    levels = [
        {"id": str(level), "scaleDenominator": size / 0.00028, "cellSize": size, "pointOfOrigin": [2420000, 1350000],
         "tileWidth": 256, "tileHeight": 256, "matrixWidth": 2**level, "matrixHeight": 2**level}
        for level, size in enumerate((2000.0, 1000.0))
    ]  # fmt: skip
    crs = "http://www.opengis.net/def/crs/EPSG/0/2056"
    return {
        "id": "SwissQuad",
        "title": "Swiss",
        "crs": crs,
        "orderedAxes": ["E", "N"],
        "tileMatrices": levels,
    } | changes


def write(folder: Path, content: object) -> Path:
    path = folder / "swiss.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


@pytest.mark.parametrize("name", EQUAL)
def test_tiles_lie_where_morecantile_puts_them(name: str) -> None:
    theirs, ours = morecantile.tms.get(name), MATRIX_SETS.get(name)
    for level, matrix in enumerate(ours.matrices[:12]):
        row, col = matrix.matrix_height // 3, matrix.matrix_width * 2 // 3
        expected = theirs.xy_bounds(morecantile.Tile(col, row, int(matrix.identifier)))
        assert ours.level(matrix.identifier) == level
        assert matrix.tile_bounds(row, col) == pytest.approx(expected, rel=1e-7)


def test_scale_denominators_are_of_0_28_mm_where_the_registry_has_pixels_of_96_dpi() -> None:
    matrix = MATRIX_SETS.get("CanadianNAD83_LCC").matrices[0]
    assert matrix.scale_denominator == pytest.approx(38364.6600626534 / 0.00028)


@pytest.mark.parametrize("name", sorted(MATRIX_SETS.served))
def test_scale_denominators_say_where_the_last_tile_ends_to_a_hundredth_of_a_pixel(name: str) -> None:
    matrix_set = MATRIX_SETS.get(name)
    metres = 111319.49079327358 if matrix_set.crs in {"EPSG:4326", "OGC:CRS84"} else 1.0
    for matrix in matrix_set.matrices:
        pixels = matrix.matrix_width * matrix.tile_width
        error = abs(matrix.scale_denominator * 0.00028 / metres / matrix.cell_size - 1) * pixels
        assert error < 0.01


@pytest.mark.parametrize("name", ["CDB1GlobalGrid", "GNOSISGlobalGrid"])
def test_sets_of_variable_width_are_refused_by_name(name: str) -> None:
    assert name not in MATRIX_SETS.served
    with pytest.raises(InvalidParameterValue, match="can express") as caught:
        MATRIX_SETS.select([name])
    assert caught.value.locator == "tile_matrix_sets"


def test_unknown_sets_are_refused_with_what_there_is() -> None:
    with pytest.raises(InvalidParameterValue, match="WebMercatorQuad") as caught:
        MATRIX_SETS.get("bogus")
    assert caught.value.locator == "TileMatrixSet"


def test_a_selection_keeps_its_order_and_names_each_set_once() -> None:
    names = ["EPSG:4326", "EPSG:3857", "EPSG:4326", "GoogleMapsCompatible"]
    assert [found.identifier for found in MATRIX_SETS.select(names)] == [
        "EPSG:4326",
        "EPSG:3857",
        "GoogleMapsCompatible",
    ]
    assert tuple(found.identifier for found in MATRIX_SETS.select([])) == ADVERTISED


@pytest.mark.parametrize(
    ("name", "urn", "corner"),
    [
        ("WebMercatorQuad", "urn:ogc:def:crs:EPSG::3857", (-20037508.342789244, 20037508.342789244)),
        ("EPSG:4326", "urn:ogc:def:crs:EPSG::4326", (90, -180)),
        ("WorldCRS84Quad", "urn:ogc:def:crs:OGC:1.3:CRS84", (-180, 90)),
        ("EuropeanETRS89_LAEAQuad", "urn:ogc:def:crs:EPSG::3035", (5500000, 2000000)),
        ("LINZAntarticaMapTilegrid", "urn:ogc:def:crs:EPSG::5482", (6918457.73, -918457.73)),
        ("UPSArcticWGS84Quad", "urn:ogc:def:crs:EPSG::5041", (-14440759.350252, 18440759.350252)),
        ("UTM31WGS84Quad", "urn:ogc:def:crs:EPSG::32631", (-9501965.72931276, 20003931.4586255)),
    ],
)
def test_corners_follow_the_axes_of_the_crs(name: str, urn: str, corner: tuple[float, float]) -> None:
    matrix_set = MATRIX_SETS.get(name)
    assert matrix_set.crs_urn == urn
    assert matrix_set.in_axis_order(*matrix_set.matrices[0].origin) == pytest.approx(corner, rel=1e-12)


@pytest.mark.parametrize("name", ["WebMercatorQuad", "WorldCRS84Quad", "EPSG:4326", "WorldMercatorWGS84Quad"])
def test_the_world_is_all_tiles_and_nothing_more(name: str) -> None:
    matrix_set = MATRIX_SETS.get(name)
    for matrix, tiles in zip(matrix_set.matrices, matrix_set.ranges_of(HUGE), strict=True):
        assert tiles == (0, matrix.matrix_height - 1, 0, matrix.matrix_width - 1)


@pytest.mark.parametrize("name", ["WebMercatorQuad", "EPSG:4326", "EuropeanETRS89_LAEAQuad", "UTM31WGS84Quad"])
@pytest.mark.parametrize("level", [4, 9])
def test_bounds_within_a_tile_reach_that_tile_alone(name: str, level: int) -> None:
    matrix_set = MATRIX_SETS.get(name)
    matrix = matrix_set.matrices[level]
    row, col = int(matrix.matrix_height * 0.35), int(matrix.matrix_width * 0.52)
    left, bottom, right, top = matrix.tile_bounds(row, col)
    middle = (left + right) / 2, (bottom + top) / 2
    lon, lat = Transformer.from_crs(matrix_set.crs, "OGC:CRS84", always_xy=True).transform(*middle)
    small = 1e-4
    box = LonLatBox(lon - small, lat - small, lon + small, lat + small)
    assert matrix_set.ranges_of(box)[level] == (row, row, col, col)


def test_a_cap_around_the_pole_reaches_as_far_as_its_parallel() -> None:
    extent = MATRIX_SETS.get("UPSArcticWGS84Quad").extent_of(LonLatBox(-180.0, 60.0, 180.0, 90.0))
    lons = np.linspace(-180, 180, 360_001)
    xs, ys = Transformer.from_crs("OGC:CRS84", "EPSG:5041", always_xy=True).transform(lons, np.full_like(lons, 60.0))
    assert extent == pytest.approx((xs.min(), ys.min(), xs.max(), ys.max()), abs=0.01)


def test_an_area_across_the_antimeridian_is_small_where_the_crs_shows_it_whole() -> None:
    polar = MATRIX_SETS.get("UPSArcticWGS84Quad").extent_of(LonLatBox(170.0, 70.0, -170.0, 75.0))
    mercator = MATRIX_SETS.get("WebMercatorQuad").extent_of(LonLatBox(170.0, 70.0, -170.0, 75.0))
    assert polar is not None
    assert mercator is not None
    assert polar[2] - polar[0] < 900_000
    assert mercator[2] - mercator[0] == pytest.approx(2 * 20037508.342789244)


def test_far_from_its_meridian_a_set_shows_what_it_can() -> None:
    extent = MATRIX_SETS.get("UTM31WGS84Quad").extent_of(HUGE)
    assert extent is not None
    assert np.isfinite(extent).all()


def test_what_lies_outside_is_none() -> None:
    assert MATRIX_SETS.get("WebMercatorQuad").extent_of(LonLatBox(0.0, 86.0, 1.0, 89.0)) is None
    assert MATRIX_SETS.get("EuropeanETRS89_LAEAQuad").extent_of(LonLatBox(-70.0, -10.0, -60.0, 0.0)) is None


@pytest.mark.parametrize("name", ["WebMercatorQuad", "EPSG:4326", "UTM31WGS84Quad"])
@pytest.mark.parametrize("metres", [10.0, 30.0, 1000.0])
def test_the_native_level_is_the_first_as_fine_as_the_data_on_the_ground(name: str, metres: float) -> None:
    matrix_set, (lon, lat) = MATRIX_SETS.get(name), (5.0, 60.0)
    level = matrix_set.native_level(LonLatBox(lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1), metres)
    to_crs = Transformer.from_crs("OGC:CRS84", matrix_set.crs, always_xy=True)
    x, y = to_crs.transform(lon, lat)

    def on_ground(size: float) -> float:
        corners = to_crs.transform([x, x + size, x], [y, y, y + size], direction="INVERSE")
        (west, lower), (east, _), (_, upper) = zip(*corners, strict=True)
        geod = Geod(ellps="WGS84")
        return float(max(geod.inv(west, lower, east, lower)[2], geod.inv(west, lower, west, upper)[2]))

    assert on_ground(matrix_set.matrices[level].cell_size) <= metres * 1.051
    assert on_ground(matrix_set.matrices[level - 1].cell_size) > metres * 1.049


def test_a_set_from_a_file_is_served_under_its_id(tmp_path: Path) -> None:
    loaded = load_matrix_set(write(tmp_path, definition()))
    assert (loaded.identifier, loaded.crs, loaded.crs_urn) == ("SwissQuad", "EPSG:2056", "urn:ogc:def:crs:EPSG::2056")
    assert loaded.matrices[1].tile_bounds(0, 1) == (2676000, 1094000, 2932000, 1350000)
    assert MATRIX_SETS.with_set(loaded).get("SwissQuad") is loaded


def test_a_set_without_an_id_is_named_by_its_file(tmp_path: Path) -> None:
    assert load_matrix_set(write(tmp_path, definition(id=None))).identifier == "swiss"


def test_an_identifier_is_taken_once(tmp_path: Path) -> None:
    loaded = load_matrix_set(write(tmp_path, definition(id="WebMercatorQuad")))
    with pytest.raises(MatrixSetError, match="already"):
        MATRIX_SETS.with_set(loaded)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "Invalid JSON"),
        ({}, "Field required"),
        (definition(tileMatrices=[definition()["tileMatrices"][0] | {"cornerOfOrigin": "bottomLeft"}]), "from the top"),
        (definition(tileMatrices=[definition()["tileMatrices"][0] | {"id": n} for n in "01"]), "the same scale"),
        (definition(tileMatrices=[]), "swiss.json"),
        (definition(crs={"wkt": {}}), "swiss.json"),
        (definition(tileMatrices=[definition()["tileMatrices"][0] | {"cellSize": 0}]), "no size"),
        (definition(crs="EPSG:4978"), "no map with a code"),
        (definition(crs="+proj=robin"), "no map with a code"),
        (definition(crs="EPSG:99999"), "swiss.json"),
        (definition(id="ß"), "identifier"),
        (definition(tileMatrices=[definition()["tileMatrices"][0] | {"variableMatrixWidths": [
            {"coalesce": 2, "minTileRow": 0, "maxTileRow": 0}]}]), "vary"),
        (definition(tileMatrices=[definition()["tileMatrices"][0] | {"id": "-1"}]), "levels must be"),
    ],
    ids=["no JSON", "empty", "from the bottom", "twice one scale", "no levels", "no CRS", "no pixels", "no map",
         "no code", "unknown CRS", "bad id", "variable width", "negative level"],
)  # fmt: skip
def test_files_that_wmts_cannot_express_are_refused_with_the_reason(
    tmp_path: Path, content: object, reason: str
) -> None:
    with pytest.raises(MatrixSetError, match=reason):
        load_matrix_set(write(tmp_path, content))
