"""Products of features, found by place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "vectors",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("widest", sa.Double, nullable=False),
    )
    op.create_table(
        "features",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("product", TEXT, sa.ForeignKey("vectors.id", ondelete="CASCADE"), nullable=False),
        sa.Column("west", sa.Double, nullable=False),
        sa.Column("south", sa.Double, nullable=False),
        sa.Column("east", sa.Double, nullable=False),
        sa.Column("north", sa.Double, nullable=False),
        sa.Column("geometry", sa.LargeBinary, nullable=False),
        sa.Column("properties", sa.JSON, nullable=False),
    )
    op.create_index("feature_place", "features", ["product", "west", "east", "south", "north"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("features")
    op.drop_table("vectors")
