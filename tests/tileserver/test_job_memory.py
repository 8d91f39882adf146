"""The memory of a job does not grow with its image."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import rasterio

from tests.tileserver.conftest import Served
from tests.tileserver.test_jobs import geoctx

PROGRAM = """
import sdk as wf
image = wf.Image.from_id("field:field_2020-01-01").pick_bands("red") * 1.5
"""
SIDE = 6144  # nine blocks, of 340 MB as values and masks


def peak_of(served: Served, folder: Path, side: int) -> int:
    """Compute an image without a server, and return the greatest size in bytes that the process had."""
    program, output = folder / "program.py", folder / f"{side}.tif"
    program.write_text(PROGRAM)
    bounds = ",".join(map(str, geoctx()["bounds"]))
    place = ["--bounds", bounds, "--bounds-crs", "EPSG:3857", "--shape", str(side), str(side)]
    command = [sys.executable, "-m", "tileserver", "compute", str(program), "--object", "image", *place]
    environment = {**os.environ, "GRAFTILE_JOB_PROCESSES": "1", "GRAFTILE_DATA_DIR": str(served.data_dir)}
    process = subprocess.Popen([*command, "-o", str(output)], env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    assert status == 0
    with rasterio.open(output) as dataset:
        assert dataset.shape == (side, side)
    return usage.ru_maxrss * 1024


def test_an_image_of_nine_blocks_takes_the_memory_of_one(served: Served, tmp_path: Path) -> None:
    assert peak_of(served, tmp_path, SIDE) - peak_of(served, tmp_path, SIDE // 3) < 150_000_000
