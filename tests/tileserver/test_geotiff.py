"""GeoTIFFs are cloud optimized, hold every pixel that was written, and tell what they were made of."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rio_cogeo.cogeo import cog_validate
from shapely.geometry import box

from graft_eval.grid import Grid
from graft_eval.plane import Constant, Plane, Read
from graft_eval.planning.classes import Classified
from graft_eval.scene import Asset, Band, Scene
from graft_eval.scope import Raster
from graft_eval.values.image import Image, ImageCollection, Imagery
from tileserver.formats import CannotSave, Origin, RasterLayout, open_writer, read_format
from tileserver.formats.layout import RasterWriter

GRID = Grid((500000.0, 4990000.0, 510000.0, 5000000.0), "EPSG:32633", (1000, 1000))
ORIGIN = Origin.of("ab" * 32, {"0": "é", "returns": "0"})


def image(*planes: Plane, **properties: object) -> Image:
    bands = ("red", "nir", "swir", "blue")[: len(planes)]
    info = {band: {"id": f"p:{band}", "name": band, "data_range": (0.0, 1.0), "unit": "K"} for band in bands}
    return Image(bands, planes, properties, info)


def layout_of(*planes: Plane, grid: Grid = GRID) -> RasterLayout:
    return RasterLayout.of(image(*planes, date=datetime(2020, 5, 18, 12, tzinfo=UTC)), grid, ORIGIN)


def pixels_of(layout: RasterLayout, seed: int = 1) -> Raster:
    """Return smooth values with a band's own holes; booleans where all planes are."""
    shape = (len(layout.planes), *layout.grid.shape)
    data = np.indices(shape).sum(axis=0) / 10 - 20
    mask = np.random.default_rng(seed).random(shape) < 0.1
    return Raster(data > 50 if layout.is_boolean else data, mask)


def write(writer: RasterWriter, raster: Raster, side: int = 300) -> None:
    """Write pieces that are none of the file's blocks, the last one first."""
    rows, cols = raster.data.shape[1:]
    for row in reversed(range(0, rows, side)):
        for col in range(0, cols, side):
            part = np.s_[:, row : row + side, col : col + side]
            writer.write(row, col, Raster(raster.data[part], raster.mask[part]))


def save(path: Path, layout: RasterLayout, raster: Raster, **options: Any) -> Path:
    with open_writer(read_format({"type": "geotiff", **options}), path, layout) as writer:
        write(writer, raster)
    return path


def test_a_geotiff_is_cloud_optimized_and_has_all_pixels(tmp_path: Path) -> None:
    layout = layout_of(Constant(0.0), Constant(0.0))
    raster = pixels_of(layout)
    path = save(tmp_path / "a.tif", layout, raster)
    assert cog_validate(path, strict=True, quiet=True) == (True, [], [])
    with rasterio.open(path) as dataset:
        stored = dataset.read(masked=True)
        assert (dataset.crs, dataset.transform) == (GRID.crs, GRID.transform)
        assert (dataset.compression.name, dataset.overviews(1)) == ("lzw", [2])
    np.testing.assert_array_equal(np.ma.getmaskarray(stored), raster.mask)
    np.testing.assert_array_equal(stored.data[~raster.mask], raster.data.astype(np.float32)[~raster.mask])
    assert [file.name for file in tmp_path.iterdir()] == ["a.tif"]


def test_a_geotiff_tells_its_bands_date_and_graft(tmp_path: Path) -> None:
    layout = layout_of(Constant(0.0), Constant(0.0))
    with rasterio.open(save(tmp_path / "a.tif", layout, pixels_of(layout))) as dataset:
        assert (dataset.descriptions, dataset.units) == (("red", "nir"), ("K", "K"))
        assert dataset.tags() == {
            "AREA_OR_POINT": "Area",
            "TIFFTAG_SOFTWARE": "graftile",
            "TIFFTAG_DATETIME": "2020:05:18 12:00:00",
            "GRAFTILE_PROPERTIES": '{"date":"2020-05-18T12:00:00+00:00"}',
            "GRAFTILE_GRAFT": '{"0":"é","returns":"0"}',
            "GRAFTILE_GRAFT_HASH": "ab" * 32,
        }


