"""Sizes of the results of NumPy's functions, and their multiplications, from the shapes of arguments.

Each takes what its function takes. Arguments that make no sense are NumPy's to refuse.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

__all__: list[str] = []

Shape = tuple[int, ...]


def shape_of(value: Any) -> Shape:
    """Return the shape of an array; numbers have ()."""
    return tuple(getattr(value, "shape", ()))


def elements(value: Any) -> int:
    """Return how many elements an array has, or all in a list have."""
    if isinstance(value, (list, tuple)):
        return sum(map(elements, value))
    return math.prod(shape_of(value))


def _numbers(value: Any) -> list[int]:
    """Return a number, or numbers in a list or an array, as a list."""
    value = value.tolist() if hasattr(value, "tolist") else value
    return list(value) if isinstance(value, (list, tuple)) else [value]


def of_shape(shape: Any, *_: Any, **__: Any) -> int:
    return math.prod(max(int(length), 0) for length in _numbers(shape))


def one(*_: Any) -> int:
    return 1


def broadcast(*values: Any, **_: Any) -> int:
    reversed_shapes = (shape_of(value)[::-1] for value in values)
    return math.prod(0 if 0 in lengths else max(lengths) for lengths in zip_longest(*reversed_shapes, fillvalue=1))


def broadcast_arrays(*args: Any) -> int:
    return broadcast(*args)  # each is a view


def broadcast_to(array: Any, shape: Any) -> int:
    return of_shape(shape)


def arange(start: Any, stop: Any, step: Any) -> int:
    first, last = (0, start) if stop is None else (start, stop)
    return 0 if step == 0 else max(0, math.ceil((float(last) - float(first)) / float(step)))


def linspace(start: Any, stop: Any, *, num: int, **_: Any) -> int:
    return max(num, 0)


def eye(rows: int, **named: Any) -> int:
    columns = rows if named["M"] is None else named["M"]
    return max(rows, 0) * max(columns, 0)


def indices(dimensions: Sequence[Any], **_: Any) -> int:
    return len(dimensions) * of_shape(dimensions)


def meshgrid(*xi: Any, sparse: bool, **_: Any) -> int:
    lengths = [elements(x) for x in xi]
    return sum(lengths) if sparse else len(xi) * math.prod(lengths)


def bincount(x: Any, *, minlength: int, **_: Any) -> int:
    values = x.filled(0) if hasattr(x, "filled") else x
    return max(int(values.max()) + 1 if elements(values) else 0, minlength)


def histogram(a: Any, *, bins: Any, **_: Any) -> int:
    edges = bins + 1 if isinstance(bins, int) else len(bins) if isinstance(bins, (list, tuple)) else elements(bins)
    return elements(a) + 2 * edges


def percentile(a: Any, q: Any, **_: Any) -> int:
    return elements(q)


def _variables(m: Any, rowvar: bool) -> int:
    shape = shape_of(m)
    return 1 if len(shape) < 2 else shape[0 if rowvar else 1]


def covariance(m: Any, *, y: Any, rowvar: bool, **_: Any) -> int:
    return (_variables(m, rowvar) + (0 if y is None else _variables(y, rowvar))) ** 2


def covariance_cost(m: Any, *, y: Any, rowvar: bool, **_: Any) -> int:
    observations = elements(m) // max(_variables(m, rowvar), 1)
    return covariance(m, y=y, rowvar=rowvar) * observations


def diff_cost(a: Any, *, n: int, **_: Any) -> int:
    return max(n, 0) * (elements(a) + 10_000)  # for each time, a call


def round_cost(a: Any, *, decimals: int) -> int:
    return abs(decimals) * 4096  # NumPy multiplies by 10 as often, and waits for each product


def gradient(f: Any, *_: Any, axis: int | None, **__: Any) -> int:
    return elements(f) * (len(shape_of(f)) if axis is None else 1)


def nonzero(a: Any) -> int:
    return elements(a) * max(len(shape_of(a)), 1)


def unravel_index(indices: Any, shape: Any) -> int:
    return elements(indices) * len(_numbers(shape))


def diag(v: Any) -> int:
    return elements(v) ** 2 if len(shape_of(v)) == 1 else elements(v)


def _besides(array: Any, axis: int | None) -> int:
    """Return how many elements lie at one index of an axis."""
    shape = shape_of(array)
    if axis is None or not -len(shape) <= axis < len(shape):
        return 1
    return math.prod(length for i, length in enumerate(shape) if i != axis % len(shape))


def insert(arr: Any, obj: Any, values: Any, axis: int) -> int:
    rows = len(obj) if isinstance(obj, (list, tuple)) else 1
    if isinstance(obj, slice):
        rows = max(shape_of(arr), default=1)
    if len(shape_of(values)) == len(shape_of(arr)):
        rows = max(rows, *shape_of(values)[:1], 1)
    return elements(arr) + rows * _besides(arr, axis)


def pad(array: Any, pad_width: Any, **_: Any) -> int:
    widths = _numbers(pad_width)
    around = 2 * widths[0] if len(widths) == 1 else sum(widths[:2])
    return math.prod(length + max(around, 0) for length in shape_of(array))


def repeat(a: Any, repeats: int, **_: Any) -> int:
    return elements(a) * max(repeats, 0)


def take(a: Any, indices: Any, *, axis: int | None) -> int:
    count = len(indices) if isinstance(indices, (list, tuple)) else elements(indices)
    return count * _besides(a, axis)


def tile(a: Any, reps: Any) -> int:
    return elements(a) * of_shape(reps)


def outer(a: Any, b: Any) -> int:
    return elements(a) * elements(b)


def _inner(a: Any, b: Any) -> int:
    """Return the length of the axis that a product of matrices sums over."""
    shape, other = shape_of(a), shape_of(b)
    return shape[-1] if shape and other else 1


def dot(a: Any, b: Any) -> int:
    return elements(a) * elements(b) // max(_inner(a, b), 1) ** 2


def dot_cost(a: Any, b: Any) -> int:
    return elements(a) * elements(b) // max(_inner(a, b), 1) // BLAS


def tensordot(a: Any, b: Any, *, axes: int) -> int:
    return elements(a) * elements(b) // max(_summed(a, axes), 1) ** 2


def tensordot_cost(a: Any, b: Any, *, axes: int) -> int:
    return elements(a) * elements(b) // max(_summed(a, axes), 1) // BLAS


def _summed(a: Any, axes: int) -> int:
    shape = shape_of(a)
    if axes > len(shape):
        raise ValueError(f"axes must be at most {len(shape)}, the number of axes, not {axes:,}")
    return math.prod(shape[-axes:]) if axes > 0 else 1


def einsum(subscripts: str, *operands: Any, **_: Any) -> int:
    lengths, output = _einsum(subscripts, operands)
    return math.prod(lengths[index] for index in output)


def einsum_cost(subscripts: str, *operands: Any, **_: Any) -> int:
    lengths, _output = _einsum(subscripts, operands)
    return math.prod(lengths.values()) * max(len(operands), 1)


def _einsum(subscripts: str, operands: Sequence[Any]) -> tuple[dict[str | int, int], list[str | int]]:
    """Return the length of each index, those of an ellipsis by numbers, and the indices of the result."""
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    lengths: dict[str | int, int] = {}
    terms = inputs.split(",")
    widest: list[str | int] = []
    for term, operand in zip(terms, operands, strict=False):
        shape = shape_of(operand)
        named, dots, after = term.partition("...")
        others: list[str | int] = list(range(len(named) + len(after) - len(shape), 0)) if dots else []
        widest = max(widest, others, key=len)
        for index, length in zip([*named, *others, *after], shape, strict=False):
            lengths[index] = max(lengths.get(index, 1), length)
    if arrow:
        named, dots, after = output.partition("...")
        found: list[str | int] = [*named, *(widest if dots else []), *after]
    else:
        letters = inputs.replace(",", "").replace(".", "")
        found = [*widest, *(letter for letter in sorted(set(letters)) if letters.count(letter) == 1)]
    return lengths, [index for index in found if index in lengths]


BLAS = 8  # multiplications that its kernels do in the time of one


def _matrix(a: Any) -> tuple[int, int, int]:
    """Return how many matrices there are, and the rows and columns of each."""
    shape = shape_of(a)
    return (math.prod(shape[:-2]), shape[-2], shape[-1]) if len(shape) >= 2 else (1, 1, elements(a))


def matrix_cost(a: Any, *others: Any) -> int:
    count, rows, _columns = _matrix(a)
    right = sum(elements(other) for other in others)
    return (2 * count * rows**3 + 2 * right * rows) // BLAS


def solution(a: Any, b: Any) -> int:
    return elements(b) + elements(a) + math.prod(shape_of(a)[-1:]) * (elements(b) // max(math.prod(shape_of(b)[:1]), 1))


def svd_cost(a: Any, *others: Any, **_: Any) -> int:
    count, rows, columns = _matrix(a)
    right = sum(elements(other) for other in others)
    return (20 * count * rows * columns * min(rows, columns) + 4 * right * columns) // BLAS


def norm_cost(x: Any, *, ord: int | None, axis: int | None) -> int:
    return svd_cost(x) if ord in (2, -2) and axis is None and len(shape_of(x)) == 2 else elements(x)


def qr(a: Any, *, mode: str) -> int:
    count, rows, columns = _matrix(a)
    inner = rows if mode == "complete" else min(rows, columns)
    return count * inner * (rows + columns)


def svd(a: Any) -> int:
    count, rows, columns = _matrix(a)
    return count * (rows**2 + columns**2 + min(rows, columns))
