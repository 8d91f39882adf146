"""Versions are those of semver.org, and have its order."""

from __future__ import annotations

import random

import pytest

from sdk.contract.versions import is_version, latest_of, precedence

# The examples of https://semver.org and of the test of the expression that it suggests.
VALID = """
0.0.4 1.2.3 10.20.30 1.1.2-prerelease+meta 1.1.2+meta 1.1.2+meta-valid 1.0.0-alpha 1.0.0-beta 1.0.0-alpha.beta
1.0.0-alpha.beta.1 1.0.0-alpha.1 1.0.0-alpha0.valid 1.0.0-alpha.0valid 1.0.0-rc.1+build.1 2.0.0-rc.1+build.123
1.2.3-beta 10.2.3-DEV-SNAPSHOT 1.2.3-SNAPSHOT-123 1.0.0 2.0.0 1.1.7 2.0.0+build.1848 2.0.1-alpha.1227
1.0.0-alpha+beta 1.2.3----RC-SNAPSHOT.12.9.1--.12+788 1.2.3----R-S.12.9.1--.12+meta 1.2.3----RC-SNAPSHOT.12.9.1--.12
1.0.0+0.build.1-rc.10000aaa-kk-0.1 99999999999999999999999.999999999999999999.99999999999999999 1.0.0-0A.is.legal
"""
INVALID = """
1 1.2 1.2.3-0123 1.2.3-0123.0123 1.1.2+.123 +invalid -invalid -invalid+invalid -invalid.01 alpha alpha.beta
alpha.beta.1 alpha.1 alpha+beta alpha_beta alpha. alpha.. beta 1.0.0-alpha_beta -alpha. 1.0.0-alpha..
1.0.0-alpha..1 1.0.0-alpha...1 01.1.1 1.01.1 1.1.01 1.2.3.DEV 1.2-SNAPSHOT 1.2.31.2.3----RC-SNAPSHOT.12.09.1--..12+788
1.2-RC-SNAPSHOT -1.0.3-gamma+b7718 +justmeta 9.8.7+meta+meta 9.8.7-whatever+meta+meta
"""
ORDER = """
0.9.9 1.0.0-1 1.0.0-2 1.0.0-10 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11
1.0.0-rc.1 1.0.0 1.0.1 1.2.0 1.10.0 2.0.0-0 2.0.0 10.0.0
"""


@pytest.mark.parametrize("version", VALID.split())
def test_valid_versions_are_versions(version: str) -> None:
    assert is_version(version)


@pytest.mark.parametrize("version", [*INVALID.split(), "", "latest", "1.0.0\n", "1.0.\u0663", "1.0.0-" + "a" * 100])
def test_others_are_none(version: str) -> None:
    assert not is_version(version)


def test_precedence_is_that_of_the_specification() -> None:
    ordered = ORDER.split()
    shuffled = random.Random(5).sample(ordered, len(ordered))
    assert sorted(shuffled, key=precedence) == ordered
    assert precedence("1.0.0+a") == precedence("1.0.0+b")


def test_the_latest_version_is_the_highest_released_one() -> None:
    assert latest_of(["1.9.0", "1.10.0", "1.2.0", "2.0.0-rc.1"]) == "1.10.0"
    assert latest_of(["1.0.0+a", "1.0.0+b"]) == "1.0.0+b"
    assert latest_of(["1.0.0-rc"]) is latest_of([]) is None
