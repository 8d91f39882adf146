"""Pixels as xarray's arrays, with coordinates and CRS by rioxarray's conventions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray

__all__ = ["to_xarray"]


def to_xarray(
    pixels: Any,
    properties: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    bands: Sequence[str],
    geocontext: Mapping[str, Any],
) -> xarray.DataArray:
    """Return masked pixels (band, y, x) or (image, band, y, x) as an array with coordinates.

    Missing pixels are NaN; integers and booleans without any keep their type. x and y are the pixels' centres. Images
    are along `time` if all of them have a date, else along `image`; a single image's date is a coordinate.
    """
    import numpy as np
    import rioxarray  # noqa: F401  gives arrays `.rio`
    import xarray
    from affine import Affine

    mask = np.ma.getmaskarray(pixels)
    floats = pixels.dtype if pixels.dtype.kind == "f" else np.float64
    values = np.where(mask, np.nan, pixels.data.astype(floats)) if mask.any() else pixels.data
    images = properties if isinstance(properties, Sequence) else [properties]
    dates = [_date(image) for image in images]
    coordinates: dict[str, Any] = {"band": list(bands), **_centres(geocontext)}
    if isinstance(properties, Sequence):
        along = "time" if dates and None not in dates else "image"
        dims: tuple[str, ...] = (along, "band", "y", "x")
        coordinates["id"] = (along, [str(image.get("id", "")) for image in images])
        if along == "time":
            coordinates["time"] = np.array(dates, "datetime64[us]")
    else:
        dims = ("band", "y", "x")
        if dates[0] is not None:
            coordinates["time"] = np.datetime64(dates[0], "us")
    array = xarray.DataArray(values, coordinates, dims, attrs=_plain(properties))
    placed: xarray.DataArray = array.rio.write_crs(geocontext["crs"])
    return placed.rio.write_transform(Affine.from_gdal(*geocontext["gdal_geotrans"]))  # type: ignore[no-any-return]


def _centres(geocontext: Mapping[str, Any]) -> dict[str, Any]:
    import numpy as np

    left, width, _, top, _, height = geocontext["gdal_geotrans"]
    rows, cols = geocontext["shape"]
    return {"y": top + (np.arange(rows) + 0.5) * height, "x": left + (np.arange(cols) + 0.5) * width}


def _date(properties: Mapping[str, Any]) -> datetime | None:
    """Return when an image was taken, in UTC and without a time zone, as NumPy has moments."""
    date = properties.get("date")
    if not isinstance(date, datetime):
        return None
    return date.astimezone(UTC).replace(tzinfo=None) if date.tzinfo else date


def _plain(properties: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return those properties that attributes of files can hold: text and numbers."""
    if isinstance(properties, Sequence):
        return {}
    return {name: value for name, value in properties.items() if isinstance(value, str | int | float)}
