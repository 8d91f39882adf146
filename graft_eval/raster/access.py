"""Access to other machines: which hosts and buckets files may lie at, and who signs requests for them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["NOWHERE", "RemoteAccess"]


@dataclass(frozen=True, slots=True)
class RemoteAccess:
    """The hosts (`name` or `name:port`) that remote files may redirect to, besides their own.

    `signers` are pairs: a host, or a pattern of hosts as `*.example.com`, and the URL of tokens for it, in which
    `{account}` stands for the first part of a file's host and `{container}` for the first of its path. Headers of
    files are kept in the folder `headers`, if there is one.
    """

    hosts: frozenset[str] = frozenset()
    signers: tuple[tuple[str, str], ...] = ()
    headers: Path | None = None


NOWHERE: Final = RemoteAccess()
