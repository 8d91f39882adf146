"""Layers, the catalog and session logs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "layers",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", TEXT, nullable=False, unique=True),
        sa.Column("graft", sa.JSON, nullable=False),
        sa.Column("typespec", sa.JSON, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("parameters", sa.JSON, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("client_version", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.Column("viz_options", sa.JSON, nullable=False),
        sa.Column("days_to_expiration", sa.Integer, nullable=False),
        sa.Column("user", TEXT, nullable=False, index=True),
        sa.Column("org", TEXT, nullable=False),
        sa.Column("created_timestamp", sa.DateTime, nullable=False),
        sa.Column("expires_timestamp", sa.DateTime, nullable=False, index=True),
    )
    op.create_table(
        "products",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("properties", sa.JSON, nullable=False),
        sa.Column("bands", sa.JSON, nullable=False),
        sa.Column("widest", sa.Double, nullable=False),
    )
    op.create_table(
        "images",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("product", TEXT, sa.ForeignKey("products.id", ondelete="CASCADE"), nullable=False),
        sa.Column("item", TEXT, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("date", sa.DateTime, nullable=False),
        sa.Column("west", sa.Double, nullable=False),
        sa.Column("south", sa.Double, nullable=False),
        sa.Column("east", sa.Double, nullable=False),
        sa.Column("north", sa.Double, nullable=False),
        sa.Column("footprint", sa.LargeBinary, nullable=False),
        sa.Column("properties", sa.JSON, nullable=False),
        sa.Column("assets", sa.JSON, nullable=False),
        sa.Column("bands", sa.JSON, nullable=False),
        sa.Column("band_names", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.UniqueConstraint("product", "item"),
    )
    op.create_index("image_time", "images", ["product", "date", "item"])
    op.create_index("image_place", "images", ["product", "west", "east", "south", "north"])
    op.create_table(
        "catalog_changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "session_logs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("layer", TEXT, nullable=False),
        sa.Column("session", TEXT, nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("message", TEXT, nullable=False),
        sa.Column("timestamp", sa.DateTime, nullable=False, index=True),
        sqlite_autoincrement=True,
    )
    op.create_index("session_logs_of", "session_logs", ["layer", "session", "id"])
