"""Our server, as `graftile serve` starts it, with the workloads as layers that the SDK stores."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import sdk as wf
from benchmarks.processes import Command, free_port, running
from benchmarks.stack import DEEP_PRODUCT, PRODUCT
from benchmarks.walks import Tile
from benchmarks.workloads import Workload, clearest, scale
from sdk.language.proxy import Proxy
from sdk.service.client import Client

__all__ = ["Graftile"]

RED_GREEN_BLUE = "red green blue"
BANDS = {Workload.RGB: 3, Workload.COLORMAP: 1, Workload.MEDIAN: 3, Workload.NDVI: 1}
COLORMAPS = {Workload.COLORMAP: "viridis", Workload.NDVI: "RdYlGn"}
DEEP_MEDIAN = "deep median"  # of five times as many scenes


class Graftile:
    """One process, with the settings it comes with."""

    name = "graftile"

    def __init__(self, home: Path, folder: Path, hosts: str = "") -> None:
        """Serve a stack whose files lie here, or at `hosts`."""
        self._home, self._data = home, folder / "graftile-data"
        self._layers: dict[str, str] = {}
        serve = [sys.executable, "-m", "tileserver", "serve", "--port"]
        environment = {
            "GRAFTILE_DATA_DIR": str(self._data),
            "GRAFTILE_ASSET_ROOTS": str(home),
            "GRAFTILE_ASSET_HOSTS": hosts,
        }
        port = free_port()
        self.commands = [Command([*serve, str(port)], environment, port, folder / "graftile.log")]

    def prepare(self) -> None:
        """Put the stack into a new catalog, and store the layers."""
        shutil.rmtree(self._data, ignore_errors=True)
        (command,) = self.commands
        folders = filter(Path.is_dir, (self._home / "items", self._home / "deep"))
        add = [sys.executable, "-m", "tileserver", "catalog", "add", *map(str, folders)]
        subprocess.run(add, env={**os.environ, **command.environment}, check=True, stdout=subprocess.DEVNULL)
        with running(self.commands):
            client = Client(f"http://127.0.0.1:{command.port}")
            for name, layer in _computations(clearest(self._home)).items():
                self._layers[name] = wf.XYZ(layer, name=name, client=client).id

    def path(self, workload: Workload, tile: Tile, style: int = 0) -> str:
        """Return the path and query that draw a tile."""
        return self._path(self._layers[workload], workload, tile, style)

    def deep_path(self, tile: Tile, style: int = 0) -> str:
        """Return what draws a tile of the median of five times as many scenes."""
        return self._path(self._layers[DEEP_MEDIAN], Workload.MEDIAN, tile, style)

    def _path(self, layer: str, workload: Workload, tile: Tile, style: int) -> str:
        query = {"scales": json.dumps([scale(workload, style)] * BANDS[workload], separators=(",", ":"))}
        if workload in COLORMAPS:
            query["colormap"] = COLORMAPS[workload]
        return f"/xyz/{layer}/{tile.z}/{tile.x}/{tile.y}.png?{urlencode(query)}"


def _computations(scene: Path) -> dict[str, Proxy]:
    image = wf.Image.from_id(f"{PRODUCT}:{scene.stem}")
    images = wf.ImageCollection.from_id(PRODUCT)
    nir, red = images.unpack_bands("nir red")
    return {
        Workload.RGB: image.pick_bands(RED_GREEN_BLUE),
        Workload.COLORMAP: image.pick_bands("nir"),
        Workload.MEDIAN: images.pick_bands(RED_GREEN_BLUE).median(axis="images"),
        Workload.NDVI: ((nir - red) / (nir + red)).median(axis="images"),
        DEEP_MEDIAN: wf.ImageCollection.from_id(DEEP_PRODUCT).pick_bands(RED_GREEN_BLUE).median(axis="images"),
    }
