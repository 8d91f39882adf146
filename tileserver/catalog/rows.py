"""Rows: scenes as the database keeps them, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import RowMapping

from graft_eval.palette import Palette
from graft_eval.scene import Asset, Band, Scene
from wmts import LonLatBox

__all__ = ["box_around", "row_of", "scene_from"]

BAND_FIELDS = ("name", "index", "dtype", "scale", "offset", "mask", "common_name")


def row_of(scene: Scene) -> dict[str, Any]:
    """Return the columns of a scene, all but those that say where and when it was added."""
    assets = list(dict.fromkeys(band.asset for band in scene.bands))
    west, south, east, north = box_around(scene.footprint).unrolled
    return {
        "product": scene.product,
        "item": scene.id.removeprefix(f"{scene.product}:"),
        "date": scene.date,
        "until": scene.until,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
        "footprint": shapely.to_wkb(scene.footprint),
        "properties": dict(scene.properties),
        "assets": [{name: getattr(asset, name) for name in Asset.__slots__} for asset in assets],
        "bands": [{**_band_fields(band), "asset": assets.index(band.asset)} for band in scene.bands],
        "band_names": [band.name for band in scene.bands],
    }


def scene_from(row: RowMapping) -> Scene:
    """Return the scene of a row."""
    assets = [_asset(fields) for fields in row["assets"]]
    return Scene(
        id=f"{row['product']}:{row['item']}",
        product=row["product"],
        date=row["date"],
        footprint=shapely.from_wkb(row["footprint"]),
        properties=row["properties"],
        bands=tuple(_band(fields, assets[fields["asset"]]) for fields in row["bands"]),
        until=row["until"],
        unreadable={one["band"]: one["text"] for one in row["problems"] if one["level"] == "gap"},
    )


def box_around(footprint: BaseGeometry) -> LonLatBox:
    """Return the box around an area that is cut at the antimeridian.

    >>> from shapely.geometry import MultiPolygon, box
    >>> box_around(MultiPolygon([box(170, 0, 180, 1), box(-180, 0, -175, 1)]))
    LonLatBox(west=170.0, south=0.0, east=-175.0, north=1.0)
    """
    return LonLatBox.around(shapely.bounds(shapely.get_parts(footprint)))


def _band_fields(band: Band) -> dict[str, Any]:
    # JSON has no NaN and no infinities; float() reads them from strings again
    nodata = str(band.nodata) if band.nodata is not None and not math.isfinite(band.nodata) else band.nodata
    return {name: getattr(band, name) for name in BAND_FIELDS} | {
        "nodata": nodata,
        "data_range": list(band.data_range),
        "info": dict(band.info),
        "palette": band.palette.to_text() if band.palette else None,
    }


def _asset(fields: Mapping[str, Any]) -> Asset:
    return Asset(
        href=fields["href"],
        crs=fields["crs"],
        transform=tuple(fields["transform"]),
        shape=tuple(fields["shape"]),
        overviews=tuple(tuple(shape) for shape in fields["overviews"]),
        block=tuple(fields["block"]),
        fingerprint=fields["fingerprint"],
        first_overview=fields.get("first_overview", 0),
        roots=tuple(fields.get("roots", ())),  # none are in rows of before
    )


def _band(fields: Mapping[str, Any], asset: Asset) -> Band:
    low, high = fields["data_range"]
    return Band(
        asset=asset,
        nodata=None if fields["nodata"] is None else float(fields["nodata"]),
        data_range=(low, high),
        info=fields["info"],
        palette=Palette.from_text(text) if (text := fields.get("palette")) else None,  # none is in rows of before
        **{name: fields[name] for name in BAND_FIELDS},
    )
