"""Placing images anew, once an operator has said what their files' coordinates are in."""

from __future__ import annotations

from typing import Any

import shapely
from sqlalchemy import Connection, select, update

from tileserver.catalog.rasters import outline_of
from tileserver.catalog.rows import box_around
from tileserver.catalog.tables import ImageRow

__all__ = ["place_anew"]


def place_anew(connection: Connection, product_id: str, crs: str) -> None:
    """Put all files of a product's images into a CRS, with the footprints that were those of files.

    They are read when they are added again, unchanged or not. Raises `RasterError` if nothing leads from the CRS
    to the map.
    """
    columns = ImageRow.number, ImageRow.assets, ImageRow.footprint
    for number, assets, footprint in connection.execute(select(*columns).where(ImageRow.product == product_id)).all():
        if all(asset["crs"] == crs for asset in assets):
            continue
        first = assets[0]
        grid = tuple(first["transform"]), tuple(first["shape"])
        outline = outline_of(crs, *grid)
        values: dict[str, Any] = {"assets": [{**asset, "crs": crs} for asset in assets], "stamp": ""}
        if footprint == shapely.to_wkb(outline_of(first["crs"], *grid)):
            west, south, east, north = box_around(outline).unrolled
            values |= {"footprint": shapely.to_wkb(outline)}
            values |= {"west": west, "south": south, "east": east, "north": north}
        connection.execute(update(ImageRow).where(ImageRow.number == number).values(values))
