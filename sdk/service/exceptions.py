"""Exceptions of talking to a server, each with a name to catch.

A server's answer becomes an `ApiError` of the class that its status has in `CLASSES`; the text begins with the
status and goes on with the server's own words:

>>> error_of(404, {"error": "not_found", "message": "XYZ '24d0' does not exist."})
NotFound("404 XYZ '24d0' does not exist.")
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Protocol

__all__ = [
    "CLASSES", "DOCUMENTATION", "JOB_ERRORS", "ApiError", "BadRequest", "Conflict", "FailedJob", "Forbidden",
    "GraftileError",
    "IncompatibleServer", "JobAuth", "JobCancelled", "JobComputeError", "JobDeadlineExceeded", "JobDestination",
    "JobExpired", "JobInterrupt", "JobInvalid", "JobInvalidTyping", "JobOOM", "JobSerialization", "JobTerminated",
    "JobTimeoutError", "LimitReached", "NotFound", "RequestTimeout", "RequestTooLarge", "ResourceExhausted",
    "RetryError", "ServerError", "ServerUnreachable", "ServiceUnavailable", "Unauthorized", "Unprocessable",
    "error_of",
]  # fmt: skip


DOCUMENTATION: Final = "https://github.com/graftile/graftile/blob/main/docs/errors.md"


class GraftileError(Exception):
    """Base of all errors that come from talking to a server; `code` is the server's name for it, if it has one."""

    code = ""

    @property
    def documentation(self) -> str:
        """The address of what its code, or its class, means and of what to do about it."""
        return f"{DOCUMENTATION}#{(self.code or type(self).__name__).lower()}"


class ServerUnreachable(GraftileError):
    """No server answers at the client's URL, or the connection to it broke."""


class IncompatibleServer(GraftileError):
    """The server speaks another channel of the language than this client."""


class RequestTimeout(GraftileError):
    """A server did not answer in time."""


class RetryError(GraftileError):
    """A request failed again and again; `exceptions` are the failures, oldest first."""

    def __init__(self, message: str, exceptions: Sequence[Exception] = ()) -> None:
        super().__init__(message)
        self.exceptions = tuple(exceptions)


class FailedJob(Protocol):
    """What the error of a job is made of."""

    @property
    def id(self) -> str:
        """The job's id."""

    @property
    def failure(self) -> Mapping[str, str] | None:
        """The code and the message of its failure."""


class JobComputeError(GraftileError):
    """A computation failed; of a job, `code` names the kind of failure, `id` is the job's, `message` the reason."""

    def __init__(self, job: FailedJob) -> None:
        failure = job.failure or {}
        self.code = failure.get("code", "UNKNOWN")
        self.id = job.id
        self.message = failure.get("message", "")
        super().__init__(f"{self.message} (job {self.id}: {self.code})")


class JobInvalid(JobComputeError):
    """The computation or the request for it is not valid."""


class JobInvalidTyping(JobInvalid):
    """An operation was applied to a value of the wrong type."""


class JobDeadlineExceeded(JobComputeError):
    """The job took longer than the server's limit."""


class JobOOM(JobComputeError):
    """The job needed more memory than there is."""


class JobInterrupt(JobComputeError):
    """The job was interrupted."""


class JobTerminated(JobComputeError):
    """The processes that computed the job were ended, again and again."""


class JobAuth(JobComputeError):
    """The job's credentials were not accepted."""


class JobSerialization(JobComputeError):
    """The value cannot be written in the job's format."""


class JobDestination(JobComputeError):
    """The result could not be delivered."""


class JobCancelled(GraftileError):
    """The job was cancelled."""


class JobTimeoutError(GraftileError):
    """A computation took longer than the caller, or the server, would wait."""


JOB_ERRORS: Final[Mapping[str, type[JobComputeError]]] = MappingProxyType(
    {
        "INVALID": JobInvalid,
        "TYPING": JobInvalidTyping,
        "DEADLINE": JobDeadlineExceeded,
        "OOM": JobOOM,
        "INTERRUPT": JobInterrupt,
        "TERMINATED": JobTerminated,
        "AUTH": JobAuth,
        "SERIALIZATION": JobSerialization,
        "DESTINATION": JobDestination,
    }
)
"""Errors of failed jobs by the server's code; TRANSIENT, UNKNOWN and all others are a `JobComputeError`."""


class ApiError(GraftileError):
    """A server refused a request.

    `status` is the HTTP status, `code` the server's name for the error, `fields` all that its answer said,
    and `retry_after` the seconds after which it asks to be tried again.
    """

    def __init__(
        self, message: str, *, status: int, fields: Mapping[str, object], retry_after: float | None = None
    ) -> None:
        Exception.__init__(self, f"{status} {message}")  # a subclass is a JobComputeError, too, which takes a job
        self.status = status
        self.code = str(fields.get("error", ""))
        self.fields = MappingProxyType(dict(fields))
        self.retry_after = retry_after


class BadRequest(ApiError):
    """The request is malformed."""


class Unauthorized(ApiError):
    """A token is needed, or the one that was sent is not valid."""


class Forbidden(ApiError):
    """The caller may not do this."""


class NotFound(ApiError):
    """The object does not exist, has expired, or may not be known to the caller."""


class JobExpired(NotFound):
    """The job was there, and is not kept any longer: compute it again."""


class Conflict(ApiError):
    """The request contradicts what the server holds."""


class RequestTooLarge(BadRequest):
    """The request, or what it asks for, is larger than a limit of the server."""


class Unprocessable(ApiError, JobComputeError):
    """The computation is well formed and cannot be evaluated; the message names the operation."""


class ResourceExhausted(ApiError):
    """A limit of the caller is reached."""


class LimitReached(ResourceExhausted, RetryError):
    """A limit of the caller is reached, and waiting for a while did not help; `exceptions` are all refusals."""

    def __init__(self, last: ResourceExhausted, exceptions: Sequence[Exception]) -> None:
        message = str(last.fields.get("message", ""))
        super().__init__(message, status=last.status, fields=last.fields, retry_after=last.retry_after)
        self.exceptions = tuple(exceptions)


class ServerError(ApiError):
    """The server failed."""


class ServiceUnavailable(ServerError):
    """The server has no room for the request now."""


CLASSES: Final[Mapping[int, type[ApiError]]] = MappingProxyType(
    {
        401: Unauthorized,
        403: Forbidden,
        404: NotFound,
        409: Conflict,
        410: JobExpired,
        413: RequestTooLarge,
        422: Unprocessable,
        429: ResourceExhausted,
        503: ServiceUnavailable,
    }
)


def error_of(status: int, fields: Mapping[str, object], retry_after: float | None = None) -> ApiError:
    """Return the error of a server's answer; `fields` is its JSON, with `error` and `message`."""
    kind = CLASSES.get(status, ServerError if status >= 500 else BadRequest)
    return kind(str(fields.get("message", "")), status=status, fields=fields, retry_after=retry_after)
