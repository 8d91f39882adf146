"""Our server, as `graftile serve` starts it, with the workloads as layers that the SDK stores."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import sdk as wf
from benchmarks.processes import Command, free_port, running
from benchmarks.season import SEASON, SHADOW, middling
from benchmarks.stack import DEEP_PRODUCT, PRODUCT
from benchmarks.walks import Tile
from benchmarks.workloads import Workload, clearest, scale
from sdk.language.proxy import Proxy
from sdk.service.client import Client

__all__ = ["Graftile"]

RED_GREEN_BLUE = "red green blue"
COLOURED = (Workload.RGB, Workload.MEDIAN, Workload.FMASK)  # by three bands
COLORMAPS = {Workload.COLORMAP: "viridis", Workload.NDVI: "RdYlGn", Workload.EVI: "RdYlGn"}
DEEP_MEDIAN = "deep median"  # of five times as many scenes


class Graftile:
    """One process, with the settings it comes with."""

    name = "graftile"

    def __init__(self, home: Path, folder: Path, hosts: str = "", season: Path | None = None) -> None:
        """Serve a stack whose files lie here, or at `hosts`, and a season."""
        self._home, self._season, self.data = home, season, folder / "graftile-data"
        self._layers: dict[str, str] = {}
        environment = {
            "GRAFTILE_DATA_DIR": str(self.data),
            "GRAFTILE_ASSET_ROOTS": os.pathsep.join(map(str, filter(None, (home, season)))),
            "GRAFTILE_ASSET_HOSTS": hosts,
        }
        self._log = folder / "graftile.log"
        self.commands = [_serve(environment, self._log)]

    def prepare(self) -> None:
        """Put the stack into a new catalog, and store the layers."""
        shutil.rmtree(self.data, ignore_errors=True)
        (command,) = self.commands
        places = [self._home / "items", self._home / "deep", *([self._season / "items"] if self._season else [])]
        folders = filter(Path.is_dir, places)
        add = [sys.executable, "-m", "tileserver", "catalog", "add", *map(str, folders)]
        subprocess.run(add, env={**os.environ, **command.environment}, check=True, stdout=subprocess.DEVNULL)
        with running(self.commands):
            client = Client(f"http://127.0.0.1:{command.port}")
            layers = _computations(clearest(self._home)) | (_of_season(self._season) if self._season else {})
            for name, layer in layers.items():
                self._layers[name] = wf.XYZ(layer, name=name, client=client).id

    def another(self, *arguments: str, cpus: Sequence[int] = ()) -> Graftile:
        """Return a server of the same layers, on a port of its own, with arguments, on some processors alone."""
        server = copy(self)
        command = _serve(self.commands[0].environment, self._log, *arguments)
        pinned = ["taskset", "--cpu-list", ",".join(map(str, cpus))] if cpus else []
        server.commands = [replace(command, arguments=[*pinned, *command.arguments])]
        return server

    def under(self, prefix: Sequence[str] = (), **settings: str) -> Graftile:
        """Return another server of the same layers with further settings, started by a program."""
        server = self.another()
        (command,) = server.commands
        server.data, server._layers = Path(settings.get("data_dir", self.data)), dict(self._layers)
        environment = {**command.environment, **{f"GRAFTILE_{name.upper()}": value for name, value in settings.items()}}
        server.commands = [replace(command, arguments=[*prefix, *command.arguments], environment=environment)]
        return server

    def publish(self, workload: Workload, nth: int) -> str:
        """Store a layer of a workload that no other has the graft of, and return its name, for `path_of`."""
        name = f"{workload} {nth}"
        layers = _computations(clearest(self._home)) | (_of_season(self._season) if self._season else {})
        client = Client(f"http://127.0.0.1:{self.commands[0].port}")
        layer: Any = layers[workload]
        self._layers[name] = wf.XYZ(layer + nth, name=name, client=client).id
        return name

    def path_of(self, name: str, workload: Workload, tile: Tile) -> str:
        """Return what draws a tile of a layer that was published so."""
        return self._path(self._layers[name], workload, tile, 0)

    def forget_headers(self) -> None:
        """Remove what earlier processes have kept of remote files."""
        shutil.rmtree(self.data / "headers", ignore_errors=True)

    def path(self, workload: Workload, tile: Tile, style: int = 0) -> str:
        """Return the path and query that draw a tile."""
        return self._path(self._layers[workload], workload, tile, style)

    def deep_path(self, tile: Tile, style: int = 0) -> str:
        """Return what draws a tile of the median of five times as many scenes."""
        return self._path(self._layers[DEEP_MEDIAN], Workload.MEDIAN, tile, style)

    def _path(self, layer: str, workload: Workload, tile: Tile, style: int) -> str:
        query = {
            "scales": json.dumps([scale(workload, style)] * (3 if workload in COLOURED else 1), separators=(",", ":"))
        }
        if workload in COLORMAPS:
            query["colormap"] = COLORMAPS[workload]
        return f"/xyz/{layer}/{tile.z}/{tile.x}/{tile.y}.png?{urlencode(query)}"


def _serve(environment: Mapping[str, str], log: Path, *arguments: str) -> Command:
    port = free_port()
    return Command(
        [sys.executable, "-m", "tileserver", "serve", "--port", str(port), *arguments], environment, port, log
    )


def _computations(scene: Path) -> dict[str, Proxy]:
    image = wf.Image.from_id(f"{PRODUCT}:{scene.stem}")
    images = wf.ImageCollection.from_id(PRODUCT)
    nir, red = images.unpack_bands("nir red")
    return _of_scene(image) | {
        Workload.MEDIAN: images.pick_bands(RED_GREEN_BLUE).median(axis="images"),
        Workload.NDVI: ((nir - red) / (nir + red)).median(axis="images"),
        DEEP_MEDIAN: wf.ImageCollection.from_id(DEEP_PRODUCT).pick_bands(RED_GREEN_BLUE).median(axis="images"),
    }


def _of_scene(image: wf.Image) -> dict[str, Proxy]:
    nir, red, blue = image.unpack_bands("nir red blue")
    return {
        Workload.RGB: image.pick_bands(RED_GREEN_BLUE),
        Workload.COLORMAP: image.pick_bands("nir"),
        Workload.EVI: 2.5 * (nir - red) / (nir + 6 * red - 7.5 * blue + 10_000),
    }


def _of_season(home: Path) -> dict[str, Proxy]:
    image = wf.Image.from_id(f"{SEASON}:{middling(home).stem}")
    nir, red = wf.ImageCollection.from_id(SEASON).unpack_bands("nir red")
    months = ((nir - red) / (nir + red)).groupby(dates="month").median(axis="images")
    return {
        Workload.FMASK: image.pick_bands(RED_GREEN_BLUE).mask(image.pick_bands("fmask") >= SHADOW),
        Workload.MONTHLY: months.max(axis="images"),
    }
