"""Files of variables for tests, written without GDAL: netCDF 4 by h5py, Zarr and netCDF 3 by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray
from rasterio.crs import CRS

UTM = CRS.from_epsg(32633).to_wkt()
X = 330005.0 + 10.0 * np.arange(8)
Y = 5822035.0 - 10.0 * np.arange(6)
DAYS = (0, 31, 60)
UNITS = "days since 2020-01-01"


def noise(*shape: int, seed: int = 9) -> NDArray[np.int16]:
    """Return integers of noise."""
    return np.random.default_rng(seed).integers(1, 1000, shape).astype(np.int16)


def write_netcdf4(
    path: Path, variables: Mapping[str, NDArray[np.generic]], *, lonlat: bool = False, calendar: str = "standard"
) -> Path:
    """Write variables of (time, y, x) or (y, x), in hundredths with -99 for what is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w", track_order=True) as file:
        x_name, y_name = ("lon", "lat") if lonlat else ("x", "y")
        time = _axis(file, "time", np.array(DAYS, "i4"), units=UNITS, calendar=calendar, standard_name="time")
        if lonlat:
            y = _axis(file, y_name, 50 - 0.1 * np.arange(6), units="degrees_north", standard_name="latitude")
            x = _axis(file, x_name, 10 + 0.1 * np.arange(8), units="degrees_east", standard_name="longitude")
        else:
            y = _axis(file, y_name, Y, units="m", standard_name="projection_y_coordinate")
            x = _axis(file, x_name, X, units="m", standard_name="projection_x_coordinate")
            mapping = file.create_dataset("crs", data=np.int32(0))
            mapping.attrs.update({"crs_wkt": UTM, "spatial_ref": UTM, "grid_mapping_name": "transverse_mercator"})
        for name, data in variables.items():
            made = file.create_dataset(name, data=data, chunks=(*[1] * (data.ndim - 2), 6, 8), compression="gzip")
            for at, axis in enumerate((time, y, x)[-data.ndim :]):
                made.dims[at].attach_scale(axis)
            made.attrs["_FillValue"] = np.array([-99], data.dtype)
            made.attrs["scale_factor"] = 0.01
            if not lonlat:
                made.attrs["grid_mapping"] = "crs"
    return path


def _axis(file: h5py.File, name: str, values: NDArray[np.generic], **attributes: str) -> h5py.Dataset:
    axis = file.create_dataset(name, data=values)
    axis.attrs.update(attributes)
    axis.make_scale(name)
    return axis


def write_zarr(folder: Path, variables: Mapping[str, NDArray[np.generic]]) -> Path:
    """Write a Zarr group, version 2, of variables of (time, y, x) or (y, x)."""
    folder.mkdir(parents=True)
    (folder / ".zgroup").write_text('{"zarr_format": 2}')
    _array(folder / "time", np.array(DAYS, "<i4"), ["time"], units=UNITS)
    _array(folder / "y", Y, ["y"])
    _array(folder / "x", X, ["x"])
    for name, data in variables.items():
        _array(folder / name, data, ["time", "y", "x"][-data.ndim :], _CRS={"wkt": UTM}, scale_factor=0.01)
    return folder


def _array(folder: Path, data: NDArray[np.generic], dimensions: Sequence[str], **attributes: Any) -> None:
    folder.mkdir()
    chunks = [1] * (data.ndim - 2) + list(data.shape[-2:])
    metadata = {
        "zarr_format": 2, "shape": data.shape, "chunks": chunks, "dtype": data.dtype.newbyteorder("<").str,
        "compressor": None, "fill_value": None, "order": "C", "filters": None,
    }  # fmt: skip
    (folder / ".zarray").write_text(json.dumps(metadata))
    (folder / ".zattrs").write_text(json.dumps({"_ARRAY_DIMENSIONS": dimensions, **attributes}))
    pieces = data if data.ndim == 3 else [data]
    for number, piece in enumerate(pieces):
        name = ".".join(map(str, [number, *[0] * (data.ndim - 1)])) if data.ndim == 3 else ".".join(["0"] * data.ndim)
        (folder / name).write_bytes(np.ascontiguousarray(piece).tobytes())
