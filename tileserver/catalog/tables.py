"""Tables of the catalog: products, images, and the number of the last change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tileserver.store.database import Base, UtcDateTime

__all__ = ["ChangeRow", "FeatureRow", "ImageRow", "ProductRow", "VectorRow"]

LASTING = text("until IS NOT NULL")
Comparable = JSON().with_variant(JSONB(), "postgresql")  # rows can be grouped by it


class ProductRow(Base):
    """A product. `bands` are the names of its images' bands, in order of first sight.

    `widest` is the width of its widest image in degrees: an image that meets a place begins at most so far
    west of it, which is what lets the index on `west` find it from both sides. `settings` are the
    operator's own word on its bands; see `overrides`.
    """

    __tablename__ = "products"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    description: Mapped[str]
    properties: Mapped[dict[str, Any]] = mapped_column(JSON)
    bands: Mapped[list[str]] = mapped_column(JSON)
    widest: Mapped[float]
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)


class ImageRow(Base):
    """An image. Its bounding box is in degrees; `east` is beyond 180 where it crosses the antimeridian.

    `until` is the end of its time where that is more than a moment. `problems` are what was odd about it when it was
    added, `origins` where its date, its footprint and the fields of its bands are from. `revision` is the catalog's
    when it was written; `source` is the Item or file that it was made from, `stamp` changes when the source does, or
    what it names.
    """

    __tablename__ = "images"

    number: Mapped[int] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(ForeignKey(ProductRow.id, ondelete="CASCADE"))
    item: Mapped[str]
    revision: Mapped[int]
    date: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    footprint: Mapped[bytes]  # WKB
    properties: Mapped[dict[str, Any]] = mapped_column(JSON)
    assets: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    bands: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    band_names: Mapped[list[str]] = mapped_column(Comparable)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    origins: Mapped[dict[str, Any]] = mapped_column(JSON)
    source: Mapped[str]
    stamp: Mapped[str]

    __table_args__ = (
        UniqueConstraint("product", "item"),
        Index("image_time", "product", "date", "item"),
        Index("image_until", "product", "until", "date", sqlite_where=LASTING, postgresql_where=LASTING),
        Index("image_source", "source"),
        Index("image_place", "product", "west", "east", "south", "north"),
    )


class VectorRow(Base):
    """A product of features. `widest` is the width of its widest feature in degrees, as that of `ProductRow`."""

    __tablename__ = "vectors"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    widest: Mapped[float]


class FeatureRow(Base):
    """A feature; `number` counts them in the order of their file. Its bounding box is in degrees."""

    __tablename__ = "features"

    number: Mapped[int] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(ForeignKey(VectorRow.id, ondelete="CASCADE"))
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    geometry: Mapped[bytes]  # WKB
    properties: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (Index("feature_place", "product", "west", "east", "south", "north"),)


class ChangeRow(Base):
    """The one row that counts the catalog's changes."""

    __tablename__ = "catalog_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int]
