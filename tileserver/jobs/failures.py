"""Failures of jobs: their codes, and the words that their owners see."""

from __future__ import annotations

import errno
import traceback
from typing import Final

from sqlalchemy.exc import OperationalError

from graft_eval.errors import Cancelled, GraftError
from tileserver.destinations import NotDelivered
from tileserver.formats import BadFormat, CannotSave, NotWritten
from tileserver.http.errors import BadQuery, BadRequest
from tileserver.jobs.executors import WorkerDied
from tileserver.store import NotFound

__all__ = ["JobFailure", "failure_of"]

FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FEWER: Final = "compute fewer pixels, bands or images"
KILLED: Final = -9  # how the kernel ends a process when there is no memory left

CODES: Final[dict[type[Exception], str]] = {
    Cancelled: "DEADLINE",
    MemoryError: "OOM",
    BadFormat: "SERIALIZATION",
    CannotSave: "SERIALIZATION",
    BadQuery: "TYPING",
    BadRequest: "INVALID",
    GraftError: "INVALID",
    NotDelivered: "DESTINATION",
    NotFound: "INVALID",
    NotWritten: "TRANSIENT",
    OperationalError: "TRANSIENT",
}
"""Codes of errors; the first class along an error's ancestors that stands here decides."""


class JobFailure(Exception):
    """A job has failed: a code, a message for its owner, and a traceback for the server's log."""

    def __init__(self, code: str, message: str, trace: str = "") -> None:
        super().__init__(code, message, trace)
        self.code = code
        self.message = message
        self.trace = trace

    def at(self, where: str) -> JobFailure:
        """Return the failure with where in the job it happened."""
        return JobFailure(self.code, f"{where}: {self.message}", self.trace)


def failure_of(error: BaseException) -> JobFailure:
    """Return the failure that an error means for the job it ends.

    >>> failure_of(MemoryError()).code, failure_of(ZeroDivisionError()).code
    ('OOM', 'UNKNOWN')
    """
    if isinstance(error, JobFailure):
        return error
    trace = "".join(traceback.format_exception(error))
    if isinstance(error, WorkerDied):
        return _death(error)
    if isinstance(error, OSError) and error.errno in FULL:
        return JobFailure("TRANSIENT", "the server's disk is full: try again when there is room", trace)
    code = next((CODES[kind] for kind in type(error).__mro__ if kind in CODES), "UNKNOWN")
    match code:
        case "OOM":
            return JobFailure(code, f"more memory was needed than there is: {FEWER}", trace)
        case "TRANSIENT" if isinstance(error, OperationalError):
            return JobFailure(code, "the database cannot be used for now: try again", trace)
        case "UNKNOWN":
            return JobFailure(code, "the server failed, and its log says why: this is a defect of the server", trace)
    return JobFailure(code, str(error), trace)


def _death(error: WorkerDied) -> JobFailure:
    if error.exitcode == KILLED:
        said = "the process that computed was killed, most likely as more memory was needed than there is"
        return JobFailure("OOM", f"{said}: {FEWER}")
    return JobFailure(
        "TERMINATED", f"the process that computed ended with {error.exitcode}; the server's log may say why"
    )
