"""Files that claim more than fits are refused, or read in bounded memory, measured in processes of their own."""

from __future__ import annotations

import json
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np
import pytest
import rasterio

from tests.tileserver.grids import noise, write_zarr

CRS = "EPSG:32633"
BASE = 350 << 20  # bytes, of libraries and kernels
ROOM = 300 << 20  # bytes, for a file

OPEN = """
import sys
from pathlib import Path
from graft_eval.raster.handles import open_dataset
reason = ""
try:
    with open_dataset(sys.argv[1], roots=[sys.argv[2]]) as dataset:
        dataset.overviews(1)
        dataset.read(1, window=((0, 1), (0, 1)))
except Exception as error:
    reason = str(error)
print(reason)
status = Path("/proc/self/status").read_text()  # what getrusage says is of the process before exec, too
print(int(status.partition("VmHWM:")[2].split()[0]) * 1024)
"""


def reason_and_memory(path: Path, program: str = OPEN) -> tuple[str, int]:
    """Return why a file is refused, if it is, and the most memory that looking at it has taken."""
    command = [sys.executable, "-c", program, str(path), str(path.parent)]
    *said, memory = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout.splitlines()
    return "\n".join(said), int(memory)


def many_directories(path: Path, count: int = 100_000) -> None:
    """Write a TIFF of one pixel whose directories are all overviews."""
    fields = [(256, 3, 1), (257, 3, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (278, 3, 1), (279, 4, 1)]
    size = 2 + 12 * (len(fields) + 1) + 4
    with path.open("wb") as file:
        file.write(struct.pack("<2sHI", b"II", 42, 16) + b"\1" * 8)
        for number in range(count):
            file.write(struct.pack("<H", len(fields) + 1) + struct.pack("<HHIHH", 254, 4, 1, int(number > 0), 0))
            for tag, kind, value in fields:
                file.write(struct.pack("<HHII", tag, kind, 1, value))
            file.write(struct.pack("<I", 16 + size * (number + 1) if number < count - 1 else 0))


def endless_directories(path: Path) -> None:
    """Write a TIFF whose directories lead around."""
    path.write_bytes(struct.pack("<2sHI", b"II", 42, 8) + struct.pack("<HI", 0, 8))


def large_block(path: Path) -> None:
    profile = {"width": 32768, "height": 32768, "count": 1, "dtype": "uint8", "crs": CRS, "SPARSE_OK": True}
    with rasterio.open(path, "w", driver="GTiff", tiled=True, blockxsize=32768, blockysize=32768, **profile):
        pass


def many_bands(path: Path) -> None:
    profile = {"width": 512, "height": 512, "count": 2000, "dtype": "float64", "crs": CRS, "SPARSE_OK": True}
    with rasterio.open(path, "w", driver="GTiff", tiled=True, interleave="pixel", **profile):
        pass


def large_pieces_of_hdf5(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file.create_dataset("a", (1000, 1000, 1000), "f8", chunks=(500, 500, 500), compression="gzip")


def large_pieces_of_zarr(path: Path) -> None:
    metadata = write_zarr(path, {"a": noise(6, 8)}) / "a" / ".zarray"
    metadata.write_text(json.dumps(json.loads(metadata.read_text()) | {"chunks": [100_000, 100_000]}))


def large_list_of_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(100_000):
            archive.writestr(f"{number:0100}", b"")


def entities(path: Path) -> None:
    names = "abcdefghij"
    declared = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names))
    path.write_text(f"<!DOCTYPE VRTDataset [{declared}]><VRTDataset><SRS>&j;</SRS></VRTDataset>")


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize(
    ("make", "name", "reason"),
    [
        (many_directories, "a.tif", "more than 2,000 directories"),
        (endless_directories, "a.tif", "more than 2,000 directories"),
        (large_block, "a.tif", r"its blocks hold 32,768 x 32,768 pixels, 1,024 MiB at once, more than 256"),
        (many_bands, "a.tif", r"its blocks hold .* MiB at once, more than 256"),
        (large_pieces_of_hdf5, "a.h5", "its a is in pieces of 953 MiB, more than 256"),
        (large_pieces_of_zarr, "a.zarr", "pieces of 10,000,000,000 pixels"),
        (large_list_of_zip, "a.zip", "its list of files is not there, or longer"),
        (entities, "a.vrt", "in no format that is read here"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_what_claims_too_much_is_refused(make: Callable[[Path], None], name: str, reason: str, tmp_path: Path) -> None:
    make(tmp_path / name)
    said, memory = reason_and_memory(tmp_path / name)
    assert re.search(reason, said), said
    assert memory < BASE + ROOM


DRAW = """
import sys
from pathlib import Path
from graft_eval.engine import RasterEngine
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Read
from graft_eval.progress import Progress
from tests.graft_eval.scenes import scene_of
scene = scene_of(Path(sys.argv[1]))
engine = RasterEngine(cache_bytes=64 << 20, threads=2)
grid = Grid((0.0, -327680.0, 327680.0, 0.0), "EPSG:32633", (256, 256))
raster = engine.compute([Read(scene, scene.bands[0])], grid, Progress(), Limits())
print(int(raster.data.sum()))
engine.close()
status = Path("/proc/self/status").read_text()  # what getrusage says is of the process before exec, too
print(int(status.partition("VmHWM:")[2].split()[0]) * 1024)
"""


def test_a_billion_pixels_without_overviews_are_drawn_in_bounded_memory(tmp_path: Path) -> None:
    path, side = tmp_path / "a.tif", 32768
    profile = {"width": side, "height": side, "count": 1, "dtype": "uint8", "crs": CRS, "SPARSE_OK": True}
    transform = rasterio.Affine(10, 0, 0, 0, -10, 0)
    with rasterio.open(path, "w", driver="GTiff", tiled=True, transform=transform, **profile) as dataset:
        dataset.write(np.full((1, 512, 512), 7, np.uint8), window=((0, 512), (0, 512)))
    total, memory = reason_and_memory(path, DRAW)
    assert int(total) == 7 * 4 * 4  # pixels of the map lie 128 of the file's apart
    assert memory < BASE + ROOM
