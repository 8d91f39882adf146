"""Results travel as Arrow, and arrive as they were."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from sdk.contract.arrow import read, write
from sdk.contract.results import ImageCollectionResult, ImageResult

WHEN = datetime(2009, 5, 1, 17, 30, 0, 250, tzinfo=UTC)

VALUES: list[Any] = [
    None, True, -(2**63), 2**63 - 1, 0.1, "", "naïve “text”", WHEN, timedelta(days=-1, microseconds=7), [], (),
    {}, [1, [2.5, "x", None]], (1, (2,), [3]), {"a": {"b": 1}}, {1: "int", 2.5: "float", (1, "x"): "tuple", None: 0},
    {WHEN: timedelta(1)}, {"datetime": "not a date"}, {"array": 0}, slice(1, None, 2), math.inf, -math.inf,
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=repr)
@pytest.mark.parametrize("compression", [None, "lz4", "brotli"])
def test_a_value_arrives_as_it_was(value: Any, compression: Any) -> None:
    arrived = read(write(value, compression))
    assert arrived == value
    assert type(arrived) is type(value)


def test_nan_arrives_inside_containers() -> None:
    ((arrived,),) = read(write([(math.nan,)]))
    assert math.isnan(arrived)


DTYPES = ["?", "u1", "i2", "<i8", ">i4", "f2", "f4", "f8", "c16", "M8[ms]", "m8[ns]", "U3", "S2"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(2, 3), (0, 4), (1, 5, 3), ()], ids=str)
def test_an_array_of_any_dtype_arrives_with_its_mask(dtype: str, shape: tuple[int, ...]) -> None:
    count = math.prod(shape)
    data = np.arange(count).astype("i8" if dtype[0] in "Mm" else dtype).astype(dtype).reshape(shape)
    mask = (np.arange(count) % 3 == 1).reshape(shape)

    arrived = read(write([data, np.ma.MaskedArray(data, mask)]))

    np.testing.assert_array_equal(arrived[0], data)
    np.testing.assert_array_equal(arrived[1].mask, mask)
    np.testing.assert_array_equal(arrived[1].data, data)
    assert arrived[1].dtype == data.dtype.newbyteorder("=")


def test_a_transposed_array_and_an_absent_mask_arrive() -> None:
    data = np.ma.MaskedArray(np.arange(6.0).reshape(2, 3).T)
    arrived = read(write(data))
    np.testing.assert_array_equal(arrived, data)
    assert arrived.mask.shape == (3, 2)


def test_arrived_arrays_may_be_written_to() -> None:
    for array in read(write([np.zeros(3), np.ma.zeros(3), np.zeros(3, bool)])):
        array[0] = 1
        assert array[0] == 1


def test_numpy_scalars_arrive_as_python_numbers() -> None:
    arrived = read(write([np.int16(3), np.float32(0.5), np.bool_(True)]))
    assert arrived == [3, 0.5, True]
    assert [type(value) for value in arrived] == [int, float, bool]


def test_other_readers_of_arrow_see_numbers_and_nulls() -> None:
    data = write(np.ma.MaskedArray([[1.5, 2.5]], [[False, True]]))
    batch = pa.ipc.open_stream(data).read_next_batch()
    assert batch.column("0").to_pylist() == [[1.5, None]]
    assert batch.schema.field("0").type == pa.large_list(pa.float64())


@pytest.mark.parametrize(
    "value",
    [object(), print, np.array([object()]), {1, 2}, b"bytes"],
    ids=["object", "function", "array of objects", "set", "bytes"],
)
def test_what_has_no_form_is_refused_by_name(value: object) -> None:
    with pytest.raises(TypeError, match="has no form in a result"):
        write([value])


@pytest.mark.parametrize("data", [b"", b"<html>", b"\xff\xff\xff\xff\x10\0\0\0", write(1)[:-200]], ids=repr)
def test_bytes_that_are_no_stream_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no Arrow stream"):
        read(data)


def image() -> ImageResult:
    pixels = np.ma.MaskedArray(np.arange(24.0).reshape(2, 3, 4), np.arange(24).reshape(2, 3, 4) % 5 == 0)
    bandinfo = {"red": {"id": "p:red", "data_range": (0, 10000)}, "nir": {"id": "p:nir", "data_range": (0, 1)}}
    return ImageResult(pixels, {"id": "p:one", "date": WHEN}, bandinfo, {"crs": "EPSG:3857", "shape": [3, 4]})


def test_an_image_arrives_with_all_that_is_known_of_it() -> None:
    sent = image()
    arrived = read(write({"inner": [sent]}, "lz4"))["inner"][0]
    assert isinstance(arrived, ImageResult)
    np.testing.assert_array_equal(arrived.ndarray.mask, sent.ndarray.mask)
    np.testing.assert_array_equal(arrived.ndarray.data, sent.ndarray.data)
    assert (arrived.properties, arrived.bandinfo, arrived.geocontext) == (
        sent.properties, sent.bandinfo, sent.geocontext,
    )  # fmt: skip
    assert list(arrived.bandinfo) == ["red", "nir"]


def test_an_images_repr_shows_its_parts_shortly() -> None:
    assert repr(image()).splitlines() == [
        "ImageResult:",
        "  * ndarray: MaskedArray<shape=(2, 3, 4), dtype=float64>",
        "  * properties: 'id', 'date'",
        "  * bandinfo: 'red', 'nir'",
        "  * geocontext: 'crs', 'shape'",
    ]


def test_a_collection_is_a_sequence_of_images() -> None:
    one = image()
    pixels = np.ma.stack([one.ndarray, one.ndarray + 1])
    collection = ImageCollectionResult(pixels, [{"id": "a"}, {"id": "b"}], one.bandinfo, one.geocontext)
    arrived = read(write(collection))
    assert len(arrived) == 2
    assert [part.properties["id"] for part in arrived] == ["a", "b"]
    np.testing.assert_array_equal(list(arrived)[1].ndarray, one.ndarray + 1)
    assert repr(arrived).startswith("ImageCollectionResult of length 2:\n  * ndarray: MaskedArray<shape=(2, 2, 3, 4)")
