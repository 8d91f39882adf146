"""Metadata of a workflow: its id, title, texts, labels and times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sdk.contract.naming import check_description, check_labels, check_tags, check_title

__all__ = ["Metadata"]


class Metadata:
    """Mixin of objects with an immutable id, and a description that the owner may change."""

    def __init__(self, id: str, title: str, description: str, labels: Mapping[str, str], tags: Sequence[str]) -> None:
        """Check the metadata; TypeError and ValueError say what is wrong."""
        if not isinstance(id, str):
            raise TypeError(f"the id of a workflow must be a str such as 'bob@gmail.com:model', not {id!r}")
        self._id = id
        self._saved: dict[str, Any] = {}  # what the server says of it
        self._title, self._description = check_title(title), check_description(description)
        self._labels, self._tags = check_labels(labels), check_tags(tags)

    @property
    def id(self) -> str:
        """The id, `email:name`; it cannot be changed."""
        return self._id

    @property
    def name(self) -> str:
        """The name: what follows the first colon in the id."""
        return self._id.partition(":")[2]

    @property
    def title(self) -> str:
        """A title for people."""
        return self._title

    @title.setter
    def title(self, title: str) -> None:
        self._title = check_title(title)

    @property
    def description(self) -> str:
        """Description of the computation, in Markdown."""
        return self._description

    @description.setter
    def description(self, description: str) -> None:
        self._description = check_description(description)

    @property
    def labels(self) -> dict[str, str]:
        """Labels: strings by strings."""
        return self._labels

    @labels.setter
    def labels(self, labels: dict[str, str]) -> None:
        self._labels = check_labels(labels)

    @property
    def tags(self) -> list[str]:
        """Tags, by which the workflow can be found."""
        return self._tags

    @tags.setter
    def tags(self, tags: list[str]) -> None:
        self._tags = check_tags(tags)

    @property
    def created_timestamp(self) -> datetime | None:
        """Moment of the first save, in UTC; None before."""
        return self._moment("created_timestamp")

    @property
    def updated_timestamp(self) -> datetime | None:
        """Moment of the last save, in UTC; None before."""
        return self._moment("updated_timestamp")

    def metadata(self) -> dict[str, Any]:
        """Return the metadata as requests carry it, checked again: lists and dicts may have been changed."""
        return {
            "title": self._title,
            "description": self._description,
            "labels": check_labels(self._labels),
            "tags": check_tags(self._tags),
        }

    def _moment(self, field: str) -> datetime | None:
        return datetime.fromisoformat(self._saved[field]) if field in self._saved else None
