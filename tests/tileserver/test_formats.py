"""Values become bytes with all their pixels, and formats that do not exist are refused."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pytest
from shapely.geometry import box

from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Constant, Missing, Plane
from graft_eval.progress import Progress
from graft_eval.scene import SceneCatalog
from graft_eval.scope import Engine, Raster, Scope
from graft_eval.values.function import Function
from graft_eval.values.geocontext import GeoContext
from graft_eval.values.image import Groupby, Image, ImageCollection
from sdk.contract.arrow import read
from sdk.contract.results import ImageCollectionResult, ImageResult
from tileserver.formats import BadFormat, accepted_format, encode, read_format

GRID = Grid((0.0, 0.0, 3.0, 2.0), "EPSG:32633", (2, 3), cutline=box(15, 0, 15.1, 0.1))
WHEN = datetime(2020, 1, 1, 12, tzinfo=UTC)


@dataclass
class Ramp:
    """An engine that gives each plane its number in hundreds, plus the pixel's own; counts what it computes."""

    calls: list[int] = field(default_factory=list)

    def compute(self, planes: Sequence[Plane], grid: Grid, progress: Progress, limits: Limits) -> Raster:
        self.calls.append(len(planes))
        data = np.arange(grid.shape[0] * grid.shape[1], dtype=float).reshape(grid.shape)
        stack = np.stack([100.0 * index + data for index in range(len(planes))])
        mask = np.stack([(data == 1) | isinstance(plane, Missing) for plane in planes])
        return Raster(stack, mask)


def scope(engine: Any = None, grid: Grid | None = GRID) -> Scope:
    return Scope(catalog=cast(SceneCatalog, None), engine=cast(Engine, engine or Ramp()), grid=grid)


def image(*bands: str, **properties: object) -> Image:
    info = {band: {"id": f"p:{band}", "name": band, "data_range": (0.0, 1.0)} for band in bands}
    return Image(bands, tuple(Constant(0.0) for _ in bands), properties, info)


def arrived(value: object, scope: Scope) -> Any:
    data, media_type = encode(value, "pyarrow", scope)
    assert media_type == "application/vnd.pyarrow"
    return read(data)


def test_an_image_is_sent_with_its_pixels_and_metadata() -> None:
    result = arrived(image("red", "nir", id="p:a", date=WHEN), scope())
    assert isinstance(result, ImageResult)
    np.testing.assert_array_equal(result.ndarray.data[:, 1, 2], [5, 105])
    np.testing.assert_array_equal(result.ndarray.mask, [[[False, True, False], [False] * 3]] * 2)
    assert result.properties == {"id": "p:a", "date": WHEN}
    assert list(result.bandinfo) == ["red", "nir"]
    assert result.bandinfo["nir"]["data_range"] == (0.0, 1.0)
    assert (result.geocontext["crs"], result.geocontext["shape"]) == ("EPSG:32633", (2, 3))
    assert result.geocontext["bounds"] == (0.0, 0.0, 3.0, 2.0)
    assert result.geocontext["gdal_geotrans"] == (0.0, 1.0, 0.0, 2.0, 0.0, -1.0)
    assert result.geocontext["geometry"]["type"] == "Polygon"


def test_a_collection_is_computed_at_once() -> None:
    engine = Ramp()
    collection = ImageCollection((image("red", "nir", id="a"), image("red", "nir", id="b")))
    result = arrived(collection, scope(engine))
    assert isinstance(result, ImageCollectionResult)
    assert engine.calls == [4]
    assert result.ndarray.shape == (2, 2, 2, 3)
    np.testing.assert_array_equal(result.ndarray.data[:, :, 0, 0], [[0, 100], [200, 300]])
    assert [properties["id"] for properties in result.properties] == ["a", "b"]


def test_empty_imagery_is_a_value() -> None:
    assert arrived(Image(), scope()).ndarray.shape == (0, 2, 3)
    assert arrived(ImageCollection(), scope()).ndarray.shape == (0, 0, 2, 3)


def test_containers_hold_anything() -> None:
    sent = {"a": [1, (WHEN, timedelta(1))], 2: [image("red")], (1, 2): None}
    result = arrived(sent, scope())
    assert result["a"] == [1, (WHEN, timedelta(1))]
    assert result[2][0].ndarray.shape == (1, 2, 3)
    assert (1, 2) in result


def test_a_geocontext_is_sent_as_its_fields() -> None:
    result = arrived(GeoContext.from_xyz_tile(0, 0, 0), scope(grid=None))
    assert (result["crs"], result["shape"]) == ("EPSG:3857", (256, 256))


def test_imagery_without_a_grid_says_what_is_missing() -> None:
    for value in (image("red"), ImageCollection((image("red"),)), [image("red")]):
        with pytest.raises(EvaluationError, match="geoctx"):
            encode(value, "pyarrow", scope(grid=None))


class Identity(Function):
    parameters = ("x",)

    def apply(self, arguments: Any, named: Any) -> Any:
        raise AssertionError("a result is not called")


@pytest.mark.parametrize(("value", "name"), [(Identity(), "Function"), ([Groupby({})], "ImageCollectionGroupby")])
def test_what_is_no_value_is_refused_by_name(value: object, name: str) -> None:
    with pytest.raises(EvaluationError, match=f"a {name} is nothing that can be sent"):
        encode(value, "json", scope())


