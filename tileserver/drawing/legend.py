"""Legends: what the colours of a layer mean, drawn by the code that draws its tiles."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np
from lxml import etree
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from graft_eval.scope import Raster
from tileserver.drawing.classes import Class
from tileserver.drawing.lettering import typeface
from tileserver.drawing.render import Paint, Scale, draw
from wmts.elements import add

__all__ = ["SIZE", "Legend"]

SIZE: Final = (256, 64)  # columns and rows of a legend; one of classes is as large as these need
CHANNELS: Final = ("red", "green", "blue")
OWN: Final = (None, None)

MARGIN: Final = 12
BAR: Final = (MARGIN, 20, SIZE[0] - MARGIN, 40)  # left, top, right, bottom
TICK: Final = 4
SWATCH: Final = 14  # pixels a side
ROW: Final = SWATCH + 6  # pixels
MAX_CLASSES: Final = 48  # that are drawn
MAX_TEXT: Final = 100  # characters of a line
TICKS: Final = 5
LARGEST: Final = 1e300  # of a scale that has ticks between its ends: of greater ones no differences are known
FONT: Final = typeface(10)
BASELINE: Final = 10  # pixels below the top of a line
INK: Final = (32, 32, 32)
SVG: Final = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True, slots=True)
class _Box:
    """A rectangle of one colour: red, green, blue and perhaps alpha."""

    left: int
    top: int
    width: int
    height: int
    colour: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    left: float
    top: float
    text: str


@dataclass(frozen=True, slots=True)
class Legend:
    """A legend of up to three bands: a scale for each (None, None: a tile's own range) and a colormap, or classes.

    The colours of a bar are bent by `gamma`, its ticks stay where they are.
    """

    bands: tuple[str, ...]
    scales: tuple[Scale, ...]
    colormap: str | None = None
    classes: Sequence[Class] = ()
    gamma: float = 1.0

    def draw(self) -> bytes:
        """Return the PNG: a bar with ticks of one band, a swatch for each of several, or for each class below another.

        >>> Image.open(io.BytesIO(Legend(("nir",), ((0.0, 1.0),), "magma").draw())).size
        (256, 64)
        """
        picture = Image.new("RGB", self._size, "white")
        pen = ImageDraw.Draw(picture)
        for mark in self._marks():
            match mark:
                case _Box(left, top, width, height, colour):
                    swatch = Image.new("RGBA", (width, height), colour)
                    picture.paste(swatch, (left, top), swatch)
                case _Text(left, top, text):
                    pen.text((left, top), text, INK, FONT)
        buffer = io.BytesIO()
        picture.save(buffer, "PNG")
        return buffer.getvalue()

    def to_svg(self) -> bytes:
        """Return the same as SVG, sharp at any size.

        >>> Legend(("nir",), ((0.0, 1.0),), "magma").to_svg()[:10]
        b'<svg xmlns'
        """
        width, height = map(str, self._size)
        root = etree.Element(f"{SVG}svg", nsmap={None: SVG[1:-1]})  # type: ignore[dict-item]  # the stub forgets None
        for name, value in {"width": width, "height": height, "viewBox": f"0 0 {width} {height}"}.items():
            root.set(name, value)
        add(root, f"{SVG}rect", width=width, height=height, fill="white")
        for mark in self._marks():
            match mark:
                case _Box(left, top, wide, high, colour):
                    place = {"x": left, "y": top, "width": wide, "height": high}
                    box = add(root, f"{SVG}rect", **{name: str(value) for name, value in place.items()})
                    box.set("fill", f"#{bytes(colour[:3]).hex()}")
                    if len(colour) == 4 and colour[3] < 255:
                        box.set("fill-opacity", f"{colour[3] / 255:.3g}")
                case _Text(left, top, text):
                    line = add(root, f"{SVG}text", text, x=f"{left:g}", y=f"{top + BASELINE:g}")
                    line.set("font-family", "sans-serif")
                    line.set("font-size", "10")
                    line.set("fill", f"#{bytes(INK).hex()}")
        return etree.tostring(root)

    def to_json(self) -> dict[str, Any]:
        """Return the same in numbers: of one band the 256 colours from low to high, of several each one's channel.

        Of classes, the value or interval, colour and label of each.
        """
        bands: list[dict[str, Any]] = [
            {"name": name, "scale": None if scale == OWN else list(scale)}
            for name, scale in zip(self.bands, self.scales, strict=True)
        ]
        if self.classes:
            classes = [one.to_json() for one in self.classes]
            return {"type": "classes", "bands": bands, "colormap": None, "classes": classes}
        if len(bands) == 1:
            colours = [f"#{colour.tobytes().hex()}" for colour in self._colours(256)[0]]
            return {"type": "colorbar", "bands": bands, "colormap": self.colormap, "colors": colours}
        channels = [{**band, "channel": channel} for band, channel in zip(bands, CHANNELS, strict=False)]
        return {"type": "composite", "bands": channels, "colormap": None}

    @property
    def _size(self) -> tuple[int, int]:
        """Columns and rows: as many as the classes need, but no less than usual."""
        rows = min(len(self.classes), MAX_CLASSES) + (len(self.classes) > MAX_CLASSES)
        texts = [mark for mark in self._marks() if isinstance(mark, _Text)] if self.classes else []
        widest = max((mark.left + FONT.getlength(mark.text) for mark in texts), default=0.0)
        return max(SIZE[0], int(widest) + MARGIN), max(SIZE[1], BAR[1] + rows * ROW)

    def _marks(self) -> Iterator[_Box | _Text]:
        if self.classes:
            return self._class_marks()
        return self._bar_marks() if len(self.bands) == 1 else self._swatch_marks()

    def _bar_marks(self) -> Iterator[_Box | _Text]:
        left, top, right, bottom = BAR
        yield _Text(left, 3, _cut(self.bands[0]))
        x = left
        for colour, run in groupby(map(tuple, self._colours(right - left)[0].tolist())):
            width = len(list(run))
            yield _Box(x, top, width, bottom - top, colour)
            x += width
        for share, text in self._ticks():
            x = left + round(share * (right - left - 1))
            yield _Box(x, bottom, 1, TICK + 1, INK)
            length = FONT.getlength(text)
            yield _Text(min(max(x - length / 2, 1), SIZE[0] - length - 1), bottom + TICK + 1, text)

    def _swatch_marks(self) -> Iterator[_Box | _Text]:
        for row, (name, scale) in enumerate(zip(self.bands, self.scales, strict=True)):
            top = 4 + row * ROW
            yield _Box(MARGIN, top, SWATCH, SWATCH, tuple(self._swatch(row)[0, 0].tolist()))
            low, high = scale
            extent = (
                "lowest to highest of each tile" if low is None or high is None else " to ".join(_numbers((low, high)))
            )
            yield _Text(MARGIN + SWATCH + 6, top, _cut(f"{name}: {extent}"))

    def _class_marks(self) -> Iterator[_Box | _Text]:
        yield _Text(MARGIN, 3, _cut(" ".join(self.bands)))
        for row, one in enumerate(self.classes[:MAX_CLASSES]):
            top = BAR[1] + row * ROW
            yield _Box(MARGIN, top, SWATCH, SWATCH, one.colour)
            yield _Text(MARGIN + SWATCH + 6, top, _cut(one.text))
        if (more := len(self.classes) - MAX_CLASSES) > 0:
            yield _Text(MARGIN, BAR[1] + MAX_CLASSES * ROW, f"and {more} more")

    def _colours(self, count: int) -> NDArray[np.uint8]:
        """Return (1, count, 3): the colours of values that rise from the low end of the scale to its high end."""
        low, high = self.scales[0]
        last = 0.0 if low == high and low is not None else 1.0
        return _paint(np.linspace(0.0, last, count)[None, None], Paint([(0.0, last)], self.colormap, gamma=self.gamma))

    def _swatch(self, band: int) -> NDArray[np.uint8]:
        """Return (1, 1, 3): the colour of a pixel where one band is at its highest and the others at their lowest."""
        values = (np.arange(len(self.bands)) == band).astype(float)
        return _paint(values[:, None, None], Paint([(0.0, 1.0)] * len(self.bands)))

    def _ticks(self) -> Iterator[tuple[float, str]]:
        """Yield round numbers of the scale, each with its place along the bar from 0 to 1."""
        low, high = self.scales[0]
        if low is None or high is None:
            yield from ((0.0, "lowest of the tile"), (1.0, "highest"))
        elif low == high:
            yield 1.0, f"above {low:.15g}"
        elif max(abs(low), abs(high)) > LARGEST:
            yield from zip((0.0, 1.0), _numbers((low, high)), strict=True)
        else:
            values = [float(value) for value in MaxNLocator(TICKS).tick_values(min(low, high), max(low, high))]
            for value, text in zip(values, _numbers(values), strict=True):
                if 0 <= (share := (value - low) / (high - low)) <= 1:
                    yield share, text


def _paint(values: NDArray[np.float64], paint: Paint) -> NDArray[np.uint8]:
    raster = Raster(values, np.zeros(values.shape, bool))
    with Image.open(io.BytesIO(draw(raster, paint))) as picture:
        return np.asarray(picture.convert("RGB"))


def _numbers(values: Sequence[float]) -> list[str]:
    """Return numbers with six digits, or as many as tell them apart."""
    for digits in range(6, 17):
        texts = [f"{value:.{digits}g}" for value in values]
        if len(set(texts)) == len(set(values)):
            break
    return texts


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_TEXT else line[: MAX_TEXT - 1] + "…"
