"""Comparison of ways to decode the blocks of a tile: from this machine, and over HTTP that answers late."""

from __future__ import annotations

import json
import subprocess
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter, process_time
from typing import Final

import rasterio
from rasterio.windows import Window

from benchmarks.ranges import Ranges, serve_ranges
from benchmarks.stack import BLOCK, CRS, Stack
from benchmarks.workloads import clearest
from graft_eval.raster.blocks import BlockRequest, Blocks
from graft_eval.raster.overviews import Overview
from graft_eval.scene import Asset

__all__ = ["HEADS", "Row", "graftile_reader", "measure_readers", "rasterio_reader"]

HEADS: Final = (
    "tile", "files", "reader",
    "first tile: ms", "requests", "next tile: ms", "requests", "ms a block", "CPU ms a block",
)  # fmt: skip
LATENCY: Final = 0.02  # seconds before each answer over HTTP
ROUNDS: Final = 3  # of which the best counts
THREADS: Final = {"local": 2, "HTTP": 16}
TILES: Final[Mapping[str, tuple[int, tuple[int, ...]]]] = {  # scenes, bands
    "colormap": (1, (4,)),
    "rgb": (1, (3, 2, 1)),
    "12 dates": (12, (3, 2, 1)),
}
FIRST, NEXT = ([(row, col) for row in rows for col in rows] for rows in ((0, 1), (2, 3)))
EVERYWHERE: Final[Mapping[str, object]] = {"GDAL_CACHEMAX": 64 << 20, "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR"}
SETTINGS: Final[Mapping[str, Sequence[Mapping[str, object]]]] = {
    "local": ({}, {"GDAL_NUM_THREADS": 2}, {"GDAL_CACHEMAX": 1 << 20}, {"GDAL_DISABLE_READDIR_ON_OPEN": False}),
    "HTTP": (
        {},
        {"GDAL_INGESTED_BYTES_AT_OPEN": 32768},
        {"CPL_VSIL_CURL_CHUNK_SIZE": 1 << 20},
        {"GDAL_HTTP_MULTIRANGE": "SERIAL"},
        {"GDAL_HTTP_MULTIRANGE": "SINGLE_GET"},
        {"VSI_CACHE": True},
    ),
}
REQUIREMENTS: Final = Path(__file__).with_name("requirements-async-tiff.txt")

Read = Callable[[Sequence[str], Sequence[int], Sequence[tuple[int, int]]], float]  # files, bands, blocks: CPU seconds
_versions = count()


