"""NumPy's linear algebra, of values that are computed later: `wf.numpy.linalg.inv(a)`.

Results and errors are NumPy's. None takes a `MaskedArray`: give `.filled(value)`.
"""

from __future__ import annotations

from sdk.language.numpy_products import FUNCTIONS

_FUNCTIONS = {name.removeprefix("linalg."): made for name, made in FUNCTIONS.items() if name.startswith("linalg.")}

__all__ = sorted(_FUNCTIONS)

globals().update(_FUNCTIONS)


def __dir__() -> list[str]:
    return __all__
