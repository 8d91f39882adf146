"""Tables of workflows and users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tileserver.store.database import Base, UtcDateTime

__all__ = [
    "AliasRow", "LinkRow", "OrganizationRow", "ReaderRow", "TagRow", "TokenRow", "UserRow", "VersionRow", "WorkflowRow",
]  # fmt: skip


class WorkflowRow(Base):
    """A workflow; `number` counts them in the order of their making. Its owner needs no row among the users."""

    __tablename__ = "workflows"

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    description: Mapped[str]
    labels: Mapped[Mapping[str, str]] = mapped_column(JSON)
    created_timestamp: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_timestamp: Mapped[datetime] = mapped_column(UtcDateTime)


class TagRow(Base):
    """A tag of a workflow; `position` is its index among them."""

    __tablename__ = "workflow_tags"

    workflow: Mapped[int] = mapped_column(ForeignKey(WorkflowRow.number, ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    tag: Mapped[str] = mapped_column(index=True)


class VersionRow(Base):
    """A version of a workflow; `number` counts them in the order of their making, `graft_hash` is the canonical one."""

    __tablename__ = "workflow_versions"

    number: Mapped[int] = mapped_column(primary_key=True)
    workflow: Mapped[int] = mapped_column(ForeignKey(WorkflowRow.number, ondelete="CASCADE"))
    version: Mapped[str]
    graft: Mapped[Mapping[str, Any]] = mapped_column(JSON)
    graft_hash: Mapped[str]
    typespec: Mapped[Mapping[str, Any]] = mapped_column(JSON)
    type: Mapped[str]
    parameters: Mapped[Sequence[Mapping[str, Any]]] = mapped_column(JSON)
    channel: Mapped[str]
    client_version: Mapped[str]
    docstring: Mapped[str]
    labels: Mapped[Mapping[str, str]] = mapped_column(JSON)
    viz_options: Mapped[Sequence[Mapping[str, Any]]] = mapped_column(JSON)
    created_timestamp: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("workflow", "version"),)


class AliasRow(Base):
    """An alias of a version of a workflow; it can be moved to another version."""

    __tablename__ = "workflow_aliases"

    workflow: Mapped[int] = mapped_column(ForeignKey(WorkflowRow.number, ondelete="CASCADE"), primary_key=True)
    alias: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(ForeignKey(VersionRow.number, ondelete="CASCADE"), index=True)


class ReaderRow(Base):
    """A reader of a workflow besides its owner; `target` is `email:…`, `org:…`, `authenticated` or `public`."""

    __tablename__ = "workflow_readers"

    number: Mapped[int] = mapped_column(primary_key=True)
    workflow: Mapped[int] = mapped_column(ForeignKey(WorkflowRow.number, ondelete="CASCADE"))
    target: Mapped[str]

    __table_args__ = (UniqueConstraint("workflow", "target"), Index("workflow_readers_by_target", "target", "workflow"))


class OrganizationRow(Base):
    """An organization, with whose users workflows can be shared."""

    __tablename__ = "organizations"

    name: Mapped[str] = mapped_column(primary_key=True)


class UserRow(Base):
    """A user who may sign in with a token."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(primary_key=True)
    org: Mapped[str | None] = mapped_column(ForeignKey(OrganizationRow.name))
    created_timestamp: Mapped[datetime] = mapped_column(UtcDateTime)


class TokenRow(Base):
    """A token, of which only the digest is stored; `id` names it, and grants nothing."""

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(ForeignKey(UserRow.email, ondelete="CASCADE"), index=True)
    scopes: Mapped[Sequence[str]] = mapped_column(JSON)
    created_timestamp: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_timestamp: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LinkRow(Base):
    """A signed link of a layer, of whose key only the digest is stored; `layer` is the layer's path."""

    __tablename__ = "links"

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str] = mapped_column(unique=True)
    layer: Mapped[str] = mapped_column(index=True)
    created_timestamp: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_timestamp: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
