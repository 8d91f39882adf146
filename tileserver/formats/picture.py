"""Images as PNG: what a map shows of them."""

from __future__ import annotations

from graft_eval.scope import Scope
from graft_eval.values.image import Image, pick
from tileserver.drawing.classes import palette_of
from tileserver.drawing.drawable import compute, leading_bands
from tileserver.drawing.render import Paint, draw

__all__ = ["to_png"]


def to_png(image: Image, scope: Scope) -> bytes:
    """Return the picture of an image as layers are drawn by default; what is masked is transparent.

    Of more than three bands these are red, green and blue. Each is stretched over its own range; classes have the
    colours of their files' tables.
    """
    shown = pick(image, leading_bands(image))
    palette = palette_of(shown.planes[0]) if len(shown.planes) == 1 else None
    raster = compute(shown, scope)
    with scope.progress.timed("encode"):
        return draw(raster, Paint(palette=palette))
