"""The kernel that takes pixels out of decoded blocks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft_eval.kernels.compiled import kernel

__all__ = ["gather"]


@kernel(
    *(f"void({word}[::1], uint32[::1], uint32[::1], {word}[::1])" for word in ("uint8", "uint16", "uint32", "uint64"))
)
def gather(
    block: NDArray[np.unsignedinteger],
    sources: NDArray[np.uint32],
    targets: NDArray[np.uint32],
    out: NDArray[np.unsignedinteger],
) -> None:
    """Copy pixels `sources` of a block to pixels `targets` of a plane.

    Numbers are copied by their bits, so that four word sizes serve all types.
    """
    for at in range(sources.size):
        out[targets[at]] = block[sources[at]]
