"""Pictures of results: plots, thumbnails, and what notebooks show."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sdk.contract.cards import card, picture_of

if TYPE_CHECKING:
    import matplotlib.axes
    import numpy as np

    Values = np.ndarray[Any, np.dtype[Any]]

__all__ = ["plot_image", "show"]

THUMBNAIL_PIXELS: Final = 192


def plot_image(
    pixels: Any, bands: Sequence[str], geocontext: Mapping[str, Any], ax: matplotlib.axes.Axes | None, **options: Any
) -> matplotlib.axes.Axes:
    """Draw pixels (band, y, x) in the coordinates of their grid: three bands as colours, the first of others.

    Colours are stretched from percentile 2 to 98 of each band; `options` go to matplotlib's `imshow`.
    """
    import matplotlib.pyplot as plt

    if ax is None:
        _, ax = plt.subplots()
    left, width, _, top, _, height = geocontext["gdal_geotrans"]
    rows, cols = geocontext["shape"]
    extent = (left, left + cols * width, top + rows * height, top)
    if len(bands) == 3:
        ax.imshow(_colours(pixels), extent=extent, **options)
        ax.set_title(", ".join(bands))
    else:
        drawn = ax.imshow(pixels[0].astype(float), extent=extent, **options)
        ax.figure.colorbar(drawn, ax=ax)
        ax.set_title(bands[0])
    ax.ticklabel_format(useOffset=False)
    ax.locator_params(axis="x", nbins=4)  # coordinates are long
    return ax


def show(title: str, rows: Mapping[str, object], pixels: Any = None, drawing: str = "") -> str:
    """Return what a notebook shows of a result: a table, and a thumbnail of pixels (band, y, x) or an SVG."""
    picture = drawing if pixels is None or not pixels.size else _thumbnail(pixels)
    return card(title, rows, picture=picture)


def _thumbnail(pixels: Any) -> str:
    try:
        from PIL import Image
    except ImportError:
        return "<em>A thumbnail needs the package Pillow.</em>"
    step = max(1, max(pixels.shape[1:]) // THUMBNAIL_PIXELS)
    small = pixels[:3, ::step, ::step] if len(pixels) >= 3 else pixels[[0, 0, 0], ::step, ::step]
    data = io.BytesIO()
    Image.fromarray(_colours(small)).save(data, "PNG")
    return picture_of(data.getvalue())


def _colours(pixels: Any) -> Values:
    """Return three bands as red, green, blue and alpha (y, x, 4), each stretched from percentile 2 to 98."""
    import numpy as np

    mask = np.ma.getmaskarray(pixels).any(axis=0) | ~np.isfinite(pixels.data.astype(float)).all(axis=0)
    colours = np.zeros((*mask.shape, 4), np.uint8)
    if mask.all():
        return colours
    for i, band in enumerate(pixels.data.astype(float)):
        low, high = np.percentile(band[~mask], (2, 98))
        colours[..., i] = 255 * np.clip((np.where(mask, low, band) - low) / ((high - low) or 1), 0, 1)
    colours[..., 3] = np.where(mask, 0, 255)
    return colours
