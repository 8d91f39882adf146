"""The peer of what TiTiler cannot compute: rasterio and NumPy, called by a plain HTTP server.

Each process runs `python -m benchmarks.numpy_peer PORT FOLDER`. odc-stac reads by the same calls of rasterio, and puts
xarray and STAC around them.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import groupby
from pathlib import Path
from typing import Any

import morecantile
import numpy as np
import rasterio
from numpy.typing import NDArray
from PIL import Image
from rasterio.transform import from_bounds
from rasterio.vrt import WarpedVRT
from typing_extensions import override

from benchmarks.processes import Command, free_port
from benchmarks.season import LAND, SHADOW, images_of, middling
from benchmarks.titiler import ENVIRONMENT, PROCESSES
from benchmarks.walks import Tile
from benchmarks.workloads import Workload, scale

__all__ = ["NumPy", "draw"]

SIDE = 256  # pixels
WEB_MERCATOR = morecantile.tms.get("WebMercatorQuad")

Floats = NDArray[np.float32]


class NumPy:
    """Two processes that compute tiles of the season by hand."""

    name = "NumPy"

    def __init__(self, season: Path, folder: Path) -> None:
        self.commands = [self._command(season, folder) for _ in range(PROCESSES)]

    def prepare(self) -> None:
        """Do nothing: all that it needs is installed."""

    def path(self, workload: Workload, tile: Tile, style: int = 0) -> str:
        """Return the path that draws a tile."""
        low, high = scale(workload, style)
        return f"/{workload}/{tile.z}/{tile.x}/{tile.y}/{low:g}/{high:g}"

    def _command(self, season: Path, folder: Path) -> Command:
        port = free_port()
        arguments = [sys.executable, "-m", "benchmarks.numpy_peer", str(port), str(season)]
        return Command(arguments, ENVIRONMENT, port, folder / "numpy.log")


def draw(season: Path, workload: Workload, tile: Tile, low: float, high: float) -> bytes:
    """Return the tile of a workload as PNG, in grey or in colour, transparent where it is missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of medians of nothing
        values = _monthly(season, tile) if workload is Workload.MONTHLY else _without_clouds(season, tile)
    there: NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(values), axis=0, keepdims=True)
    levels = np.where(there, np.clip((values - low) / (high - low) * 255, 0, 255), 0)
    painted = np.concatenate([np.round(levels), there * 255]).astype(np.uint8)
    stream = io.BytesIO()
    Image.fromarray(np.moveaxis(painted, 0, -1)).save(stream, "PNG", compress_level=1)
    return stream.getvalue()


def _without_clouds(season: Path, tile: Tile) -> Floats:
    """Return red, green and blue of a scene as (band, y, x), NaN where its mask has shadows or clouds."""
    image = middling(season)
    colours = _read(image, tile, (3, 2, 1))
    classes = _read(image.with_name(f"{image.stem}-fmask.tif"), tile, (1,))
    return np.where(np.nan_to_num(classes, nan=LAND) >= SHADOW, np.nan, colours)


def _monthly(season: Path, tile: Tile) -> Floats:
    """Return the greatest of the months' medians of NDVI as (1, y, x)."""
    months = []
    for _, paths in groupby(images_of(season), lambda path: path.stem[:7]):
        nir, red = np.moveaxis(np.stack([_read(path, tile, (4, 3)) for path in paths]), 1, 0)
        months.append(np.nanmedian((nir - red) / (nir + red), axis=0))
    greatest: Floats = np.nanmax(np.stack(months), axis=0)[None]
    return greatest


def _read(path: Path, tile: Tile, bands: Sequence[int]) -> Floats:
    """Return bands on a tile as (band, y, x), NaN where they are missing."""
    transform = from_bounds(*WEB_MERCATOR.xy_bounds(tile), SIDE, SIDE)
    grid = {"crs": "EPSG:3857", "transform": transform, "width": SIDE, "height": SIDE}
    with rasterio.open(path) as file, WarpedVRT(file, **grid) as warped:
        pixels = warped.read(bands, masked=True)
    filled: Floats = pixels.astype(np.float32).filled(np.nan)
    return filled


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    season: Path

    def do_GET(self) -> None:
        """Answer with a tile; any other path is that of a health check."""
        match self.path.split("/")[1:]:
            case [workload, z, x, y, low, high]:
                tile = Tile(int(x), int(y), int(z))
                body = draw(self.season, Workload(workload), tile, float(low), float(high))
            case _:
                body = b"ok"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing."""


if __name__ == "__main__":
    _Handler.season = Path(sys.argv[2])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), _Handler).serve_forever()
