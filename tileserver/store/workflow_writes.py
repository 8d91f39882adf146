"""Writes of the rows of a workflow, in the caller's transaction."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from sdk.contract.naming import check_workflow_id
from tileserver.store.errors import VersionExists, WorkflowLimit
from tileserver.store.records import Computed, Details, VersionDraft
from tileserver.store.tables import TagRow, VersionRow, WorkflowRow

__all__ = ["WORKFLOWS_EACH", "check_room", "insert_workflow", "write_details", "write_version"]

WORKFLOWS_EACH: Final = 1000  # that one owner may have
COMPUTED: Final = tuple(field.name for field in fields(Computed))


def check_room(connection: Connection, email: str) -> None:
    """Raise `WorkflowLimit` if an owner may have no further workflow."""
    owned = select(func.count()).select_from(WorkflowRow).where(WorkflowRow.email == email)
    if connection.execute(owned).scalar_one() >= WORKFLOWS_EACH:
        raise WorkflowLimit(email, WORKFLOWS_EACH)


def insert_workflow(connection: Connection, workflow_id: str) -> int:
    """Create an empty workflow, and return its number."""
    email, name = check_workflow_id(workflow_id)
    now = datetime.now(UTC)
    values = {"id": workflow_id, "email": email, "name": name, "title": "", "description": "", "labels": {}}
    moments = {"created_timestamp": now, "updated_timestamp": now}
    return connection.execute(insert(WorkflowRow).values(values | moments).returning(WorkflowRow.number)).scalar_one()


def write_details(connection: Connection, number: int, details: Details) -> None:
    """Write the metadata of a workflow."""
    values = {name: value for name, value in asdict(details).items() if value is not None}
    tags = values.pop("tags", None)
    values["updated_timestamp"] = datetime.now(UTC)
    connection.execute(update(WorkflowRow).where(WorkflowRow.number == number).values(values))
    if tags is not None:
        connection.execute(delete(TagRow).where(TagRow.workflow == number))
        rows = [{"workflow": number, "position": position, "tag": tag} for position, tag in enumerate(tags)]
        if rows:
            connection.execute(insert(TagRow), rows)


def write_version(connection: Connection, workflow_id: str, number: int, draft: VersionDraft) -> None:
    """Write a new version, or the metadata of one that exists.

    Raises `VersionExists` if that one has another computation.
    """
    described: dict[str, Any] = {
        name: value for name in ("docstring", "labels", "viz_options") if (value := getattr(draft, name)) is not None
    }
    own = VersionRow.workflow == number, VersionRow.version == draft.version
    there = connection.execute(select(VersionRow.graft_hash).where(*own)).scalar()
    if there is None:
        computed = {name: getattr(draft, name) for name in COMPUTED}
        empty = {"docstring": "", "labels": {}, "viz_options": []}
        keys = {"workflow": number, "version": draft.version, "created_timestamp": datetime.now(UTC)}
        connection.execute(insert(VersionRow).values({**keys, **computed, **empty, **described}))
    elif there != draft.graft_hash:
        raise VersionExists(workflow_id, draft.version)
    elif described:
        connection.execute(update(VersionRow).where(*own).values(described))
