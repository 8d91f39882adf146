"""Errors of the store."""

from __future__ import annotations

__all__ = ["Expired", "JobLimit", "JobLost", "NotFound", "StoreError", "VersionExists", "WorkflowLimit"]


class StoreError(Exception):
    """Base of errors in what is asked of the store."""


class NotFound(StoreError, LookupError):
    """The object does not exist for the caller: it never did, was deleted, has expired, or may not be known."""


class Expired(NotFound):
    """The object was there, and is not kept any longer."""


class VersionExists(StoreError):
    """A version is there already with another computation: versions are immutable."""

    def __init__(self, workflow: str, version: str) -> None:
        super().__init__(
            f"version {version!r} of {workflow} is published already with another computation, and versions are "
            "immutable: choose another version"
        )
        self.version = version


class WorkflowLimit(StoreError):
    """An owner has as many workflows as one may have."""

    def __init__(self, email: str, limit: int) -> None:
        super().__init__(f"{email} has {limit:,} workflows, which is the limit: delete one to make room")
        self.limit = limit


class JobLimit(StoreError):
    """A user has as many unfinished jobs as one may have."""

    def __init__(self, user: str, limit: int) -> None:
        super().__init__(f"{user} has {limit:,} unfinished jobs, which is the limit: wait for one, or cancel one")
        self.limit = limit


class JobLost(StoreError):
    """A job is not this runner's any more: it was cancelled, has expired, or another one has taken it over."""
