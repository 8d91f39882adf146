"""Results as xarray's arrays, geopandas' tables, plots, and what notebooks show, from what was computed."""

from __future__ import annotations

import base64
import io
import re
from datetime import UTC, datetime
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
import xarray
from PIL import Image

from sdk.contract.results import (
    FeatureCollectionResult,
    FeatureResult,
    GeometryResult,
    ImageCollectionResult,
    ImageResult,
)

mpl.use("Agg")
pytestmark = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")  # rioxarray's

GRID = {
    "crs": "EPSG:32633",
    "bounds": (500000.0, 4999960.0, 500060.0, 5000000.0),
    "shape": (4, 6),
    "resolution": 10.0,
    "gdal_geotrans": (500000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0),
}
MAY = datetime(2020, 5, 1, 10, tzinfo=UTC)


def pixels(shape: tuple[int, ...], dtype: str = "int16", missing: bool = True) -> Any:
    mask = np.zeros(shape, bool)
    mask[..., 1, 2] = missing
    return np.ma.MaskedArray(np.arange(np.prod(shape)).reshape(shape).astype(dtype), mask)


def image(bands: tuple[str, ...] = ("red", "nir"), **changed: Any) -> ImageResult:
    made = {
        "ndarray": pixels((len(bands), 4, 6)),
        "properties": {"id": "field:a", "date": MAY, "cloud": 0.5},
        "bandinfo": {name: {} for name in bands},
        "geocontext": GRID,
    }
    return ImageResult(**{**made, **changed})


def collection(dated: bool = True) -> ImageCollectionResult:
    date = {"date": MAY} if dated else {}
    properties = [{"id": "field:a", **date}, {"id": "field:b", **date}]
    return ImageCollectionResult(pixels((2, 2, 4, 6)), properties, {"red": {}, "nir": {}}, GRID)


def test_an_image_is_an_array_with_coordinates_and_a_crs() -> None:
    array: Any = image().to_xarray()
    assert array.dims == ("band", "y", "x")
    assert list(array.band.values) == ["red", "nir"]
    np.testing.assert_allclose(array.x, 500005 + 10 * np.arange(6))
    np.testing.assert_allclose(array.y, 4999995 - 10 * np.arange(4))
    assert np.isnan(array.sel(band="red").values[1, 2])
    assert float(array.sel(band="nir", x=500005, y=4999995)) == 24
    assert array.rio.crs.to_epsg() == 32633
    assert array.rio.transform().to_gdal() == GRID["gdal_geotrans"]
    assert array.time == np.datetime64("2020-05-01T10:00")
    assert array.attrs["cloud"] == 0.5


@pytest.mark.parametrize(("dtype", "missing", "expected"), [
    ("int16", False, "int16"), ("bool", False, "bool"), ("int16", True, "float64"), ("float32", True, "float32"),
])  # fmt: skip
def test_arrays_keep_their_type_where_it_can_say_all(dtype: str, missing: bool, expected: str) -> None:
    assert image(ndarray=pixels((2, 4, 6), dtype, missing)).to_xarray().dtype == expected


def test_a_collection_is_an_array_along_time() -> None:
    array = collection().to_xarray()
    assert array.dims == ("time", "band", "y", "x")
    assert list(array.id.values) == ["field:a", "field:b"]
    assert array.isel(time=1, band=0).values[0, 0] == 48
    assert collection(dated=False).to_xarray().dims == ("image", "band", "y", "x")


def test_an_array_goes_to_a_file_and_back(tmp_path: Any) -> None:
    array: Any = image().to_xarray()
    array.rio.to_raster(tmp_path / "out.tif")
    with xarray.open_dataarray(tmp_path / "out.tif", engine="rasterio") as read:
        np.testing.assert_array_equal(read.values, array.values)


def test_results_are_equal_if_all_of_them_is() -> None:
    same = image()
    same.ndarray.data[:, 1, 2] = 99  # what is masked says nothing
    assert image() == same
    assert image() != image(properties={})
    assert image() != image(bands=("nir", "red"))
    assert image() != image(ndarray=pixels((2, 4, 6), missing=False))
    assert collection() == collection()
    assert collection() != image()
    nan = pixels((2, 4, 6), "float64")
    nan[0, 0, 0] = np.nan
    assert image(ndarray=nan) == image(ndarray=nan.copy())


POINT = GeometryResult("Point", [9.0, 47.0])


def test_shapes_are_tables() -> None:
    features = FeatureCollectionResult([FeatureResult(POINT, {"n": 1}), FeatureResult(POINT, {"n": 2})])
    table = features.to_geopandas()
    assert list(table.n) == [1, 2]
    assert table.crs.to_epsg() == 4326
    assert table.geometry.iloc[0].coords[0] == (9.0, 47.0)
    assert len(POINT.to_geopandas()) == 1
    assert len(FeatureCollectionResult([]).to_geopandas()) == 0


def test_images_are_plotted_where_they_lie() -> None:
    axes: Any = image().plot("nir")
    assert tuple(axes.images[0].get_extent()) == (500000, 500060, 4999960, 5000000)
    np.testing.assert_array_equal(axes.images[0].get_array().mask, np.ma.getmaskarray(image().ndarray)[1])
    colours: Any = image(("red", "green", "blue")).plot().images[0].get_array()
    assert colours.shape == (4, 6, 4)
    assert colours[1, 2, 3] == 0
    assert len([ax for ax in collection().plot().axes if ax.images]) >= 2
    with pytest.raises(ValueError, match="no band 'blue': there are red, nir"):
        image().plot("blue")


def test_notebooks_show_what_it_is_and_a_thumbnail() -> None:
    shown = image()._repr_html_()
    for expected in ("2 x 4 x 6", "int16", "red, nir", "EPSG:32633"):
        assert expected in shown
    data = re.search(r"base64,([^']+)'", shown)
    assert data is not None
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(data[1]))))
    assert picture.shape == (4, 6, 4)
    assert picture[1, 2, 3] == 0
    assert "of 2 images" in collection()._repr_html_()
    square = GeometryResult("Polygon", [[[9.0, 47.0], [10.0, 47.0], [10.0, 48.0], [9.0, 47.0]]])
    assert '<path fill-rule="evenodd"' in square._repr_html_()
    both = FeatureCollectionResult([FeatureResult(POINT, {}), FeatureResult(square, {})])._repr_html_()
    assert both.count("<circle") == both.count("<path") == 1
    hostile = FeatureResult(POINT, {"<script>": "<b>"})
    assert "<script>" not in hostile._repr_html_()
    assert "Point" in hostile._repr_html_()