@pytest.mark.parametrize(
    ("options", "compression", "overviews", "tiled"),
    [
        ({"compression": "none"}, None, [2], True),
        ({"compression": None, "overviews": False}, None, [], True),
        ({"overviews": "false"}, "lzw", [], True),
        ({"tiled": False}, "lzw", [2], False),
        ({"tiled": False, "compression": "JPEG", "overviews": False}, "jpeg", [], False),
        ({"compression": "jpeg"}, "jpeg", [2], True),
    ],
)
def test_options_are_those_of_the_file(
    tmp_path: Path, options: dict[str, Any], compression: str | None, overviews: list[int], tiled: bool
) -> None:
    layout = layout_of(Constant(0.0))
    with rasterio.open(save(tmp_path / "a.tif", layout, pixels_of(layout), **options)) as dataset:
        assert (dataset.compression and dataset.compression.name) == compression
        assert dataset.overviews(1) == overviews
        assert (dataset.block_shapes[0] == (512, 512)) == tiled
        assert dataset.descriptions == ("red",)


def overview_of(tmp_path: Path, *planes: Plane, **options: Any) -> tuple[np.ma.MaskedArray[Any, Any], Raster]:
    layout = layout_of(*planes)
    raster = pixels_of(layout)
    with rasterio.open(save(tmp_path / "a.tif", layout, raster, **options), overview_level=0) as dataset:
        return dataset.read(masked=True), raster


def cells(raster: Raster) -> np.ma.MaskedArray[Any, Any]:
    """Return the four pixels of each pixel of the first overview, (band, y, x, 4)."""
    masked = np.ma.MaskedArray(raster.data.astype(np.float64), raster.mask)
    return masked.reshape(-1, 500, 2, 500, 2).transpose(0, 1, 3, 2, 4).reshape(-1, 500, 500, 4)


