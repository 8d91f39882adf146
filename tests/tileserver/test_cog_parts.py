"""Cloud optimized GeoTIFFs that are joined of compressed blocks are those that GDAL writes of all pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rio_cogeo.cogeo import cog_validate

from graft_eval.grid import Grid
from graft_eval.plane import Constant
from graft_eval.scope import Raster
from tests.tileserver.test_geotiff import files_up_to, layout_of, pixels_of, save
from tileserver.formats import RasterLayout, open_parts, read_format, tiff
from tileserver.formats.cog_parts import CogParts
from tileserver.formats.parts import Part, PixelParts

SHAPE = (1201, 1900)
GRID = Grid((500000.0, 4987990.0, 519000.0, 5000000.0), "EPSG:32633", SHAPE)


def layout(bands: int = 2) -> RasterLayout:
    return layout_of(*[Constant(0.0)] * bands, grid=GRID)


def join(folder: Path, layout: RasterLayout, raster: Raster, side: int, **options: Any) -> Path:
    """Write blocks, the last one first, and join them."""
    parts = open_parts(read_format({"type": "geotiff", **options}), layout, side)
    rows, cols = layout.grid.shape
    every = [
        Part(row, col, folder / f"{row}-{col}.npz") for row in range(0, rows, side) for col in range(0, cols, side)
    ]
    for part in reversed(every):
        window = np.s_[:, part.row : part.row + side, part.col : part.col + side]
        parts.write(part, Raster(raster.data[window], raster.mask[window]))
    parts.join(folder / "joined.tif", every, lambda: None)
    return folder / "joined.tif"


@pytest.mark.parametrize("side", [256, 1024, 2048])
@pytest.mark.parametrize(
    "options", [{}, {"compression": None}, {"overviews": False}, {"overview_resampler": "nearest"}]
)
def test_a_joined_file_is_the_one_that_gdal_writes(tmp_path: Path, side: int, options: dict[str, Any]) -> None:
    whole, raster = layout(), pixels_of(layout())
    joined = join(tmp_path, whole, raster, side, **options)
    assert cog_validate(joined, strict=options.get("overviews", True), quiet=True)[:2] == (True, [])
    with rasterio.open(joined) as ours, rasterio.open(save(tmp_path / "a.tif", whole, raster, **options)) as theirs:
        np.testing.assert_array_equal(ours.read(), theirs.read())
        for said in ("crs", "transform", "descriptions", "units", "dtypes", "nodatavals", "compression"):
            assert str(getattr(ours, said)) == str(getattr(theirs, said))
        assert ours.tags() == theirs.tags()
        assert ours.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        if side >= 512:
            assert (ours.block_shapes, ours.overviews(1)) == (theirs.block_shapes, theirs.overviews(1))


@pytest.mark.parametrize("side", [512, 1024])
def test_overviews_are_averages_of_what_is_not_masked(tmp_path: Path, side: int) -> None:
    raster = pixels_of(layout())
    joined = join(tmp_path, layout(), raster, side)
    expected = np.ma.MaskedArray(raster.data.astype(np.float32), raster.mask)
    for level in range(2):
        rows, cols = expected.shape[1:]
        padded = np.full((2, rows + rows % 2, cols + cols % 2), np.nan)
        padded[:, :rows, :cols] = expected.filled(np.nan)
        cells = np.ma.masked_invalid(padded.reshape(2, padded.shape[1] // 2, 2, padded.shape[2] // 2, 2))
        expected = cells.mean(axis=(2, 4))
        with rasterio.open(joined, overview_level=level) as dataset:
            overview = dataset.read(masked=True)
        np.testing.assert_array_equal(np.ma.getmaskarray(overview), np.ma.getmaskarray(expected))
        np.testing.assert_allclose(overview, expected, rtol=1e-5, atol=1e-4)


def test_large_files_are_bigtiffs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiff, "LARGEST", 1000)
    raster = pixels_of(layout())
    joined = join(tmp_path, layout(), raster, 512)
    assert joined.read_bytes()[:4] == b"II\x2b\0"
    assert cog_validate(joined, strict=True, quiet=True) == (True, [], [])
    with rasterio.open(joined) as dataset:
        np.testing.assert_array_equal(np.ma.getmaskarray(dataset.read(masked=True)), raster.mask)


@pytest.mark.parametrize(
    ("options", "bands", "joined"),
    [
        ({}, 1, CogParts),
        ({"overview_resampler": "nearest"}, 1, CogParts),
        ({"overview_resampler": "cubic"}, 1, PixelParts),
        ({"overview_resampler": "cubic", "overviews": False}, 1, CogParts),
        ({"compression": "JPEG"}, 1, PixelParts),
        ({"tiled": False}, 1, PixelParts),
    ],
)
def test_what_overviews_are_made_of_decides_who_writes(options: dict[str, Any], bands: int, joined: type) -> None:
    assert type(open_parts(read_format({"type": "geotiff", **options}), layout(bands), 512)) is joined


def test_booleans_keep_their_mask(tmp_path: Path) -> None:
    whole = layout_of(Constant(True), grid=GRID)
    raster = pixels_of(whole)
    with rasterio.open(join(tmp_path, whole, raster, 512, overview_resampler="nearest")) as dataset:
        np.testing.assert_array_equal(dataset.read(masked=True), np.ma.MaskedArray(raster.data, raster.mask))


def test_a_full_disk_leaves_no_part(tmp_path: Path) -> None:
    parts = open_parts(read_format("geotiff"), layout(1), 512)
    noise = np.random.default_rng(1).random((1, 512, 512))
    with files_up_to(1 << 18), pytest.raises(OSError, match="File too large"):
        parts.write(Part(0, 0, tmp_path / "0-0.npz"), Raster(noise, noise < 0))
    assert not [path for path in tmp_path.iterdir() if path.suffix in (".npz", ".tif")]
