"""The count of changes of workflows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table with its one row."""
    op.create_table(
        "workflow_changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.execute("INSERT INTO workflow_changes (id, revision) VALUES (1, 0)")


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("workflow_changes")
