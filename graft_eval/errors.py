"""Errors of reading, evaluating and computing grafts."""

from __future__ import annotations

__all__ = [
    "Cancelled",
    "EvaluationError",
    "GraftError",
    "GraftSyntaxError",
    "LimitExceeded",
    "NotInCatalog",
    "SceneError",
]


class GraftError(Exception):
    """Base of all errors of this package; `operation` is the builtin at fault, where one is."""

    code = "graft_error"

    def __init__(self, message: str, *, operation: str | None = None) -> None:
        super().__init__(f"{operation}: {message}" if operation else message)
        self.operation = operation


class GraftSyntaxError(GraftError):
    """The JSON is no graft: wrong shape, unknown key or builtin, a cycle."""

    code = "bad_graft"


class EvaluationError(GraftError):
    """The graft is well formed, but means nothing: wrong types, unknown bands, unequal lengths."""

    code = "cannot_evaluate"


class NotInCatalog(EvaluationError):
    """A product or image that the catalog does not hold."""

    code = "not_in_catalog"


class SceneError(EvaluationError):
    """The files of a scene cannot be read."""

    code = "scene_error"


class LimitExceeded(GraftError):
    """The work asked for is larger than a limit; the message says the number, the limit and the operation."""

    code = "limit_exceeded"


class Cancelled(GraftError):
    """Nobody waits for this evaluation any more, or its time is up."""

    code = "cancelled"
