"""Drawing, against NumPy written as the interface words it."""

from __future__ import annotations

import io

import matplotlib
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from graft_eval.scope import Raster
from tileserver.drawing.render import Paint, draw, scale_to_bytes

RANDOM = np.random.default_rng(7)
SHAPE = (48, 40)
FIELD = RANDOM.normal(0.3, 0.4, (3, *SHAPE))
HOLES = RANDOM.random((3, *SHAPE)) < 0.2
NOTHING = np.zeros((3, *SHAPE), bool)


def decode(png: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def expected_levels(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.uint8]:
    return np.floor(255 * np.clip((values - low) / (high - low), 0, 1) + 0.5).astype(np.uint8)


def expected_board(shape: tuple[int, int], origin: tuple[int, int], square: int) -> NDArray[np.uint8]:
    board = np.empty(shape, np.uint8)
    for row in range(shape[0]):
        for col in range(shape[1]):
            even = ((origin[0] + row) // square + (origin[1] + col) // square) % 2 == 0
            board[row, col] = 204 if even else 255
    return board


def expected_picture(data: NDArray[np.float64], mask: NDArray[np.bool_], paint: Paint) -> NDArray[np.uint8]:
    missing = mask.any(axis=0) | ~np.isfinite(data).all(axis=0)
    out = np.zeros((*data.shape[1:], 4), np.uint8)
    for band in range(len(data)):
        low, high = paint.scales[band] if paint.scales else (None, None)
        valid = data[band][~mask[band] & np.isfinite(data[band])]
        low, high = (valid.min(), valid.max()) if low is None or high is None else (low, high)
        levels = expected_levels(np.nan_to_num(data[band], posinf=0, neginf=0), low, high)
        if paint.colormap:
            out[..., :3] = matplotlib.colormaps[paint.colormap](levels, bytes=True)[..., :3]
        elif len(data) == 1:
            out[..., :3] = levels[..., None]
        else:
            out[..., band] = levels
    out[..., 3] = 255
    out[missing] = 0
    if paint.checkerboard:
        board = expected_board(missing.shape, paint.origin, 16 * paint.scale)
        out[missing] = np.dstack([board] * 3 + [np.full_like(board, 255)])[missing]
    return out


PAINTS = {
    "grey": (1, Paint([(0.0, 0.9)])),
    "grey, own range": (1, Paint()),
    "colormap": (1, Paint([(-0.5, 1.0)], "RdYlGn")),
    "reversed colormap": (1, Paint([(-0.5, 1.0)], "viridis_r")),
    "colormap of many colours": (1, Paint([(0.0, 1.0)], "terrain", checkerboard=True)),
    "inverted scale": (1, Paint([(1.0, 0.0)])),
    "two bands": (2, Paint([(0.0, 1.0), (-1.0, 1.0)])),
    "two bands on a checkerboard": (2, Paint([(0.0, 1.0), (-1.0, 1.0)], checkerboard=True)),
    "three bands": (3, Paint([(0.0, 1.0), (-1.0, 1.0), (0.2, 0.3)])),
    "three bands, one by its own range": (3, Paint([(0.0, 1.0), (None, None), (0.2, 0.3)])),
    "checkerboard": (3, Paint([(0.0, 1.0)] * 3, checkerboard=True)),
    "checkerboard, odd origin": (3, Paint([(0.0, 1.0)] * 3, checkerboard=True, origin=(17, 5))),
    "checkerboard at twice the scale": (1, Paint([(0.0, 1.0)], checkerboard=True, scale=2)),
}


@pytest.mark.parametrize("holes", [False, True], ids=["full", "with holes"])
@pytest.mark.parametrize(("bands", "paint"), PAINTS.values(), ids=PAINTS.keys())
def test_a_picture_is_what_the_interface_says(bands: int, paint: Paint, holes: bool) -> None:
    data = FIELD[:bands].copy()
    mask = (HOLES if holes else NOTHING)[:bands]
    if holes:
        data[0, 3, 3], data[0, 4, 4] = np.nan, np.inf
        data = np.where(mask, 1e30, data)  # what lies under a mask means nothing
    np.testing.assert_array_equal(decode(draw(Raster(data, mask), paint)), expected_picture(data, mask, paint))


def test_a_full_picture_has_no_alpha_and_one_band_a_palette() -> None:
    assert Image.open(io.BytesIO(draw(Raster(FIELD, NOTHING), Paint([(0.0, 1.0)] * 3)))).mode == "RGB"
    assert Image.open(io.BytesIO(draw(Raster(FIELD[:1], HOLES[:1]), Paint(None, "magma")))).mode == "P"


def test_a_band_that_uses_every_level_keeps_its_holes() -> None:
    data = np.tile(np.arange(256.0), (256, 1))[None]
    mask = np.zeros(data.shape, bool)
    mask[0, :20, :20] = True
    for checkerboard in (False, True):
        paint = Paint([(0.0, 255.0)], "viridis", checkerboard)
        np.testing.assert_array_equal(decode(draw(Raster(data, mask), paint)), expected_picture(data, mask, paint))


def test_booleans_draw_as_zero_and_one() -> None:
    raster = Raster(np.array([[[False, True]]]), np.zeros((1, 1, 2), bool))
    assert decode(draw(raster, Paint()))[0, :, 0].tolist() == [0, 255]


@pytest.mark.parametrize("scale", [(0.5, 0.5), (None, None)], ids=["given", "own"])
def test_where_both_ends_are_equal_what_is_above_is_bright_and_all_else_dark(scale: tuple[float, float]) -> None:
    values = [[[0.4, 0.5, 0.6]]] if scale[0] is not None else [[[0.5, 0.5, 0.5]]]
    levels, _ = scale_to_bytes(Raster(np.array(values), np.zeros((1, 1, 3), bool)), [scale])
    assert levels.tolist() == [[[0, 0, 255 if scale[0] is not None else 0]]]


def test_halves_round_up() -> None:
    ties = (np.arange(255) + 0.5) / 255
    levels, _ = scale_to_bytes(Raster(ties[None, None], np.zeros((1, 1, 255), bool)), [(0.0, 1.0)])
    np.testing.assert_array_equal(levels[0, 0], np.floor(255 * ties + 0.5))


@pytest.mark.parametrize("low", [-1e308, -1.7e308])
def test_the_range_of_floats_itself_can_be_scaled(low: float) -> None:
    data = np.array([[[low, 0.0, -low]]])
    levels, _ = scale_to_bytes(Raster(data, np.zeros(data.shape, bool)), [(low, -low)])
    assert levels.tolist() == [[[0, 128, 255]]]


@pytest.mark.parametrize("bands", [0, 1, 3])
def test_nothing_but_missing_pixels_is_transparent_or_all_checkerboard(bands: int) -> None:
    raster = Raster(np.full((bands, 64, 64), np.nan), np.ones((bands, 64, 64), bool))
    assert not decode(draw(raster, Paint())).any()
    board = decode(draw(raster, Paint(checkerboard=True)))
    np.testing.assert_array_equal(board[..., 0], expected_board((64, 64), (0, 0), 16))
    assert (board[..., 3] == 255).all()


def test_drawing_leaves_its_input_alone() -> None:
    data, mask = FIELD.copy(), HOLES.copy()
    draw(Raster(data, mask), Paint([(0.0, 1.0)] * 3, checkerboard=True))
    assert (data == FIELD).all()
    assert (mask == HOLES).all()
