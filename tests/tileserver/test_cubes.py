"""Zarr and NetCDF hold every pixel that was written, and xarray and GDAL know what and where they are."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import rioxarray  # noqa: F401  # the accessor `rio`
import xarray as xr
import zarr.storage
from affine import Affine

from graft_eval.grid import Grid
from graft_eval.plane import Constant
from graft_eval.scope import Raster
from graft_eval.values.image import Image, ImageCollection, Imagery
from tests.tileserver.test_geotiff import files_up_to, write
from tileserver.formats import NotWritten, Origin, RasterLayout, open_parts, open_writer, read_format
from tileserver.formats.parts import Part, PixelParts
from tileserver.formats.zarr_groups import ZarrParts
from tileserver.jobs.failures import failure_of

GRID = Grid((500000.0, 4990000.0, 507000.0, 4996000.0), "EPSG:32633", (600, 700))
DATES = [datetime(2020, month, 1, 12, tzinfo=UTC) for month in (1, 2, 3)]
FORMATS = pytest.mark.parametrize("format", ["zarr", "netcdf"])


def image(*bands: str, value: float | bool = 0.0, **properties: object) -> Image:
    info = {band: {"id": f"p:{band}", "name": band, "data_range": (0.0, 1.0), "unit": "K"} for band in bands}
    return Image(bands, tuple(Constant(value) for _ in bands), properties, info)


def save(folder: Path, format: str, imagery: Imagery, grid: Grid = GRID, side: int = 300) -> tuple[Path, Raster]:
    layout = RasterLayout.of(imagery, grid, Origin("ab" * 32, '{"returns":"a"}'))
    shape = (len(layout.planes), *grid.shape)
    data = np.indices(shape).sum(axis=0) / 8
    raster = Raster(data > 50 if layout.is_boolean else data, np.random.default_rng(1).random(shape) < 0.1)
    path = folder / "result"
    with open_writer(read_format(format), path, layout) as writer:
        write(writer, raster, side)
    assert [file.name for file in folder.iterdir()] == ["result"]
    return path, raster


def opened(path: Path, format: str) -> xr.Dataset:
    if format == "netcdf":
        return xr.open_dataset(path, engine="h5netcdf", decode_coords="all").load()
    with zarr.storage.ZipStore(path, mode="r") as store:
        found: xr.Dataset = xr.open_zarr(store, consolidated=False, decode_coords="all", chunks=None).load()
        return found


@pytest.mark.parametrize(("format", "kind"), [("zarr", ZarrParts), ("netcdf", PixelParts)])
def test_parts_of_several_processes_are_one_cube(tmp_path: Path, format: str, kind: type) -> None:
    collection = ImageCollection(tuple(image("red", "nir", date=date) for date in DATES))
    layout = RasterLayout.of(collection, GRID)
    whole, raster = save(tmp_path, format, collection)
    every = [Part(row, col, tmp_path / f"{row}-{col}.npz") for row in (0, 512) for col in (0, 512)]
    for part in reversed(every):
        parts = open_parts(read_format(format), layout, 512)  # another process has one of its own
        assert type(parts) is kind
        window = np.s_[:, part.row : part.row + 512, part.col : part.col + 512]
        parts.write(part, Raster(raster.data[window], raster.mask[window]))
    parts.join(tmp_path / "joined", every, lambda: None)
    joined, expected = opened(tmp_path / "joined", format), opened(whole, format)
    xr.testing.assert_equal(joined, expected)


def test_chunks_that_blocks_have_a_part_of_are_written_by_one_process() -> None:
    layout = RasterLayout.of(image("red"), GRID)
    assert type(open_parts(read_format("zarr"), layout, 256)) is PixelParts


@FORMATS
def test_a_collection_is_a_variable_of_times_for_each_band(tmp_path: Path, format: str) -> None:
    collection = ImageCollection(tuple(image("red", "nir", date=date, id=f"p:{date:%m}") for date in DATES))
    path, raster = save(tmp_path, format, collection)
    cube = opened(path, format)
    assert {name: band.dims for name, band in cube.data_vars.items()} == {
        "red": ("time", "y", "x"),
        "nir": ("time", "y", "x"),
    }
    for at, band in enumerate(("red", "nir")):
        np.testing.assert_array_equal(cube[band].isnull(), raster.mask[at::2])
        np.testing.assert_array_equal(cube[band].values[~raster.mask[at::2]], raster.data[at::2][~raster.mask[at::2]])
        assert (str(cube[band].dtype), cube[band].attrs["units"]) == ("float32", "K")
    assert cube.time.values.astype("datetime64[s]").tolist() == [date.replace(tzinfo=None) for date in DATES]
    assert cube.rio.crs.to_epsg() == 32633
    assert Affine.from_gdal(*map(float, cube.spatial_ref.attrs["GeoTransform"].split())) == GRID.transform
    assert [one["id"] for one in json.loads(cube.attrs["properties"])] == ["p:01", "p:02", "p:03"]
    assert (cube.attrs["graft_hash"], cube.attrs["graft"]) == ("ab" * 32, '{"returns":"a"}')


@FORMATS
def test_an_image_has_two_dimensions_and_its_time(tmp_path: Path, format: str) -> None:
    path, raster = save(tmp_path, format, image("ndvi", date=DATES[0]))
    cube = opened(path, format)
    assert cube["ndvi"].dims == ("y", "x")
    assert cube["time"].values.astype("datetime64[s]").tolist() == DATES[0].replace(tzinfo=None)
    np.testing.assert_array_equal(cube["ndvi"].isnull(), raster.mask[0])


@FORMATS
def test_images_without_dates_are_numbered(tmp_path: Path, format: str) -> None:
    collection = ImageCollection((image("a", date=DATES[0]), image("a")))
    path, _ = save(tmp_path, format, collection, GRID.window(0, 0, (5, 7)))
    assert opened(path, format)["a"].dims == ("image", "y", "x")


@FORMATS
def test_booleans_are_bytes_with_a_fill_value(tmp_path: Path, format: str) -> None:
    path, raster = save(tmp_path, format, image("yes", value=True))
    band = opened(path, format)["yes"]
    assert band.encoding["dtype"] == np.uint8
    np.testing.assert_array_equal(band.isnull(), raster.mask[0])
    np.testing.assert_array_equal(band.values[~raster.mask[0]], raster.data[0][~raster.mask[0]])


@FORMATS
def test_names_of_bands_do_not_clash_with_coordinates(tmp_path: Path, format: str) -> None:
    names = ("x", "a/b", "a_b", "spatial_ref", "time")
    path, _ = save(tmp_path, format, image(*names), GRID.window(0, 0, (5, 7)))
    cube = opened(path, format)
    assert {str(name): band.attrs["long_name"] for name, band in cube.data_vars.items()} == {
        "x_1": "x", "a_b": "a/b", "a_b_1": "a_b", "spatial_ref_1": "spatial_ref", "time": "time",
    }  # fmt: skip


@FORMATS
def test_degrees_are_latitudes_and_longitudes(tmp_path: Path, format: str) -> None:
    grid = Grid((12.0, 50.0, 14.0, 51.0), "EPSG:4326", (10, 20))
    cube = opened(save(tmp_path, format, image("a"), grid)[0], format)
    assert (cube.y.attrs["units"], cube.x.attrs["standard_name"]) == ("degrees_north", "longitude")
    np.testing.assert_allclose(cube.y.values, 50.95 - 0.1 * np.arange(10))


def test_gdal_reads_netcdf(tmp_path: Path) -> None:
    path, raster = save(tmp_path, "netcdf", ImageCollection(tuple(image("red", date=date) for date in DATES)))
    with rasterio.open(f'NETCDF:"{path}":red') as dataset:
        assert (dataset.crs.to_epsg(), dataset.transform, dataset.count) == (32633, GRID.transform, 3)
        np.testing.assert_array_equal(np.ma.getmaskarray(dataset.read(masked=True)), raster.mask)


def test_a_zarr_is_of_version_3_in_chunks(tmp_path: Path) -> None:
    path, _ = save(tmp_path, "zarr", image("red"))
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        metadata = json.loads(archive.read("red/zarr.json"))
        assert {name for name in archive.namelist() if name.startswith("red/c/")} == {
            f"red/c/{row}/{col}" for row in (0, 1) for col in (0, 1)
        }
    assert (metadata["zarr_format"], metadata["dimension_names"]) == (3, ["y", "x"])
    assert metadata["chunk_grid"]["configuration"]["chunk_shape"] == [512, 512]


@FORMATS
def test_a_full_disk_is_an_error_and_leaves_nothing(tmp_path: Path, format: str) -> None:
    layout = RasterLayout.of(image("red"), GRID)
    noise = np.random.default_rng(1).random((1, *GRID.shape))

    def save_noise() -> Any:
        with open_writer(read_format(format), tmp_path / "result", layout) as writer:
            writer.write(0, 0, Raster(noise, noise < 0))

    with files_up_to(300_000), pytest.raises(NotWritten, match="could not be written") as failed:
        save_noise()
    assert failure_of(failed.value).code == "TRANSIENT"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [200, 300_000, 2_000_000], ids=["metadata", "a chunk", "the archive"])
def test_parts_that_a_full_disk_has_no_room_for_are_errors(tmp_path: Path, size: int) -> None:
    grid = Grid((500000.0, 4989760.0, 510240.0, 5000000.0), "EPSG:32633", (1024, 1024))
    noise, part = np.random.default_rng(1).random((1, *grid.shape)), Part(0, 0, tmp_path / "0-0.npz")
    parts = open_parts(read_format("zarr"), RasterLayout.of(image("red"), grid), 1024)

    def save_noise() -> None:
        parts.write(part, Raster(noise, noise < 0))
        parts.join(tmp_path / "result", [part], lambda: None)

    with files_up_to(size), pytest.raises(NotWritten, match="could not be written") as failed:
        save_noise()
    assert failure_of(failed.value).code == "TRANSIENT"
    assert not (tmp_path / "result").exists()
