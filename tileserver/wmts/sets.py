"""Tile matrix sets of this server: the standard ones, and those of its operator's files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from wmts import MatrixSets, load_matrix_set, standard_matrix_sets

__all__ = ["load_sets"]


def load_sets(paths: Iterable[Path]) -> MatrixSets:
    """Return the standard sets and those of files of OGC TileMatrixSet JSON, or of all `.json` files in folders.

    Raises MatrixSetError for a file that is no such set, or whose name is taken, OSError if there is none.
    """
    sets = standard_matrix_sets()
    for path in _files(paths):
        sets = sets.with_set(load_matrix_set(path))
    return sets


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.glob("*.json")) if path.is_dir() else [path]
