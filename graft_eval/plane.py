"""Planes: what the pixels of one band are, as an expression, before any is read.

A plane stands for a two-dimensional array of float64 or boolean values and a mask (True is missing) on
whatever grid it is computed. Planes are immutable, compared by identity, and shared: one that is reached
twice is computed once.
"""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from graft_eval.scene import Band, Scene

__all__ = [
    "Apply", "Choose", "Colour", "Composite", "Constant", "Extreme", "Inside", "IsMasked", "Masked", "Missing",
    "Plane", "Read", "Reduce",
]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A band of a scene, sampled on the grid; physical values. Beyond the scene it is masked."""

    scene: Scene
    band: Band
    resampler: str = "near"


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """The same value everywhere."""

    value: float | bool


@dataclass(frozen=True, slots=True, eq=False)
class Missing:
    """Masked everywhere."""


@dataclass(frozen=True, slots=True, eq=False)
class Extreme:
    """A constant: the valid minimum or maximum of a plane over the whole grid; masked where nothing is valid."""

    operation: str  # "min" or "max"
    plane: Plane


@dataclass(frozen=True, slots=True, eq=False)
class Apply:
    """A NumPy function of planes, pixel by pixel; masked where an argument is, or where the result is not finite.

    Bit operations truncate numbers to 64-bit integers, and are logic on booleans.
    """

    function: str  # NumPy's name: "add", "log", "less", "bitwise_and"
    arguments: tuple[Plane, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Masked:
    """A plane with a mask: pixels where `by` is not 0 become masked.

    With `replace` the plane's own mask is dropped, and masked pixels of `by` become masked;
    without it they count as False.
    """

    plane: Plane
    by: Plane
    replace: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class IsMasked:
    """True where any of the planes is masked; never masked itself."""

    planes: tuple[Plane, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Choose:
    """`x` where the condition is not 0, else `y`; masked where the condition or the chosen one is."""

    condition: Plane
    x: Plane
    y: Plane


@dataclass(frozen=True, slots=True, eq=False)
class Reduce:
    """A reduction over planes, pixel by pixel: min max mean median sum std count mosaic.

    Masked pixels are left out; masked where all are (`count` too). `mosaic` takes the first valid one.
    """

    operation: str
    planes: tuple[Plane, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Composite:
    """Per pixel the plane whose key is the least (argmin) or the greatest (argmax); the first one wins ties."""

    operation: str  # "argmin" or "argmax"
    keys: tuple[Plane, ...]
    planes: tuple[Plane, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Colour:
    """A channel (0 red, 1 green, 2 blue) of a colormap, 0 to 1.

    It is entry floor(256 x) of the table, where x is 0 at `vmin` and 1 at `vmax`.
    """

    plane: Plane
    colormap: str
    vmin: Plane
    vmax: Plane
    channel: int


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """True where the pixel's centre lies within a geometry of longitudes and latitudes."""

    geometry: BaseGeometry
    all_touched: bool = False


Plane = Read | Constant | Missing | Extreme | Apply | Masked | IsMasked | Choose | Reduce | Composite | Colour | Inside
