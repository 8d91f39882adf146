"""The peer of batch jobs, rioxarray with dask, in an environment of its own: `python batch_peer.py median|ndvi …`.

The last arguments are the folder of the stack and the file to write, a COG as ours is: float32, LZW, overviews.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil

BANDS = {"blue": 1, "green": 2, "red": 3, "nir": 4}
RGB = ("red", "green", "blue")
BLOCK = 1024


def compute(workload: str, scenes: list[Path], output: Path) -> None:
    """Open all scenes lazily, stack, compute with dask's threads, and write."""
    import rioxarray
    import xarray

    warnings.simplefilter("ignore")  # of medians of nothing
    chunks = {"band": 1, "x": BLOCK, "y": BLOCK}
    opened: list[Any] = [rioxarray.open_rasterio(path, chunks=chunks, masked=True) for path in scenes]
    stack = xarray.concat(opened, dim="time").astype("float32")
    if workload == "median":
        found = stack.sel(band=[BANDS[name] for name in RGB]).chunk({"time": -1}).median("time")
    else:
        nir, red = stack.sel(band=BANDS["nir"]), stack.sel(band=BANDS["red"])
        found = ((nir - red) / (nir + red)).chunk({"time": -1}).median("time")
    found = found.rio.write_crs(opened[0].rio.crs).rio.write_transform(opened[0].rio.transform())
    found.attrs.pop("long_name", None)  # names of bands, of which there are fewer now
    found.rio.write_nodata(np.nan, inplace=True)
    draft = output.with_suffix(".draft.tif")
    found.rio.to_raster(draft, tiled=True, blockxsize=512, blockysize=512, BIGTIFF="YES", lock=True)
    rasterio.shutil.copy(draft, output, driver="COG", compress="LZW", predictor=3, num_threads="ALL_CPUS")
    draft.unlink()


def main() -> None:
    """Compute what the command line names."""
    workload, home, output = sys.argv[1:]
    scenes = sorted(Path(home).glob("*.tif"))
    compute(workload, scenes, Path(output))


if __name__ == "__main__":
    main()
