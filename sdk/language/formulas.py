"""Formulas of bands: expressions, and spectral indices by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Self

from sdk.graft.errors import ProxyTypeError
from sdk.language.bands import Bands
from sdk.language.expressions import compute
from sdk.language.imagery import Imagery
from sdk.language.operation import one_of, operation
from sdk.language.pixels import Pixels, arctan2, where
from sdk.language.proxy import UFUNCS, describe
from sdk.language.strings import StrLike

__all__ = ["INDICES", "Formulas", "SpectralIndex"]


class SpectralIndex(NamedTuple):
    """A spectral index: its expression of STAC's common names, for reflectances of 0 to 1, and where it is from."""

    expression: str
    source: str


INDICES: Final[Mapping[str, SpectralIndex]] = MappingProxyType({
    "NDVI": SpectralIndex("(nir - red) / (nir + red)", "Rouse et al. 1974, NASA SP-351, 309-317"),
    "NDWI": SpectralIndex("(green - nir) / (green + nir)", "McFeeters 1996, doi:10.1080/01431169608948714"),
    "NBR": SpectralIndex("(nir - swir22) / (nir + swir22)", "García and Caselles 1991, doi:10.1080/10106049109354290"),
    "EVI": SpectralIndex(
        "2.5 * (nir - red) / (nir + 6 * red - 7.5 * blue + 1)", "Huete et al. 2002, doi:10.1016/S0034-4257(02)00096-2"
    ),
    "SAVI": SpectralIndex("1.5 * (nir - red) / (nir + red + 0.5)", "Huete 1988, doi:10.1016/0034-4257(88)90106-X"),
    "MNDWI": SpectralIndex("(green - swir16) / (green + swir16)", "Xu 2006, doi:10.1080/01431160600589179"),
    "NDSI": SpectralIndex("(green - swir16) / (green + swir16)", "Hall et al. 1995, doi:10.1016/0034-4257(95)00137-P"),
    "BSI": SpectralIndex(
        "((swir16 + red) - (nir + blue)) / ((swir16 + red) + (nir + blue))",
        "Rikimaru et al. 2002, Tropical Ecology 43(1), 39-47",
    ),
})  # fmt: skip

_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType({
    "abs": abs, "arctan2": arctan2, "where": where, **{
        name: getattr(Pixels, name) for name in (
            "sqrt", "square", "exp", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin", "arccos", "arctan",
        )
    },
})  # fmt: skip
_formulas = partial(operation, subject="imagery", owner="Imagery", addition=True)


def _check_indices(given: Mapping[str, Any]) -> None:
    for name in given["names"]:
        one_of("an index", name, tuple(INDICES))


class Formulas(Bands, Pixels, abstract=True):
    """Imagery as formulas of its bands."""

    def expression(self, expression: str) -> Self:
        """Return what an expression gives, whose names are bands: the graft that the operators would make.

        There are numbers, `+ - * / // % **`, comparisons, `& | ^ ~`, parentheses, and abs, arctan2, where, sqrt,
        square, exp, log, log2, log10, log1p, sin, cos, tan, arcsin, arccos, arctan. A band whose name is no name of
        Python's stands in quotes. An expression has at most 4,096 characters, and a mistake is an `ExpressionError`, a
        `ValueError` that points at its column. Masked as the operators have it: where one of the bands is.

        It is an addition to the published language, without a builtin of its own.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").expression("(nir - red) / (nir + red)")
        <Image>
        >>> Image.from_id("product:scene").expression("where('qa 60' == 0, log(red), 0)")
        <Image>
        """
        if not isinstance(expression, str):
            raise ProxyTypeError(f"expression() takes a str such as 'nir - red', not {describe(expression)}")
        known = {**UFUNCS, **_FUNCTIONS}
        band = cache(lambda name: self.pick_bands([name]))
        made = compute(expression, band, lambda function, *values: known[function](*values), _FUNCTIONS)
        if not isinstance(made, Imagery):
            raise ValueError(f"an expression names bands, which {expression[:80]!r} does not")
        return made  # type: ignore[return-value]

    @_formulas("wf.spectral_index", check=_check_indices)
    def spectral_index(self, *names: StrLike) -> Self:
        """Return spectral indices of reflectances, 0 to 1, by their names, each a band called so.

        They are NDVI, NDWI, NBR, EVI, SAVI, MNDWI, NDSI and BSI. Their bands are found by the common names that STAC
        has for them: blue, green, red, nir or else nir08, swir16 or swir1, swir22 or swir2. Bands that have none are
        given one by `rename_bands`; a band that is missing is an error. Masked where one of the bands is, and where the
        formula divides by 0.

        >>> from sdk import Image
        >>> Image.from_id("product:scene").spectral_index("NDVI", "EVI")
        <Image>
        """
