"""Sharing: readers of workflows, and aliases of their versions."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, delete, insert, select, update

from tileserver.store.changes import count_change
from tileserver.store.database import reading, writing
from tileserver.store.errors import NotFound
from tileserver.store.queries import lock_of, number_of
from tileserver.store.tables import AliasRow, LinkRow, ReaderRow, VersionRow, WorkflowRow

__all__ = ["Aliases", "Readers"]


class Readers:
    """Readers of workflows besides their owners. Methods raise `NotFound` if there is no such workflow."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, workflow_id: str) -> list[str]:
        """Return the targets with which a workflow is shared, in the order of granting."""
        with reading(self._engine) as connection:
            number = number_of(connection, workflow_id)
            query = select(ReaderRow.target).where(ReaderRow.workflow == number).order_by(ReaderRow.number)
            return list(connection.execute(query).scalars())

    def add(self, workflow_id: str, target: str) -> bool:
        """Share a workflow with a target; return whether that is new."""
        with writing(self._engine, lock_of(workflow_id)) as connection:
            row = {"workflow": number_of(connection, workflow_id), "target": target}
            there = select(ReaderRow.number).filter_by(**row)
            if connection.execute(there).scalar() is not None:
                return False
            connection.execute(insert(ReaderRow).values(row))
            count_change(connection)
            return True

    def remove(self, workflow_id: str, target: str) -> None:
        """Stop sharing a workflow with a target."""
        with writing(self._engine, lock_of(workflow_id)) as connection:
            number = number_of(connection, workflow_id)
            connection.execute(delete(ReaderRow).where(ReaderRow.workflow == number, ReaderRow.target == target))
            count_change(connection)


class Aliases:
    """Aliases of versions of workflows. Methods raise `NotFound` if there is no such workflow."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def set(self, workflow_id: str, alias: str, version: str) -> bool:
        """Point an alias to a version; return whether the alias is new. Raises `NotFound` for an unknown version."""
        with writing(self._engine, lock_of(workflow_id)) as connection:
            number = number_of(connection, workflow_id)
            named = select(VersionRow.number).where(VersionRow.workflow == number, VersionRow.version == version)
            target = connection.execute(named).scalar()
            if target is None:
                raise NotFound(f"Workflow {workflow_id!r} has no version {version!r}.")
            _touch(connection, number)
            own = AliasRow.workflow == number, AliasRow.alias == alias
            if connection.execute(update(AliasRow).where(*own).values(version=target)).rowcount:
                return False
            connection.execute(insert(AliasRow).values(workflow=number, alias=alias, version=target))
            return True

    def remove(self, workflow_id: str, alias: str) -> None:
        """Delete an alias and its links; raises `NotFound` for an unknown one."""
        with writing(self._engine, lock_of(workflow_id)) as connection:
            number = number_of(connection, workflow_id)
            own = AliasRow.workflow == number, AliasRow.alias == alias
            if not connection.execute(delete(AliasRow).where(*own)).rowcount:
                raise NotFound(f"Workflow {workflow_id!r} has no alias {alias!r}.")
            _touch(connection, number)
            connection.execute(delete(LinkRow).where(LinkRow.layer == f"workflow/{workflow_id}/{alias}"))


def _touch(connection: Connection, number: int) -> None:
    """Note that a workflow has changed."""
    changed = update(WorkflowRow).where(WorkflowRow.number == number)
    connection.execute(changed.values(updated_timestamp=datetime.now(UTC)))
    count_change(connection)
