"""Results that are pixels: of an image, and of a collection of images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sdk.contract.results.base import Result
from sdk.contract.results.plots import plot_image, show
from sdk.contract.results.xarrays import to_xarray

if TYPE_CHECKING:
    import numpy as np
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    Pixels = np.ma.MaskedArray[Any, np.dtype[Any]]

__all__ = ["ImageCollectionResult", "ImageResult"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _Pixels(Result):
    """Base of results with a masked array: JSON has its mask besides the values."""

    ndarray: Pixels
    properties: Any
    bandinfo: Mapping[str, Mapping[str, Any]]
    geocontext: Mapping[str, Any]

    def text(self) -> dict[str, Any]:
        import numpy as np

        found = self.fields()
        return {"ndarray": found.pop("ndarray"), "mask": np.ma.getmaskarray(self.ndarray), **found}

    def to_xarray(self) -> xarray.DataArray:
        """Return the pixels as an array of xarray: NaN where missing, with coordinates, dates and CRS.

        Needs the packages xarray and rioxarray, which `graftile[results]` has.
        """
        return to_xarray(self.ndarray, self.properties, list(self.bandinfo), self.geocontext)

    def __eq__(self, other: object) -> bool:
        import numpy as np

        if not isinstance(other, _Pixels) or type(other) is not type(self):
            return NotImplemented
        mine, others = self.ndarray, other.ndarray
        if mine.shape != others.shape or mine.dtype != others.dtype:
            return False
        masks = np.ma.getmaskarray(mine), np.ma.getmaskarray(others)
        if not np.array_equal(*masks) or not np.array_equal(
            mine.compressed(), others.compressed(), equal_nan=mine.dtype.kind == "f"
        ):
            return False
        return all(
            getattr(self, name) == getattr(other, name) for name in ("properties", "bandinfo", "geocontext")
        ) and list(self.bandinfo) == list(other.bandinfo)

    __hash__ = None  # type: ignore[assignment]  # arrays can change

    def _rows(self) -> dict[str, object]:
        context = self.geocontext
        return {
            "shape": " x ".join(map(str, self.ndarray.shape)),
            "dtype": self.ndarray.dtype,
            "bands": ", ".join(self.bandinfo),
            "crs": context["crs"],
            "bounds": ", ".join(f"{edge:.10g}" for edge in context["bounds"]),
            "resolution": context["resolution"],
        }


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ImageResult(_Pixels):
    """An image's pixels as a masked array (band, y, x), True in the mask is missing.

    `properties` are the image's own, `bandinfo` has a mapping for each band, in the order of the array's first
    axis, and `geocontext` is the grid of the pixels: `crs`, `bounds` in that crs, `shape` (rows, columns),
    `resolution`, `gdal_geotrans`.
    """

    tag = "image"
    properties: Mapping[str, Any]

    def plot(self, bands: str | Sequence[str] | None = None, ax: Axes | None = None, **options: Any) -> Axes:
        """Draw the image with matplotlib: three bands as colours, others as their first; `options` go to `imshow`.

        `bands` are names, in a list or between spaces. Needs matplotlib, which `graftile[results]` has.
        """
        names = list(self.bandinfo)
        wanted = names if bands is None else bands.split() if isinstance(bands, str) else list(bands)
        if absent := [name for name in wanted if name not in names]:
            raise ValueError(f"there is no band {absent[0]!r}: there are {', '.join(names)}")
        return plot_image(self.ndarray[[names.index(name) for name in wanted]], wanted, self.geocontext, ax, **options)

    def __repr__(self) -> str:
        return _describe("ImageResult", self, f"{_names(self.properties)}")

    def _repr_html_(self) -> str:
        return show("ImageResult", self._rows(), self.ndarray)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ImageCollectionResult(_Pixels):
    """The pixels of a collection as a masked array (image, band, y, x), True in the mask is missing.

    `properties` has a mapping for each image; all images have the bands of `bandinfo`. Iterating gives an
    `ImageResult` for each image, whose array is a view of this one's.
    """

    tag = "image_collection"
    properties: Sequence[Mapping[str, Any]]

    def __len__(self) -> int:
        return len(self.properties)

    def __iter__(self) -> Iterator[ImageResult]:
        for pixels, properties in zip(self.ndarray, self.properties, strict=True):
            yield ImageResult(pixels, properties, self.bandinfo, self.geocontext)

    def __repr__(self) -> str:
        count = len(self.properties)
        return _describe(f"ImageCollectionResult of length {count}", self, f"{count} items")

    def plot(self, bands: str | Sequence[str] | None = None, columns: int = 4, **options: Any) -> Figure:
        """Draw all images with matplotlib, side by side, each as `ImageResult.plot` does."""
        import matplotlib.pyplot as plt

        rows = max(1, -(-len(self) // columns))
        size = 3.0 * min(columns, max(1, len(self))), 3.0 * rows
        figure, axes = plt.subplots(rows, min(columns, max(1, len(self))), squeeze=False, figsize=size)
        for ax in axes.flat[len(self) :]:
            ax.set_axis_off()
        for ax, image in zip(axes.flat, self, strict=False):
            image.plot(bands, ax, **options).set_title(str(image.properties.get("id", "")))
        return figure

    def _repr_html_(self) -> str:
        first = self.ndarray[0] if len(self) else None
        return show(f"ImageCollectionResult of {len(self)} images", self._rows(), first)


def _describe(title: str, result: ImageResult | ImageCollectionResult, properties: str) -> str:
    pixels = result.ndarray
    return "\n".join(
        (
            f"{title}:",
            f"  * ndarray: {type(pixels).__name__}<shape={pixels.shape}, dtype={pixels.dtype}>",
            f"  * properties: {properties}",
            f"  * bandinfo: {_names(result.bandinfo)}",
            f"  * geocontext: {_names(result.geocontext)}",
        )
    )


def _names(mapping: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, mapping))
