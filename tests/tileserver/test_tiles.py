"""Tile addresses."""

from __future__ import annotations

import math

import morecantile
import pytest

from graft_eval.grid import Grid
from tileserver.drawing.tiles import XYZ, Tile
from tileserver.http.errors import BadTile
from wmts import standard_matrix_sets

HALF = math.pi * 6378137


def tile(z: str, x: str, file: str, **more: str) -> Tile:
    return Tile.from_path({"z": z, "x": x, "file": file, **more}, standard_matrix_sets())


def test_a_path_names_a_tile() -> None:
    assert tile("3", "4", "2.png") == Tile(XYZ, 3, row=2, col=4)
    assert tile("3", "4", "2@2x.png") == Tile(XYZ, 3, row=2, col=4, doubling=2)
    assert str(tile("3", "4", "2.png")) == "3/4/2"
    assert str(tile("3", "4", "2.png", tms="WGS1984Quad")) == "WGS1984Quad/3/4/2"


@pytest.mark.parametrize("zoom", [0, 1, 9, 24, 30])
def test_a_web_mercator_tile_is_the_same_under_every_name(zoom: int) -> None:
    x, y = 2**zoom * 5 // 8, 2**zoom * 3 // 8
    grid = tile(str(zoom), str(x), f"{y}.png").grid
    other = Grid.from_xyz_tile(x, y, zoom)
    assert (grid.first, grid.resolution, grid.crs, grid.shape) == (
        other.first, other.resolution, other.crs, other.shape,
    )  # fmt: skip
    assert tile(str(zoom), str(x), f"{y}.png", tms="WebMercatorQuad").grid == grid
    if zoom <= 24:
        for alias in ("EPSG:3857", "GoogleMapsCompatible"):
            named = tile(str(zoom), str(x), f"{y}.png", tms=alias).grid
            assert (named.first, named.resolution) == (grid.first, grid.resolution)


def test_names_of_sets_are_those_of_wmts() -> None:
    assert tile("0", "0", "0.png", tms="WebMercatorQuadx2").grid.shape == (512, 512)
    assert tile("0", "1", "0.png", tms="EPSG:4326").grid.bounds == pytest.approx((0, -90, 180, 90))
    with pytest.raises(BadTile, match=r"the tile matrix set must be one of .*, not 'Nowhere'"):
        tile("0", "0", "0.png", tms="Nowhere")


@pytest.mark.parametrize("name", ["GNOSISGlobalGrid", "CDB1GlobalGrid"])
def test_tiles_of_sets_whose_widths_vary_lie_where_morecantile_says(name: str) -> None:
    definition = morecantile.tms.get(name)
    for matrix in definition.tileMatrices[:4]:
        for row in range(matrix.matrixHeight):
            for col in (0, matrix.matrixWidth // 3, matrix.matrixWidth - 1):
                bounds = definition.xy_bounds(morecantile.Tile(col, row, int(matrix.id)))
                assert tile(matrix.id, str(col), f"{row}.png", tms=name).grid.bounds == pytest.approx(tuple(bounds))


def test_rows_of_tms_are_counted_from_the_south() -> None:
    assert tile("3", "4", "2@2x.png", tms="tms") == tile("3", "4", "5@2x.png")
    with pytest.raises(BadTile, match="row must be 0 to 7 at zoom 3, not 8"):
        tile("3", "4", "8.png", tms="tms")


def test_a_quadkey_has_a_digit_for_each_zoom() -> None:
    for col, row, zoom in [(0, 0, 1), (3, 5, 3), (550, 335, 10), (2**24 - 1, 0, 24)]:
        key = mercantile_quadkey(col, row, zoom)
        named = Tile.from_path({"file": f"{key}.png"}, standard_matrix_sets())
        assert named == tile(str(zoom), str(col), f"{row}.png")
    for wrong in ("", "4", "0" * 31, "12a"):
        with pytest.raises(BadTile):
            Tile.from_path({"file": f"{wrong}.png"}, standard_matrix_sets())


def mercantile_quadkey(col: int, row: int, zoom: int) -> str:
    """Return the key as morecantile has it, which has the same for all sets of halves."""
    return str(morecantile.tms.get("WebMercatorQuad").quadkey(morecantile.Tile(col, row, zoom)))


def test_levels_go_by_their_identifiers() -> None:
    assert tile("1", "0", "0.png", tms="UTM31WGS84Quad").level == 0
    with pytest.raises(BadTile, match="zoom must be 1 to 24, not 0"):
        tile("0", "0", "0.png", tms="UTM31WGS84Quad")


@pytest.mark.parametrize(
    ("z", "x", "file", "message"),
    [
        ("31", "0", "0.png", "zoom must be 0 to 30, not 31"),
        ("-1", "0", "0.png", "zoom must be 0 to 30, not -1"),
        ("1.5", "0", "0.png", "zoom must be a whole number, not '1.5'"),
        ("٣", "0", "0.png", "zoom must be a whole number"),
        ("2", "4", "0.png", "column must be 0 to 3 at zoom 2, not 4"),
        ("2", "0", "-1.png", "row must be 0 to 3 at zoom 2, not -1"),
        ("2", "9" * 400, "0.png", "column must be a whole number"),
        ("2", "0", "0.gif", "format of a tile must be one of png, webp, jpg, npy, tif, not 'gif'"),
        ("2", "0", "0", "format of a tile must be one of png, webp, jpg, npy, tif, not '0'"),
        ("2", "0", "0@3x.png", "scale of a tile must be @1x or @2x, not '3'"),
        ("2", "0", ".png", "a tile is asked for as"),
        ("2", "0", "a.b.png", "a tile is asked for as"),
    ],
)
def test_a_wrong_address_is_refused_with_its_reason(z: str, x: str, file: str, message: str) -> None:
    with pytest.raises(BadTile, match=message.replace(".", r"\.").replace("@", "@")):
        tile(z, x, file)


def test_a_web_mercator_tile_has_the_published_bounds() -> None:
    side = 2 * HALF / 8
    left, bottom, right, top = tile("3", "4", "2.png").grid.bounds
    assert (left, top) == pytest.approx((0, HALF - 2 * side))
    assert (right - left, top - bottom) == pytest.approx((side, side))


def test_twice_the_scale_is_the_same_extent_in_four_times_the_pixels() -> None:
    one, two = tile("3", "4", "2.png"), tile("3", "4", "2@2x.png")
    assert one.grid.bounds == two.grid.bounds
    assert (one.grid.shape, two.grid.shape) == ((256, 256), (512, 512))
    assert (one.origin, two.origin) == ((512, 1024), (1024, 2048))


def test_the_highest_zoom_has_a_last_tile() -> None:
    last = str(2**30 - 1)
    assert tile("30", last, f"{last}.png").grid.bounds[2] == pytest.approx(HALF)


def test_another_matrix_set_has_its_own_grid() -> None:
    grid = tile("1", "3", "1.png", tms="WGS1984Quad").grid
    assert grid.crs == "EPSG:4326"
    assert grid.bounds == pytest.approx((90, -90, 180, 0))
    with pytest.raises(BadTile, match="column must be 0 to 3 at zoom 1, not 4"):
        tile("1", "4", "0.png", tms="WGS1984Quad")


def test_an_unknown_matrix_set_names_the_known_ones() -> None:
    with pytest.raises(BadTile, match=r"one of .*WebMercatorQuad.*, not 'Mars'"):
        tile("1", "0", "0.png", tms="Mars")
