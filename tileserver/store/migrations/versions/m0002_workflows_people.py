"""Workflows, users with their tokens, signed links; the catalog's count of changes begins with a row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    _create_workflows()
    _create_people()
    op.create_table(
        "links",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", TEXT, nullable=False, unique=True),
        sa.Column("digest", TEXT, nullable=False, unique=True),
        sa.Column("layer", TEXT, nullable=False, index=True),
        sa.Column("created_timestamp", sa.DateTime, nullable=False),
        sa.Column("expires_timestamp", sa.DateTime, nullable=False, index=True),
    )
    # Processes that enter the first images at once then wait for each other at this row.
    count = "INSERT INTO catalog_changes (id, revision) SELECT 1, 0 WHERE NOT EXISTS (SELECT id FROM catalog_changes)"
    op.execute(count)


def downgrade() -> None:
    """Drop the tables; the catalog's count of changes stays."""
    for table in (
        "links", "tokens", "users", "organizations", "workflow_readers", "workflow_aliases", "workflow_versions",
        "workflow_tags", "workflows",
    ):  # fmt: skip
        op.drop_table(table)


def _create_workflows() -> None:
    op.create_table(
        "workflows",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", TEXT, nullable=False, unique=True),
        sa.Column("email", TEXT, nullable=False, index=True),
        sa.Column("name", TEXT, nullable=False, index=True),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("labels", sa.JSON, nullable=False),
        sa.Column("created_timestamp", sa.DateTime, nullable=False),
        sa.Column("updated_timestamp", sa.DateTime, nullable=False),
    )
    op.create_table(
        "workflow_tags",
        _workflow(primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("tag", TEXT, nullable=False, index=True),
    )
    op.create_table(
        "workflow_versions",
        sa.Column("number", sa.Integer, primary_key=True),
        _workflow(),
        sa.Column("version", TEXT, nullable=False),
        sa.Column("graft", sa.JSON, nullable=False),
        sa.Column("graft_hash", TEXT, nullable=False),
        sa.Column("typespec", sa.JSON, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("parameters", sa.JSON, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("client_version", TEXT, nullable=False),
        sa.Column("docstring", TEXT, nullable=False),
        sa.Column("labels", sa.JSON, nullable=False),
        sa.Column("viz_options", sa.JSON, nullable=False),
        sa.Column("created_timestamp", sa.DateTime, nullable=False),
        sa.UniqueConstraint("workflow", "version"),
    )
    of_version = sa.ForeignKey("workflow_versions.number", ondelete="CASCADE")
    op.create_table(
        "workflow_aliases",
        _workflow(primary_key=True),
        sa.Column("alias", TEXT, primary_key=True),
        sa.Column("version", sa.Integer, of_version, nullable=False, index=True),
    )
    op.create_table(
        "workflow_readers",
        sa.Column("number", sa.Integer, primary_key=True),
        _workflow(),
        sa.Column("target", TEXT, nullable=False),
        sa.UniqueConstraint("workflow", "target"),
    )
    op.create_index("workflow_readers_by_target", "workflow_readers", ["target", "workflow"])


def _create_people() -> None:
    op.create_table("organizations", sa.Column("name", TEXT, primary_key=True))
    op.create_table(
        "users",
        sa.Column("email", TEXT, primary_key=True),
        sa.Column("org", TEXT, sa.ForeignKey("organizations.name")),
        sa.Column("created_timestamp", sa.DateTime, nullable=False),
    )
    op.create_table(
        "tokens",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("digest", TEXT, nullable=False, unique=True),
        sa.Column("email", TEXT, sa.ForeignKey("users.email", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("created_timestamp", sa.DateTime, nullable=False),
        sa.Column("expires_timestamp", sa.DateTime),
    )


def _workflow(*, primary_key: bool = False) -> sa.Column[int]:
    """The column of the workflow that a row belongs to."""
    owner = sa.ForeignKey("workflows.number", ondelete="CASCADE")
    return sa.Column("workflow", sa.Integer, owner, primary_key=primary_key, nullable=False)
