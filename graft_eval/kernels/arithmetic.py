"""The kernel of chains: what is done pixel by pixel with some planes, one operation after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel, part_of_kernel
from graft_eval.kernels.stored import REDUCIBLE

__all__ = ["CHOOSE", "CONSTANT", "LOGIC", "MASK", "OPERATIONS", "PLANE", "STORED", "calculate"]

CHUNK = 512  # pixels: 8 registers of them fill the first-level cache; 256 take 10 % longer

# NumPy's name: number. Those of LOGIC are of numbers as well as of truths, where 0 is False.
OPERATIONS: Final[Mapping[str, int]] = {
    "add": 0, "subtract": 1, "multiply": 2, "divide": 3, "true_divide": 3, "negative": 4, "absolute": 5, "fabs": 5,
    "sqrt": 6, "minimum": 7, "maximum": 8, "less": 9, "less_equal": 10, "greater": 11, "greater_equal": 12,
    "equal": 13, "not_equal": 14, "logical_and": 15, "logical_or": 16, "logical_xor": 17, "logical_not": 18,
    "square": 19,
}  # fmt: skip
# The same of truths; numbers have bits.
LOGIC: Final[Mapping[str, int]] = {
    "bitwise_and": 15, "bitwise_or": 16, "bitwise_xor": 17, "invert": 18, "bitwise_not": 18
}  # fmt: skip
MASK, CHOOSE = 20, 21

STORED, PLANE, CONSTANT = 0, 1, 2  # where leaves come from

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

SOURCE = "{0}[:, ::1], int64, boolean[:, ::1], boolean[::1], int64[::1], float64[::1], float64[::1], float64[::1]"
OTHERS = "float64[:, ::1], boolean[:, ::1], float64[:, ::1]"
PROGRAM = "int64[::1], int64[:, ::1], int64[:, ::1]"


@part_of_kernel
def load_stored(
    stored: NDArray[np.generic],
    gone: Flags,
    covered: bool,
    missing: float,
    gain: float,
    bias: float,
    register: Floats,
) -> None:
    """Fill a register with physical values."""
    if covered:
        for p in range(stored.size):
            number = np.float64(stored[p])
            value = number * gain + bias
            register[p] = np.nan if number == missing else value
    else:
        for p in range(stored.size):
            number = np.float64(stored[p])
            value = number * gain + bias
            register[p] = np.nan if gone[p] | (number == missing) else value


@part_of_kernel
def load_plane(data: Floats, mask: Flags, register: Floats) -> None:
    """Fill a register with the values of a plane."""
    for p in range(data.size):
        register[p] = np.nan if mask[p] else data[p]


@part_of_kernel
def operate(operation: int, x: Floats, y: Floats, z: Floats, out: Floats) -> None:
    """Fill a register with the result of an operation on others."""
    if operation == 0:
        for p in range(CHUNK):
            out[p] = x[p] + y[p]
    elif operation == 1:
        for p in range(CHUNK):
            out[p] = x[p] - y[p]
    elif operation == 2:
        for p in range(CHUNK):
            out[p] = x[p] * y[p]
    elif operation == 3:
        for p in range(CHUNK):
            by = y[p]
            out[p] = x[p] / by if by - by == 0 else np.nan
    elif operation == 4:
        for p in range(CHUNK):
            out[p] = -x[p]
    elif operation == 5:
        for p in range(CHUNK):
            out[p] = abs(x[p])
    elif operation == 6:
        for p in range(CHUNK):
            out[p] = np.sqrt(x[p])
    elif operation == 18:
        for p in range(CHUNK):
            out[p] = (1.0 if x[p] == 0 else 0.0) if x[p] - x[p] == 0 else np.nan
    elif operation == 19:
        for p in range(CHUNK):
            out[p] = x[p] * x[p]
    elif operation == MASK:
        for p in range(CHUNK):
            out[p] = np.nan if (y[p] != 0) & (y[p] - y[p] == 0) else x[p]
    elif operation == CHOOSE:
        for p in range(CHUNK):
            chosen = y[p] if x[p] != 0 else z[p]
            out[p] = chosen if x[p] - x[p] == 0 else np.nan
    else:
        decide(operation, x, y, out)


@part_of_kernel
def nothing(x: float, y: float) -> float:
    """Zero, or NaN where one of two numbers is not finite."""
    return (x - x) + (y - y)


@part_of_kernel
def decide(operation: int, x: Floats, y: Floats, out: Floats) -> None:
    """Fill a register with the lesser, the greater, or whether something holds."""
    if operation == 7:
        for p in range(CHUNK):
            out[p] = (x[p] if x[p] < y[p] else y[p]) + nothing(x[p], y[p])
    elif operation == 8:
        for p in range(CHUNK):
            out[p] = (x[p] if x[p] > y[p] else y[p]) + nothing(x[p], y[p])
    elif operation == 9:
        for p in range(CHUNK):
            out[p] = (1.0 if x[p] < y[p] else 0.0) + nothing(x[p], y[p])
    elif operation == 10:
        for p in range(CHUNK):
            out[p] = (1.0 if x[p] <= y[p] else 0.0) + nothing(x[p], y[p])
    elif operation == 11:
        for p in range(CHUNK):
            out[p] = (1.0 if x[p] > y[p] else 0.0) + nothing(x[p], y[p])
    elif operation == 12:
        for p in range(CHUNK):
            out[p] = (1.0 if x[p] >= y[p] else 0.0) + nothing(x[p], y[p])
    elif operation == 13:
        for p in range(CHUNK):
            out[p] = (1.0 if x[p] == y[p] else 0.0) + nothing(x[p], y[p])
    elif operation == 14:
        for p in range(CHUNK):
            out[p] = (1.0 if x[p] != y[p] else 0.0) + nothing(x[p], y[p])
    elif operation == 15:
        for p in range(CHUNK):
            out[p] = (1.0 if (x[p] != 0) & (y[p] != 0) else 0.0) + nothing(x[p], y[p])
    elif operation == 16:
        for p in range(CHUNK):
            out[p] = (1.0 if (x[p] != 0) | (y[p] != 0) else 0.0) + nothing(x[p], y[p])
    elif operation == 17:
        for p in range(CHUNK):
            out[p] = (1.0 if (x[p] != 0) != (y[p] != 0) else 0.0) + nothing(x[p], y[p])


@part_of_kernel
def store(register: Floats, out: Floats, missing: Flags) -> None:
    """Take the pixels out of a register."""
    for p in range(out.size):
        value = register[p]
        out[p] = value
        missing[p] = value - value != 0


@kernel(*(f"void({SOURCE.format(t)}, {OTHERS}, {PROGRAM}, float64[:, ::1], boolean[:, ::1])" for t in REDUCIBLE))
def calculate(
    stored: NDArray[np.generic],
    start: int,
    outside: Flags,
    covered: Flags,
    which: Numbers,
    nodata: Floats,
    scale: Floats,
    offset: Floats,
    data: Floats,
    mask: Flags,
    constants: Floats,
    kinds: Numbers,
    rows: Numbers,
    code: Numbers,
    out: Floats,
    missing: Flags,
) -> None:
    """Carry out a chain of operations for each plane of `out`; missing where the result is not finite.

    Leaf n of plane m is row `rows[m, n]` of `stored`, as `to_physical` takes it, or of `data` and `mask`, or
    `constants[m, n]`, as `kinds[n]` says. `code` are operations and the registers of their arguments; registers hold
    the leaves, then the results. What is missing is not finite in them: a mask besides the numbers, and a pass over
    the stack for each operation, take three times as long.
    """
    leaves = kinds.size
    registers = np.zeros((leaves + len(code), CHUNK))
    for m in range(out.shape[0]):
        for leaf in range(leaves):
            if kinds[leaf] == CONSTANT:
                registers[leaf, :] = constants[m, leaf]
        for begin in range(0, out.shape[1], CHUNK):
            end = min(begin + CHUNK, out.shape[1])
            for leaf in range(leaves):
                row = rows[m, leaf]
                if kinds[leaf] == STORED:
                    numbers = stored[row, start + begin : start + end]
                    gone = outside[which[row], start + begin : start + end]
                    load_stored(
                        numbers, gone, covered[which[row]], nodata[row], scale[row], offset[row], registers[leaf]
                    )
                elif kinds[leaf] == PLANE:
                    load_plane(data[row, begin:end], mask[row, begin:end], registers[leaf])
            for at in range(len(code)):
                x, y, z = registers[code[at, 1]], registers[code[at, 2]], registers[code[at, 3]]
                operate(code[at, 0], x, y, z, registers[leaves + at])
            store(registers[leaves + len(code) - 1], out[m, begin:end], missing[m, begin:end])
