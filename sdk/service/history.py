"""History of a workflow: the changes from version to version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from itertools import pairwise

from sdk.language.graft_text import text_of
from sdk.service.client import CHANNEL
from sdk.service.versioned_graft import VersionedGraft

__all__ = ["Change", "Diff", "History", "compare", "history_of"]


class Diff(str):
    """The differences between two computations, as text; empty if there are none."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self) or "no differences"


def compare(old: VersionedGraft, new: VersionedGraft) -> Diff:
    """Return a unified diff of the computations of two versions, written as text.

    >>> from sdk import Int
    >>> compare(VersionedGraft("1.0.0", Int(1) + 1), VersionedGraft("1.1.0", Int(1) + 2))
    --- 1.0.0
    +++ 1.1.0
    @@ -1,2 +1,2 @@
     # Int
    -1 + 1
    +1 + 2

    Raises ValueError if one of them is of another channel of the language.
    """
    before, after = (text_of(version.object).splitlines() for version in (old, new))
    return Diff("\n".join(unified_diff(before, after, old.version, new.version, lineterm="")))


@dataclass(frozen=True, slots=True)
class Change:
    """A version and its changes.

    `created_timestamp` is in UTC, and None for a version that is not saved. `aliases` are the names that stand for
    the version now. `added` and `removed` count the lines of the computation's text that are not in the version
    before, and that were; None if these cannot be compared, and for the first version.
    """

    version: str
    created_timestamp: datetime | None
    docstring: str
    aliases: tuple[str, ...]
    added: int | None
    removed: int | None

    def __str__(self) -> str:
        when = "not saved" if self.created_timestamp is None else f"{self.created_timestamp:%Y-%m-%d %H:%M} UTC"
        lines = "" if self.added is None else f"+{self.added} -{self.removed}"
        names = f"({', '.join(self.aliases)})" if self.aliases else ""
        summary = self.docstring.strip().partition("\n")[0]
        return "  ".join(part for part in (self.version, when, lines, names, summary) if part)


class History(tuple[Change, ...]):
    """The changes of a workflow, in the order in which its versions were made."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(map(str, self)) or "no versions"


def history_of(versions: Iterable[VersionedGraft], aliases: Mapping[str, str]) -> History:
    """Return the history of versions in their order; `aliases` maps names to versions."""
    versions = list(versions)
    counts = [(None, None), *(_counts(old, new) for old, new in pairwise(versions))]
    return History(
        Change(
            version.version,
            version.created_timestamp,
            version.docstring,
            tuple(alias for alias, stands_for in aliases.items() if stands_for == version.version),
            *count,
        )
        for version, count in zip(versions, counts, strict=False)
    )


def _counts(old: VersionedGraft, new: VersionedGraft) -> tuple[int | None, int | None]:
    if {old.channel, new.channel} != {CHANNEL}:
        return None, None
    lines = compare(old, new).splitlines()[2:]
    return sum(line.startswith("+") for line in lines), sum(line.startswith("-") for line in lines)
