"""The peer: TiTiler as its documentation recommends to run it, in a virtual environment of its own."""

from __future__ import annotations

import subprocess
import venv
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.processes import Command, free_port
from benchmarks.walks import Tile
from benchmarks.workloads import Workload, clearest, scale

__all__ = ["TiTiler"]

REQUIREMENTS = Path(__file__).with_name("requirements-titiler.txt")
PROCESSES = 2
EVI = "2.5*(b4-b3)/(b4+6*b3-7.5*b1+10000)"
RED_GREEN_BLUE = [("bidx", "3"), ("bidx", "2"), ("bidx", "1")]
# https://developmentseed.org/titiler/advanced/performance_tuning: all that it recommends and that local files feel.
ENVIRONMENT = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_CACHEMAX": "200",
    "GDAL_BAND_BLOCK_CACHE": "HASHSET",
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".tif,.TIF,.tiff",
    "CPL_VSIL_CURL_CACHE_SIZE": "20000000",
    "VSI_CACHE": "TRUE",
    "VSI_CACHE_SIZE": "5000000",
    "PYTHONWARNINGS": "ignore",
    # One thread a tile: with two, medians take a third more CPU and come half as fast on two busy cores.
    "MOSAIC_CONCURRENCY": "1",
}
OF_HTTP = {  # what it recommends for files behind HTTP besides, where threads wait for answers
    "GDAL_INGESTED_BYTES_AT_OPEN": "32768",
    "GDAL_HTTP_MULTIPLEX": "YES",
    "GDAL_HTTP_VERSION": "2",
    "MOSAIC_CONCURRENCY": "20",
}


class TiTiler:
    """Two processes of one worker each, for connections that clients bind to them in turn.

    Two workers behind one port share the work badly: the connections that are kept alive pile up on one of them.
    """

    name = "TiTiler"

    def __init__(self, home: Path, folder: Path, url: str = "") -> None:
        """Serve a stack whose files lie here, or at a URL."""
        scene = clearest(home)
        self._scene, self._mosaic = f"{url}/{scene.name}" if url else str(scene), home / "mosaic.json"
        self._venv = folder / "titiler-venv"
        self._environment = ENVIRONMENT | (OF_HTTP if url else {})
        self.commands = [self._command(folder) for _ in range(PROCESSES)]

    def prepare(self) -> None:
        """Install it, and compile its bytecode."""
        installed, wanted = self._venv / "requirements.txt", REQUIREMENTS.read_text()
        if installed.is_file() and installed.read_text() == wanted:
            return
        venv.create(self._venv, with_pip=True, clear=True)
        python = [str(self._venv / "bin/python"), "-m"]
        pip = [*python, "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(REQUIREMENTS)], check=True)
        subprocess.run([*python, "compileall", "-q", str(self._venv / "lib")], check=False)  # some hold templates
        installed.write_text(wanted)

    def path(self, workload: Workload, tile: Tile, style: int = 0) -> str:
        """Return the path and query that draw a tile."""
        low, high = scale(workload, style)
        route, query = self._source(workload)
        query = [*query, ("rescale", f"{low:g},{high:g}"), ("tilesize", "256")]
        return f"{route}/tiles/WebMercatorQuad/{tile.z}/{tile.x}/{tile.y}.png?{urlencode(query)}"

    def _source(self, workload: Workload) -> tuple[str, list[tuple[str, str]]]:
        scene = [("url", self._scene)]
        mosaic = [("url", str(self._mosaic)), ("pixel_selection", "median")]
        match workload:
            case Workload.RGB:
                return "/cog", [*scene, *RED_GREEN_BLUE]
            case Workload.COLORMAP:
                return "/cog", [*scene, ("bidx", "4"), ("colormap_name", "viridis")]
            case Workload.MEDIAN:
                return "/mosaicjson", [*mosaic, *RED_GREEN_BLUE]
            case Workload.EVI:
                return "/cog", [*scene, ("expression", EVI), ("colormap_name", "rdylgn")]
            case Workload.NDVI:
                return "/mosaicjson", [*mosaic, ("expression", "(b4-b3)/(b4+b3)"), ("colormap_name", "rdylgn")]
            case _:
                raise ValueError(f"{workload.label} is beyond {self.name}")

    def _command(self, folder: Path) -> Command:
        port = free_port()
        uvicorn = [str(self._venv / "bin/uvicorn"), "titiler.application.main:app", "--workers", "1"]
        arguments = [*uvicorn, "--port", str(port), "--log-level", "warning", "--no-access-log"]
        return Command(arguments, self._environment, port, folder / "titiler.log")
