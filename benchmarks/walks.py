"""Tiles to ask for: pans of a viewport over zooms 12 to 14, and lone tiles that share no block of a file."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator

import morecantile
from morecantile import Tile
from rasterio.warp import transform_bounds

from benchmarks.stack import BLOCK, CRS, RESOLUTION, Stack

__all__ = ["Tile", "lone_tiles", "tile_over", "walk"]

WEB_MERCATOR = morecantile.tms.get("WebMercatorQuad")
SHARES = {12: 1 / 6, 13: 1 / 2, 14: 1 / 3}
VIEWPORT = (4, 3)  # tiles across and down
STEPS = ((1, 0), (-1, 0), (0, 1), (0, -1))
STRAIGHT_ON = 0.7  # how often a pan keeps its direction
MAX_IDLE_STEPS = 20  # without a new tile; then a pan starts elsewhere


def walk(stack: Stack, count: int, seed: int) -> list[Tile]:
    """Return the tiles of a map that is panned, and zoomed in twice, each once and in the order in which they show.

    A sixth are of zoom 12, half of 13, a third of 14, or as many as the stack holds; all lie within it.
    """
    dice = random.Random(seed)
    return [
        tile
        for zoom, share in SHARES.items()
        for tile in itertools.islice(_pan(_tiles_within(stack, zoom), dice), round(count * share))
    ]


def lone_tiles(stack: Stack, count: int, seed: int) -> list[Tile]:
    """Return tiles of which no two need the same block of a file; zooms as in a walk, or as many as there are.

    One after the other they are what a server that keeps decoded blocks has to do without any.
    """
    dice, tiles, taken = random.Random(seed), list[Tile](), set[tuple[int, int, int]]()
    for zoom, share in SHARES.items():
        candidates, wanted = _tiles_within(stack, zoom), len(tiles) + round(count * share)
        dice.shuffle(candidates)
        for tile in candidates:
            blocks = _blocks(stack, tile)
            if len(tiles) < wanted and not blocks & taken:
                tiles.append(tile)
                taken |= blocks
    dice.shuffle(tiles)
    return tiles


def tile_over(stack: Stack, zoom: int) -> Tile:
    """Return the tile of a zoom that holds the middle of the stack."""
    west, south, east, north = stack.lonlat_bounds
    return WEB_MERCATOR.tile((west + east) / 2, (south + north) / 2, zoom)


def _tiles_within(stack: Stack, zoom: int) -> list[Tile]:
    """Return the tiles of a zoom that lie within the stack altogether, in its CRS."""
    left, bottom, right, top = stack.bounds
    tiles = list(WEB_MERCATOR.tiles(*stack.lonlat_bounds, zooms=[zoom]))
    extents = [transform_bounds("EPSG:3857", CRS, *WEB_MERCATOR.xy_bounds(tile)) for tile in tiles]
    return [
        tile
        for tile, extent in zip(tiles, extents, strict=True)
        if left <= extent[0] and bottom <= extent[1] and extent[2] <= right and extent[3] <= top
    ]


def _pan(area: list[Tile], dice: random.Random) -> Iterator[Tile]:
    """Yield the tiles of an area, each once, as a viewport that moves a tile at a time brings them to light."""
    hidden, idle = set(area), MAX_IDLE_STEPS
    while hidden:
        if idle == MAX_IDLE_STEPS:
            (x, y, zoom), (across, down), idle = dice.choice(area), dice.choice(STEPS), 0
        shown = [Tile(x + i, y + j, zoom) for j in range(VIEWPORT[1]) for i in range(VIEWPORT[0])]
        new = [tile for tile in shown if tile in hidden]
        yield from new
        hidden.difference_update(new)
        idle = 0 if new else idle + 1
        if dice.random() > STRAIGHT_ON:
            across, down = dice.choice(STEPS)
        x, y = x + across, y + down


def _blocks(stack: Stack, tile: Tile) -> set[tuple[int, int, int]]:
    """Return the blocks that a tile needs of each file: overview, row, column."""
    left, bottom, right, top = transform_bounds("EPSG:3857", CRS, *WEB_MERCATOR.xy_bounds(tile))
    overview = max(0, math.floor(math.log2((right - left) / 256 / RESOLUTION)))
    side = BLOCK * RESOLUTION * 2**overview
    west, _, _, north = stack.bounds
    rows = range(int((north - top) // side), int((north - bottom) // side) + 1)
    columns = range(int((left - west) // side), int((right - west) // side) + 1)
    return {(overview, row, column) for row in rows for column in columns}
