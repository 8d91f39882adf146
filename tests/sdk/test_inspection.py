"""Inspecting gives Python values, arrays as they are in the files, and clear refusals."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import shapely
import shapely.geometry

import sdk as wf
from sdk.contract.arrow import read
from sdk.contract.results import ImageCollectionResult, ImageResult
from sdk.service.exceptions import BadRequest, JobComputeError, JobTimeoutError
from tests.server_fixture import running_server

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def missing(shape: tuple[int, ...]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    mask = np.zeros(shape, bool)
    mask[..., 1, 2] = True
    return mask


VALUES: list[tuple[Any, Any]] = [
    (wf.Int(1) + 1, 2),
    (wf.Float(1.5) * 2, 3.0),
    (wf.Int(3) > 2, True),
    (wf.Str("naïve"), "naïve"),
    (wf.List[wf.Int]([1, 2, 3]), [1, 2, 3]),
    (wf.Tuple[wf.Int, wf.Str]([1, "a"]), (1, "a")),
    (wf.Dict[wf.Str, wf.Float]({"a": 1.5}), {"a": 1.5}),
    (wf.Dict[wf.Int, wf.Str]({1: "a"}), {1: "a"}),
    (wf.Datetime(2020, 1, 31), datetime(2020, 1, 31, tzinfo=UTC)),
    (wf.Datetime(2020, 1, 31) - wf.Datetime(2020, 1, 1), timedelta(days=30)),
    ([wf.Int(1), wf.Str("a")], [1, "a"]),
    ((wf.Int(1), [wf.Int(2), wf.Float(0.5)]), (1, (2, 0.5))),
]


@pytest.mark.parametrize(("obj", "value"), VALUES, ids=lambda value: repr(value)[:30])
def test_values_are_pythons(client: wf.Client, obj: Any, value: Any) -> None:
    result = wf.inspect(obj, client=client)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("obj", "value"),
    [
        (wf.Array([[1, 2], [3, 4]]) * 2, np.array([[2, 4], [6, 8]])),
        (wf.Array([1.5, 2.5]) > 2, np.array([False, True])),
        (wf.Array([1, 2]).astype("uint8"), np.array([1, 2], np.uint8)),
        (wf.MaskedArray([1, 2], mask=[True, False]), np.ma.MaskedArray([1, 2], [True, False])),
    ],
    ids=["integers", "booleans", "bytes", "masked"],
)
def test_arrays_are_those_of_numpy(client: wf.Client, obj: Any, value: Any) -> None:
    result = obj.inspect(client=client)
    assert type(result) is type(value)
    assert result.dtype == value.dtype
    np.testing.assert_array_equal(np.ma.getmaskarray(result), np.ma.getmaskarray(value))
    np.testing.assert_array_equal(np.ma.filled(result, 0), np.ma.filled(value, 0))


def test_scalars_and_dtypes_are_numbers_and_names(client: wf.Client) -> None:
    array = wf.Array([[1, 2], [3, 4]])
    assert wf.inspect((array.mean(), array.max(), array.dtype, array.shape), client=client) == (2.5, 4, "int64", [2, 2])
    masked = json.loads(wf.MaskedArray([1, 2], mask=[True, False]).inspect(format="json", client=client))
    assert masked == [None, 2]


def test_pixels_are_arrays(client: wf.Client, field: Pixels, geoctx: wf.GeoContext) -> None:
    image: Any = wf.Image.from_id("field:a")
    pixels: Any = np.ma.MaskedArray(field, missing(field.shape))
    means = image.ndarray.mean(axis=[1, 2]).inspect(geoctx, client=client)
    np.testing.assert_allclose(means, pixels.mean(axis=(1, 2)))
    result = wf.numpy.sqrt(image.ndarray).to_imagery({"kind": "root"}, image.bandinfo).inspect(geoctx, client=client)
    assert isinstance(result, ImageCollectionResult)
    assert list(result.bandinfo) == ["red", "nir"]
    np.testing.assert_array_equal(np.ma.getmaskarray(result.ndarray)[0], pixels.mask)
    np.testing.assert_allclose(result.ndarray[0].compressed(), np.sqrt(pixels).compressed())


def test_a_geotiff_has_the_pixels_and_the_graft(
    client: wf.Client, field: Pixels, geoctx: wf.GeoContext, tmp_path: Path
) -> None:
    image = wf.Image.from_id("field:a") / 4
    path = tmp_path / "out.tif"
    assert wf.inspect(image, geoctx, format="geotiff", file=path, client=client) is None
    with rasterio.open(path) as dataset:
        stored, tags = dataset.read(masked=True), dataset.tags()
        assert dataset.transform == rasterio.Affine(10, 0, 500000, 0, -10, 5000000)
        assert dataset.descriptions == ("red", "nir")
    np.testing.assert_array_equal(stored, np.ma.MaskedArray(field / 4, missing(field.shape)))
    assert json.loads(tags["GRAFTILE_GRAFT"]) == image.graft
    assert len(tags["GRAFTILE_GRAFT_HASH"]) == 64


@pytest.mark.parametrize("format", ["zarr", "netcdf"])
def test_a_collection_is_saved_as_a_cube(
    client: wf.Client, field: Pixels, geoctx: wf.GeoContext, tmp_path: Path, format: str
) -> None:
    path = tmp_path / "field"
    wf.ImageCollection.from_id("field").inspect(geoctx, format=format, file=path, client=client)
    magic = path.read_bytes()[:4]
    assert magic == {"zarr": b"PK\x03\x04", "netcdf": b"\x89HDF"}[format]


def test_what_is_no_imagery_is_no_geotiff(client: wf.Client) -> None:
    with pytest.raises(BadRequest, match="400 Int cannot be saved as geotiff: pyarrow, json, msgpack and csv can hold"):
        wf.inspect(wf.Int(1), format="geotiff", client=client)


def test_nothing_valid_is_nan(client: wf.Client, geoctx: wf.GeoContext) -> None:
    red = wf.Image.from_id("field:a").pick_bands("red")
    assert math.isnan(red.mask(red > -1).mean(axis=None).inspect(geoctx, client=client))


def test_an_image_comes_with_its_pixels(client: wf.Client, geoctx: wf.GeoContext, field: Pixels) -> None:
    result = wf.Image.from_id("field:a").inspect(geoctx, client=client)
    assert isinstance(result, ImageResult)
    np.testing.assert_array_equal(result.ndarray.mask, missing((2, 4, 6)))
    np.testing.assert_array_equal(result.ndarray.compressed(), field[~missing((2, 4, 6))])
    assert list(result.bandinfo) == ["red", "nir"]
    assert result.properties["id"] == "field:a"
    assert result.properties["date"] == datetime(2020, 1, 1, tzinfo=UTC)
    assert result.geocontext["gdal_geotrans"] == (500000, 10, 0, 5000000, 0, -10)
    assert result.geocontext["shape"] == (4, 6)


def test_metadata_is_a_dict(client: wf.Client, geoctx: wf.GeoContext) -> None:
    image = wf.Image.from_id("field:a")
    assert image.properties.inspect(geoctx, client=client)["date"] == datetime(2020, 1, 1, tzinfo=UTC)
    assert image.bandinfo.inspect(geoctx, client=client).keys() == {"red", "nir"}


def test_a_collection_comes_with_all_its_images(client: wf.Client, geoctx: wf.GeoContext, field: Pixels) -> None:
    result = wf.ImageCollection.from_id("field").pick_bands("nir").inspect(geoctx, client=client)
    assert isinstance(result, ImageCollectionResult)
    expected = np.stack([field[1:], field[1:] + 100])
    np.testing.assert_array_equal(result.ndarray.mask, missing((2, 1, 4, 6)))
    np.testing.assert_array_equal(result.ndarray.compressed(), expected[~missing((2, 1, 4, 6))])
    assert [properties["id"] for properties in result.properties] == ["field:a", "field:b"]


def test_comparisons_are_boolean_arrays(client: wf.Client, geoctx: wf.GeoContext, field: Pixels) -> None:
    result = (wf.Image.from_id("field:a").pick_bands("red") > 10).inspect(geoctx, client=client)
    assert result.ndarray.dtype == bool
    np.testing.assert_array_equal(result.ndarray.compressed(), (field[:1] > 10)[~missing((1, 4, 6))])


def test_imagery_in_containers_is_computed_too(client: wf.Client, geoctx: wf.GeoContext) -> None:
    image = wf.Image.from_id("field:a").pick_bands("red")
    result = wf.inspect([image, image.max(axis="pixels"), wf.Int(7)], geoctx, client=client)
    assert result[0].ndarray.shape == (1, 4, 6)
    assert result[1:] == [{"red": 23.0}, 7]


def test_a_tile_is_a_geocontext(client: wf.Client) -> None:
    image = wf.Image.from_id("field:a").pick_bands("red")
    result = image.inspect(wf.GeoContext.from_xyz_tile(0, 0, 0), client=client)
    assert result.ndarray.shape == (1, 256, 256)
    assert result.geocontext["crs"] == "EPSG:3857"


def test_a_cut_line_masks_what_is_outside(client: wf.Client) -> None:
    edges = [[15.0, 45.0], [15.0004, 45.0], [15.0004, 46.0], [15.0, 46.0], [15.0, 45.0]]
    geometry = {"type": "Polygon", "coordinates": [edges]}
    geoctx = wf.GeoContext(
        geometry, crs="EPSG:32633", resolution=10.0, bounds=(500000, 4999960, 500060, 5000000), bounds_crs="EPSG:32633"
    )
    result = wf.Image.from_id("field:a").pick_bands("red").inspect(geoctx, client=client)
    # 0.0004 degrees are 31 m here: the centres of three columns lie inside.
    np.testing.assert_array_equal(result.ndarray.mask[0, 0], [False, False, False, True, True, True])
    assert result.geocontext["geometry"]["type"] == "Polygon"


LEFT, BOTTOM, RIGHT, TOP = 500000.0, 4999960.0, 500060.0, 5000000.0  # of the files
HERE = {"type": "Polygon", "coordinates": [[[15, 45.1], [15.0006, 45.1], [15.0006, 45.2], [15, 45.2], [15, 45.1]]]}

PLACES = [
    (wf.scenes.AOI(bounds=(LEFT, BOTTOM, RIGHT, TOP), bounds_crs="EPSG:32633", crs="EPSG:32633", resolution=10),
     "EPSG:32633", (4, 6)),
    (wf.scenes.XYZTile(0, 0, 0), "EPSG:3857", (256, 256)),
    (((LEFT, BOTTOM, RIGHT, TOP), "EPSG:32633"), "EPSG:32633", (683, 1024)),
    ((15.0, 45.0, 15.2, 45.1), "EPSG:4326", (512, 1024)),
    (HERE, "EPSG:4326", (1024, 6)),
    (shapely.geometry.shape(HERE), "EPSG:4326", (1024, 6)),
]  # fmt: skip


@pytest.mark.parametrize(("place", "crs", "shape"), PLACES, ids=lambda value: repr(value)[:30])
def test_places_of_all_kinds_are_geocontexts(client: wf.Client, place: Any, crs: str, shape: tuple[int, int]) -> None:
    result = wf.Image.from_id("field:a").pick_bands("red").inspect(place, client=client)
    assert result.geocontext["crs"] == crs
    assert result.ndarray.shape[1:] == shape


def test_parameters_are_given_as_arguments(client: wf.Client) -> None:
    total = wf.parameter("a", wf.Int) + wf.parameter("b", wf.Float)
    assert total.inspect(a=1, b=wf.Float(0.5) * 3, client=client) == 2.5
    assert wf.inspect([total, wf.Int(1)], a=1, b=2, client=client) == [3.0, 1]
    function = wf.Function.from_object(total)
    assert function.inspect(a=1, b=2, client=client) == 3.0
    assert function(1, 2).inspect(client=client) == 3.0


def test_lists_and_dates_can_be_arguments(client: wf.Client) -> None:
    numbers = wf.parameter("numbers", wf.List[wf.Int])
    assert numbers[1].inspect(numbers=[1, 2, 3], client=client) == 2
    date = wf.parameter("date", wf.Datetime)
    assert date.month.inspect(date="2020-03-01", client=client) == 3
    assert date.month.inspect(date=datetime(2020, 4, 1, tzinfo=UTC), client=client) == 4


def test_json_is_given_as_bytes(client: wf.Client, geoctx: wf.GeoContext) -> None:
    data = wf.Image.from_id("field:a").pick_bands("red").inspect(geoctx, "JSON", client=client)
    assert data.startswith(b'{"ndarray":[[[0.0,1.0,')
    document = json.loads(data)
    assert document["ndarray"][0][1] == [6, 7, None, 9, 10, 11]
    assert document["properties"]["id"] == "field:a"


def test_formats_may_have_options(client: wf.Client) -> None:
    data = io.BytesIO()
    assert wf.inspect(wf.Int(7), format={"type": "pyarrow", "compression": "brotli"}, file=data, client=client) is None
    assert not data.getvalue().startswith(b"\xff\xff\xff\xff")
    assert read(data.getvalue()) == 7
    assert wf.inspect(wf.Int(7), format={"type": "PyArrow", "compression": "BROTLI"}, client=client) == 7


def test_results_are_written_to_files(client: wf.Client, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text("of an earlier run")
    assert wf.inspect(wf.Int(7), format="json", file=path, client=client) is None
    assert path.read_bytes() == b"7"
    assert list(tmp_path.iterdir()) == [path]


def test_a_format_that_does_not_exist_is_refused(client: wf.Client) -> None:
    with pytest.raises(ValueError, match="one of pyarrow, geotiff"):
        wf.inspect(wf.Int(7), format="bmp", client=client)
    with pytest.raises(BadRequest, match="compression of the format pyarrow must be one of lz4, brotli"):
        wf.inspect(wf.Int(7), format={"type": "pyarrow", "compression": "zip"}, client=client)


def test_the_cache_can_be_left_out(client: wf.Client) -> None:
    assert wf.inspect(wf.Int(7), cache=False, client=client) == 7


P, Q = wf.parameter("p", wf.Float), wf.parameter("q", wf.Float)
COLLECTION = wf.ImageCollection.from_id("field")

REFUSED: list[tuple[Any, dict[str, Any], type[Exception], str]] = [
    (wf.Int(7), {"foo": 1}, TypeError, "no argument 'foo': it takes none"),
    (P, {}, ValueError, "missing values for p"),
    (P, {"p": Q}, ValueError, "must not depend on parameters, but depends on q"),
    (P, {"p": "a"}, TypeError, "'p' must be Float"),
    (P, {"p": 1.0, "z": 1}, TypeError, "no argument 'z': it takes p"),
    (P, {"p": 1.0, "geoctx": 5}, TypeError, "geoctx must be a GeoContext"),
    (P, {"p": 1.0, "geoctx": (9, 47, 9, 48)}, ValueError, "geoctx must have an area"),
    (P, {"p": 1.0, "geoctx": {"type": "Point", "coordinates": [9, 47]}}, ValueError, "geoctx must have an area"),
    (P, {"p": 1.0, "geoctx": {"type": "Polygon"}}, ValueError, "geometry with coordinates"),
    (wf.Function[wf.Int, {}, wf.Int](lambda a: a), {}, TypeError, "arguments without names"),
    (wf.Function[{"a": wf.Int}, wf.Int](lambda a: a), {}, TypeError, "no value without its arguments: a"),
    (COLLECTION.groupby(dates="month"), {}, TypeError, r"ImageCollectionGroupby.* cannot be computed"),
    (wf.parameter("x", wf.List[wf.Any]), {"x": []}, TypeError, "instead of Any"),
    (5, {}, TypeError, "a proxy object"),
    (["a"], {}, TypeError, "a proxy object"),
]


@pytest.mark.parametrize(("obj", "arguments", "error", "message"), REFUSED, ids=lambda value: repr(value)[:30])
def test_what_cannot_be_computed_is_refused_before_it_is_sent(
    obj: Any, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with wf.Client("http://127.0.0.1:9") as nobody, pytest.raises(error, match=message):
        wf.inspect(obj, client=nobody, **arguments)


def test_a_geocontext_must_not_depend_on_parameters() -> None:
    geoctx = wf.GeoContext(crs="EPSG:4326", resolution=wf.parameter("r", wf.Float), bounds=(0, 0, 1, 1))
    with pytest.raises(ValueError, match="depends on r"):
        wf.inspect(wf.Int(1), geoctx)


def test_what_the_server_cannot_evaluate_is_told_with_the_operation(client: wf.Client, geoctx: wf.GeoContext) -> None:
    with pytest.raises(JobComputeError, match=r"^422 .*'blue'") as caught:
        wf.Image.from_id("field:a").pick_bands("blue").inspect(geoctx, client=client)
    assert isinstance(caught.value, wf.exceptions.ApiError)
    assert caught.value.fields["operation"] == "wf.pick_bands"


def test_imagery_without_a_geocontext_is_refused(client: wf.Client) -> None:
    with pytest.raises(JobComputeError, match="needs pixels, and so a geocontext"):
        wf.Image.from_id("field:a").inspect(client=client)


def test_too_many_pixels_are_refused_with_the_numbers(client: wf.Client) -> None:
    huge = wf.GeoContext(crs="EPSG:32633", resolution=1.0, bounds=(14, 45, 16, 46))
    with pytest.raises(wf.exceptions.RequestTooLarge, match=r"35,025,199,872 pixels.*compute it as a job"):
        wf.Image.from_id("field:a").inspect(huge, client=client)


@pytest.fixture(scope="module")
def slow_field(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an image that takes a while to compute when it is used in many ways."""
    path = tmp_path_factory.mktemp("slow-files") / "slow" / "big.tif"
    path.parent.mkdir()
    data = np.random.default_rng(0).integers(1, 1000, (1, 1024, 1024)).astype("int16")
    profile = {"driver": "GTiff", "width": 1024, "height": 1024, "count": 1, "dtype": "int16", "crs": "EPSG:32633"}
    with rasterio.open(path, "w", transform=rasterio.Affine(10, 0, 500000, 0, -10, 5000000), **profile) as dataset:
        dataset.write(data)
    return path.parent


