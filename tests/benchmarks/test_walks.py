"""Walks are seeded, stay within the stack, and have the zooms that the figures are said to be of."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
from pyproj import Transformer

from benchmarks.stack import FULL
from benchmarks.walks import Tile, lone_tiles, walk

TO_UTM = Transformer.from_crs("EPSG:3857", "EPSG:32632", always_xy=True)
WORLD = 2 * np.pi * 6378137


def pixels_of(tile: Tile) -> tuple[np.ndarray, np.ndarray]:
    """Column and row, in the finest level of the stack, of points all over a tile."""
    side = WORLD / 2**tile.z
    steps = np.linspace(0, 1, 65)
    x = -WORLD / 2 + (tile.x + steps[None, :]) * side
    y = WORLD / 2 - (tile.y + steps[:, None]) * side
    xs, ys = np.broadcast_arrays(x, y)
    east, north = TO_UTM.transform(xs, ys)
    return (east - FULL.bounds[0]) / 10, (FULL.bounds[3] - north) / 10


def test_equal_seeds_walk_equal_ways() -> None:
    assert walk(FULL, 120, seed=3) == walk(FULL, 120, seed=3)
    assert walk(FULL, 120, seed=3) != walk(FULL, 120, seed=4)


def test_zooms_have_their_shares_and_no_tile_comes_twice() -> None:
    tiles = walk(FULL, 120, seed=3)
    assert len(set(tiles)) == 120
    assert Counter(tile.z for tile in tiles) == {12: 20, 13: 60, 14: 40}


def test_a_pan_goes_on_next_to_where_it_was() -> None:
    tiles = [tile for tile in walk(FULL, 120, seed=3) if tile.z == 14]
    steps = [max(abs(a.x - b.x), abs(a.y - b.y)) for a, b in pairwise(tiles)]
    assert np.mean(np.array(steps) <= 4) > 0.9


def test_all_tiles_lie_within_the_stack() -> None:
    for tile in walk(FULL, 120, seed=3) + lone_tiles(FULL, 36, seed=3):
        for values in pixels_of(tile):
            assert values.min() >= 0
            assert values.max() <= FULL.size


def test_lone_tiles_share_no_block() -> None:
    tiles = lone_tiles(FULL, 36, seed=3)
    assert len(tiles) > 24
    owners: dict[tuple[int, int, int], Tile] = {}
    for tile in tiles:
        side = 1024 if tile.z == 12 else 512  # of a block, in pixels of the finest level: zoom 12 reads an overview
        columns, rows = pixels_of(tile)
        for row, column in np.unique(np.stack([rows // side, columns // side], -1).reshape(-1, 2), axis=0):
            assert owners.setdefault((side, int(row), int(column)), tile) == tile
