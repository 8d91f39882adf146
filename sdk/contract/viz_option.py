"""VizOptions: named choices of bands, scales and colours in which imagery is drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from copy import deepcopy
from numbers import Real
from reprlib import repr as brief
from typing import Any, Final, TypeGuard, TypeVar

from sdk.contract.cards import card
from sdk.contract.colormaps import Colormap, check_colormap, check_name
from sdk.contract.packed_query import is_packed

__all__ = [
    "FIELDS", "GAMMAS", "REDUCTIONS", "Scale", "VizOption", "check_bands", "check_gamma", "check_reduction",
    "check_scales",
]  # fmt: skip

Scale = tuple[float, float] | tuple[None, None]

REDUCTIONS: Final = ("mosaic", "min", "max", "mean", "median", "sum", "std", "count")
T = TypeVar("T")

FIELDS: Final = ("id", "bands", "checkerboard", "colormap", "reduction", "scales", "description", "gamma")
GAMMAS: Final = (0.01, 100.0)  # the least and the greatest


class VizOption:
    """A style of imagery: its bands, their scales, and the colours.

    `bands` is a list of names or a string of names with spaces between them, at most three. `scales` has a pair
    (value drawn darkest, value drawn brightest) for each band, with (None, None) for the band's own range;
    None leaves all bands to theirs. `colormap` is a name, or the colours and labels of values, as
    `{10: ("#006400", "Trees")}`, or of intervals, as `[(-1, 0, "red", "Loss")]`; what has none is transparent.
    A value at a share of its scale, from 0 to 1, is drawn at `share ** (1 / gamma)`: greater gammas brighten the dark.

    >>> VizOption("RGB", bands="red green blue", reduction="median", description="Median RGB composite")
    VizOption(
    ...   id='RGB',
    ...   bands=['red', 'green', 'blue'],
    ...   checkerboard=False,
    ...   colormap=None,
    ...   reduction='median',
    ...   scales=None,
    ...   description='Median RGB composite'
    )
    """

    def __init__(
        self,
        id: str,
        bands: str | Sequence[str],
        checkerboard: bool = False,
        colormap: Colormap | None = None,
        reduction: str = "mosaic",
        scales: Sequence[Sequence[float | None] | None] | None = None,
        description: str = "",
        gamma: float = 1.0,
    ) -> None:
        """Check the values; TypeError and ValueError say which one is wrong, what was expected and what came."""
        self._id = _checked("id", id, str)
        if is_packed(self._id):
            raise ValueError(f"the id of a VizOption must not begin with ~, unlike {brief(id)}")
        self._bands = check_bands(bands)
        self._checkerboard = _checked("checkerboard", checkerboard, bool)
        self._reduction = check_reduction(reduction)
        self._scales = None if scales is None else check_scales(scales, len(self._bands))
        self._description = _checked("description", description, str)
        self._gamma = check_gamma(gamma)
        self._colormap = self._coloured(check_name(colormap) if isinstance(colormap, str) else colormap)

    @property
    def id(self) -> str:
        """The name of the style."""
        return self._id

    @property
    def bands(self) -> list[str]:
        """Names of the bands to draw, in the order of the channels."""
        return list(self._bands)

    @property
    def checkerboard(self) -> bool:
        """True if missing pixels show a checkerboard instead of nothing."""
        return self._checkerboard

    @property
    def colormap(self) -> str | dict[str, list[str]] | list[list[Any]] | None:
        """Colormap of a single band: a name, or colours of its own, as JSON has them."""
        return deepcopy(self._colormap)

    @property
    def reduction(self) -> str:
        """Name of the reduction that makes one image of a collection."""
        return self._reduction

    @property
    def scales(self) -> list[Scale] | None:
        """A pair for each band, or None if each takes its own range."""
        return None if self._scales is None else list(self._scales)

    @property
    def description(self) -> str:
        """Description of the picture."""
        return self._description

    @property
    def gamma(self) -> float:
        """Exponent by whose inverse values are bent once they are scaled; 1 leaves them as they are."""
        return self._gamma

    def to_json(self) -> dict[str, Any]:
        """Return the fields as a server stores them; a gamma of 1 is none of them."""
        return {name: getattr(self, name) for name in FIELDS if name != "gamma" or self._gamma != 1}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> VizOption:
        """Return the option that a server stores as these fields; absent ones have their defaults."""
        option = cls(**{name: fields[name] for name in FIELDS if name in fields and name != "colormap"})
        option._colormap = option._coloured(fields.get("colormap"))  # a server may know more names than this version
        return option

    def _coloured(self, colormap: Colormap | None) -> str | dict[str, list[str]] | list[list[Any]] | None:
        checked = None if colormap is None else check_colormap(colormap)
        if checked and len(self._bands) != 1:
            raise ValueError(f"a colormap needs exactly one band, not {len(self._bands)}: {', '.join(self._bands)}")
        return checked

    def __eq__(self, other: object) -> bool:
        return self.to_json() == other.to_json() if isinstance(other, VizOption) else NotImplemented

    def __hash__(self) -> int:
        return hash((self._id, self._bands, self._scales))

    def _repr_html_(self) -> str:
        rows = {name: str(value) for name, value in self.to_json().items() if name != "id" and value is not None}
        return card(f"VizOption: {self.id}", rows | {"bands": ", ".join(self.bands)})

    def __repr__(self) -> str:
        fields = ",\n".join(f"...   {name}={value!r}" for name, value in self.to_json().items())
        return f"VizOption(\n{fields}\n)"


def check_bands(bands: str | Sequence[str]) -> tuple[str, ...]:
    """Return one to three names of bands, from a list or from a string with spaces.

    >>> check_bands("red green")
    ('red', 'green')
    """
    names = tuple(bands.split()) if isinstance(bands, str) else bands
    if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
        raise TypeError(
            f"bands must be a list of names or a string of names with spaces between them, not {brief(bands)}"
        )
    if not 1 <= len(names) <= 3:
        raise ValueError(f"one to three bands can be drawn, not {len(names)}: {brief(bands)}")
    return tuple(names)


def check_reduction(reduction: str) -> str:
    """Return the name of a reduction; ValueError names all that exist."""
    if _checked("reduction", reduction, str) not in REDUCTIONS:
        raise ValueError(f"reduction must be one of {', '.join(REDUCTIONS)}, not {brief(reduction)}")
    return reduction


def check_gamma(gamma: object) -> float:
    """Return a gamma: a number from 0.01 to 100.

    >>> check_gamma(2)
    2.0
    """
    if not _is_number(gamma):
        raise TypeError(f"gamma must be a number, not {brief(gamma)}")
    (low, high), number = GAMMAS, float(gamma)
    if not low <= number <= high:
        raise ValueError(f"gamma must be from {low:g} to {high:g}, not {brief(gamma)}")
    return number


def check_scales(scales: object, bands: int | None = None) -> tuple[Scale, ...]:
    """Return a pair of numbers, or of None, for each band; a lone pair stands for one band.

    >>> check_scales((0, 0.9))
    ((0.0, 0.9),)
    >>> check_scales([(0, 1), None, (-1, 1)])
    ((0.0, 1.0), (None, None), (-1.0, 1.0))
    """
    if hasattr(scales, "tolist"):  # a NumPy array
        scales = scales.tolist()
    if not isinstance(scales, (list, tuple)):
        raise TypeError(f"scales must be a list of pairs like [(0, 1), (0, 1)], not {brief(scales)}")
    if len(scales) == 2 and all(_is_number(bound) for bound in scales):
        scales = [scales]
    pairs = tuple(_pair(scale, scales) for scale in scales)
    if not 1 <= len(pairs) <= 3 or bands not in (None, len(pairs)):
        expected = "one to three pairs" if bands is None else f"{bands}, one for each band"
        raise ValueError(f"scales must be {expected}, not {len(pairs)}: {brief(scales)}")
    return pairs


def _pair(scale: object, scales: object) -> Scale:
    if scale is None:
        return None, None
    if not isinstance(scale, (list, tuple)) or len(scale) != 2:
        raise TypeError(f"each of the scales must be a pair (low, high) or None, not {brief(scale)} in {brief(scales)}")
    low, high = scale
    if low is None and high is None:
        return None, None
    if not _is_number(low) or not _is_number(high):
        raise TypeError(
            f"each of the scales must hold two numbers or two times None, not {brief(scale)} in {brief(scales)}"
        )
    try:
        pair = float(low), float(high)
    except OverflowError:
        pair = math.inf, math.inf
    if not all(map(math.isfinite, pair)):
        raise ValueError(f"scales must be finite numbers, not {brief(scale)}")
    return pair


def _is_number(value: object) -> TypeGuard[Real]:
    return isinstance(value, Real) and not isinstance(value, bool)  # NumPy's numbers are Real, too


def _checked(name: str, value: object, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be a {kind.__name__}, not {brief(value)}")
    return value
