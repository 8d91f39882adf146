"""Queries that the stores of workflows, readers and aliases have in common."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from tileserver.auth import Caller
from tileserver.store.errors import NotFound
from tileserver.store.tables import ReaderRow, WorkflowRow

__all__ = ["begins_with", "lock_of", "no_workflow", "number_of", "readable", "select_number"]


def readable(caller: Caller) -> ColumnElement[bool]:
    """Return the condition of workflows that the caller owns, or that are shared with them."""
    if caller.is_admin:
        return true()
    shared = select(ReaderRow.workflow).where(ReaderRow.target.in_(caller.targets))
    return or_(WorkflowRow.email == caller.email, WorkflowRow.number.in_(shared))


def select_number(workflow_id: str) -> Select[int]:
    """Return the query for the number of a workflow."""
    return select(WorkflowRow.number).where(WorkflowRow.id == workflow_id)


def number_of(connection: Connection, workflow_id: str) -> int:
    """Return the number of a workflow; raises `NotFound`."""
    number = connection.execute(select_number(workflow_id)).scalar()
    if number is None:
        raise no_workflow(workflow_id)
    return number


def no_workflow(workflow_id: str) -> NotFound:
    """Return the error of a workflow that does not exist or may not be known: both read alike."""
    return NotFound(f"Workflow {workflow_id!r} does not exist.")


def lock_of(workflow_id: str) -> str:
    """Return the lock under which all that belongs to a workflow's owner is changed."""
    return f"workflows of {workflow_id.partition(':')[0]}"


def begins_with(column: InstrumentedAttribute[str], prefix: str) -> ColumnElement[bool]:
    """Return the condition of texts with a prefix, case and wildcards being letters like others."""
    return func.substr(column, 1, len(prefix)) == prefix