@pytest.mark.parametrize("options", [{}, {"overview_resampler": "AVERAGE"}])
def test_overviews_are_averages(tmp_path: Path, options: dict[str, Any]) -> None:
    overview, raster = overview_of(tmp_path, Constant(0.0), **options)
    np.testing.assert_allclose(overview, cells(raster).mean(axis=-1), rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("plane", [Constant(True), Classified(Constant(1.0), (0.5,), (1.0, 2.0))], ids=["yes", "class"])
def test_overviews_of_classes_have_no_values_between(tmp_path: Path, plane: Plane) -> None:
    overview, raster = overview_of(tmp_path, plane)
    four = cells(raster)
    assert np.isin(overview.compressed(), four.compressed().astype(np.float32)).all()
    if plane.is_boolean(()):
        ones, valid = four.sum(axis=-1), four.count(axis=-1)
        clear = np.ma.getdata(ones) * 2 != valid
        np.testing.assert_array_equal(overview[clear], (np.ma.getdata(ones) * 2 > valid)[clear])


def test_nearest_overviews_have_pixels_as_they_are(tmp_path: Path) -> None:
    overview, raster = overview_of(tmp_path, Constant(0.0), overview_resampler="nearest")
    np.testing.assert_array_equal(np.ma.getmaskarray(overview), raster.mask[:, ::2, ::2])
    np.testing.assert_allclose(overview, raster.data[:, ::2, ::2])


def test_booleans_are_bytes(tmp_path: Path) -> None:
    layout = layout_of(Constant(True))
    raster = pixels_of(layout)
    with rasterio.open(save(tmp_path / "a.tif", layout, raster)) as dataset:
        assert (dataset.dtypes, dataset.nodata) == (("uint8",), 255)
        np.testing.assert_array_equal(dataset.read(masked=True), np.ma.MaskedArray(raster.data, raster.mask))


@pytest.mark.parametrize(("dtype", "stored"), [("uint16", "float32"), ("int32", "float64"), ("float64", "float64")])
def test_numbers_have_the_digits_of_what_is_read(dtype: str, stored: str) -> None:
    asset = Asset("a.tif", GRID.crs, tuple(GRID.transform)[:6], GRID.shape, (), (512, 512), "1")
    band = Band("data", asset, 1, dtype)
    scene = Scene("p:a", "p", datetime(2020, 1, 1, tzinfo=UTC), box(0, 0, 1, 1), {}, (band,))
    assert layout_of(Read(scene, band)).dtype == stored


def test_jpeg_has_bytes_with_a_scale_and_a_mask(tmp_path: Path) -> None:
    layout = layout_of(Constant(0.0), Constant(0.0))
    raster = pixels_of(layout)
    path = save(tmp_path / "a.tif", layout, raster, compression="JPEG")
    assert cog_validate(path, strict=True, quiet=True) == (True, [], [])
    with rasterio.open(path) as dataset:
        scales, offsets = (np.array(given)[:, None, None] for given in (dataset.scales, dataset.offsets))
        bytes_, masks = dataset.read(), dataset.read_masks()
    gone = raster.mask.any(axis=0)
    np.testing.assert_array_equal(masks == 0, [gone, gone])
    solid = ~gone
    difference = np.abs(bytes_ * scales + offsets - raster.data)[:, solid]
    assert difference.mean() < 10 * scales.max()  # a tenth of the pixels are holes, which ring


def test_jpeg_keeps_bytes_as_they_are(tmp_path: Path) -> None:
    layout = layout_of(Constant(0.0))
    data = np.full((1, *GRID.shape), 7.0)
    data[:, :500] = 200.0
    path = save(tmp_path / "a.tif", layout, Raster(data, np.zeros(data.shape, np.bool_)), compression="JPEG")
    with rasterio.open(path) as dataset:
        assert (dataset.scales, dataset.offsets) == ((1.0,), (0.0,))
        np.testing.assert_allclose(dataset.read()[:, ::100], data[:, ::100], atol=2)


REFUSED: list[tuple[Imagery, str, str]] = [
    (ImageCollection((image(Constant(0.0)),)), "LZW", "holds one Image, not an ImageCollection"),
    (image(*[Constant(0.0)] * 4), "JPEG", "up to 3 bands, not 4"),
    (Image(), "LZW", "the imagery is empty: does an image lie"),
]


@pytest.mark.parametrize(("value", "compression", "message"), REFUSED)
def test_what_does_not_fit_is_refused(tmp_path: Path, value: Imagery, compression: str, message: str) -> None:
    format = read_format({"type": "geotiff", "compression": compression})
    with pytest.raises(CannotSave, match=message):
        open_writer(format, tmp_path / "a.tif", RasterLayout.of(value, GRID))
    assert not list(tmp_path.iterdir())


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Have this process write no file larger than this, as if the disk were full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [1 << 20, 5 << 20], ids=["draft", "file"])
def test_a_full_disk_is_an_error_and_leaves_nothing(tmp_path: Path, size: int) -> None:
    layout = layout_of(Constant(0.0))
    noise = np.random.default_rng(1).random((1, *GRID.shape))
    with files_up_to(size), pytest.raises(CannotSave, match="the GeoTIFF could not be written"):
        save(tmp_path / "a.tif", layout, Raster(noise, noise < 0))
    assert not list(tmp_path.iterdir())


def test_an_error_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    layout = layout_of(Constant(0.0))
    broken = Raster(np.zeros((2, 600, 600)), np.zeros((2, 600, 600), np.bool_))  # two bands for one
    with pytest.raises(ValueError, match="inconsistent"):
        save(tmp_path / "a.tif", layout, broken)
    assert not list(tmp_path.iterdir())
