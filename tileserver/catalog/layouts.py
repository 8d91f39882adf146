"""Layouts: how files hold their pixels, if it makes drawing them slow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from graft_eval.scene import Asset, Scene
from tileserver.catalog.problems import Problem

__all__ = ["layout_problems"]

COMMAND: Final = "gdal_translate -of COG FILE NEW"
MAX_WITHOUT_OVERVIEWS: Final = 4096 * 4096  # pixels: 256 blocks, half a second
MAX_BLOCK: Final = 2048 * 2048  # pixels
MAX_STRIP: Final = 16_384  # pixels in a row


def layout_problems(scene: Scene) -> Iterator[Problem]:
    """Yield what makes the files of a scene slow, with the command that mends it."""
    for asset in dict.fromkeys(band.asset for band in scene.bands):
        for reason in _reasons(asset):
            yield Problem("note", f"slow to draw: {reason}; to mend it: {COMMAND}")


def _reasons(asset: Asset) -> Iterator[str]:
    rows, cols = asset.shape
    height, width = asset.block
    if rows * cols > MAX_WITHOUT_OVERVIEWS and not asset.overviews:
        yield f"{rows:,} x {cols:,} pixels without overviews, of which far zooms read all"
    if height * width > MAX_BLOCK:
        yield f"blocks of {height:,} x {width:,} pixels, of which the smallest tile reads one"
    elif width == cols > MAX_STRIP:
        yield f"rows of {cols:,} pixels, of which the smallest tile reads many"
