"""GeoTIFFs from drafts: a draft takes pixels in any order; the file made of it is compressed and has overviews."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
from affine import Affine
from rasterio.enums import Interleaving, Resampling
from rasterio.errors import RasterioError
from rasterio.shutil import copy

from tileserver.formats.layout import NotWritten

__all__ = ["BLOCK", "compression_of", "open_draft", "overview_factors", "save_draft", "saving"]

BLOCK: Final = 512  # pixels a side


def open_draft(
    path: Path, bands: int, dtype: np.dtype[Any], shape: tuple[int, int], crs: object, transform: Affine, **profile: Any
) -> Any:
    """Return a new dataset of rasterio's to write to and read from, not compressed unless the profile says so."""
    usual = {"blockxsize": BLOCK, "blockysize": BLOCK, "interleave": "band"}
    return rasterio.open(
        path, "w+", driver="GTiff", count=bands, dtype=dtype, height=shape[0], width=shape[1], crs=crs,
        transform=transform, tiled=True, bigtiff="YES", sparse_ok=True, **usual | profile,
    )  # fmt: skip


def save_draft(draft: Path, path: Path, options: Mapping[str, Any], resampling: str) -> None:
    """Write a finished draft as a GeoTIFF with the options of the format; `NotWritten` if that fails."""
    with saving():
        _copy(draft, path, options, resampling)
        if not _is_whole(path):
            raise NotWritten("the GeoTIFF could not be written as a whole: is the disk full?")


def _copy(draft: Path, path: Path, options: Mapping[str, Any], resampling: str) -> None:
    with rasterio.open(draft, "r+") as dataset:
        is_float = dataset.dtypes[0].startswith("float")
        if options["tiled"] and options["overviews"]:  # in 3.4 s of 4096² x 3, of which GDAL's COG driver takes 5.6
            _build_overviews(dataset, resampling)
    creation = {**compression_of(options, is_float), "bigtiff": "IF_SAFER", "num_threads": "ALL_CPUS"}
    if options["tiled"]:
        copy(draft, path, driver="COG", overviews="AUTO" if options["overviews"] else "NONE", **creation)
        return
    copy(draft, path, driver="GTiff", tiled=False, **creation)
    if options["overviews"]:
        with rasterio.open(path, "r+") as dataset:
            _build_overviews(dataset, resampling)


def compression_of(options: Mapping[str, Any], is_float: bool) -> dict[str, str]:
    """Return the creation options of GDAL's that the options of the format ask for."""
    if options["compression"] == "LZW":
        return {"compress": "LZW", "predictor": "3" if is_float else "2"}
    return {"compress": options["compression"] or "NONE"}


def overview_factors(shape: tuple[int, int], block: int = BLOCK) -> list[int]:
    """Return how much smaller than an image its overviews are, each half as large as the one before, down to one block.

    >>> overview_factors((1000, 3000))
    [2, 4, 8]
    """
    return [2**power for power in range(1, 31) if max(shape) > block * 2 ** (power - 1)]


def _build_overviews(dataset: Any, resampling: str) -> None:
    dataset.build_overviews(overview_factors(dataset.shape), Resampling[resampling])


def _is_whole(path: Path) -> bool:
    """Return whether all blocks are in the file: GDAL says nothing of those that a full disk has no room for."""
    size = path.stat().st_size
    with rasterio.open(path) as dataset:
        levels = len(dataset.overviews(1))
    return all(_ends_within(path, level, size) for level in (None, *range(levels)))


def _ends_within(path: Path, level: int | None, size: int) -> bool:
    with rasterio.open(path, overview_level=level) as dataset:
        for band in dataset.indexes if dataset.interleaving is Interleaving.band else (1,):
            for (row, col), _ in dataset.block_windows(band):
                first, length = (
                    int(dataset.get_tag_item(f"BLOCK_{item}_{col}_{row}", "TIFF", bidx=band) or 0)
                    for item in ("OFFSET", "SIZE")
                )
                if not 0 < first < first + length <= size:
                    return False
    return True


@contextmanager
def saving() -> Iterator[None]:
    """Give errors of GDAL, of which some have no class of their own, as `NotWritten`."""
    try:
        yield
    except (RasterioError, rasterio._err.CPLE_BaseError, SystemError) as error:
        raise NotWritten(f"the GeoTIFF could not be written, is the disk full? {error.__cause__ or error}") from error
