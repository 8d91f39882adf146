"""Planes: expressions of the pixels of one band, before any is read.

A plane stands for a two-dimensional array of float64 or boolean values and a mask (True is missing) on
whatever grid it is computed. Planes are immutable, compared by identity, and shared: one that is reached
twice is computed once. How a kind is computed is registered in `planning`: of leaves in `leaves`, else in `computing`;
planes that need other pixels than their own are in `barriers`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from graft_eval.errors import EvaluationError
from graft_eval.grid import Grid
from graft_eval.scene import Band, Scene

__all__ = [
    "LONLAT", "Choose", "Colour", "Composite", "Constant", "Elementwise", "Gridded", "Inside",
    "IsMasked", "Leaf", "Masked", "Missing", "Plane", "Rasterized", "Read", "Reduce", "Truth",
]  # fmt: skip

DECIDING = frozenset(  # functions whose results are booleans
    {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "signbit", "isfinite", "isinf", "isnan"}
    | {"isposinf", "isneginf", "logical_and", "logical_or", "logical_xor", "logical_not"}
)
LOGICAL = frozenset({"bitwise_and", "bitwise_or", "bitwise_xor", "invert", "bitwise_not"})  # booleans of booleans
LONLAT = "OGC:CRS84"  # longitude before latitude
PICKING = frozenset({"min", "max", "mosaic"})  # reductions that give one of the values

Truth = bool | None  # whether a plane is boolean; None if that is only known when it is computed


class Plane(ABC):
    """An expression of pixels. A kind of plane is a class of these, and a function that computes it."""

    __slots__ = ()

    @property
    @abstractmethod
    def inputs(self) -> tuple[Plane, ...]:
        """The planes that this one is computed from, in order."""

    @property
    def common(self) -> Hashable:
        """Properties that planes computed together share, besides their kind and the stages of their inputs."""
        return None

    @property
    def own(self) -> Hashable:
        """Identity of this plane among others of the same stage with the same inputs."""
        return None

    @abstractmethod
    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        """Return whether the values are boolean, given whether those of the inputs are."""


class Leaf(Plane):
    """A plane that is computed from no others."""

    __slots__ = ()

    @property
    def inputs(self) -> tuple[Plane, ...]:
        return ()


@dataclass(frozen=True, slots=True, eq=False)
class Read(Leaf):
    """A band of a scene, sampled on the grid; physical values. Beyond the scene it is masked."""

    scene: Scene
    band: Band
    resampler: str = "near"

    @property
    def is_large_integer(self) -> bool:
        """True if its values are integers as they are stored, of more digits than float64 has."""
        band = self.band
        return band.dtype in ("int64", "uint64") and self.resampler == "near" and band.scale == 1 and band.offset == 0

    @property
    def common(self) -> Hashable:
        return self.resampler, self.band.dtype

    @property
    def own(self) -> Hashable:
        return self.scene.id, self.band.asset.href, self.band.index, self.band.name

    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return False


@dataclass(frozen=True, slots=True, eq=False)
class Constant(Leaf):
    """The same value everywhere."""

    value: float | bool

    @property
    def common(self) -> Hashable:
        return isinstance(self.value, bool)

    @property
    def own(self) -> Hashable:
        return repr(self.value)

    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return isinstance(self.value, bool)


@dataclass(frozen=True, slots=True, eq=False)
class Missing(Leaf):
    """Masked everywhere."""

    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return False


@dataclass(frozen=True, slots=True, eq=False)
class Rasterized(Leaf):
    """Values of geometries at the pixels that belong to them; masked elsewhere, and where the value is not finite.

    A pixel belongs to a geometry if its centre lies inside; with `all_touched`, if the geometry touches it anywhere.
    Points have the pixel that holds them, lines those that they lead through. There is one value for each geometry:
    where several lie, the pixel has their sum (`merge` "add"), or the value of the last one ("replace"). Coordinates
    are x before y in `crs`, by default longitude and latitude; vertices are taken to the grid's CRS, and edges are
    straight there.
    """

    shapes: tuple[BaseGeometry, ...]
    values: tuple[float, ...]
    merge: Literal["add", "replace"] = "add"
    all_touched: bool = False
    crs: str = LONLAT

    def __post_init__(self) -> None:
        if len(self.shapes) != len(self.values):
            raise ValueError(f"there must be a value for each of {len(self.shapes)} shapes, not {len(self.values)}")

    @property
    def own(self) -> Hashable:
        return self

    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return False


@dataclass(frozen=True, slots=True, eq=False)
class Inside(Leaf):
    """True at the pixels that belong to a geometry, as `Rasterized` says, False elsewhere; never masked."""

    geometry: BaseGeometry
    all_touched: bool = False
    crs: str = LONLAT

    @property
    def own(self) -> Hashable:
        return self

    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Gridded(Leaf):
    """Pixels that are there already, as those of an array that was computed on a grid; masked beyond that.

    `data`, float64 or boolean, and `mask` (True is missing) are (row, col) on `grid`. They can be computed on all grids
    that have the same pixels, and on no others.
    """

    data: NDArray[np.float64] | NDArray[np.bool_]
    mask: NDArray[np.bool_]
    grid: Grid

    @classmethod
    def bands(cls, array: NDArray[Any], grid: Grid) -> tuple[Gridded, ...]:
        """Return the planes of an array of numbers, masked or not, (band, y, x); what is not finite is masked.

        >>> grid = Grid((0.0, 0.0, 30.0, 20.0), "EPSG:32633", (2, 3))
        >>> [plane.mask.any() for plane in Gridded.bands(np.array([[[1, 2, 3], [4, 5, 6]]]), grid)]
        [np.False_]
        """
        if array.shape[1:] != grid.shape:
            rows, cols = grid.shape
            raise EvaluationError(f"the array must be (band, y, x) of {rows} x {cols} pixels, not {array.shape}")
        if array.dtype.kind not in "biuf":
            raise EvaluationError(f"the array must be of numbers, not of {array.dtype}")
        data = np.ma.getdata(array)
        data = data if data.dtype == np.bool_ else data.astype(np.float64)
        mask = np.ma.getmaskarray(array) | ~np.isfinite(data)
        return tuple(cls(*band, grid) for band in zip(data, mask, strict=True))

    @property
    def common(self) -> Hashable:
        return self.data.dtype == np.bool_

    @property
    def own(self) -> Hashable:
        return self

    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return self.data.dtype == np.bool_


@dataclass(frozen=True, slots=True, eq=False)
class Elementwise(Plane):
    """A NumPy function of planes, pixel by pixel; masked where an argument is, or where the result is not finite.

    Bit operations truncate numbers to 64-bit integers, and are logic on booleans.
    """

    function: str  # NumPy's name: "add", "log", "less", "bitwise_and"
    arguments: tuple[Plane, ...]

    @property
    def inputs(self) -> tuple[Plane, ...]:
        return self.arguments

    @property
    def common(self) -> Hashable:
        return self.function

    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return self.function in DECIDING or (self.function in LOGICAL and _all(inputs))


@dataclass(frozen=True, slots=True, eq=False)
class Masked(Plane):
    """A plane with a mask: pixels where `by` is not 0 become masked.

    With `replace` the plane's own mask is dropped, and masked pixels of `by` become masked;
    without it they count as False.
    """

    plane: Plane
    by: Plane
    replace: bool = False

    @property
    def inputs(self) -> tuple[Plane, ...]:
        return self.plane, self.by

    @property
    def common(self) -> Hashable:
        return self.replace

    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return inputs[0]


@dataclass(frozen=True, slots=True, eq=False)
class IsMasked(Plane):
    """True where any of the planes is masked; never masked itself."""

    planes: tuple[Plane, ...]

    @property
    def inputs(self) -> tuple[Plane, ...]:
        return self.planes

    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Choose(Plane):
    """`x` where the condition is not 0, else `y`; masked where the condition or the chosen one is."""

    condition: Plane
    x: Plane
    y: Plane

    @property
    def inputs(self) -> tuple[Plane, ...]:
        return self.condition, self.x, self.y

    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return _all(inputs[1:])


@dataclass(frozen=True, slots=True, eq=False)
class Reduce(Plane):
    """A reduction over planes, pixel by pixel: by name.

    Those are min max mean median sum std count mosaic majority percentile trend harmonic. Masked pixels are left out;
    masked where all are (`count` too). `mosaic` takes the first valid one, `majority` the one that most planes have, of
    several the least. `params` are the
    numbers that the reduction takes besides pixels, `coordinates` one for each plane:

    | | params | coordinates | gives |
    |---|---|---|---|
    | percentile | percent | | that percentile, between two values in proportion |
    | trend | which | where each plane lies | a coefficient of the line of least squares: its offset at 0, its slope |
    | harmonic | order, which | the same, in periods | one of c, a cos 2πt, b sin 2πt, a cos 4πt, … of least squares |

    The last two are masked where what is valid leaves coefficients open.
    """

    operation: str
    planes: tuple[Plane, ...]
    params: tuple[float, ...] = ()
    coordinates: tuple[float, ...] = ()

    @property
    def inputs(self) -> tuple[Plane, ...]:
        return self.planes

    @property
    def common(self) -> Hashable:
        return self.operation, self.params

    @property
    def own(self) -> Hashable:
        return self.coordinates

    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return self.operation in PICKING and _all(inputs)


@dataclass(frozen=True, slots=True, eq=False)
class Composite(Plane):
    """Per pixel the plane whose key is the least (argmin) or the greatest (argmax); the first one wins ties."""

    operation: str  # "argmin" or "argmax"
    keys: tuple[Plane, ...]
    planes: tuple[Plane, ...]

    @property
    def inputs(self) -> tuple[Plane, ...]:
        return self.keys + self.planes

    @property
    def common(self) -> Hashable:
        return self.operation

    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return _all(inputs[len(self.keys) :])


@dataclass(frozen=True, slots=True, eq=False)
class Colour(Plane):
    """A channel (0 red, 1 green, 2 blue) of a colormap, 0 to 1.

    It is entry floor(256 x) of the table, where x is 0 at `vmin` and 1 at `vmax`.
    """

    plane: Plane
    colormap: str
    vmin: Plane
    vmax: Plane
    channel: int

    @property
    def inputs(self) -> tuple[Plane, ...]:
        return self.plane, self.vmin, self.vmax

    @property
    def common(self) -> Hashable:
        return self.colormap

    @property
    def own(self) -> Hashable:
        return self.channel

    def is_boolean(self, inputs: Sequence[Truth]) -> Truth:
        return False


def _all(truths: Sequence[Truth]) -> Truth:
    return False if False in truths else (None if None in truths else True)
