"""NumPy's functions of masked arrays, of values that are computed later: `wf.numpy.ma.masked_less(a, 0)`.

Results, masks and errors are those of `numpy.ma`.
"""

from __future__ import annotations

from sdk.language.masked_arrays import MaskedArray
from sdk.language.numpy_masked import FUNCTIONS

_FUNCTIONS = {name.removeprefix("ma."): made for name, made in FUNCTIONS.items()}
masked_array = MaskedArray

__all__ = sorted([*_FUNCTIONS, "MaskedArray", "masked_array"])

globals().update(_FUNCTIONS)


def __dir__() -> list[str]:
    return __all__
