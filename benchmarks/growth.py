"""Growth with cores, predicted from what one process measures: a model, for machines that are not at hand.

A process is a closed queueing network, solved by mean value analysis: each of its cores computes a tile at a time, of
whose processor time `held` is spent with Python's lock, for which the others queue, and the rest without.
"""

from __future__ import annotations

from math import inf, log2

__all__ = ["decodings", "find_uses", "tiles_per_second"]


def tiles_per_second(cores: int, processes: int, cpu: float, held: float) -> float:
    """Return the tiles a second of processes that share cores evenly, of milliseconds for a tile.

    >>> tiles_per_second(cores=1, processes=1, cpu=4.0, held=1.0)
    250.0
    >>> [round(tiles_per_second(cores, 1, cpu=4.0, held=1.0)) for cores in (2, 4, 64)]
    [471, 794, 1000]
    >>> round(tiles_per_second(cores=64, processes=16, cpu=4.0, held=1.0) / 16)
    794
    """
    queue = rate = 0.0
    for customers in range(1, cores // processes + 1):
        waiting = held * (1 + queue)
        rate = customers / (cpu - held + waiting)
        queue = rate * waiting
    return processes * rate * 1000


def decodings(processes: int, uses: float) -> float:
    """Return how often a block is decoded that so many tiles need, each drawn by any of the processes.

    >>> decodings(1, uses=5), decodings(4, uses=1), round(decodings(4, uses=5), 2)
    (1.0, 1.0, 3.05)
    """
    return processes * (1 - (1 - 1 / processes) ** uses)


def find_uses(ratio: float) -> float:
    """Return how many tiles need a block, of which two processes decode `ratio` as many as one does.

    >>> [round(find_uses(decodings(2, uses)), 6) for uses in (1, 3.5)]
    [1.0, 3.5]
    >>> find_uses(2)
    inf
    """
    return -log2(1 - ratio / 2) if ratio < 2 else inf
