"""Examples of operations: those of their rows and, of regular operations, those that follow from their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sdk.graft.op import REQUIRED, Kind, Op

__all__ = ["example_of", "value_of"]

_IMAGE: Final = 'Image.from_id("product:scene")'
_ARRAY: Final = "Array([[1.0, 2.0], [3.0, 5.0]])"
_POINT: Final = 'Geometry(type="Point", coordinates=[9.0, 47.0])'
_VALUES: Final[Mapping[str, str]] = MappingProxyType({
    "Imagery": _IMAGE, "Image": _IMAGE, "ImageCollection": 'ImageCollection.from_id("product")',
    "Str": 'Str("red green")', "Datetime": "Datetime(2020, 7, 1)", "Timedelta": "Timedelta(days=14)",
    "GeoContext": 'GeoContext(bounds=(9.0, 47.0, 10.0, 48.0), crs="EPSG:4326", shape=(512, 512))',
    "StrLike": '"red"', "IntLike": "2", "FloatLike": "0.5", "NumberLike": "Float(0.5)", "DatetimeLike": '"2020-07-01"',
    "StrListLike": '["red", "green"]', "Any": "1", "NumericLike": "Float(0.5)",
    "BaseArray": _ARRAY, "ArrayLike": _ARRAY, "ScalarOrArrayLike": _ARRAY, "PlainArrayLike": _ARRAY,
    "MaskedArray": "MaskedArray([1, 2], mask=[True, False])",
    "Scalar": "Array([1.0, 2.0]).mean()", "Kernel": "Kernel(dims=(1, 3), data=[-1.0, 0.0, 1.0])",
    "Geometry": _POINT, "GeometryCollection": f"GeometryCollection([{_POINT}])",
    "Feature": f'Feature({_POINT}, {{"name": "here"}})',
    "FeatureCollection": f'FeatureCollection([Feature({_POINT}, {{"name": "here"}})])',
    "ArraysLike": f"[{_ARRAY}, {_ARRAY}]", "ShapeLike": "[2, 2]", "List[Int]": "[2, 2]", "DTypeLike": '"float32"',
})  # fmt: skip

# Of a second argument of the same type, so that an example shows which is which.
_SECOND: Final[Mapping[str, str]] = MappingProxyType({"NumericLike": "2.0", "NumberLike": "2.0", "IntLike": "3"})


def value_of(type_: str) -> str:
    """Return an expression whose value has a type; empty if there is none for it.

    >>> value_of("Datetime"), value_of("Function")
    ('Datetime(2020, 7, 1)', '')
    """
    return _VALUES.get(type_, "")


def example_of(row: Op) -> str:
    """Return an expression with the operation, in the names that `import sdk` has; empty for what is not called.

    >>> from sdk.graft.op import OPERATIONS
    >>> example_of(OPERATIONS["wf.numpy.hypot"]), example_of(OPERATIONS["wf.maskedarray.compressed"])
    ('numpy.hypot(Float(0.5), 2.0)', 'MaskedArray([1, 2], mask=[True, False]).compressed()')
    """
    if row.example or not row.called:
        return row.example
    needed = [p for p in row.parameters if p.default is REQUIRED and p.kind is not Kind.NAMED_VARIADIC]
    types = [parameter.types.partition(" | ")[0] for parameter in needed]
    values = [
        _SECOND.get(type_, _VALUES[type_]) if type_ in types[:i] else _VALUES[type_] for i, type_ in enumerate(types)
    ]
    if row.owner is None:
        space = row.builtin[3:].removesuffix(row.called) if row.builtin.startswith("wf.numpy.") else ""
        return f"{space}{row.called}({', '.join(values)})"
    if not types or types[0] != row.owner:
        return f"{row.owner}.{row.called}({', '.join(values)})"
    receiver, *arguments = values
    return f"{receiver}.{row.called}({', '.join(arguments)})"
