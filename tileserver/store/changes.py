"""Count of changes of workflows, by which caches know whether what they hold is still valid."""

from __future__ import annotations

from sqlalchemy import Connection, select, update
from sqlalchemy.orm import Mapped, mapped_column

from tileserver.store.database import Base

__all__ = ["WorkflowChangeRow", "count_change", "count_of_changes"]


class WorkflowChangeRow(Base):
    """The one row that counts changes of workflows, their versions, aliases and readers."""

    __tablename__ = "workflow_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int]


def count_change(connection: Connection) -> None:
    """Count a change, in the transaction that makes it."""
    connection.execute(update(WorkflowChangeRow).values(revision=WorkflowChangeRow.revision + 1))


def count_of_changes(connection: Connection) -> int:
    """Return the number of changes so far, by all processes."""
    return connection.execute(select(WorkflowChangeRow.revision)).scalar_one()