def test_containers_nested_too_deeply_are_refused_with_the_limit() -> None:
    value: object = 1
    for _ in range(20_000):
        value = [value]
    with pytest.raises(LimitExceeded, match="100 containers"):
        encode(value, "json", scope())


def test_json_has_null_for_what_is_missing() -> None:
    data, media_type = encode(image("red", id="a"), "json", scope())
    document = json.loads(data)
    assert media_type == "application/json"
    assert document["ndarray"] == [[[0, None, 2], [3, 4, 5]]]
    assert document["mask"] == [[[False, True, False], [False, False, False]]]
    assert document["properties"] == {"id": "a"}
    assert document["bandinfo"]["red"]["data_range"] == [0, 1]
    assert document["geocontext"]["shape"] == [2, 3]


JSON: list[tuple[object, object]] = [
    (None, None),
    (True, True),
    (math.nan, None),
    (-math.inf, None),
    (("a", [1.5]), ["a", [1.5]]),
    (WHEN, "2020-01-01T12:00:00+00:00"),
    (timedelta(seconds=90), 90.0),
    (slice(1, None, 2), [1, None, 2]),
    (
        {1: "a", (1, 2): "b", WHEN: "c", None: "d"},
        {"1": "a", "null": "d", "[1,2]": "b", "2020-01-01T12:00:00+00:00": "c"},
    ),
    (np.array([[1.0, math.nan], [math.inf, 2.0]]), [[1.0, None], [None, 2.0]]),
    (np.ma.MaskedArray([1, 2], [False, True]), [1, None]),
    (np.array([True, False]), [True, False]),
    (np.float64("nan"), None),
    (np.int16(3), 3),
    ("naïve", "naïve"),
]


@pytest.mark.parametrize(("value", "expected"), JSON, ids=lambda value: repr(value)[:30])
def test_values_have_a_form_in_json(value: object, expected: object) -> None:
    assert json.loads(encode(value, "json", scope(grid=None))[0]) == expected


@pytest.mark.parametrize("name", ["pyarrow", "PyArrow", {"type": "PYARROW", "compression": "LZ4"}], ids=str)
def test_names_of_formats_are_in_any_case(name: Any) -> None:
    assert read_format(name).options == {"compression": "lz4"}


@pytest.mark.parametrize("compression", ["lz4", "brotli"])
def test_results_are_compressed_as_asked_for(compression: str) -> None:
    zeros = np.zeros(100_000)
    data, _ = encode(zeros, {"type": "pyarrow", "compression": compression}, scope())
    assert len(data) < 10_000
    np.testing.assert_array_equal(read(data), zeros)
    assert (data[:4] == b"\xff\xff\xff\xff") == (compression == "lz4")


REFUSED: list[tuple[Any, str]] = [
    ("gif", "the format must be one of pyarrow, json, .*geotiff.*, not 'gif'"),
    ({"type": "geotiff", "compression": "zip"}, "must be one of LZW, None, JPEG, not 'zip'"),
    ({"type": "geotiff", "tiled": 1}, "tiled of the format geotiff must be one of True, False, not 1"),
    ("", "must be one of"),
    ({"type": "json", "indent": 2}, "json has no option 'indent'; it has none"),
    ({"type": "pyarrow", "level": 1}, "pyarrow has no option 'level'; it has compression"),
    ({"type": "pyarrow", "compression": "zip"}, "compression of the format pyarrow must be one of lz4, brotli"),
    ({"type": "pyarrow", "compression": None}, "must be one of lz4, brotli, not None"),
    ({"compression": "lz4"}, "a name or an object with a type"),
    ({"type": 5}, "a name or an object with a type"),
]


@pytest.mark.parametrize(("format", "message"), REFUSED, ids=str)
def test_formats_that_do_not_exist_are_refused(format: Any, message: str) -> None:
    with pytest.raises(BadFormat, match=message):
        read_format(format)


ACCEPTED: list[tuple[str, str, dict[str, Any]]] = [
    ("", "pyarrow", {"compression": "lz4"}),
    ("*/*", "pyarrow", {"compression": "lz4"}),
    ("text/html, application/*;q=0.1", "pyarrow", {"compression": "lz4"}),
    ("application/json", "json", {}),
    ("Application/JSON; q=1", "json", {}),
    ("image/gif, application/json;q=0.2", "json", {}),
    (
        "image/tiff; tiled=false; compression=None; overview_resampler=mode",
        "geotiff",
        {"overviews": True, "tiled": False, "compression": None, "overview_resampler": "mode"},
    ),
    ("application/json;q=0.2, application/vnd.pyarrow", "pyarrow", {"compression": "lz4"}),
    ('application/vnd.pyarrow; compression="brotli"', "pyarrow", {"compression": "brotli"}),
]


@pytest.mark.parametrize(("accept", "name", "options"), ACCEPTED)
def test_the_accept_header_chooses_the_format(accept: str, name: str, options: dict[str, Any]) -> None:
    format = accepted_format(accept)
    assert (format.name, format.options) == (name, options)


@pytest.mark.parametrize(
    "accept",
    ["image/gif", "application/json;q=0", "garbage", ";", ",", "application/json;a=b"],
)
def test_an_accept_header_without_a_format_is_refused(accept: str) -> None:
    with pytest.raises(BadFormat):
        accepted_format(accept)


def test_no_pickle_travels() -> None:
    data, _ = encode([image("red"), {1: WHEN}], "pyarrow", scope())
    schema = pa.ipc.open_stream(data).schema
    assert [str(column.type) for column in schema] == ["large_string", "large_list<item: double>"]
