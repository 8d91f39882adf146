"""Scales of layers that were found once, and stay."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table; layers that are there get theirs with their next picture."""
    op.create_table(
        "layer_scales",
        sa.Column("layer", TEXT, primary_key=True),
        sa.Column("style", TEXT, primary_key=True),
        sa.Column("scales", sa.JSON, nullable=False),
        sa.Column("created_timestamp", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    """Drop the table; the scales are found again."""
    op.drop_table("layer_scales")
