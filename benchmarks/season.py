"""The season that is measured on: 60 dates, five a month, each with a mask of its clouds and their shadows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import rasterio
import rasterio.shutil
from numpy.typing import NDArray
from rasterio.io import MemoryFile

from benchmarks.pixels import BANDS
from benchmarks.stack import BLOCK, SMALL, Stack, build_stack, write_item

__all__ = ["LAND", "SEASON", "SHADOW", "build_season", "classify", "images_of", "middling"]

SEASON: Final = "season"
MONTHS, IMAGES_OF_MONTH = 12, 5
LAND, SHADOW, CLOUD = 0, 2, 4  # classes of Fmask
CAST: Final = (25, 40)  # pixels down and along, from a cloud to its shadow


def build_season(folder: Path, stack: Stack = SMALL) -> Path:
    """Make the season of a stack's scenes below a folder, unless it is there; return where it lies.

    It holds `{date}.tif` and `{date}-fmask.tif`, of which those of equal scenes are one file with several names, and a
    folder `items` with STAC Items of the product `season`; each month has other scenes.
    """
    scenes = sorted(build_stack(stack, folder).glob("*.tif"))
    home = folder / f"season-{stack.size}-{stack.seed}"
    items = home / "items"
    if len(list(items.glob("*.json"))) == MONTHS * IMAGES_OF_MONTH:
        return home
    items.mkdir(parents=True, exist_ok=True)
    masks = [_write_mask(scene, home / f"{nth}.fmask") for nth, scene in enumerate(scenes)]
    for month in range(MONTHS):
        for nth in range(IMAGES_OF_MONTH):
            date = datetime(2024, month + 1, 3 + 6 * nth, 10, 30, tzinfo=UTC)
            at = (month + nth) % len(scenes)
            image, mask = (home / f"{date:%Y-%m-%d}{kind}.tif" for kind in ("", "-fmask"))
            for file, link in ((scenes[at], image), (masks[at], mask)):
                link.unlink(missing_ok=True)
                link.hardlink_to(file)
            write_item(stack, SEASON, date, {"data": (image, BANDS), "fmask": (mask, ("fmask",))}, items)
    return home


def images_of(home: Path) -> list[Path]:
    """Return the files of bands, in the order of their dates."""
    return sorted(home.glob("*-[0-9][0-9].tif"))


def middling(home: Path) -> Path:
    """Return the scene of a season that is clouded more than half of them, and less than the others."""
    images = sorted(images_of(home), key=lambda path: (path.stat().st_size, path.name))
    return images[len(images) // 2]


def classify(missing: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return the classes of pixels, (row, col): clouds where they are missing, and the shadows that those cast.

    >>> classify(np.eye(64, dtype=bool))[[3, 28, 0], [3, 43, 1]]
    array([4, 2, 0], dtype=uint8)
    """
    shadow = np.zeros_like(missing)
    shadow[CAST[0] :, CAST[1] :] = missing[: -CAST[0], : -CAST[1]]
    classes = np.where(shadow, SHADOW, LAND).astype(np.uint8)
    classes[missing] = CLOUD
    return classes


def _write_mask(scene: Path, path: Path) -> Path:
    with rasterio.open(scene) as file:
        classes = classify(file.read(1) == 0)
        profile = {"driver": "GTiff", "count": 1, "dtype": "uint8", "crs": file.crs, "transform": file.transform}
    with MemoryFile() as memory:
        with memory.open(**profile, height=classes.shape[0], width=classes.shape[1]) as raw:
            raw.write(classes, 1)
            raw.descriptions = ("fmask",)
        with memory.open() as raw:
            cog = {"compress": "DEFLATE", "blocksize": BLOCK, "overview_resampling": "NEAREST"}
            rasterio.shutil.copy(raw, path, driver="COG", **cog)
    return path
