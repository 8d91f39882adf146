"""Records of products and images, for HTTP and the command line."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from shapely.geometry import mapping
from sqlalchemy import Connection, func, select

from graft_eval.scene import Band, Product, Scene
from tileserver.catalog.accounts import Account
from tileserver.catalog.rows import box_around
from tileserver.catalog.tables import ImageRow, ProductRow
from wmts import LonLatBox

__all__ = ["format_time", "image_record", "product_record"]


def format_time(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC.

    >>> format_time(datetime(2024, 1, 1, tzinfo=UTC))
    '2024-01-01T00:00:00Z'
    """
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def product_record(connection: Connection, product: Product) -> dict[str, Any]:
    """Return a product's texts and bands, how many images it has, and when and where they are."""
    extent = select(
        func.count(), func.min(ImageRow.date), func.max(ImageRow.date), func.min(ImageRow.west),
        func.min(ImageRow.south), func.max(ImageRow.east), func.max(ImageRow.north),
    ).where(ImageRow.product == product.id)  # fmt: skip
    images, first, last, *box = connection.execute(extent).one()
    columns = ProductRow.properties, ProductRow.settings
    properties, settings = connection.execute(select(*columns).where(ProductRow.id == product.id)).one()
    return {
        **properties,
        "id": product.id,
        "title": product.title,
        "description": product.description,
        "bands": list(product.bands),
        "images": images,
        "start_datetime": format_time(first) if images else None,
        "end_datetime": format_time(last) if images else None,
        "bbox": list(LonLatBox.from_unrolled(*box)) if images else None,
        **({"settings": settings} if settings else {}),
    }


def image_record(scene: Scene, account: Account) -> dict[str, Any]:
    """Return an image's date, place, properties and bands, what is odd about it, and where each of these is from.

    Where its files lie is not told.
    """
    origins = account.origins.get("bands") or [{} for _ in scene.bands]
    return {
        "id": scene.id,
        "product": scene.product,
        "date": format_time(scene.date),
        "bbox": list(box_around(scene.footprint)),
        "geometry": mapping(scene.footprint),
        "properties": dict(scene.properties),
        "bands": [
            {**_band_record(band), **({"origins": own} if own else {})}
            for band, own in zip(scene.bands, origins, strict=True)
        ],
        **({"end_datetime": format_time(scene.until)} if scene.until else {}),
        **({"problems": list(account.problems)} if account.problems else {}),
        **({"origins": {what: account.origins[what] for what in ("date", "footprint")}} if account.origins else {}),
    }


def _band_record(band: Band) -> Mapping[str, Any]:
    a, b, _, d, e, _ = band.asset.transform
    return {
        **band.info,
        "name": band.name,
        "common_name": band.common_name,
        "data_type": band.dtype,
        "data_range": list(band.data_range),
        "nodata": band.nodata if band.nodata is not None and math.isfinite(band.nodata) else None,
        "scale": band.scale,
        "offset": band.offset,
        "mask": band.mask,
        "crs": band.asset.crs,
        "shape": list(band.asset.shape),
        "resolution": [(a * a + d * d) ** 0.5, (b * b + e * e) ** 0.5],
    }
