"""Pictures: a layer's tile in a style, with the tag by which it is known, from evaluation to the encoded file."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from typing import Final

import numpy as np
from cachetools import LRUCache

from graft_eval.evaluation.cache import EvaluationCache
from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.grid import Grid
from graft_eval.palette import Palette
from graft_eval.progress import Progress
from graft_eval.scene import Asset
from graft_eval.scope import Raster, Scope
from tileserver.catalog import Catalog, Snapshot
from tileserver.drawing.autoscale import AutoScales
from tileserver.drawing.canvas import Canvas
from tileserver.drawing.classes import Colours
from tileserver.drawing.drawable import Drawable, compute, evaluate_drawable, fingerprints
from tileserver.drawing.encoding import encode_values
from tileserver.drawing.render import Paint, Scale, draw
from tileserver.drawing.shared_pictures import Drawn, NotShared, SharedPictures
from tileserver.drawing.style import Style
from tileserver.layers.layers import Layer
from tileserver.store import LayerScales

__all__ = ["Painter", "Picture", "paint_of"]

MAX_TAGS: Final = 4096
MAX_PLANES: Final = 100_000  # of the images of layers, some 0.2 KB each
VERSION: Final = version("graftile")  # another one may draw otherwise


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A drawn tile; `data` is None if the caller has it already.

    `skipped` counts the scenes that are missing from it, `scenes` those whose pixels were read, of `bytes_read` bytes;
    `seconds` is the time of each stage.
    """

    tag: str
    data: bytes | None
    skipped: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict)
    scenes: int = 0
    bytes_read: int = 0


class Painter:
    """Draws tiles of layers; one for all threads. The catalog is the one that is evaluated with."""

    def __init__(
        self,
        evaluations: Evaluations,
        scales: LayerScales,
        catalog: Catalog,
        shared: SharedPictures | None = None,
    ) -> None:
        self._evaluations = evaluations
        self._catalog = catalog
        self._shared = shared or NotShared()
        self._auto = AutoScales(evaluations, scales)
        self._drawables: EvaluationCache[Drawable] = EvaluationCache(MAX_PLANES, lambda drawable: drawable.planes)
        self._given: LRUCache[str, frozenset[Asset]] = LRUCache(MAX_TAGS)
        self._lock = threading.Lock()

    def drawable(self, layer: Layer, style: Style, grid: Grid, progress: Progress) -> Drawable:
        """Return what a style shows of a layer on a grid."""
        return self._evaluate(layer, style, self._evaluations.scope(progress, grid))

    def auto_scales(self, layer: Layer, style: Style, progress: Progress) -> Mapping[str, Scale]:
        """Return the pair of each band where the style leaves them to the layer's percentiles; else nothing."""
        return (
            self._auto.find(layer, style, progress, self._catalog.revision()) if isinstance(style.scales, str) else {}
        )

    def forget_scales(self, layer: Layer) -> None:
        """Forget the automatic scales of a layer, in the database, too: the next picture finds them anew."""
        self._auto.forget(layer)

    def paint(
        self,
        layer: Layer,
        tile: Canvas,
        style: Style,
        known: frozenset[str],
        revision: int | None,
        progress: Progress,
    ) -> Picture:
        """Draw a tile, unless its tag is one of the `known`, which is decided before any pixel is read.

        `revision` is that of the catalog, if it is known. Logs what was found and read, and raises what evaluation,
        computation and style may raise.
        """
        grid, catalog = tile.grid, Snapshot(self._catalog, revision)
        scope, revision = self._evaluations.scope(progress, grid, catalog), catalog.revision
        auto = self._auto.find(layer, style, progress, revision) if isinstance(style.scales, str) else {}
        identity = _identity(layer, tile, grid, style, auto, revision)
        if (tag := self._recognize(identity, known, progress)) is not None:
            return Picture(tag, None)
        drawable = self._evaluate(layer, style, scope)
        tag = _tag(identity, drawable.assets, progress)
        self._remember(tag, drawable.assets)
        if tag in known or "*" in known:
            return Picture(tag, None, seconds=progress.seconds)
        draw_it = partial(_draw, tile, style, drawable, auto, scope)
        drawn, was_found = self._shared.find_or_draw(tag, progress, draw_it)
        if was_found:
            progress.log(logging.DEBUG, f"tile {tile} was drawn before, and kept")
        _tell_what_is_shown(progress, tile, style, drawable, drawn.is_empty)
        return Picture(tag, drawn.data, progress.lacking, progress.seconds, len(progress.used), progress.bytes_read)

    def _evaluate(self, layer: Layer, style: Style, scope: Scope) -> Drawable:
        """Evaluate a layer, unless the same scenes gave its image on another tile."""
        key = (layer.graft.hash, style.arguments, style.reduction, style.bands, style.is_values)
        drawable = self._drawables.evaluate(key, scope, partial(evaluate_drawable, layer, style))
        style.check_bands(drawable.image.bands)
        return drawable

    def _recognize(self, identity: Sequence[object], known: frozenset[str], progress: Progress) -> str | None:
        """Return the known tag that is this picture's, where its files were seen before; nothing is evaluated."""
        for tag in known:
            with self._lock:
                assets = self._given.get(tag)
            if assets is not None and _tag(identity, assets, progress) == tag:
                return tag
        return None

    def _remember(self, tag: str, assets: frozenset[Asset]) -> None:
        with self._lock:
            self._given[tag] = assets