@pytest.fixture
def impatient(slow_field: Path, tmp_path: Path) -> Iterator[wf.Client]:
    """A client of a server that computes for at most a tenth of a second."""
    with running_server(tmp_path, add=[slow_field], inspect_seconds=0.1) as url, wf.Client(url) as client:
        yield client


def slow() -> tuple[wf.Image, wf.GeoContext]:
    image = wf.Image.from_id("slow:big")
    for power in range(300):
        image = wf.sqrt(image * image + power)
    bounds = (500000.0, 4989760.0, 510240.0, 5000000.0)
    return image, wf.GeoContext(bounds=bounds, bounds_crs="EPSG:32633", crs="EPSG:32633", shape=(1024, 1024))


def test_the_servers_time_limit_is_a_timeout(impatient: wf.Client) -> None:
    with pytest.raises(JobTimeoutError, match=r"limit of 0\.1 s"):  # it is not tried again
        wf.inspect(*slow(), client=impatient)


def test_the_callers_timeout_is_one_too(slow_field: Path, tmp_path: Path) -> None:
    with (
        running_server(tmp_path, add=[slow_field]) as url,
        wf.Client(url) as client,
        pytest.raises(JobTimeoutError, match=r"longer than the timeout of 0\.2 s"),
    ):
        wf.inspect(*slow(), timeout=0.2, client=client)


def test_slices_are_values_and_arguments(client: wf.Client) -> None:
    assert wf.Slice(1, step=wf.Int(2) + 1).inspect(client=client) == slice(1, None, 3)
    part = wf.parameter("part", wf.Slice)
    assert wf.List[wf.Int]([1, 2, 3, 4])[part].inspect(part=slice(None, None, 2), client=client) == [1, 3]  # type: ignore[call-overload]
    assert wf.inspect(wf.Slice(1, 2), format="json", client=client) == b"[1,2,null]"
