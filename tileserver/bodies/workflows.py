"""Workflows: how a body becomes what is saved, and a record what is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from graft_eval.limits import Limits
from tileserver.bodies.computation import Computation, read_body
from tileserver.bodies.fields import Description, Docstring, Labels, Tags, Title, Version, VizOptions
from tileserver.catalog.records import format_time
from tileserver.store import Details, VersionDraft, VersionRecord, WorkflowRecord

__all__ = ["read_workflow", "version_json", "workflow_json"]

FIELDS = ("id", "email", "name", "title", "description", "labels", "tags", "aliases")
VERSION_FIELDS = (
    "version", "docstring", "labels", "viz_options", "graft", "typespec", "type", "parameters", "channel",
    "client_version",
)  # fmt: skip


class VersionBody(Computation):
    """A version as it is put; what is left out of it stays as it is."""

    version: Version
    docstring: Docstring | None = None
    labels: Labels | None = None
    viz_options: VizOptions | None = None


class WorkflowBody(BaseModel):
    """The body of a request to save a workflow; fields that are left out stay as they are."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Title | None = None
    description: Description | None = None
    labels: Labels | None = None
    tags: Tags | None = None
    versions: list[VersionBody] = Field(default_factory=list)

    @field_validator("versions")
    @classmethod
    def _check_versions(cls, versions: list[VersionBody]) -> list[VersionBody]:
        if len({body.version for body in versions}) < len(versions):
            raise ValueError("different versions")
        return versions


def read_workflow(document: Mapping[str, object], limits: Limits) -> tuple[Details, list[VersionDraft]]:
    """Return what a body says of a workflow, and its versions; raises `BadBody` and `GraftError`s."""
    body = read_body(WorkflowBody, document)
    details = Details(title=body.title, description=body.description, labels=body.labels, tags=body.tags)
    return details, [_draft(version, limits) for version in body.versions]


def workflow_json(record: WorkflowRecord, root: str) -> dict[str, Any]:
    """Return a workflow as it is sent, with absolute URLs."""
    return {
        **{name: getattr(record, name) for name in FIELDS},
        "versions": [version_json(record.id, version, root) for version in record.versions],
        "created_timestamp": format_time(record.created_timestamp),
        "updated_timestamp": format_time(record.updated_timestamp),
        "wmts_url_template": f"{root}/wmts/workflow/{record.id}/1.0.0/WMTSCapabilities.xml",
    }


def version_json(workflow_id: str, record: VersionRecord, root: str) -> dict[str, Any]:
    """Return a version of a workflow as it is sent, with absolute URLs."""
    layer = f"workflow/{workflow_id}/{record.version}"
    return {
        **{name: getattr(record, name) for name in VERSION_FIELDS},
        "created_timestamp": format_time(record.created_timestamp),
        "url_template": f"{root}/{layer}/{{z}}/{{x}}/{{y}}.png",
        "wmts_url_template": f"{root}/wmts/{layer}/1.0.0/WMTSCapabilities.xml",
    }


def _draft(body: VersionBody, limits: Limits) -> VersionDraft:
    graft = body.parse_layer(limits)
    return VersionDraft(
        version=body.version,
        docstring=body.docstring,
        labels=body.labels,
        viz_options=body.viz_options,
        graft=body.document,
        graft_hash=graft.hash,
        typespec=body.typespec,
        type=body.type,
        parameters=body.described_parameters(graft),
        channel=body.channel,
        client_version=body.client_version,
    )
