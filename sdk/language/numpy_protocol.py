"""NumPy's own functions on proxies: `np.mean(wf.Array([1, 2]))` is a graft."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sdk.language.proxy import TYPES, Proxy
from sdk.language.ufuncs import ALIASES, FUNCTIONS

__all__ = ["ARRAY_FUNCTIONS", "NumPyProtocol"]

ARRAY_FUNCTIONS: dict[str, Callable[..., Any]] = {}
"""Functions of whole arrays by their name in NumPy, `linalg.inv`, filled as their rows are declared."""

_OLD_NAMES = {"amax": "max", "amin": "min"}
_UFUNCS = {**FUNCTIONS, **{alias: FUNCTIONS[name] for name, alias in ALIASES.items()}}


class NumPyProtocol(Proxy, abstract=True):
    """Base of types that NumPy's functions take: they call the function of `wf.numpy` of that name."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: object, **kwargs: object) -> Any:
        function = _UFUNCS.get(ufunc.__name__)
        if function is None or method != "__call__" or kwargs or any(isinstance(x, TYPES["Imagery"]) for x in inputs):
            return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)
        return function(*inputs)

    def __array_function__(
        self, func: Any, types: Sequence[type], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        space = func.__module__.removeprefix("numpy").removeprefix(".")
        name = _OLD_NAMES.get(func.__name__, func.__name__)
        function = ARRAY_FUNCTIONS.get(f"{space}.{name}".removeprefix("."))
        return NotImplemented if function is None else function(*args, **kwargs)
