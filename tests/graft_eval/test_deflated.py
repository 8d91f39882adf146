"""Blocks that are inflated without GDAL are those that GDAL reads, bit for bit; all others are left to it."""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window

from graft_eval.fingerprint import fingerprint_of_file
from graft_eval.process import prepare_process
from graft_eval.raster.deflated import find_deflated

SIDE = 64
PLAIN: dict[str, Any] = {
    "driver": "GTiff", "width": 150, "height": 100, "count": 3, "dtype": "uint16", "tiled": True, "blockxsize": SIDE,
    "blockysize": SIDE, "compress": "deflate", "predictor": 2, "interleave": "pixel", "crs": "EPSG:3857",
    "transform": rasterio.Affine(10, 0, 0, 0, -10, 0),
}  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def kernels() -> None:
    prepare_process()


def write(path: Path, **changes: Any) -> Path:
    profile = PLAIN | changes
    whole = "f" not in profile["dtype"]
    least, most = (np.iinfo(profile["dtype"]).min, np.iinfo(profile["dtype"]).max) if whole else (0, 9)
    shape = (profile["count"], profile["height"], profile["width"])
    pixels = np.random.default_rng(1).integers(least, most, shape, endpoint=True, dtype=np.int64)
    if "nbits" in profile:
        pixels %= 1 << profile["nbits"]
    with rasterio.open(path, "w", **profile) as file:
        file.write(pixels.astype(profile["dtype"]))
    return path


def read(path: Path, row: int, col: int, *bands: int, fingerprint: str = "", **options: Any) -> Any:
    """What is read without GDAL of a block, None for nothing, and what GDAL reads."""
    with rasterio.open(path, **options) as file:
        height, width = file.block_shapes[0]
        window = Window(
            col * width, row * height, min(width, file.width - col * width), min(height, file.height - row * height)
        )
        shape = (int(window.height), int(window.width))
        source = str(path), fingerprint or fingerprint_of_file(path)
        found = find_deflated(file, [(row, col)], bands)
        own = found and found.read(source, [shape])
        return own and own[0], file.read(list(bands), window=window)


def same(own: NDArray[np.generic] | None, gdal: NDArray[np.generic]) -> bool:
    return own is not None and own.dtype == gdal.dtype and np.array_equal(own, gdal)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32"])
@pytest.mark.parametrize("interleave", ["pixel", "band"])
@pytest.mark.parametrize("block", [(0, 0), (0, 2), (1, 0), (1, 2)], ids=str)
def test_blocks_are_those_of_gdal(tmp_path: Path, dtype: str, interleave: str, block: tuple[int, int]) -> None:
    path = write(tmp_path / "a.tif", dtype=dtype, interleave=interleave)
    for bands in ((1, 2, 3), (3, 1), (2,)):
        assert same(*read(path, *block, *bands))


def test_overviews_are_those_of_gdal(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", width=300, height=300)
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2])
    assert same(*read(path, 1, 1, 1, 3, overview_level=0))


def test_strips_and_large_files_are_those_of_gdal(tmp_path: Path) -> None:
    assert same(*read(write(tmp_path / "a.tif", tiled=False, blockxsize=None, blockysize=16), 1, 0, 1, 2))
    assert same(*read(write(tmp_path / "b.tif", BIGTIFF="YES"), 0, 1, 3))


@pytest.mark.parametrize(
    "changes",
    [
        {"compress": "lzw"}, {"compress": None, "predictor": 1}, {"predictor": 1}, {"endianness": "big"},
        {"dtype": "float32", "predictor": 3}, {"dtype": "float32"}, {"nbits": 12, "predictor": 1}, {"dtype": "int64"},
    ],
    ids=str,
)  # fmt: skip
def test_other_files_are_left_to_gdal(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert read(write(tmp_path / "a.tif", **changes), 0, 0, 1)[0] is None


def test_a_block_that_the_file_has_not_is_left_to_gdal(tmp_path: Path) -> None:
    with rasterio.open(tmp_path / "a.tif", "w", **PLAIN, sparse_ok=True) as file:
        file.write(np.ones((3, SIDE, SIDE), np.uint16), window=Window(0, 0, SIDE, SIDE))
    assert read(tmp_path / "a.tif", 0, 0, 1)[0] is not None
    assert read(tmp_path / "a.tif", 1, 1, 1)[0] is None


def test_a_file_that_has_changed_is_left_to_gdal(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif")
    before = fingerprint_of_file(path)
    os.utime(path, (1, 1))
    assert read(path, 0, 0, 1, fingerprint=before)[0] is None


@pytest.mark.parametrize(
    "block",
    [b"", b"\x00" * 40, zlib.compress(bytes(SIDE * SIDE * 6 - 1)), zlib.compress(bytes(SIDE * SIDE * 6 + 1))],
    ids=["nothing", "garbage", "a byte too few", "a byte too many"],
)
def test_a_damaged_block_is_left_to_gdal(tmp_path: Path, block: bytes) -> None:
    path = write(tmp_path / "a.tif")
    with rasterio.open(path) as file:
        offset, size = (int(file.get_tag_item(f"BLOCK_{what}_0_0", "TIFF", 1)) for what in ("OFFSET", "SIZE"))
        content = bytearray(path.read_bytes())
        content[offset : offset + size] = block.ljust(size, b"\x00")
        path.write_bytes(content)
        fingerprint = fingerprint_of_file(path)
        found = find_deflated(file, [(0, 0)], (1,))
        assert found
        assert found.read((str(path), fingerprint), [(SIDE, SIDE)]) is None
