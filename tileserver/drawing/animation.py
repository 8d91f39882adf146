"""Animations: the images of a collection, or the values of a parameter, one after another with their labels."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from PIL import Image as Picture
from PIL import ImageDraw

from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.progress import Progress
from graft_eval.values.image import Image, ImageCollection
from tileserver.catalog.records import format_time
from tileserver.drawing.classes import palette_of
from tileserver.drawing.drawable import compute, evaluate_drawable, evaluate_imagery, leading_bands, pick_bands
from tileserver.drawing.lettering import typeface
from tileserver.drawing.pictures import Painter, paint_of
from tileserver.drawing.preview import Preview
from tileserver.drawing.render import Scale, draw
from tileserver.drawing.style import Style
from tileserver.drawing.video import encode_mp4
from tileserver.http.errors import BadQuery, TooLarge
from tileserver.layers.layers import Layer

__all__ = ["FORMATS", "MAX_FRAMES", "animate_arguments", "animate_images", "check_frames"]

FORMATS: Final[Mapping[str, str]] = {"webp": "image/webp", "gif": "image/gif", "mp4": "video/mp4"}
MAX_FRAMES: Final = 100
MAX_PIXELS: Final = 16 << 20  # of all frames
FONT: Final = typeface(13)
QUALITY: Final = 80
INK, PAPER = (32, 32, 32, 255), (255, 255, 255, 200)
PADDING: Final = 4  # pixels around a label


def animate_images(
    evaluations: Evaluations, painter: Painter, layer: Layer, style: Style, canvas: Preview, ms: int, progress: Progress
) -> bytes:
    """Return the animation of a collection's images, in its order, each labelled with its date or else its id.

    All have the same scales. Raises `BadQuery` for a layer of one image, `TooLarge` for too many.
    """
    scope = evaluations.scope(progress, canvas.grid)
    imagery = evaluate_imagery(layer, style, scope)
    if not isinstance(imagery, ImageCollection):
        raise BadQuery("over", "must name a parameter with a widget that lists its values: the layer is one image")
    check_frames(len(imagery.images), canvas)
    auto = painter.auto_scales(layer, style, progress)

    def frames() -> Iterator[Picture.Image]:
        for whole in imagery.images:
            image = pick_bands(whole, style.bands or leading_bands(whole))
            style.check_bands(image.bands)
            palette = palette_of(image.planes[0]) if len(image.planes) == 1 else None
            data = draw(compute(image, scope), paint_of(style, canvas, image.bands, palette, auto))
            progress.check()
            yield _labelled(data, _name_of(whole))

    return _encode(frames(), canvas.format, ms)


def animate_arguments(
    evaluations: Evaluations,
    painter: Painter,
    layer: Layer,
    styles: Sequence[tuple[str, Style]],
    canvas: Preview,
    ms: int,
    progress: Progress,
) -> bytes:
    """Return the animation of a layer in styles that differ by an argument, each with its label.

    All have the scales of the first, where scales are the layer's.
    """
    check_frames(len(styles), canvas)
    auto: Mapping[str, Scale] = painter.auto_scales(layer, styles[0][1], progress)

    def frames() -> Iterator[Picture.Image]:
        for label, style in styles:
            scope = evaluations.scope(progress, canvas.grid)
            drawable = evaluate_drawable(layer, style, scope)
            paint = paint_of(style, canvas, drawable.image.bands, drawable.palette, auto)
            yield _labelled(draw(compute(drawable.image, scope), paint), label)
            progress.check()

    return _encode(frames(), canvas.format, ms)


def check_frames(count: int, canvas: Preview) -> None:
    """Raise `TooLarge` for more frames, or pixels in all of them, than an animation may have."""
    rows, cols = canvas.grid.shape
    if count > MAX_FRAMES:
        raise TooLarge(f"an animation may have {MAX_FRAMES} frames, not {count}: filter the collection")
    if count * rows * cols > MAX_PIXELS:
        raise TooLarge(
            f"{count} frames of {cols} x {rows} pixels are {count * rows * cols:,} pixels, more than {MAX_PIXELS:,}"
        )


def _labelled(png: bytes, label: str) -> Picture.Image:
    with Picture.open(io.BytesIO(png)) as picture:
        frame = picture.convert("RGBA")
    _, _, right, bottom = FONT.getbbox(label)
    note = Picture.new("RGBA", (int(right) + 2 * PADDING, int(bottom) + 2 * PADDING), PAPER)
    ImageDraw.Draw(note).text((PADDING, PADDING), label, INK, FONT)
    frame.alpha_composite(note.crop((0, 0, *frame.size)) if note.width > frame.width else note)
    return frame


def _encode(frames: Iterator[Picture.Image], format: str, ms: int) -> bytes:
    listed = [frame if format == "webp" else _on_paper(frame) for frame in frames]
    if not listed:
        raise BadQuery("bounds", "must be where the layer has images: there are none to show")
    if format == "mp4":
        return encode_mp4(listed, ms)
    buffer = io.BytesIO()
    options = {"quality": QUALITY, "method": 0} if format == "webp" else {}
    listed[0].save(buffer, format.upper(), save_all=True, append_images=listed[1:], duration=ms, loop=0, **options)
    return buffer.getvalue()


def _on_paper(frame: Picture.Image) -> Picture.Image:
    """Return a frame without transparency, which would show the frames before it."""
    paper = Picture.new("RGBA", frame.size, "white")
    paper.alpha_composite(frame)
    return paper.convert("RGB")


def _name_of(image: Image) -> str:
    date = image.properties.get("date")
    if isinstance(date, datetime):
        return format_time(date).replace("T00:00:00Z", "").replace("T", " ").removesuffix("Z")
    return str(image.properties.get("id", ""))[:40]
