"""The wire form of results: any value of the language, and its arrays, as an Arrow IPC stream.

A stream holds one record batch of one row. Its first column, `value`, is JSON that draws the value's shape:
null, booleans, integers, strings, finite floats and lists stand for themselves, everything else is an object
with one key, the tag of a type's form (`sdk.graft.types.Form`), of a result class, or of an array:

    {"tuple": [...]}                {"dict": [[key, value], ...]}      {"slice": [start, stop, step]}
    {"float": "nan" | "inf" | "-inf"}   {"datetime": RFC 3339}         {"timedelta": microseconds}
    {"array": column, "dtype": NumPy's, "shape": [...], "masked": bool}
    {"image": {"ndarray", "properties", "bandinfo", "geocontext"}}     {"image_collection": {the same}}

Each array is a further column, a list of its elements in C order that are null where the array is masked (the
values below the mask travel along). An element has the Arrow type that fits its dtype, or is a binary of its size
if none does, so that other readers of Arrow see numbers. A stream that is compressed by Brotli is compressed as
a whole; LZ4 is Arrow's own compression of buffers.

>>> read(write({(1, 2): [float("-inf"), True, None]}))
{(1, 2): [-inf, True, None]}
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final, Literal

from sdk.contract.results import RESULTS, Result
from sdk.graft.types import form_of, form_tagged

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, np.dtype[Any]]

__all__ = ["MEDIA_TYPE", "Compression", "read", "write"]

MEDIA_TYPE: Final = "application/vnd.pyarrow"
VERSION: Final = {b"graftile": b"1"}

Compression = Literal["lz4", "brotli"]


def write(value: object, compression: Compression | None = None) -> bytes:
    """Return the stream of a value; TypeError names a type that has no form here."""
    import pyarrow as pa

    columns: list[pa.Array] = []
    drawn = json.dumps(_draw(value, columns), separators=(",", ":"), allow_nan=False)
    batch = pa.record_batch(
        [pa.array([drawn], pa.large_string()), *columns],
        names=["value", *(str(column) for column in range(len(columns)))],
    ).replace_schema_metadata(VERSION)
    sink = pa.BufferOutputStream()
    stream = pa.CompressedOutputStream(sink, "brotli") if compression == "brotli" else sink
    options = pa.ipc.IpcWriteOptions(compression="lz4" if compression == "lz4" else None)
    with pa.ipc.new_stream(stream, batch.schema, options=options) as writer:
        writer.write_batch(batch)
    if stream is not sink:
        stream.close()
    return bytes(sink.getvalue().to_pybytes())


def read(data: bytes) -> Any:
    """Return the value that a stream holds; ValueError if the bytes are no such stream."""
    import pyarrow as pa

    # Arrow's streams begin with this mark, which no Brotli stream has.
    source = data if data[:4] == b"\xff\xff\xff\xff" else pa.CompressedInputStream(pa.py_buffer(data), "brotli")
    try:
        with pa.ipc.open_stream(source) as reader:
            batch = reader.read_next_batch()
    except (pa.ArrowInvalid, OSError, StopIteration) as error:
        raise ValueError(f"the server's answer is no Arrow stream: {error}") from error
    return _restore(json.loads(batch.column(0)[0].as_py()), batch)


def _draw(value: Any, columns: list[pa.Array]) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case float() if math.isfinite(value):
            return value
        case list():
            return [_draw(item, columns) for item in value]
        case Result():
            return {value.tag: {name: _draw(item, columns) for name, item in value.fields().items()}}
    form = form_of(value)
    return _draw_array(value, columns) if form is None else {form.tag: _draw(form.draw(value), columns)}


def _draw_array(value: Any, columns: list[pa.Array]) -> Any:
    import numpy as np
    import pyarrow as pa

    if isinstance(value, np.generic):
        return _draw(value.item(), columns) if _is_plain(value.dtype) else _draw_array(np.asarray(value), columns)
    if not isinstance(value, np.ndarray) or value.dtype.kind in "OV":
        raise TypeError(f"a {type(value).__name__} has no form in a result")
    # Arrow is little-endian, its elements are contiguous.
    data = np.ascontiguousarray(np.ma.getdata(value), value.dtype.newbyteorder("<")).reshape(-1)
    masked = isinstance(value, np.ma.MaskedArray)
    valid = _bits(~np.ma.getmaskarray(value).reshape(-1)) if masked else None
    elements = _bits(data) if data.dtype.kind == "b" else pa.py_buffer(data.view(np.uint8))
    column = pa.Array.from_buffers(_element_type(data.dtype), len(data), [valid, elements])
    columns.append(pa.LargeListArray.from_arrays(pa.array([0, len(data)], pa.int64()), column))
    return {"array": len(columns) - 1, "dtype": data.dtype.str, "shape": list(value.shape), "masked": masked}


def _element_type(dtype: np.dtype[Any]) -> pa.DataType:
    import pyarrow as pa

    return pa.from_numpy_dtype(dtype) if _is_plain(dtype) else pa.binary(dtype.itemsize)


def _is_plain(dtype: np.dtype[Any]) -> bool:
    """Return whether Arrow, JSON and Python have numbers like these."""
    return dtype.kind in "biuf" and dtype.itemsize <= 8


def _bits(booleans: Array) -> pa.Buffer:
    import pyarrow as pa

    return pa.array(booleans).buffers()[1]


def _restore(drawn: Any, batch: pa.RecordBatch) -> Any:
    if isinstance(drawn, list):
        return [_restore(item, batch) for item in drawn]
    if not isinstance(drawn, dict):
        return drawn
    if "array" in drawn:
        return _restore_array(drawn, batch)
    ((tag, content),) = drawn.items()
    if tag in RESULTS:
        return RESULTS[tag](**{name: _restore(item, batch) for name, item in content.items()})
    return form_tagged(tag).restore(_restore(content, batch))


def _restore_array(drawn: dict[str, Any], batch: pa.RecordBatch) -> Array:
    import numpy as np
    import pyarrow as pa

    elements = batch.column(drawn["array"] + 1).values
    dtype, count = np.dtype(drawn["dtype"]), len(elements)
    buffer = elements.buffers()[1]
    if dtype.kind == "b":
        flat = pa.Array.from_buffers(pa.bool_(), count, [None, buffer]).to_numpy(zero_copy_only=False)
    else:
        flat = np.frombuffer(buffer or b"", dtype, count).copy()  # for users may write to it
    data: Array = flat.reshape(drawn["shape"])
    if drawn["masked"]:
        return np.ma.MaskedArray(data, elements.is_null().to_numpy(zero_copy_only=False).reshape(drawn["shape"]))
    return data if drawn["shape"] else data[()]
