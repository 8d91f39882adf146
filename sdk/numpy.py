"""NumPy's functions, of values that are computed later: `wf.numpy.sqrt(x)`."""

from __future__ import annotations

from sdk.language.ufuncs import ALIASES, FUNCTIONS

__all__ = sorted([*FUNCTIONS, *ALIASES.values()])

globals().update(FUNCTIONS, **{alias: FUNCTIONS[name] for name, alias in ALIASES.items()})


def __dir__() -> list[str]:
    return __all__
