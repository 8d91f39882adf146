"""Rules of names and texts, checked by client and server."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from reprlib import repr as brief
from typing import Final

__all__ = [
    "check_description", "check_docstring", "check_email", "check_labels", "check_organization", "check_tags",
    "check_title", "check_workflow_id", "is_line",
]  # fmt: skip

MAX_EMAIL: Final = 254
MAX_TITLE: Final = 256
MAX_TEXT: Final = 65_536
MAX_TAG: Final = 128
MAX_LABEL: Final = 1024
MAX_LABELS: Final = 100  # labels, tags

_EMAIL: Final = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,127}")
_ORGANIZATION: Final = re.compile(r"[a-z0-9_-]{1,128}")
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")  # what no text needs
_NO_LINE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def is_line(text: str) -> bool:
    """Return True for text of any script without control characters and line breaks.

    >>> is_line("שלום 👩‍🚀"), is_line("two\\nlines")
    (True, False)
    """
    return not _NO_LINE.search(text)


def check_workflow_id(id: str) -> tuple[str, str]:
    """Return the two parts of a workflow's id, the owner's email and the name; ValueError says what an id is.

    >>> check_workflow_id("bob@gmail.com:cool_model")
    ('bob@gmail.com', 'cool_model')
    """
    email, _, name = _string("a workflow's id", id).partition(":")
    if len(email) > MAX_EMAIL or not _EMAIL.fullmatch(email) or not _NAME.fullmatch(name):
        raise ValueError(
            "a workflow's id must be 'email:name', where the name is 1 to 128 ASCII letters, digits, '_', '-', '.' or "
            f"':', the first of them a letter, a digit or '_', not {brief(id)}"
        )
    return email, name


def check_email(email: str) -> str:
    """Return an email address as it is; ValueError if it is none."""
    if len(_string("an email address", email)) > MAX_EMAIL or not _EMAIL.fullmatch(email):
        raise ValueError(f"an email address must be like 'bob@example.com', not {brief(email)}")
    return email


def check_organization(name: str) -> str:
    """Return the name of an organization as it is; ValueError says what one is."""
    if not _ORGANIZATION.fullmatch(_string("the name of an organization", name)):
        raise ValueError(
            "the name of an organization must be 1 to 128 lowercase ASCII letters, digits, '-' or '_', not "
            f"{brief(name)}"
        )
    return name


def check_title(title: str) -> str:
    """Return a title as it is: one line."""
    return _line("title", title, 0, MAX_TITLE)


def check_description(description: str) -> str:
    """Return a description as it is: Markdown."""
    return _text("description", description)


def check_docstring(docstring: str) -> str:
    """Return the docstring of a version as it is."""
    return _text("docstring", docstring)


def check_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of labels: strings by strings.

    >>> check_labels({"project": "arithmetic"})
    {'project': 'arithmetic'}
    """
    if not isinstance(labels, Mapping):
        raise TypeError(f"labels must be a dict of strings by strings, not {brief(labels)}")
    _count("labels", labels)
    return {
        _line("the key of a label", key, 1, MAX_TAG): _line(f"the label {key!r}", value, 0, MAX_LABEL)
        for key, value in labels.items()
    }


def check_tags(tags: Sequence[str]) -> list[str]:
    """Return a copy of tags: strings, none twice.

    >>> check_tags(["test", "digital twin"])
    ['test', 'digital twin']
    """
    if isinstance(tags, str) or not isinstance(tags, Sequence):
        raise TypeError(f"tags must be a list of strings, not {brief(tags)}")
    _count("tags", tags)
    return list(dict.fromkeys(_line("a tag", tag, 1, MAX_TAG) for tag in tags))


def _count(what: str, values: Mapping[str, str] | Sequence[str]) -> None:
    if len(values) > MAX_LABELS:
        raise ValueError(f"there may be {MAX_LABELS} {what} at most, not {len(values)}")


def _line(what: str, text: str, shortest: int, longest: int) -> str:
    if not shortest <= len(_string(what, text)) <= longest or not is_line(text):
        raise ValueError(
            f"{what} must be {shortest} to {longest} characters without control characters and line breaks, not "
            f"{len(text)} characters: {brief(text)}"
        )
    return text


def _text(what: str, text: str) -> str:
    if len(_string(what, text)) > MAX_TEXT or _NO_TEXT.search(text):
        raise ValueError(
            f"{what} must be at most {MAX_TEXT:,} characters without control characters other than tabs and line "
            f"breaks, not {len(text):,} characters: {brief(text)}"
        )
    return text


def _string(what: str, value: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{what} must be a str, not {brief(value)}")
    return value
