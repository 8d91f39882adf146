"""The demo's imagery: real elevation, and a synthetic series."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from shapely import box

from tileserver.demo.series import SERIES, write_series
from tileserver.demo.stac import collect, describe, write_cog
from tileserver.demo.terrain import DEM_CRS, read_terrain

__all__ = ["ELEVATION", "SERIES", "make_data", "write_elevation"]

ELEVATION: Final = "demo-elevation"


def make_data(folder: Path) -> list[Path]:
    """Write the demo's COGs and STAC into the folder, unless they are there; return the paths of the Collections."""
    _once(folder / ELEVATION, write_elevation)
    _once(folder / SERIES, write_series)
    return [folder / name / "collection.json" for name in (ELEVATION, SERIES)]


def _once(folder: Path, write: Callable[[Path], None]) -> None:
    """Fill a folder unless it exists; one that exists is whole."""
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".making-") as unfinished:
        write(Path(unfinished, folder.name))
        Path(unfinished, folder.name).rename(folder)


def write_elevation(folder: Path) -> None:
    """Write the Collection of the real elevation, its Item and its COG into the folder."""
    terrain = read_terrain()
    rows, cols = terrain.elevation.shape
    west, north = terrain.transform @ (0, 0)
    east, south = terrain.transform @ (cols, rows)
    lowest, highest = int(terrain.elevation.min()), int(terrain.elevation.max())
    item = describe(
        "jacksboro",
        datetime(2000, 2, 11, tzinfo=UTC),
        box(west, south, east, north),
        DEM_CRS,
        {"title": "Elevation around Jacksboro, Tennessee", "platform": "srtm"},
        elevation={"data_type": "int16", "unit": "m", "statistics": {"minimum": lowest, "maximum": highest}},
    )
    (folder / item.id).mkdir(parents=True)
    write_cog(folder / item.id / "elevation.tif", terrain.elevation, terrain.transform, DEM_CRS)
    title = "Elevation around the Jacksboro fault, Tennessee"
    note = "Metres above the sea at 3 arc seconds: SRTM, as distributed with matplotlib's sample data."
    collect(folder, ELEVATION, title, note, "other", [item])
