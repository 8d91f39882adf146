"""Rivers where water would run on a terrain."""

from __future__ import annotations

import heapq
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from shapely import LineString

__all__ = ["River", "trace_rivers"]

River = tuple[LineString, float]  # its course as (col, row), and how many pixels it drains at its mouth

_NEIGHBOURS = [(dy, dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1) if (dy, dx) != (0, 0)]


def trace_rivers(elevation: NDArray[np.float32], least: int) -> list[River]:
    """Return the reaches that drain at least `least` pixels, each from a spring or a confluence to the next one."""
    order, downstream = _drain(elevation)
    drained = np.ones(elevation.size, np.int64)
    for pixel in reversed(order):
        if downstream[pixel] >= 0:
            drained[downstream[pixel]] += drained[pixel]
    wet = [pixel for pixel in order if drained[pixel] >= least]
    inflows = np.zeros(elevation.size, np.int64)
    for pixel in wet:
        if downstream[pixel] >= 0:
            inflows[downstream[pixel]] += 1
    heads = [pixel for pixel in wet if inflows[pixel] != 1]
    return [_reach(head, downstream, inflows, drained, elevation.shape[1]) for head in heads if downstream[head] >= 0]


def _drain(elevation: NDArray[np.float32]) -> tuple[list[int], list[int]]:
    """Return the pixels in the order that rising water, entering from the edges, floods them; and whence it came.

    This is the priority flood: every pixel drains to the edge, through pits too, where the ground is deepest.
    """
    rows, cols = elevation.shape
    level = elevation.ravel().tolist()
    downstream = [-2] * len(level)
    inside = np.zeros((rows, cols), bool)
    inside[1:-1, 1:-1] = True
    edge = np.flatnonzero(~inside).tolist()
    queue = [(level[pixel], level[pixel], pixel) for pixel in edge]
    for pixel in edge:
        downstream[pixel] = -1
    heapq.heapify(queue)
    order = []
    while queue:
        height, _, pixel = heapq.heappop(queue)
        order.append(pixel)
        row, col = divmod(pixel, cols)
        for dy, dx in _NEIGHBOURS:
            if 0 <= row + dy < rows and 0 <= col + dx < cols:
                neighbour = pixel + dy * cols + dx
                if downstream[neighbour] == -2:
                    downstream[neighbour] = pixel
                    heapq.heappush(queue, (max(height, level[neighbour]), level[neighbour], neighbour))
    return order, downstream


def _reach(
    head: int, downstream: list[int], inflows: NDArray[np.int64], drained: NDArray[np.int64], cols: int
) -> River:
    """Return the course from a pixel down to the next confluence or the edge."""
    course = [head, downstream[head]]
    while inflows[course[-1]] == 1 and downstream[course[-1]] >= 0:
        course.append(downstream[course[-1]])
    points = [(pixel % cols + 0.5, pixel // cols + 0.5) for pixel in course]
    return LineString(_smooth(points)), float(drained[course[-2]])


def _smooth(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the line with its corners cut, three times; its ends stay."""
    for _ in range(3):
        cut = [
            (ax + (bx - ax) * part, ay + (by - ay) * part)
            for (ax, ay), (bx, by) in pairwise(points)
            for part in (0.25, 0.75)
        ]
        points = [points[0], *cut, points[-1]]
    return points