def _identity(
    layer: Layer, tile: Canvas, grid: Grid, style: Style, auto: Mapping[str, Scale], revision: int
) -> tuple[object, ...]:
    """Return all that a picture depends on, but for its files."""
    colours = style.colormap.to_json() if isinstance(style.colormap, Colours) else style.colormap
    drawn = (style.bands, style.scales, auto, colours, style.reduction, style.checkerboard, style.gamma)
    address = (grid.crs, grid.bounds, grid.shape, tile.origin, tile.scale, tile.format)
    return VERSION, layer.graft.hash, style.arguments.identity, drawn, address, revision


def _tag(identity: Sequence[object], assets: frozenset[Asset], progress: Progress) -> str:
    text = json.dumps([*identity, fingerprints(assets, progress)])
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def paint_of(
    style: Style, canvas: Canvas, bands: Sequence[str], palette: Palette | None, auto: Mapping[str, Scale]
) -> Paint:
    """Return how bands are drawn in a style: their files' palette may be used, and the scales found of the layer."""
    nothing: Scale = (None, None)
    scales = style.scales
    if isinstance(scales, str):
        scales = tuple(auto.get(name, nothing) for name in bands)
    if isinstance(style.colormap, Colours):
        return Paint(None, None, style.checkerboard, canvas.origin, canvas.scale, style.colormap)
    shown = palette if style.shows_classes else None
    return Paint(scales, style.colormap, style.checkerboard, canvas.origin, canvas.scale, shown, style.gamma)


def _draw(tile: Canvas, style: Style, drawable: Drawable, auto: Mapping[str, Scale], scope: Scope) -> Drawn:
    progress, bands = scope.progress, drawable.image.bands
    raster = compute(drawable.image, scope)
    with progress.timed("encode"):
        if style.is_values:
            data = encode_values(raster, tile.grid, bands, tile.format)
        else:
            data = draw(raster, paint_of(style, tile, bands, drawable.palette, auto), tile.format)
    _report(progress, tile)
    return Drawn(data, _is_empty(raster), not progress.lacking)


def _is_empty(raster: Raster) -> bool:
    """Return True if each pixel is masked in some band; most often the first one is not."""
    return bool(np.count_nonzero(raster.mask[:, 0, 0])) and bool(raster.mask.any(axis=0).all())


def _report(progress: Progress, tile: Canvas) -> None:
    """Tell the log what was found and read and how long it took."""
    name, stages = f"tile {tile}", [f"{stage} {1000 * seconds:.1f} ms" for stage, seconds in progress.seconds.items()]
    progress.log(logging.DEBUG, f"{name}: {len(progress.found)} scenes found, {len(progress.used)} used")
    progress.log(logging.DEBUG, f"{name}: {progress.bytes_read / 1e6:.1f} MB in {progress.blocks_read} blocks read")
    progress.log(logging.DEBUG, f"{name}: {', '.join(stages)}")


def _tell_what_is_shown(progress: Progress, tile: Canvas, style: Style, drawable: Drawable, is_empty: bool) -> None:
    """Tell the log of bands that are not shown, and that there is nothing to see."""
    image = drawable.image
    if image.bands and not style.bands and len(image.bands) < drawable.available:
        shown = f"the bands {', '.join(image.bands)} of {drawable.available}"
        progress.log(logging.INFO, f"tile {tile} shows {shown}: band= chooses others")
    if not image.bands and progress.found:  # where nothing was found, the search has said so
        progress.log(logging.WARNING, f"tile {tile} is empty: of the images found none is left")
    elif is_empty:
        progress.log(logging.WARNING, f"tile {tile} is empty: all its pixels are masked")
