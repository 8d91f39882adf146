"""Products that are searched at STAC APIs, those searches, and the Items that they gave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
BOX = ("west", "south", "east", "north")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "stac_apis",
        sa.Column("product", TEXT, sa.ForeignKey("products.id", ondelete="CASCADE"), primary_key=True),
        *(sa.Column(name, TEXT, nullable=False) for name in ("url", "search_url", "method", "collection")),
        sa.Column("document", sa.JSON, nullable=False),
    )
    product = sa.ForeignKey("stac_apis.product", ondelete="CASCADE")
    op.create_table(
        "stac_searches",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("product", TEXT, product, nullable=False),
        *(sa.Column(name, sa.Double, nullable=False) for name in BOX),
        *(sa.Column(name, sa.DateTime, nullable=True) for name in ("start", "end")),
        sa.Column("asked", sa.DateTime, nullable=False),
        sa.Column("lacks", TEXT, nullable=False),
    )
    op.create_index("search_place", "stac_searches", ["product", "west", "east", "south", "north"])
    product = sa.ForeignKey("stac_apis.product", ondelete="CASCADE")
    op.create_table(
        "stac_items",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("product", TEXT, product, nullable=False),
        sa.Column("item", TEXT, nullable=False),
        *(sa.Column(name, sa.DateTime, nullable=False) for name in ("date", "until")),
        *(sa.Column(name, sa.Double, nullable=False) for name in BOX),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("document", sa.JSON, nullable=True),
        sa.Column("failed", TEXT, nullable=False),
        sa.Column("tried", sa.DateTime, nullable=True),
        sa.UniqueConstraint("product", "item"),
    )
    op.create_index("stac_item_place", "stac_items", ["product", "west", "east", "south", "north"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("stac_items", "stac_searches", "stac_apis"):
        op.drop_table(table)
