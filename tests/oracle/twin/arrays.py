"""Arrays: NumPy's functions on arrays, those of `numpy.ma` where one has a mask."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.conftest import LANGUAGE

__all__ = ["ARRAYS", "call", "is_array"]


def is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic)


def call(name: str) -> Callable[..., Any]:
    """Return the function of NumPy of a name, for arguments as a graft gives them."""

    def function(*arguments: Any, **named: Any) -> Any:
        given = [*arguments, *named.values()]
        flat = [each for value in given for each in (value if isinstance(value, list | tuple) else [value])]
        masked = any(isinstance(each, np.ma.MaskedArray) for each in flat)
        found: Any = np.ma if masked and hasattr(np.ma, name.split(".")[0]) else np
        for part in name.split("."):
            found = getattr(found, part)
        if "interpolation" in named:
            named["method"] = named.pop("interpolation")
        named = {key: tuple(value) if isinstance(value, list) else value for key, value in named.items()}
        return found(*arguments, **named)

    return function


def masked(data: Any, mask: Any, fill_value: Any) -> Any:
    return np.ma.MaskedArray(data, mask=np.broadcast_to(mask, np.shape(data)), fill_value=fill_value)


def index(array: Any, key: Any) -> Any:
    return array[tuple(map(_entry, key)) if isinstance(key, tuple) else _entry(key)]


def _entry(key: Any) -> Any:
    return np.array(key) if isinstance(key, list) else key


ARRAYS: dict[str, Any] = {
    **{
        builtin: call(builtin.removeprefix("wf.numpy."))
        for builtin in json.loads((LANGUAGE / "builtins.json").read_text())
        if builtin.startswith("wf.numpy.")
    },
    "wf.numpy.linalg.norm": lambda x, ord=None, axis=None: np.linalg.norm(
        x, ord, tuple(axis) if isinstance(axis, list) else axis
    ),
    "wf.array.create": np.array, "wf.array.getitem": index, "wf.array.ndim": np.ndim, "wf.array.size": np.size,
    "wf.array.shape": lambda array: list(array.shape), "wf.array.dtype": lambda array: array.dtype,
    "wf.array.astype": lambda array, dtype: array.astype(dtype), "wf.array.flatten": lambda array: array.flatten(),
    "wf.dtype.create": np.dtype, "wf.scalar.create": lambda number: np.asarray(number)[()],
    "wf.maskedarray.create": masked, "wf.maskedarray.compressed": np.ma.compressed,
    "wf.maskedarray.filled": np.ma.filled, "wf.maskedarray.getdata": np.ma.getdata,
    "wf.maskedarray.getmaskarray": np.ma.getmaskarray,
}  # fmt: skip
