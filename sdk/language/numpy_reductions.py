"""NumPy's functions that take arrays together: over some axes, along one, against each other."""

from __future__ import annotations

from typing import Final

from sdk.graft.rules import at_least, fixed, like, reduced, reduced_to, unmasked, widest
from sdk.language import numpy_sizes as sizes
from sdk.language.numpy_rows import Rows, functions

__all__ = ["FUNCTIONS"]

A, AXES = "a: ScalarOrArrayLike", "axis: AxesLike = None"
A_AXES, ARRAY_AXES, ARRAY_AXIS = f"{A}, {AXES}", f"a: ArrayLike, {AXES}", "a: ArrayLike, axis: IntLike | None = None"
CUMULATIVE = f"{A}, axis: IntLike | None = None, dtype: DTypeLike | None = None"
A_B_CLOSE = (
    "a: ScalarOrArrayLike, b: ScalarOrArrayLike, rtol: FloatLike = 1e-05, atol: FloatLike = 1e-08, "
    "equal_nan: BoolLike = False"
)
REDUCED, ARRAY, SCALAR, AT_LEAST_ARRAY = reduced("a", "axis"), fixed("Array"), fixed("Scalar"), at_least("Array", "a")
PLACE, VARIANCE = reduced_to("Array", "axis"), "ddof: IntLike = 0"

_ROWS: Final[Rows] = {
    "all": (ARRAY_AXES, REDUCED, "Whether all elements over some axes are true."),
    "any": (ARRAY_AXES, REDUCED, "Whether an element over some axes is true."),
    "average": (
        f"{A_AXES}, weights: ScalarOrArrayLike | None = None", REDUCED, "The mean over some axes, weighted.",
    ),
    "count_nonzero": (f"{A}, axis: IntLike | None = None", REDUCED, "How many elements are not 0."),
    "max": (A_AXES, REDUCED, "The greatest element over some axes."),
    "mean": (A_AXES, REDUCED, "The mean over some axes."),
    "median": (A_AXES, REDUCED, "The median over some axes."),
    "min": (A_AXES, REDUCED, "The least element over some axes."),
    "nanmax": (A_AXES, REDUCED, "The greatest element over some axes, NaN left out."),
    "nanmean": (A_AXES, REDUCED, "The mean over some axes, NaN left out."),
    "nanmin": (A_AXES, REDUCED, "The least element over some axes, NaN left out."),
    "nanprod": (A_AXES, REDUCED, "The product over some axes, NaN taken as 1."),
    "nanstd": (A_AXES, REDUCED, "The standard deviation over some axes, NaN left out."),
    "nansum": (A_AXES, REDUCED, "The sum over some axes, NaN taken as 0."),
    "nanvar": (f"{ARRAY_AXES}, {VARIANCE}", PLACE, "The variance over some axes, NaN left out."),
    "prod": (A_AXES, REDUCED, "The product over some axes."),
    "ptp": (A_AXES, REDUCED, "The greatest minus the least element over some axes."),
    "std": (A_AXES, REDUCED, "The standard deviation over some axes, of the population."),
    "sum": (A_AXES, REDUCED, "The sum over some axes."),
    "var": (f"{ARRAY_AXES}, {VARIANCE}", PLACE, "The variance over some axes; the divisor is the count less `ddof`."),
    "argmax": (ARRAY_AXIS, PLACE, "The index of the first greatest element along an axis."),
    "argmin": (ARRAY_AXIS, PLACE, "The index of the first least element along an axis."),
    "nanargmax": (ARRAY_AXIS, PLACE, "The index of the first greatest element along an axis, NaN left out."),
    "nanargmin": (ARRAY_AXIS, PLACE, "The index of the first least element along an axis, NaN left out."),
    "cumprod": (CUMULATIVE, AT_LEAST_ARRAY, "The products of the elements so far, along an axis or of all."),
    "cumsum": (CUMULATIVE, AT_LEAST_ARRAY, "The sums of the elements so far, along an axis or of all."),
    "nancumprod": (CUMULATIVE, AT_LEAST_ARRAY, "The products of the elements so far, NaN taken as 1."),
    "nancumsum": (CUMULATIVE, AT_LEAST_ARRAY, "The sums of the elements so far, NaN taken as 0."),
    "allclose": (A_B_CLOSE, SCALAR, "Whether all elements are equal within |a - b| <= atol + rtol * |b|.",
                 {"size": sizes.broadcast}),
    "isclose": (A_B_CLOSE, widest("a", "b"), "Where elements are equal within |a - b| <= atol + rtol * |b|.",
                {"size": sizes.broadcast}),
    "isin": (
        "element: ScalarOrArrayLike, test_elements: ScalarOrArrayLike, assume_unique: BoolLike = False, "
        "invert: BoolLike = False", unmasked("element"), "Where elements are among others; `invert` for not among.",
    ),
    "unique": ("ar: ArrayLike", ARRAY, "The different elements, in ascending order."),
    "bincount": (
        "x: ArrayLike, weights: ArrayLike | None = None, minlength: IntLike = 0", ARRAY,
        "How often each integer from 0 on is there, or the sums of the weights there.", {"size": sizes.bincount},
    ),
    "digitize": (
        "x: ScalarOrArrayLike, bins: ArrayLike, right: BoolLike = False", unmasked("x"),
        "The number of the interval of `bins` in which each element lies; `right` for intervals closed there.",
    ),
    "histogram": (
        "a: ArrayLike, bins: IntLike | List[Int] | List[Float] | List[Scalar] | ArrayLike = 10, "
        "range: Tuple[Int, Int] | Tuple[Float, Float] | Tuple[Scalar, Scalar] | tuple[float, float] | None = None, "
        "weights: ArrayLike | None = None, density: BoolLike | None = None",
        fixed("Tuple[Array, Array]"), "How many elements lie in each of some intervals, and the edges of those.",
        {"size": sizes.histogram},
    ),
    "percentile": (
        "a: ArrayLike, q: ArrayLike, interpolation: StrLike = 'linear'", ARRAY,
        "The q-th percentiles (0 to 100) of all elements.",
        {"size": sizes.percentile, "allowed": {"interpolation": (
            "linear", "lower", "higher", "midpoint", "nearest", "inverted_cdf", "averaged_inverted_cdf",
            "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull", "median_unbiased",
            "normal_unbiased",
        )}},
    ),
    "corrcoef": (
        "x: ArrayLike, y: ArrayLike | None = None, rowvar: BoolLike = True", like("x"),
        "The correlation coefficients of the rows, or with `rowvar=False` of the columns.",
        {"size": sizes.covariance, "cost": sizes.covariance_cost},
    ),
    "cov": (
        "m: ArrayLike, y: ArrayLike | None = None, rowvar: BoolLike = True, bias: BoolLike = False, "
        "ddof: IntLike | None = None, fweights: IntLike | ArrayLike | None = None, aweights: ArrayLike | None = None",
        like("m"), "The covariances of the rows, or with `rowvar=False` of the columns.",
        {"size": sizes.covariance, "cost": sizes.covariance_cost},
    ),
}  # fmt: skip

_EXAMPLES: Final = {
    "bincount": "numpy.bincount([0, 1, 1])",
    "digitize": "numpy.digitize([0.5, 1.5], [0, 1, 2])",
    "percentile": "numpy.percentile([1.0, 2.0, 3.0], [50])",
    "isin": "numpy.isin([1, 2, 3], [1, 2])",
}

FUNCTIONS = functions(_ROWS, _EXAMPLES)
