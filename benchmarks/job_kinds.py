"""Small jobs of all kinds, each known by a number of its own, and what has to come of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.io import MemoryFile

import sdk as wf
from sdk.service.computation import Computation

__all__ = ["Jobs", "Kind"]

CRS, SIDE, PIXEL, LEFT, TOP = "EPSG:32633", 512, 10.0, 500_000.0, 5_000_000.0
SHAPES = {"image": (256, 256), "blocks": (200, 4500)}  # the latter are three blocks


class Kind(StrEnum):
    """What a job computes: a number, pixels in one block or in several, a file elsewhere, or nothing."""

    NUMBER = "number"
    IMAGE = "image"
    BLOCKS = "blocks"
    FILE = "file"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs of the one scene of a folder, some of whose results go to files in `exports`."""

    scene: Path
    exports: Path

    def write_scene(self) -> None:
        """Write the scene `soak:scene`: a ramp, 512 pixels a side."""
        self.scene.parent.mkdir(parents=True)
        place = {"crs": CRS, "transform": rasterio.Affine(PIXEL, 0, LEFT, 0, -PIXEL, TOP)}
        with rasterio.open(
            self.scene, "w", driver="GTiff", width=SIDE, height=SIDE, count=1, dtype="float32", tiled=True, **place
        ) as dataset:
            dataset.write(_ramp(), 1)
            dataset.descriptions = ["grey"]

    def body(self, kind: Kind, number: int) -> dict[str, Any]:
        """Return the body of the request for a job."""
        argument = wf.parameter("number", wf.Int)
        image = wf.Image.from_id("soak:scene").pick_bands("grey" if kind is not Kind.WRONG else "blue") + argument
        body = {
            **Computation.of(argument * argument if kind in (Kind.NUMBER, Kind.FILE) else image).to_json(),
            "arguments": {"number": number},
            "format": "json" if kind in (Kind.NUMBER, Kind.FILE) else "geotiff",
        }
        if kind is Kind.FILE:
            body["destination"] = self.export_of(number).as_uri()
        elif kind is not Kind.NUMBER:
            rows, cols = SHAPES.get(kind, (256, 256))
            edges = [
                LEFT,
                TOP - SIDE * PIXEL * rows / max(rows, cols),
                LEFT + SIDE * PIXEL * cols / max(rows, cols),
                TOP,
            ]
            body["geoctx"] = {
                "crs": CRS,
                "bounds_crs": CRS,
                "bounds": edges,
                "shape": [rows, cols],
                "align_pixels": False,
            }
        return body

    def export_of(self, number: int) -> Path:
        """Return the file that the job of a number writes."""
        return self.exports / f"{number}.json"

    def is_right(self, kind: Kind, record: Mapping[str, Any], data: bytes) -> bool:
        """Return whether a job that is done, and its result, are what they have to be."""
        number = record["arguments"]["number"]
        if kind is Kind.WRONG:
            return record["error"]["code"] == "INVALID"
        if kind in (Kind.NUMBER, Kind.FILE):
            return bool(json.loads(data) == number * number)
        rows, cols = SHAPES[kind]
        places = [((np.arange(count) + 0.5) * SIDE / max(rows, cols)).astype(int) for count in (rows, cols)]
        with MemoryFile(data) as file, file.open() as dataset:
            return np.array_equal(dataset.read(1), _ramp()[np.ix_(*places)] + np.float32(number))


def _ramp() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.arange(SIDE * SIDE, dtype=np.float32).reshape(SIDE, SIDE)
