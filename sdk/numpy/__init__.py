"""NumPy's functions, of values that are computed later: `wf.numpy.sqrt(x)`.

They mean what NumPy's mean: shapes, dtypes, broadcasting, results and errors are its own. Of a `MaskedArray` they are
those of `numpy.ma`; where that has none, what is masked is left out, stays masked, or counts as 0 in products. A result
that would be larger than 64 MiB is refused before it is computed.
"""

from __future__ import annotations

from sdk.language import numpy_creation, numpy_products, numpy_reductions, numpy_shapes
from sdk.language.ufuncs import ALIASES, FUNCTIONS
from sdk.numpy import linalg as linalg
from sdk.numpy import ma as ma

_FUNCTIONS = {
    **FUNCTIONS,
    **{alias: FUNCTIONS[name] for name, alias in ALIASES.items()},
    **numpy_creation.FUNCTIONS,
    **numpy_reductions.FUNCTIONS,
    **numpy_shapes.FUNCTIONS,
    **{name: made for name, made in numpy_products.FUNCTIONS.items() if "." not in name},
}

__all__ = sorted([*_FUNCTIONS, "linalg", "ma"])

globals().update(_FUNCTIONS)


def __dir__() -> list[str]:
    return __all__
