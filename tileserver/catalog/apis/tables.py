"""Tables of STAC APIs: which products are searched there, what was searched and when, and the Items found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tileserver.catalog.tables import ProductRow
from tileserver.store.database import Base, UtcDateTime

__all__ = ["ApiRow", "SearchRow", "StacItemRow"]


class ApiRow(Base):
    """A product that is searched at a STAC API: the API's root, how it is searched, and the Collection there."""

    __tablename__ = "stac_apis"

    product: Mapped[str] = mapped_column(ForeignKey(ProductRow.id, ondelete="CASCADE"), primary_key=True)
    url: Mapped[str]
    search_url: Mapped[str]
    method: Mapped[str]
    collection: Mapped[str]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)


class SearchRow(Base):
    """A search that has been answered: its box in degrees, its time, when, and why it may lack some, else nothing."""

    __tablename__ = "stac_searches"

    number: Mapped[int] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(ForeignKey(ApiRow.product, ondelete="CASCADE"))
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    start: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked: Mapped[datetime] = mapped_column(UtcDateTime)
    lacks: Mapped[str]

    __table_args__ = (Index("search_place", "product", "west", "east", "south", "north"),)


class StacItemRow(Base):
    """An Item that a search has given.

    Its `document` is there until an image has been made of it, or again when it has changed, which `digest` tells.
    `failed` is why none could be made, and `tried` when. Its bounding box is as that of an image.
    """

    __tablename__ = "stac_items"

    number: Mapped[int] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(ForeignKey(ApiRow.product, ondelete="CASCADE"))
    item: Mapped[str]
    date: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    digest: Mapped[str]
    document: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    failed: Mapped[str]
    tried: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("product", "item"),
        Index("stac_item_place", "product", "west", "east", "south", "north"),
    )
