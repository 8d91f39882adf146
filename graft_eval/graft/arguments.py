"""Arguments of a computation: JSON by name to values and grafts."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from graft_eval.errors import EvaluationError, GraftError, GraftSyntaxError
from graft_eval.graft.syntax import parse
from graft_eval.limits import Limits
from graft_eval.values.size import size_of

__all__ = ["check_names", "parse_arguments"]


def parse_arguments(document: Mapping[str, object], limits: Limits) -> Mapping[str, object]:
    """Return arguments as values and `Graft`s: a literal stands for itself, [[...]] and [{...}] for what is in them.

    >>> parse_arguments({"limit": 3, "bands": [["red", "nir"]]}, Limits())
    {'limit': 3, 'bands': ['red', 'nir']}
    """
    return {name: _parse(name, value, limits) for name, value in document.items()}


def _parse(name: str, value: object, limits: Limits) -> object:
    what = f"the argument {name[:80]!r}"
    if isinstance(value, Mapping):
        try:
            return parse(value, limits)
        except GraftError as exc:
            raise type(exc)(f"{what}: {exc}") from exc
    if isinstance(value, list):
        if len(value) != 1 or not isinstance(value[0], list | dict):
            raise GraftSyntaxError(f"{what} must be a literal, a graft, or quoted JSON [[...]] or [{{...}}]")
        value = value[0]
    size_of(value, limits, what)
    return value


def check_names(given: Collection[str], expected: Collection[str]) -> None:
    """Raise `EvaluationError`, naming it, for an argument that is missing or that no parameter has."""
    takes = f"the computation takes {', '.join(expected) or 'no arguments'}"
    for name in given:
        if name not in expected:
            raise EvaluationError(f"unknown argument {name[:80]!r}: {takes}")
    for name in expected:
        if name not in given:
            raise EvaluationError(f"missing argument {name!r}: {takes}")
