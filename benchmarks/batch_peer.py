"""Peers of batch jobs, each in an environment of its own: `python batch_peer.py rioxarray|vrt median|ndvi …`.

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


def with_rioxarray(workload: str, scenes: list[Path], draft: Path) -> None:
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
    found.rio.to_raster(draft, tiled=True, blockxsize=512, blockysize=512, BIGTIFF="YES", lock=True)


def with_vrt(workload: str, scenes: list[Path], draft: Path) -> None:
    """Have GDAL's virtual rasters compute, by the pixel functions that are built in since 3.12."""
    with rasterio.open(scenes[0]) as first:
        transform = ", ".join(map(repr, first.transform.to_gdal()))
        place = f"<SRS>{first.crs.to_wkt().replace('<', '&lt;')}</SRS><GeoTransform>{transform}</GeoTransform>"
        dataset = f'<VRTDataset rasterXSize="{first.width}" rasterYSize="{first.height}">{place}'
    if workload == "median":
        bands = [_band([_source(path, BANDS[name]) for path in scenes], "0", "median") for name in RGB]
    else:
        files = []
        for path in scenes:
            files.append(draft.with_name(f"{draft.stem}-{path.stem}.vrt"))
            ndvi = _band([_source(path, BANDS[name]) for name in ("nir", "red")], "inf", "norm_diff")
            files[-1].write_text(f"{dataset}{ndvi}</VRTDataset>")
        bands = [_band([_source(path, 1) for path in files], "inf", "median")]
    vrt = draft.with_suffix(".vrt")
    vrt.write_text(f"{dataset}{''.join(bands)}</VRTDataset>")
    rasterio.shutil.copy(vrt, draft, driver="GTiff", tiled=True, blockxsize=512, blockysize=512, BIGTIFF="YES")


def _band(sources: list[str], nodata: str, function: str) -> str:
    return (
        f'<VRTRasterBand dataType="Float32" subClass="VRTDerivedRasterBand"><NoDataValue>{nodata}</NoDataValue>'
        f"<PixelFunctionType>{function}</PixelFunctionType>{''.join(sources)}</VRTRasterBand>"
    )


def _source(path: Path, band: int) -> str:
    return f"<SimpleSource><SourceFilename>{path}</SourceFilename><SourceBand>{band}</SourceBand></SimpleSource>"


METHODS = {"rioxarray": with_rioxarray, "vrt": with_vrt}


def main() -> None:
    """Compute what the command line names."""
    method, workload, home, output = sys.argv[1:]
    draft = Path(output).with_suffix(".draft.tif")
    with rasterio.Env(GDAL_NUM_THREADS="ALL_CPUS"):
        METHODS[method](workload, sorted(Path(home).glob("*.tif")), draft)
        predictor = {"compress": "LZW", "predictor": 3, "num_threads": "ALL_CPUS"}
        rasterio.shutil.copy(draft, output, driver="COG", **predictor)
    draft.unlink()


if __name__ == "__main__":
    main()
