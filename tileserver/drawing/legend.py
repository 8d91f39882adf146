"""Legends: what the colours of a layer mean, drawn by the code that draws its tiles."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from graft_eval.scope import Raster
from tileserver.drawing.classes import Class
from tileserver.drawing.render import Paint, Scale, draw

__all__ = ["SIZE", "Legend"]

SIZE: Final = (256, 64)  # columns and rows of a legend; one of classes has as many rows as these need
CHANNELS: Final = ("red", "green", "blue")
OWN: Final = (None, None)

MARGIN: Final = 12
BAR: Final = (MARGIN, 20, SIZE[0] - MARGIN, 40)  # left, top, right, bottom
TICK: Final = 4
SWATCH: Final = 14  # pixels a side
ROW: Final = SWATCH + 6  # pixels
MAX_CLASSES: Final = 48  # that are drawn
TICKS: Final = 5
FONT: Final = ImageFont.load_default(11)
INK: Final = (32, 32, 32)


@dataclass(frozen=True, slots=True)
class Legend:
    """A legend of up to three bands: a scale for each (None, None: a tile's own range) and a colormap, or classes."""

    bands: tuple[str, ...]
    scales: tuple[Scale, ...]
    colormap: str | None = None
    classes: Sequence[Class] = ()

    def draw(self) -> bytes:
        """Return the PNG: a bar with ticks of one band, a swatch for each of several, or for each class below another.

        >>> Image.open(io.BytesIO(Legend(("nir",), ((0.0, 1.0),), "magma").draw())).size
        (256, 64)
        """
        rows = min(len(self.classes), MAX_CLASSES) + (len(self.classes) > MAX_CLASSES)
        picture = Image.new("RGB", (SIZE[0], max(SIZE[1], BAR[1] + rows * ROW)), "white")
        pen = ImageDraw.Draw(picture)
        if self.classes:
            self._draw_classes(picture, pen)
        elif len(self.bands) == 1:
            self._draw_bar(picture, pen)
        else:
            self._draw_swatches(picture, pen)
        buffer = io.BytesIO()
        picture.save(buffer, "PNG")
        return buffer.getvalue()

    def to_json(self) -> dict[str, Any]:
        """Return the same in numbers: of one band the 256 colours from low to high, of several each one's channel.

        Of classes, the value, colour and name of each.
        """
        bands: list[dict[str, Any]] = [
            {"name": name, "scale": None if scale == OWN else list(scale)}
            for name, scale in zip(self.bands, self.scales, strict=True)
        ]
        if self.classes:
            classes = [
                {"value": one.value, "color": one.css, **({"label": one.name} if one.name else {})}
                for one in self.classes
            ]
            return {"type": "classes", "bands": bands, "colormap": None, "classes": classes}
        if len(bands) == 1:
            colours = [f"#{colour.tobytes().hex()}" for colour in self._colours(256)[0]]
            return {"type": "colorbar", "bands": bands, "colormap": self.colormap, "colors": colours}
        channels = [{**band, "channel": channel} for band, channel in zip(bands, CHANNELS, strict=False)]
        return {"type": "composite", "bands": channels, "colormap": None}

    def _draw_bar(self, picture: Image.Image, pen: ImageDraw.ImageDraw) -> None:
        left, top, right, bottom = BAR
        pen.text((left, 3), self.bands[0], INK, FONT)
        picture.paste(Image.fromarray(self._colours(right - left).repeat(bottom - top, axis=0)), (left, top))
        for share, text in self._ticks():
            x = left + round(share * (right - left - 1))
            pen.line([(x, bottom), (x, bottom + TICK)], INK)
            width = pen.textlength(text, FONT)
            pen.text((min(max(x - width / 2, 1), SIZE[0] - width - 1), bottom + TICK + 1), text, INK, FONT)

    def _draw_swatches(self, picture: Image.Image, pen: ImageDraw.ImageDraw) -> None:
        for row, (name, scale) in enumerate(zip(self.bands, self.scales, strict=True)):
            top = 4 + row * ROW
            swatch = self._swatch(row).repeat(SWATCH, axis=0).repeat(SWATCH, axis=1)
            picture.paste(Image.fromarray(swatch), (MARGIN, top))
            low, high = scale
            extent = (
                "lowest to highest of each tile"
                if low is None or high is None
                else f"{_number(low)} to {_number(high)}"
            )
            pen.text((MARGIN + SWATCH + 6, top), f"{name}: {extent}", INK, FONT)

    def _draw_classes(self, picture: Image.Image, pen: ImageDraw.ImageDraw) -> None:
        pen.text((MARGIN, 3), self.bands[0], INK, FONT)
        for row, one in enumerate(self.classes[:MAX_CLASSES]):
            top = BAR[1] + row * ROW
            swatch = Image.new("RGBA", (SWATCH, SWATCH), one.colour)
            picture.paste(swatch, (MARGIN, top), swatch)
            pen.text((MARGIN + SWATCH + 6, top), f"{one.value}  {one.name}" if one.name else str(one.value), INK, FONT)
        if (more := len(self.classes) - MAX_CLASSES) > 0:
            pen.text((MARGIN, BAR[1] + MAX_CLASSES * ROW), f"and {more} more", INK, FONT)

    def _colours(self, count: int) -> NDArray[np.uint8]:
        """Return (1, count, 3): the colours of values that rise from the low end of the scale to its high end."""
        low, high = self.scales[0]
        low, high = (0.0, 1.0) if low is None or high is None else (low, high)
        return _paint(np.linspace(low, high, count)[None, None], [(low, high)], self.colormap)

    def _swatch(self, band: int) -> NDArray[np.uint8]:
        """Return (1, 1, 3): the colour of a pixel where one band is at its highest and the others at their lowest."""
        values = (np.arange(len(self.bands)) == band).astype(float)
        return _paint(values[:, None, None], [(0.0, 1.0)] * len(self.bands), None)

    def _ticks(self) -> Iterator[tuple[float, str]]:
        """Yield round numbers of the scale, each with its place along the bar from 0 to 1."""
        low, high = self.scales[0]
        if low is None or high is None:
            yield from ((0.0, "lowest of the tile"), (1.0, "highest"))
        elif low == high:
            yield 1.0, f"above {_number(low)}"
        else:
            for value in MaxNLocator(TICKS).tick_values(min(low, high), max(low, high)):
                if 0 <= (share := (value - low) / (high - low)) <= 1:
                    yield share, _number(value)


def _paint(values: NDArray[np.float64], scales: Sequence[Scale], colormap: str | None) -> NDArray[np.uint8]:
    raster = Raster(values, np.zeros(values.shape, bool))
    with Image.open(io.BytesIO(draw(raster, Paint(scales, colormap)))) as picture:
        return np.asarray(picture.convert("RGB"))


def _number(value: float) -> str:
    return f"{value:.6g}"
