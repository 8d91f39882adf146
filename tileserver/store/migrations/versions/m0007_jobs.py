"""Jobs, the queue of those that wait, and their logs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
COUNT = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create the tables."""
    documents = (
        "graft", "typespec", "parameters", "arguments", "geoctx", "format", "destination", "progress", "read", "error",
    )  # fmt: skip
    texts = ("id", "type", "channel", "client_version", "user", "org", "stage", "media_type", "runner", "identity")
    moments = ("created_timestamp", "updated_timestamp", "expires_timestamp")
    op.create_table(
        "jobs",
        sa.Column("number", sa.Integer, primary_key=True),
        *(sa.Column(name, TEXT, nullable=False) for name in texts),
        *(sa.Column(name, sa.JSON, nullable=name in ("geoctx", "error")) for name in documents),
        *(sa.Column(name, sa.DateTime, nullable=False) for name in moments),
        sa.Column("cache", sa.Boolean, nullable=False),
        sa.Column("runtime", sa.Double, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("interruptions", sa.Integer, nullable=False),
        sa.Column("leased_until", sa.DateTime, nullable=True),
        sa.Column("images", sa.JSON, nullable=False),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_jobs_user", "jobs", ["user", "stage"])
    op.create_index("ix_jobs_stage", "jobs", ["stage"])
    op.create_index("ix_jobs_expires_timestamp", "jobs", ["expires_timestamp"])
    op.create_index("ix_jobs_identity", "jobs", ["identity"])
    op.create_table(
        "job_logs",
        sa.Column("id", COUNT, primary_key=True, autoincrement=True),
        sa.Column("job", sa.Integer, sa.ForeignKey("jobs.number", ondelete="CASCADE"), nullable=False),
        sa.Column("level", sa.SmallInteger, nullable=False),
        sa.Column("message", TEXT, nullable=False),
        sa.Column("timestamp", sa.DateTime, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("job_logs_of", "job_logs", ["job", "id"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("job_logs")
    op.drop_table("jobs")
