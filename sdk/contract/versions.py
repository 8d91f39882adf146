"""Semantic versions of workflows, their order, and the names of aliases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from reprlib import repr as brief
from typing import Final

from semver import Version

__all__ = ["LATEST", "check_alias", "check_reference", "check_version", "is_version", "latest_of", "precedence"]

LATEST: Final = "latest"  # stands for the highest released version
MAX_VERSION: Final = 100

_ALIAS: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


def is_version(text: str) -> bool:
    """Return whether a text is a semantic version.

    >>> [is_version(text) for text in ("1.0.0", "1.0.0-rc.1+b7", "1.0", "01.0.0", "v1.0.0", "latest")]
    [True, True, False, False, False, False]
    """
    return len(text) <= MAX_VERSION and Version.is_valid(text)


def check_version(version: str) -> str:
    """Return a semantic version as it is; TypeError and ValueError say what one is."""
    if not isinstance(version, str):
        raise TypeError(f"a version must be a str such as '1.0.0', not {brief(version)}")
    if not is_version(version):
        raise ValueError(
            f"a version must be a semantic version (https://semver.org) of at most {MAX_VERSION} characters, such "
            f"as '1.0.0' or '1.1.0-rc.1', not {brief(version)}"
        )
    return version


def check_alias(alias: str) -> str:
    """Return the name of an alias as it is; TypeError and ValueError say what one is.

    >>> check_alias("production")
    'production'
    """
    if not isinstance(alias, str):
        raise TypeError(f"an alias must be a str such as 'production', not {brief(alias)}")
    if alias == LATEST:
        raise ValueError(f"an alias cannot be called {LATEST!r}, which always stands for the highest released version")
    if not _ALIAS.fullmatch(alias):
        raise ValueError(
            "an alias must be 1 to 64 ASCII letters, digits, '_' or '-', the first of them a letter, such as "
            f"'production', not {brief(alias)}"
        )
    return alias


def check_reference(reference: str) -> str:
    """Return a reference to a version as it is: a version, an alias, or `latest`.

    >>> [check_reference(name) for name in ("1.0.0", "production", "latest")]
    ['1.0.0', 'production', 'latest']
    """
    if isinstance(reference, str) and (reference == LATEST or is_version(reference) or _ALIAS.fullmatch(reference)):
        return reference
    return check_version(reference)


def precedence(version: str) -> Version:
    """Return a key that sorts versions as https://semver.org orders them; what follows a `+` does not count.

    >>> sorted(["1.0.0", "1.0.0-rc.10", "0.9.0", "1.0.0-rc.9", "1.0.0-rc"], key=precedence)
    ['0.9.0', '1.0.0-rc', '1.0.0-rc.9', '1.0.0-rc.10', '1.0.0']
    """
    return Version.parse(check_version(version))


def latest_of(versions: Sequence[str]) -> str | None:
    """Return the highest released version, the last one of equals; None if there are only pre-releases.

    >>> latest_of(["1.0.0", "1.10.0", "1.9.0", "2.0.0-beta"])
    '1.10.0'
    """
    released = [version for version in reversed(versions) if not precedence(version).prerelease]
    return max(released, key=precedence, default=None)
