"""Records of workflows, and of the changes that a save makes to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

__all__ = ["Computed", "Details", "PublishedVersion", "VersionDraft", "VersionRecord", "WorkflowRecord"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A computation as stored; `graft_hash` is equal for grafts of equal canonical form."""

    graft: Mapping[str, Any]
    graft_hash: str
    typespec: Mapping[str, Any]
    type: str
    parameters: Sequence[Mapping[str, Any]] = field(default_factory=list)
    channel: str = ""
    client_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRecord(Computed):
    """A version of a workflow; moments are aware, in UTC."""

    version: str
    docstring: str
    labels: Mapping[str, str]
    viz_options: Sequence[Mapping[str, Any]]
    created_timestamp: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDraft(Computed):
    """A version to be saved; what is None stays as it is, and is empty in a new one."""

    version: str
    docstring: str | None = None
    labels: Mapping[str, str] | None = None
    viz_options: Sequence[Mapping[str, Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """Metadata of a workflow to be saved; what is None stays as it is, and is empty in a new one."""

    title: str | None = None
    description: str | None = None
    labels: Mapping[str, str] | None = None
    tags: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRecord:
    """A workflow: versions in the order of their making, aliases as names of versions."""

    id: str
    email: str
    name: str
    title: str
    description: str
    labels: Mapping[str, str]
    tags: Sequence[str]
    aliases: Mapping[str, str]
    versions: Sequence[VersionRecord]
    created_timestamp: datetime
    updated_timestamp: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedVersion:
    """A version as a layer, with its workflow's metadata and whether it is public."""

    workflow: str
    title: str
    description: str
    public: bool
    version: VersionRecord
