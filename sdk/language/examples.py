"""Examples of operations: those of their rows and, of regular operations, those that follow from their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sdk.graft.op import REQUIRED, Kind, Op

__all__ = ["example_of"]

_IMAGE: Final = 'Image.from_id("product:scene")'
_ARRAY: Final = "Array([[1.0, 2.0], [3.0, 5.0]])"
_VALUES: Final[Mapping[str, str]] = MappingProxyType({
    "Imagery": _IMAGE, "Image": _IMAGE, "ImageCollection": 'ImageCollection.from_id("product")',
    "Str": 'Str("red green")', "Datetime": "Datetime(2020, 7, 1)", "Timedelta": "Timedelta(days=14)",
    "GeoContext": 'GeoContext(bounds=(9.0, 47.0, 10.0, 48.0), crs="EPSG:4326", shape=(512, 512))',
    "StrLike": '"red"', "IntLike": "2", "FloatLike": "0.5", "NumberLike": "Float(0.5)", "DatetimeLike": '"2020-07-01"',
    "StrListLike": '["red", "green"]', "Any": "1", "NumericLike": "Float(0.5)",
    "BaseArray": _ARRAY, "ArrayLike": _ARRAY, "ScalarOrArrayLike": _ARRAY, "PlainArrayLike": _ARRAY,
    "MaskedArray": "MaskedArray([1, 2], mask=[True, False])",
    "ArraysLike": f"[{_ARRAY}, {_ARRAY}]", "ShapeLike": "[2, 2]", "List[Int]": "[2, 2]", "DTypeLike": '"float32"',
})  # fmt: skip


def example_of(row: Op) -> str:
    """Return an expression with the operation, in the names that `import sdk` has; empty for what is not called.

    >>> from sdk.graft.op import OPERATIONS
    >>> example_of(OPERATIONS["wf.Str.center"]), example_of(OPERATIONS["wf.numpy.hypot"])
    ('Str("red green").center(2)', 'numpy.hypot(Float(0.5), Float(0.5))')
    """
    if row.example or not row.called:
        return row.example
    needed = [p for p in row.parameters if p.default is REQUIRED and p.kind is not Kind.NAMED_VARIADIC]
    values = [_VALUES[parameter.types.partition(" | ")[0]] for parameter in needed]
    if row.owner is None:
        space = row.builtin[3:].removesuffix(row.called) if row.builtin.startswith("wf.numpy.") else ""
        return f"{space}{row.called}({', '.join(values)})"
    if not needed or needed[0].types.partition(" | ")[0] != row.owner:
        return f"{row.owner}.{row.called}({', '.join(values)})"
    receiver, *arguments = values
    return f"{receiver}.{row.called}({', '.join(arguments)})"
