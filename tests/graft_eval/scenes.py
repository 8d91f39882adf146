"""Scenes made by hand of raster files, as a catalog would make them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from shapely.geometry import box

from graft_eval.fingerprint import fingerprint_of_file
from graft_eval.scene import Asset, Band, Scene

__all__ = ["scene_of", "write_raster"]


def scene_of(*paths: Path, name: str | None = None, mask: str | None = None, **changes: object) -> Scene:
    """Return a scene of all bands of these files, named by their descriptions, else `{stem}_{index}`.

    `changes` replace fields of all bands.
    """
    bands = []
    for path in paths:
        with rasterio.open(path) as dataset:
            overviews = []
            for level in range(len(dataset.overviews(1))):
                with rasterio.open(path, overview_level=level) as overview:
                    overviews.append(overview.shape)
            asset = Asset(
                href=str(path),
                crs=dataset.crs.to_string(),
                transform=tuple(dataset.transform)[:6],
                shape=dataset.shape,
                overviews=tuple(overviews),
                block=dataset.block_shapes[0],
                fingerprint=fingerprint_of_file(path),
            )
            for index in dataset.indexes:
                fields = {
                    "name": dataset.descriptions[index - 1] or f"{path.stem}_{index}",
                    "asset": asset,
                    "index": index,
                    "dtype": dataset.dtypes[index - 1],
                    "nodata": dataset.nodatavals[index - 1],
                    "scale": dataset.scales[index - 1],
                    "offset": dataset.offsets[index - 1],
                    "mask": mask,
                }
                bands.append(Band(**(fields | changes)))
    ident = name or f"test:{paths[0].stem}"
    return Scene(ident, "test", datetime(2020, 1, 1, tzinfo=UTC), box(-180, -90, 180, 90), {}, tuple(bands))


def write_raster(
    path: Path,
    bands: NDArray[np.generic] | Sequence[NDArray[np.generic]],
    *,
    crs: str = "EPSG:3857",
    transform: Affine = Affine(10.0, 0.0, 0.0, 0.0, -10.0, 0.0),  # noqa: B008  (immutable)
    overviews: Sequence[int] = (),
    mask: NDArray[np.uint8] | None = None,
    **profile: object,
) -> Path:
    """Write a GeoTIFF of (band, y, x), tiled in blocks of 256 pixels unless told otherwise."""
    data = np.asarray(bands)
    options: dict[str, object] = {"tiled": True, "blockxsize": 256, "blockysize": 256, "compress": "deflate"}
    shape = {"count": data.shape[0], "height": data.shape[1], "width": data.shape[2], "dtype": data.dtype.name}
    with warnings.catch_warnings(), rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with rasterio.open(
            path, "w", driver="GTiff", crs=crs, transform=transform, **(shape | options | profile)
        ) as out:
            out.write(data)
            if mask is not None:
                out.write_mask(mask)
        if overviews:
            with rasterio.open(path, "r+") as out:
                out.build_overviews(list(overviews), rasterio.enums.Resampling.nearest)
    return path
