"""Workflows: named, versioned computations, saved as a whole and searched by their readers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, delete, exists, func, select

from sdk.contract.naming import check_workflow_id
from sdk.contract.versions import LATEST, is_version, latest_of
from tileserver.auth import Caller
from tileserver.store.changes import count_change, count_of_changes
from tileserver.store.database import reading, writing
from tileserver.store.errors import NotFound
from tileserver.store.pages import has_text, read_after, size_of, take_page
from tileserver.store.queries import begins_with, lock_of, no_workflow, number_of, readable, select_number
from tileserver.store.records import Details, PublishedVersion, VersionDraft, WorkflowRecord
from tileserver.store.scales import ScalesRow
from tileserver.store.tables import AliasRow, LinkRow, ReaderRow, TagRow, VersionRow, WorkflowRow
from tileserver.store.workflow_reads import load_version, load_workflows
from tileserver.store.workflow_writes import check_room, insert_workflow, write_details, write_version

__all__ = ["Workflows"]

SIZE = size_of(VersionRow.graft, VersionRow.parameters, VersionRow.viz_options, VersionRow.docstring)


class Workflows:
    """Workflows in a database. Methods are thread safe, and block while it works; ids are well formed."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def revision(self) -> int:
        """Return the number of changes so far: of workflows, their versions, aliases and readers, by all processes."""
        with self._engine.connect() as connection:
            return count_of_changes(connection)

    def save(self, workflow_id: str, details: Details, drafts: Sequence[VersionDraft]) -> tuple[WorkflowRecord, bool]:
        """Create or change a workflow, atomically; return it, and whether it is new.

        Raises `VersionExists` if a version exists already with another graft, `WorkflowLimit` if its owner
        has too many. A version with an equal graft changes only in what is not the computation.
        """
        email, _ = check_workflow_id(workflow_id)
        with writing(self._engine, lock_of(email)) as connection:
            number = connection.execute(select_number(workflow_id)).scalar()
            is_new = number is None
            if number is None:
                check_room(connection, email)
                number = insert_workflow(connection, workflow_id)
            write_details(connection, number, details)
            for draft in drafts:
                write_version(connection, workflow_id, number, draft)
            count_change(connection)
            [record] = load_workflows(connection, [number])
        return record, is_new

    def find(self, workflow_id: str, caller: Caller) -> WorkflowRecord:
        """Return a workflow; raises `NotFound` if the caller may read none of that id."""
        with reading(self._engine) as connection:
            [record] = load_workflows(connection, [_find_number(connection, workflow_id, caller)])
        return record

    def check_readable(self, workflow_id: str, caller: Caller) -> None:
        """Raise `NotFound` if the caller may read no workflow of that id."""
        with reading(self._engine) as connection:
            _find_number(connection, workflow_id, caller)

    def version(self, workflow_id: str, reference: str, caller: Caller) -> PublishedVersion:
        """Return the version that a version, an alias or `latest` names; raises `NotFound` as `find` does."""
        public = exists().where(ReaderRow.workflow == WorkflowRow.number, ReaderRow.target == "public")
        query = select(WorkflowRow.number, WorkflowRow.title, WorkflowRow.description, public.label("public"))
        query = query.where(WorkflowRow.id == workflow_id)
        if caller.link != f"workflow/{workflow_id}/{reference}":
            query = query.where(readable(caller))
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                raise no_workflow(workflow_id)
            version = load_version(connection, _resolve(connection, workflow_id, row.number, reference))
        return PublishedVersion(
            workflow=workflow_id, title=row.title, description=row.description, public=row.public, version=version
        )

    def search(
        self,
        caller: Caller,
        *,
        email: str | None = None,
        name: str | None = None,
        tags: Sequence[str] = (),
        text: str = "",
        after: str | None = None,
        limit: int = 100,
    ) -> tuple[list[WorkflowRecord], str | None]:
        """Return up to `limit` workflows that the caller may read, newest first, and the `after` of the next ones.

        They are those of the email, whose name begins like this, which have any of the tags, and of which id, title or
        description has the text. An `after` that no answer gave raises ValueError. There are fewer than `limit` if they
        would have more than `PAGE_BYTES`.
        """
        versions = select(func.sum(SIZE)).where(VersionRow.workflow == WorkflowRow.number)
        query = select(WorkflowRow.number, func.coalesce(versions.scalar_subquery(), 0)).where(readable(caller))
        if email is not None:
            query = query.where(WorkflowRow.email == email)
        if name is not None:
            query = query.where(begins_with(WorkflowRow.name, name))
        if tags:
            query = query.where(WorkflowRow.number.in_(select(TagRow.workflow).where(TagRow.tag.in_(tags))))
        if text:
            query = query.where(has_text(text, WorkflowRow.id, WorkflowRow.title, WorkflowRow.description))
        if after is not None:
            query = query.where(WorkflowRow.number < read_after(after))
        with reading(self._engine) as connection:
            numbers, following = take_page(connection, query.order_by(WorkflowRow.number.desc()), limit)
            return load_workflows(connection, numbers), following

    def delete(self, workflow_id: str) -> None:
        """Delete a workflow with its versions, aliases, readers and links; raises `NotFound` if there is none."""
        email, _ = check_workflow_id(workflow_id)
        with writing(self._engine, lock_of(email)) as connection:
            connection.execute(delete(WorkflowRow).where(WorkflowRow.number == number_of(connection, workflow_id)))
            for row in (LinkRow, ScalesRow):
                connection.execute(delete(row).where(begins_with(row.layer, f"workflow/{workflow_id}/")))
            count_change(connection)


def _find_number(connection: Connection, workflow_id: str, caller: Caller) -> int:
    number = connection.execute(select_number(workflow_id).where(readable(caller))).scalar()
    if number is None:
        raise no_workflow(workflow_id)
    return number


def _resolve(connection: Connection, workflow_id: str, workflow: int, reference: str) -> int:
    """Return the number of the version that a version, an alias or `latest` names."""
    versions = select(VersionRow.number).where(VersionRow.workflow == workflow)
    if reference == LATEST:
        names = select(VersionRow.version).where(VersionRow.workflow == workflow).order_by(VersionRow.number)
        latest = latest_of(connection.execute(names).scalars().all())
        if latest is None:
            raise NotFound(f"Workflow {workflow_id!r} has no released version, for which {LATEST!r} would stand.")
        query = versions.where(VersionRow.version == latest)
    elif is_version(reference):
        query = versions.where(VersionRow.version == reference)
    else:
        aliased = AliasRow.workflow == workflow, AliasRow.alias == reference
        query = select(AliasRow.version).where(*aliased)
    number = connection.execute(query).scalar()
    if number is None:
        kind = "version" if is_version(reference) else "alias"
        raise NotFound(f"Workflow {workflow_id!r} has no {kind} {reference!r}.")
    return number
