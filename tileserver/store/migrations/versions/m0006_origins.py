"""Origins of the metadata that was chosen for images."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; of what is there, nothing is known until it is added again."""
    op.add_column("images", sa.Column("origins", sa.JSON, nullable=False, server_default="{}"))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("images", "origins")