@dataclass(frozen=True, slots=True)
class Row:
    """Seconds that one reader took for two tiles, one after the other, of four blocks of each scene.

    `requests` are those over HTTP for the first tile, files unopened, and for the next one.
    """

    tile: str
    files: str
    reader: str
    wall: tuple[float, float]
    cpu: float  # of the next tile; over HTTP the server's is in it
    requests: tuple[int, int]

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as `HEADS` name it."""
        blocks = TILES[self.tile][0] * len(NEXT)
        first, following = (f"{1000 * wall:.0f}" for wall in self.wall)
        each = f"{1000 * self.wall[1] / blocks:.2f}", f"{1000 * self.cpu / blocks:.2f}"
        if self.files == "local":
            return self.tile, self.files, self.reader, first, "", following, "", *each
        return (
            self.tile,
            self.files,
            self.reader,
            first,
            str(self.requests[0]),
            following,
            str(self.requests[1]),
            "",
            "",
        )


def measure_readers(stack: Stack, home: Path, folder: Path) -> Iterator[Row]:
    """Yield what each reader takes for each tile of the stack; async-tiff is installed into the folder."""
    python = _install(folder / "async-tiff-venv")
    scenes = [clearest(home), *sorted({*home.glob("*.tif")} - {clearest(home)})]
    with serve_ranges(Ranges(home, LATENCY)) as ranges:
        for files in SETTINGS:
            places = [str(path) if files == "local" else f"{ranges.url}/{path.name}" for path in scenes]
            for tile, (dates, bands) in TILES.items():
                for name, reader in _readers(files, stack.size, python):
                    rounds = [_measure(reader, ranges, places[:dates], bands) for _ in range(ROUNDS)]
                    first, following = (min(one[at][0] for one in rounds) for at in (0, 1))
                    cpu, requests = min(one[1][1] for one in rounds), (rounds[0][0][2], rounds[0][1][2])
                    yield Row(tile, files, name, (first, following), cpu, requests)


def _measure(
    reader: Callable[[], AbstractContextManager[Read]], ranges: Ranges, files: Sequence[str], bands: Sequence[int]
) -> list[tuple[float, float, int]]:
    """Wall and CPU seconds and requests of two tiles."""
    figures = []
    with reader() as read:
        for blocks in (FIRST, NEXT):
            asked, wall = len(ranges.asked), perf_counter()
            cpu = read(files, bands, blocks)
            figures.append((perf_counter() - wall, cpu, len(ranges.asked) - asked))
    return figures


def _readers(files: str, size: int, python: Path) -> Iterator[tuple[str, Callable[[], AbstractContextManager[Read]]]]:
    yield "graftile", partial(graftile_reader, size)
    for settings in SETTINGS[files]:
        said = ", ".join(["rasterio", *(f"{name}={value}" for name, value in settings.items())])
        for way, together in (("a block a read", False), ("a file a read", True)):
            yield f"{said}, {way}", partial(rasterio_reader, THREADS[files], settings, together=together)
    yield "async-tiff", partial(_async_tiff, python)


@contextmanager
def graftile_reader(size: int) -> Iterator[Read]:
    """Our own cache of blocks, empty."""
    kept, version = Blocks(1 << 30, THREADS["local"]), str(next(_versions))

    def read(places: Sequence[str], bands: Sequence[int], blocks: Sequence[tuple[int, int]]) -> float:
        began = process_time()
        assets = [Asset(place, CRS, (1, 0, 0, 0, -1, 0), (size, size), (), (BLOCK, BLOCK), version) for place in places]
        overviews = [Overview.of(asset, None) for asset in assets]
        requests = (
            BlockRequest(asset, version, overview, *block, frozenset(bands))
            for asset, overview in zip(assets, overviews, strict=True)
            for block in blocks
        )
        for _, block, _ in kept.stream(requests, lambda: None):
            if isinstance(block, Exception):
                raise block
        return process_time() - began

    try:
        yield read
    finally:
        kept.close()


@contextmanager
def rasterio_reader(threads: int, settings: Mapping[str, object], together: bool) -> Iterator[Read]:
    """Read with rasterio in threads, each file open once and read by one of them, a block or all of them at a time."""
    opened: dict[str, rasterio.DatasetReader] = {}
    version = next(_versions)

    def read_file(place: str, bands: Sequence[int], blocks: Sequence[tuple[int, int]]) -> None:
        with rasterio.Env(**{**EVERYWHERE, **settings}):
            if place not in opened:
                address = f"/vsicurl/{place}#{version}" if "://" in place else place  # nothing of earlier rounds
                opened[place] = rasterio.open(address)
            windows = [Window(col * BLOCK, row * BLOCK, BLOCK, BLOCK) for row, col in blocks]
            for window in [rasterio.windows.union(*windows)] if together else windows:
                opened[place].read(list(bands), window=window)

    def read(places: Sequence[str], bands: Sequence[int], blocks: Sequence[tuple[int, int]]) -> float:
        began = process_time()
        list(pool.map(partial(read_file, bands=bands, blocks=blocks), places))
        return process_time() - began

    with ThreadPoolExecutor(threads) as pool:
        yield read
    for dataset in opened.values():
        dataset.close()


@contextmanager
def _async_tiff(python: Path) -> Iterator[Read]:
    """async-tiff in a process of its own; it always decodes all bands."""
    script = str(Path(__file__).with_name("async_tiff_peer.py"))
    with subprocess.Popen([python, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        assert peer.stdin
        assert peer.stdout
        said, asked = peer.stdout, peer.stdin

        def read(places: Sequence[str], bands: Sequence[int], blocks: Sequence[tuple[int, int]]) -> float:
            print(json.dumps({"sources": places, "blocks": blocks}), file=asked, flush=True)
            return float(json.loads(said.readline()))

        yield read
        asked.close()


def _install(folder: Path) -> Path:
    """Make the virtual environment of async-tiff, unless it is there, and return its Python."""
    python, installed = folder / "bin/python", folder / "requirements.txt"
    if not installed.is_file() or installed.read_text() != REQUIREMENTS.read_text():
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(REQUIREMENTS)]
        subprocess.run(pip, check=True)
        installed.write_text(REQUIREMENTS.read_text())
    return python
