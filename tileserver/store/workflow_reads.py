"""Reads of workflows and versions from their rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from typing import Final

from sqlalchemy import Connection, select

from tileserver.store.records import VersionRecord, WorkflowRecord
from tileserver.store.tables import AliasRow, TagRow, VersionRow, WorkflowRow

__all__ = ["load_version", "load_workflows"]

OF_VERSION: Final = tuple(VersionRow.__table__.columns[field.name] for field in fields(VersionRecord))
OF_WORKFLOW: Final = tuple(
    WorkflowRow.__table__.columns[field.name]
    for field in fields(WorkflowRecord)
    if field.name not in ("tags", "aliases", "versions")
)


def load_version(connection: Connection, number: int) -> VersionRecord:
    """Return a version by its number."""
    row = connection.execute(select(*OF_VERSION).where(VersionRow.number == number)).one()
    return VersionRecord(**row._mapping)


def load_workflows(connection: Connection, numbers: Sequence[int]) -> list[WorkflowRecord]:
    """Return workflows by their numbers, in the order of these."""
    tags: dict[int, list[str]] = defaultdict(list)
    for workflow, tag in connection.execute(
        select(TagRow.workflow, TagRow.tag).where(TagRow.workflow.in_(numbers)).order_by(TagRow.position)
    ):
        tags[workflow].append(tag)
    aliases: dict[int, dict[str, str]] = defaultdict(dict)
    for workflow, alias, version in connection.execute(
        select(AliasRow.workflow, AliasRow.alias, VersionRow.version)
        .join(VersionRow, VersionRow.number == AliasRow.version)
        .where(AliasRow.workflow.in_(numbers))
        .order_by(AliasRow.alias)
    ):
        aliases[workflow][alias] = version
    versions: dict[int, list[VersionRecord]] = defaultdict(list)
    for workflow, *values in connection.execute(
        select(VersionRow.workflow, *OF_VERSION).where(VersionRow.workflow.in_(numbers)).order_by(VersionRow.number)
    ):
        versions[workflow].append(
            VersionRecord(**{column.name: value for column, value in zip(OF_VERSION, values, strict=True)})
        )
    rows = connection.execute(select(WorkflowRow.number, *OF_WORKFLOW).where(WorkflowRow.number.in_(numbers)))
    found = {row.number: {column.name: row._mapping[column.name] for column in OF_WORKFLOW} for row in rows}
    return [
        WorkflowRecord(**found[number], tags=tags[number], aliases=aliases[number], versions=versions[number])
        for number in numbers
    ]
