"""Settings of products; of images the end of their time, what is odd about them, and the stamp of their source."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the columns; what is there has no settings, no problems, and a moment as its time."""
    op.add_column("products", sa.Column("settings", sa.JSON, nullable=False, server_default="{}"))
    op.add_column("images", sa.Column("until", sa.DateTime, nullable=True))
    op.add_column("images", sa.Column("problems", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("images", sa.Column("stamp", TEXT, nullable=False, server_default=""))
    op.create_index("image_source", "images", ["source"])
    lasting = sa.text("until IS NOT NULL")
    op.create_index(
        "image_until", "images", ["product", "until", "date"], sqlite_where=lasting, postgresql_where=lasting
    )


def downgrade() -> None:
    """Drop the columns."""
    for index in ("image_until", "image_source"):
        op.drop_index(index, "images")
    for column in ("stamp", "problems", "until"):
        op.drop_column("images", column)
    op.drop_column("products", "settings")
