"""The synthetic series: two overlapping scenes on each of 24 dates, in the manner of Sentinel-2."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import repeat
from pathlib import Path
from typing import Final

import numpy as np
import pystac
from affine import Affine

from tileserver.demo.landscape import CRS, PIXEL, SEED, TRANSFORM, Landscape, invent
from tileserver.demo.sensor import REFLECTIVE, SCALE, SUN_AZIMUTH, Observation, observe, outline
from tileserver.demo.stac import collect, describe, write_cog
from tileserver.demo.terrain import read_terrain
from tileserver.demo.weather import sun_height

__all__ = ["SCENES", "SERIES", "SIDE", "write_date", "write_series"]

SERIES: Final = "demo-synthetic-s2"
SCENES: Final = {"west": 0, "east": 922}  # first column; they overlap by a tenth
SIDE: Final = 1024
TITLE: Final = "SYNTHETIC series in the manner of Sentinel-2"
NOTE: Final = (
    "SYNTHETIC: invented by a seeded generator over real hills; no satellite saw this. Surface reflectance at 10 m on "
    "24 dates in two overlapping scenes, with seasons, clouds and shadows; scl classes as in Sentinel-2's L2A (0 no "
    "data, 3 cloud shadow, 4 vegetation, 5 not vegetated, 6 water, 8 and 9 cloud)."
)


def write_series(folder: Path) -> None:
    """Write the Collection, its Items and their COGs into the folder."""
    landscape = invent(read_terrain())
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        dates = pool.map(write_date, repeat(folder), repeat(landscape), range(24))
        items = [item for pair in dates for item in pair]
    collect(folder, SERIES, TITLE, NOTE, "CC0-1.0", items)


def write_date(folder: Path, landscape: Landscape, number: int) -> list[pystac.Item]:
    """Write the COGs of a date's scenes, and return their Items; dates are counted by months from January 2023.

    Those of 2023 are clear, those of 2024 cloudier.
    """
    year, month = divmod(number, 12)
    rng = np.random.default_rng((SEED, 100, number))
    cover = float(rng.uniform(0.01, 0.07) if year == 0 else rng.uniform(0.1, 0.45))
    when = datetime(2023 + year, month + 1, int(rng.integers(4, 27)), 16, 27, 11, tzinfo=UTC)
    seen = observe(landscape, when.timetuple().tm_yday, cover, (SEED, 200, number))
    return [_write_scene(folder, seen, side, when) for side in SCENES]


def _write_scene(folder: Path, whole: Observation, side: str, when: datetime) -> pystac.Item:
    left = SCENES[side]
    numbers, classes = (pixels[..., left : left + SIDE] for pixels in whole)
    scene = folder / f"SYNTHETIC_{when:%Y%m%d}_{side}"
    scene.mkdir(parents=True)
    transform = TRANSFORM @ Affine.translation(left, 0)
    for name, band in zip(REFLECTIVE, numbers, strict=True):
        write_cog(scene / f"{name}.tif", band, transform, CRS, nodata=0, scale=SCALE)
    write_cog(scene / "scl.tif", classes, transform, CRS, nodata=0, overviews="nearest")
    properties = {
        "title": f"SYNTHETIC scene, {side}, {when:%d %B %Y}",
        "platform": "synthetic",
        "gsd": PIXEL,
        "eo:cloud_cover": round(100 * float(np.mean(classes[classes > 0] >= 8)), 1),
        "view:sun_elevation": round(sun_height(when.timetuple().tm_yday), 1),
        "view:sun_azimuth": SUN_AZIMUTH,
    }
    stored = {"data_type": "uint16", "nodata": 0, "raster:scale": SCALE}
    bands = {name: {"eo:common_name": name, **stored} for name in REFLECTIVE}
    scl = {"data_type": "uint8", "nodata": 0, "description": "scene classification"}
    seconds = timedelta(seconds=list(SCENES).index(side))
    return describe(scene.name, when + seconds, outline(left, SIDE), CRS, properties, **bands, scl=scl)
