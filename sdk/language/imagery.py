"""What Image and ImageCollection have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Self

from sdk.graft.errors import ProxyTypeError
from sdk.graft.op import declare, parameters
from sdk.language import operators
from sdk.language.colormaps import COLORMAPS
from sdk.language.containers import FloatListLike, List
from sdk.language.dicts import Dict
from sdk.language.function import trace
from sdk.language.generic import concrete
from sdk.language.operation import attribute, binary, compare, equate, of_row, one_of, operation, unary
from sdk.language.primitives import Bool, BoolLike, Float, FloatLike, Int, IntLike, number
from sdk.language.proxy import TYPES, Proxy, describe
from sdk.language.reductions import REDUCERS, REDUCTION, Axis, axis_of, reduction, result_of
from sdk.language.strings import Str, StrLike, StrListLike
from sdk.language.tuples import Tuple

__all__ = ["RESAMPLERS", "Imagery", "bands_of_both"]

RESAMPLERS = (
    "near", "bilinear", "cubic", "cubicspline", "lanczos", "average", "mode", "max", "min", "med", "q1", "q3",
)  # fmt: skip

PICK_BANDS = declare(
    "wf.pick_bands",
    parameters("imagery", "*bands", allow_missing=False),
    "The bands of these names, in this order. Picked again, a band is called `red_1`, `red_2`. Bands that are "
    "missing are an error, or left out when that is allowed.",
)
PICK_BANDS_LIST = declare(
    "wf.pick_bands_list",
    parameters("imagery", "bands", allow_missing=False),
    "As `wf.pick_bands`, of a list of names.",
)
RENAME_BANDS = declare("wf.rename_bands", parameters("imagery", "names"), "Bands renamed by a dict from old to new.")
RENAME_BANDS_POSITIONALLY = declare(
    "wf.rename_bands_positionally", parameters("imagery", "names"), "All bands renamed, by a list of new names."
)
MAP_BANDS = declare(
    "wf.map_bands",
    parameters("imagery", "function"),
    "A dict from each band's name to what function(name, imagery of the band) gives.",
)
MAP_BANDS_IMAGERY = declare(
    "wf.map_bands_imagery",
    parameters("imagery", "function"),
    "The bands that function(name, imagery of the band) gives, one after the other.",
)
MASK = declare(
    "wf.mask",
    parameters("imagery", "mask", replace=False),
    "Masked where the one-band mask is True, and where it was masked before; or with its mask replaced.",
)
CONCAT = declare("wf.concat", parameters("*imagery"), "All the images, one after the other; empty ones are left out.")
CONCAT_BANDS = declare(
    "wf.concat_bands",
    parameters("imagery", "other"),
    "The bands of both; a name that is there already gets `_1`. With an empty one the result is empty.",
)
VALUE_AT = declare(
    "wf.value_at",
    parameters("imagery", "x", "y"),
    "The values by band at a point in the coordinates of the grid; NaN where masked or outside.",
)
COLORMAP = declare(
    "wf.colormap",
    parameters("imagery", ("named_colormap", "viridis"), ("vmin", None), ("vmax", None)),
    "One band as the bands red, green, blue of a colormap, 0 to 1; vmin to vmax, or its own range, go along the map.",
)

_SAME = {"ImageCollection": "ImageCollection", "Image": "Self", "Int": "Self", "Float": "Self", "Bool": "Self"}
_OF_ONE = {"Image": "Self", "ImageCollection": "Self"}
_MATH = {"Image": "Self", "ImageCollection": "Self", "Int": "Float", "Float": "Float"}
_imagery = partial(operation, subject="imagery")


class Imagery(Proxy, abstract=True):
    """Base of Image and ImageCollection: operations on pixels and bands.

    Operators work pixel by pixel: with numbers, with imagery that has as many bands, or one. What is masked on
    either side is masked, and so is what is not finite, as x / 0. An Image goes with each image of a collection;
    two collections go together image by image.
    """

    __add__, __radd__ = binary(operators.ADD, _SAME)
    __sub__, __rsub__ = binary(operators.SUB, _SAME)
    __mul__, __rmul__ = binary(operators.MUL, _SAME)
    __truediv__, __rtruediv__ = binary(operators.DIV, _SAME, reflected=operators.TRUEDIV)
    __floordiv__, __rfloordiv__ = binary(operators.FLOORDIV, _SAME)
    __mod__, __rmod__ = binary(operators.MOD, _SAME)
    __pow__, __rpow__ = binary(operators.POW, _SAME)
    __and__, __rand__ = binary(operators.AND, _SAME)
    __or__, __ror__ = binary(operators.OR, _SAME)
    __xor__, __rxor__ = binary(operators.XOR, _SAME)
    __lshift__, __rlshift__ = binary(operators.LSHIFT, _SAME)
    __rshift__, __rrshift__ = binary(operators.RSHIFT, _SAME)
    __lt__ = compare(operators.LT, _SAME)
    __le__ = compare(operators.LE, _SAME)
    __gt__ = compare(operators.GT, _SAME)
    __ge__ = compare(operators.GE, _SAME)
    __eq__ = equate(operators.EQ, _SAME)
    __ne__ = equate(operators.NE, _SAME)
    __hash__ = Proxy.__hash__
    __neg__ = of_row(operators.NEG, _OF_ONE)
    __pos__ = of_row(operators.POS, _OF_ONE)
    __abs__ = of_row(operators.ABS, _OF_ONE)
    __invert__ = of_row(operators.INVERT, _OF_ONE)

    log = unary("wf.log", "The natural logarithm; masked where not positive.", numpy="log", results=_MATH)
    log2 = unary("wf.log2", "The logarithm to base 2; masked where not positive.", numpy="log2", results=_MATH)
    log10 = unary("wf.log10", "The logarithm to base 10; masked where not positive.", numpy="log10", results=_MATH)
    log1p = unary("wf.log1p", "log(1 + x), precise near 0; masked where not above -1.", numpy="log1p", results=_MATH)
    sqrt = unary("wf.sqrt", "The square root; masked where negative.", numpy="sqrt", results=_MATH)
    cos = unary("wf.cos", "The cosine of radians.", numpy="cos", results=_MATH)
    arccos = unary("wf.arccos", "The inverse cosine in radians; masked beyond -1 to 1.", numpy="arccos", results=_MATH)
    sin = unary("wf.sin", "The sine of radians.", numpy="sin", results=_MATH)
    arcsin = unary("wf.arcsin", "The inverse sine in radians; masked beyond -1 to 1.", numpy="arcsin", results=_MATH)
    tan = unary("wf.tan", "The tangent of radians.", numpy="tan", results=_MATH)
    arctan = unary("wf.arctan", "The inverse tangent, in radians.", numpy="arctan", results=_MATH)
    exp = unary("wf.exp", "e to the power of x; masked where that is too large.", numpy="exp", results=_MATH)
    square = unary("wf.square", "x * x.", numpy="square", results=_MATH)

    min = reduction("wf.min", "The least valid value.")
    max = reduction("wf.max", "The greatest valid value.")
    mean = reduction("wf.mean", "The mean of the valid values.")
    median = reduction("wf.median", "The median of the valid values.")
    sum = reduction("wf.sum", "The sum of the valid values.")
    std = reduction("wf.std", "The standard deviation, of the population, of the valid values.")
    count = reduction("wf.count", "The number of valid values.")

    bandinfo = attribute(
        "bandinfo",
        "Dict[Str, KnownDict[{'id': Str, 'name': Str, 'data_range': Tuple[Float, Float]}, Str, Any]]",
        "What is known of each band, by its name: id, name, data_range, and further fields.",
    )

    _reducers: ClassVar[tuple[str, ...]] = REDUCERS

    def reduction(self, operation: StrLike, axis: Axis = None) -> Any:
        """Return the reduction of that name over an axis; the name may be a Str that is computed."""
        one_of("operation", operation, self._reducers)
        return result_of(self, axis)._call(REDUCTION, self, Str._promote(operation), axis=axis_of(axis))

    @property
    @_imagery("wf.nbands")
    def nbands(self) -> Int:
        """The number of bands; 0 of empty imagery."""

    def pick_bands(self, bands: StrLike | StrListLike, allow_missing: BoolLike = False) -> Self:
        """Return the bands of these names, in this order; names are a list, or a text with spaces between them.

        A band that is picked twice is called `red`, then `red_1`. Bands that are not there are an error, or left
        out with `allow_missing`; when none is left the result is empty.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").pick_bands("red green blue")
        <Image>
        """
        missing = Bool._promote(allow_missing)
        if isinstance(bands, Str):
            return self._call(PICK_BANDS_LIST, self, bands.split(), allow_missing=missing)
        if isinstance(bands, List):
            return self._call(PICK_BANDS_LIST, self, List[Str]._promote(bands), allow_missing=missing)
        return self._call(PICK_BANDS, self, *map(Str, _band_names(bands)), allow_missing=missing)

    def unpack_bands(self, bands: str | list[str] | tuple[str, ...]) -> Any:
        """Return a Python tuple of imagery, one for each name; of one name, just that.

        >>> from sdk import Image
        >>> nir, red = Image.from_id("product:scene").unpack_bands("nir red")
        """
        names = _band_names(bands)
        picked = tuple(self.pick_bands([name]) for name in names)
        return picked[0] if len(picked) == 1 else picked

    def rename_bands(self, *new_positional_names: StrLike, **new_names: StrLike) -> Self:
        """Return the imagery with other names: of all bands in order, or of some as `old="new"`."""
        if bool(new_positional_names) == bool(new_names):
            raise TypeError("rename_bands() takes new names of all bands, or old=new for some; one of the two")
        if new_names:
            return self._call(RENAME_BANDS, self, Dict[Str, Str]._promote(new_names))
        return self._call(RENAME_BANDS_POSITIONALLY, self, List[Str]._promote(new_positional_names))

    def map_bands(self, func: Callable[..., Any]) -> Any:
        """Return what func(name, imagery of one band) gives for each band: imagery, or a Dict by the bands' names."""
        function, result = trace(func, (Str, type(self)))
        if issubclass(result, Imagery):
            return result._call(MAP_BANDS_IMAGERY, self, function)
        return concrete(Dict, Str, result)._call(MAP_BANDS, self, function)

    def concat(self, *imgs: Imagery) -> Any:
        """Return a collection of these images and those; empty ones are left out."""
        if not imgs:
            raise ValueError("concat() takes at least one Image or ImageCollection")
        return TYPES["ImageCollection"]._call(CONCAT, self, *map(_checked, imgs))

    def mask(self, mask: Imagery, replace: BoolLike = False) -> Any:
        """Return the imagery masked where the one-band `mask` is True, or not 0, besides where it is masked already.

        Masked pixels of the mask itself count as False. With `replace` the mask is replaced instead, and pixels
        that are masked in the mask become masked. An empty mask changes nothing.
        """
        return joint(self, _checked(mask))._call(MASK, self, mask, replace=Bool._promote(replace))

    @_imagery("wf.getmask")
    def getmask(self) -> Self:
        """Return one boolean band, `mask`: True where any band is masked."""

    @_imagery("wf.clip_values")
    def clip_values(
        self, min: FloatLike | FloatListLike | None = None, max: FloatLike | FloatListLike | None = None
    ) -> Self:
        """Return the imagery with values less than `min` or more than `max` set to these; one each, or one per band."""

    @_imagery("wf.scale_values")
    def scale_values(
        self,
        range_min: FloatLike,
        range_max: FloatLike,
        domain_min: FloatLike | None = None,
        domain_max: FloatLike | None = None,
    ) -> Self:
        """Return the imagery scaled so that the domain becomes the range; without a domain, each band's own extent."""

    def colormap(
        self, named_colormap: StrLike = "viridis", vmin: FloatLike | None = None, vmax: FloatLike | None = None
    ) -> Self:
        """Return the bands red, green and blue, 0 to 1, of a colormap of Matplotlib's, for imagery of one band.

        `vmin` and `vmax` are the values at the map's ends; without both, the band's own extent.
        """
        one_of("named_colormap", named_colormap, COLORMAPS)
        if (vmin is None) != (vmax is None):
            raise ValueError("colormap() takes both vmin and vmax, or neither")
        ends = (TYPES["NoneType"]._promote(end) if end is None else number(end) for end in (vmin, vmax))
        return self._call(COLORMAP, self, Str._promote(named_colormap), *ends)

    def value_at(self, x: FloatLike, y: FloatLike) -> Any:
        """Return the values at a point, by band; x and y are in the coordinates of the GeoContext that is computed."""
        values = concrete(Dict, Str, Float)
        result = values if isinstance(self, TYPES["Image"]) else concrete(List, values)
        return result._call(VALUE_AT, self, number(x), number(y))

    @_imagery("wf.index_to_coords")
    def index_to_coords(self, row: IntLike, col: IntLike) -> Tuple[Float, Float]:
        """Return x and y of a pixel's upper left corner."""

    @_imagery("wf.coords_to_index")
    def coords_to_index(self, x: FloatLike, y: FloatLike) -> Tuple[Int, Int]:
        """Return row and column of the pixel at a point."""

    @_imagery("wf.with_bandinfo")
    def with_bandinfo(self, band: StrLike, **bandinfo: Any) -> Self:
        """Return the imagery with these fields of a band's bandinfo set."""

    @_imagery("wf.without_bandinfo")
    def without_bandinfo(self, band: StrLike, *bandinfo_keys: StrLike) -> Self:
        """Return the imagery without these fields of a band's bandinfo."""


def bands_of_both(self: Imagery, other: object) -> Any:
    """Return the bands of two, as `concat_bands` of Image and ImageCollection gives them."""
    checked = _checked(other)
    return joint(self, checked)._call(CONCAT_BANDS, self, checked)


def joint(self: Imagery, other: Imagery) -> Any:
    """Return the type of what is made of two: a collection when one of them is."""
    return type(other) if isinstance(other, TYPES["ImageCollection"]) else type(self)


def _checked(value: object) -> Imagery:
    if not isinstance(value, Imagery):
        raise ProxyTypeError(f"expected Image or ImageCollection, not {describe(value)}")
    return value


def _band_names(bands: object) -> list[str]:
    names = bands.split() if isinstance(bands, str) else list(bands) if isinstance(bands, (list, tuple)) else None
    if not names or not all(isinstance(name, (str, Str)) for name in names):
        raise ProxyTypeError(f"bands must be a str or a list of str, and name at least one, not {describe(bands)}")
    return names
