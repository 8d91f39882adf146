"""GeoTIFFs: cloud optimized ones, unless their options say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window
from typing_extensions import override

from graft_eval.scope import Raster
from tileserver.formats.cogs import open_draft, save_draft, saving
from tileserver.formats.layout import CannotSave, RasterLayout, RasterWriter
from tileserver.formats.text import to_json

__all__ = ["TAG_DATE", "TAG_HASH", "TAG_PROPERTIES", "GeoTiffWriter", "describe", "resampling_of"]

TAG_DATE: Final = "TIFFTAG_DATETIME"
TAG_GRAFT: Final = "GRAFTILE_GRAFT"
TAG_HASH: Final = "GRAFTILE_GRAFT_HASH"
TAG_PROPERTIES: Final = "GRAFTILE_PROPERTIES"

JPEG_BANDS: Final = 3  # more are no picture to JPEG, and a fourth would be taken for alpha


class GeoTiffWriter(RasterWriter):
    """Writes an image as a GeoTIFF: first as a draft besides it, of which the file is made at the end.

    `options` are those of the format. What is masked is nodata: NaN, or 255 in booleans. JPEG holds bytes: the range of
    each band is stretched over 0 to 255, with the scale and offset that take it back, and what is masked in any band
    is masked by a mask band.
    """

    def __init__(self, path: Path, layout: RasterLayout, options: Mapping[str, Any]) -> None:
        if layout.is_collection:
            raise CannotSave("a GeoTIFF holds one Image, not an ImageCollection: use zarr or netcdf, or reduce it")
        if options["compression"] == "JPEG" and len(layout.bands) > JPEG_BANDS:
            raise CannotSave(f"JPEG holds up to {JPEG_BANDS} bands, not {len(layout.bands)}: pick some, or use LZW")
        self._path = path
        self._layout = layout
        self._options = options
        self._drafts: list[Path] = []
        self._ranges = np.array([[np.inf], [-np.inf]]) * np.ones(len(layout.bands))
        self._whole = True
        with saving():
            self._draft = self._open_draft("pixels", layout.dtype, nodata=layout.nodata)

    @override
    def write(self, row: int, col: int, raster: Raster) -> None:
        data = self._layout.stored(raster)
        if self._options["compression"] == "JPEG":
            self._look_at(raster)
        with saving():
            self._draft.write(data, window=Window(col, row, data.shape[2], data.shape[1]))

    @override
    def close(self) -> None:
        with saving():
            if self._options["compression"] == "JPEG":
                self._draft = self._as_bytes(self._draft)
            describe(self._draft, self._layout)
            self._draft.close()
            finished = self._new_draft("finished")
            save_draft(self._drafts[-2], finished, self._options, resampling_of(self._layout, self._options))
        finished.replace(self._path)
        self.abort()

    @override
    def abort(self) -> None:
        self._draft.close()
        for draft in self._drafts:
            draft.unlink(missing_ok=True)

    def _new_draft(self, name: str) -> Path:
        self._drafts.append(self._path.with_name(f"{self._path.name}.{name}.tif"))
        return self._drafts[-1]

    def _open_draft(self, name: str, dtype: np.dtype[Any], **profile: Any) -> Any:
        grid = self._layout.grid
        return open_draft(
            self._new_draft(name), len(self._layout.bands), dtype, grid.shape, grid.crs, grid.transform, **profile
        )

    def _look_at(self, raster: Raster) -> None:
        """Widen the ranges of the bands by computed pixels."""
        data = raster.data.astype(np.float64, copy=False)
        low, high = self._ranges
        self._ranges = np.stack([
            np.minimum(low, data.min(axis=(1, 2), where=~raster.mask, initial=np.inf)),
            np.maximum(high, data.max(axis=(1, 2), where=~raster.mask, initial=-np.inf)),
        ])  # fmt: skip
        self._whole &= bool((data == np.rint(data)).all(where=~raster.mask))

    def _as_bytes(self, draft: Any) -> Any:
        """Return the draft as bytes with a mask, and close it."""
        scales, offsets = _byte_scales(self._ranges, self._whole and not self._layout.is_boolean)
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
            stored = self._open_draft("bytes", np.dtype(np.uint8))
            for _, window in draft.block_windows(1):
                masked = draft.read(window=window, masked=True)
                stretched = (masked.filled(0) - offsets[:, None, None]) / scales[:, None, None]
                stored.write(stretched.round().clip(0, 255).astype(np.uint8), window=window)
                stored.write_mask(~np.ma.getmaskarray(masked).any(axis=0), window=window)
        stored.scales, stored.offsets = scales.tolist(), offsets.tolist()
        draft.close()
        return stored


def describe(dataset: Any, layout: RasterLayout) -> None:
    """Have a dataset of rasterio's tell its bands, and the computation and the properties of its image."""
    dataset.descriptions = layout.bands
    dataset.units = [str(layout.bandinfo[band].get("unit") or "") for band in layout.bands]
    dataset.update_tags(**_tags(layout))


def resampling_of(layout: RasterLayout, options: Mapping[str, Any]) -> str:
    """Return the resampler of overviews: unless one is asked for, the mode of classes, and averages of all else."""
    chosen: str | None = options["overview_resampler"]
    return chosen or ("mode" if layout.has_classes else "average")


def _byte_scales(ranges: NDArray[np.float64], whole: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the scale and the offset by which bytes give the values of bands: 1 and 0 of what are bytes already."""
    low, high = np.where(np.isfinite(ranges), ranges, 0.0)
    if whole and (low >= 0).all() and (high <= 255).all():
        return np.ones_like(low), np.zeros_like(low)
    return np.where(high > low, (high - low) / 255, 1.0), low


def _tags(layout: RasterLayout) -> dict[str, str]:
    tags = {"TIFFTAG_SOFTWARE": "graftile", TAG_PROPERTIES: to_json(layout.images[0]).decode()}
    if isinstance(date := layout.images[0].get("date"), datetime):
        tags[TAG_DATE] = f"{date.astimezone(UTC):%Y:%m:%d %H:%M:%S}"
    if layout.origin is not None:
        tags |= {TAG_GRAFT: layout.origin.text, TAG_HASH: layout.origin.hash}
    return tags
