"""Errors of requests, and the table of their answers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from reprlib import Repr
from types import MappingProxyType
from typing import Final, Self
from urllib.parse import quote

from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from graft_eval.errors import Cancelled, EvaluationError, GraftSyntaxError, LimitExceeded
from sdk.service.exceptions import DOCUMENTATION
from tileserver.auth.denials import Forbidden, IssuerUnavailable, Unauthorized
from tileserver.http.access_log import REQUEST_ID
from tileserver.http.headers import NO_STORE, STANDARD
from tileserver.http.paths import is_below, route_path
from tileserver.logs import TooManyFollowers
from tileserver.store import Expired, JobLimit, NotFound, VersionExists, WorkflowLimit, is_away
from wmts import MEDIA_TYPE as XML
from wmts import ServiceException, exception_report

__all__ = [
    "ERRORS", "HANDLERS", "MAX_SHOWN", "BadBody", "BadQuery", "BadRequest", "BadTile", "Busy", "NotImagery",
    "NotInstalled", "RequestError", "ReservedName", "TooLarge", "TooManyRequests", "UnsupportedMedia", "WrongChannel",
    "answer_error", "shorten",
]  # fmt: skip

log = logging.getLogger(__name__)

MAX_SHOWN: Final = 80  # characters of a value that came, in a message
REPR: Final = Repr()
REPR.maxstring = REPR.maxother = MAX_SHOWN


def shorten(value: object) -> str:
    """Return a value as a message shows it: its repr, cut when long, at a cost that does not grow with it.

    >>> shorten(list(range(1000)))
    '[0, 1, 2, 3, 4, ...]'
    """
    text = REPR.repr(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"


class RequestError(Exception):
    """Base of errors of a request, or of this server's state when it comes."""


class BadRequest(RequestError):
    """The request is malformed."""


class BadQuery(BadRequest):
    """A key of the query is wrong.

    >>> str(BadQuery.of("checkerboard", "true or false", "maybe"))
    "checkerboard must be true or false, not 'maybe'"
    """

    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"{key} {message}")
        self.key = key

    @classmethod
    def of(cls, key: str, expected: str, actual: object) -> Self:
        """Return the error of a key whose value is not what was expected."""
        return cls(key, f"must be {expected}, not {shorten(actual)}")


class BadTile(BadRequest):
    """The address names no tile."""


class BadBody(BadRequest):
    """The body of a request is not what its route takes."""


class ReservedName(BadBody):
    """A parameter of a layer has a name that the URLs of layers use themselves."""


class WrongChannel(BadRequest):
    """The client speaks another channel of the language than this server."""


class TooLarge(RequestError):
    """The request is larger than the server takes."""


class UnsupportedMedia(RequestError):
    """The body comes in a type or an encoding that the server does not read."""


class NotImagery(RequestError):
    """A layer whose value cannot be drawn."""


class TooManyRequests(RequestError):
    """A caller sends more requests than they may; `retry_after` is when the next may come, in seconds."""

    retry_after = 1


class NotInstalled(RequestError):
    """What is asked for needs a package that is not there; the message says which extra installs it."""


class Busy(RequestError):
    """The queue of waiting requests is full."""


# The first class along an error's ancestors that stands here decides.
ERRORS: Final[Mapping[type[Exception], tuple[int, str]]] = MappingProxyType(
    {
        BadRequest: (400, "bad_request"),
        BadQuery: (400, "bad_query"),
        BadTile: (400, "bad_tile"),
        BadBody: (400, "bad_body"),
        ReservedName: (400, "reserved_name"),
        WrongChannel: (400, "wrong_channel"),
        GraftSyntaxError: (400, "bad_graft"),
        Unauthorized: (401, "unauthorized"),
        Forbidden: (403, "forbidden"),
        NotFound: (404, "not_found"),
        VersionExists: (409, "version_exists"),
        Expired: (410, "job_expired"),
        TooLarge: (413, "too_large"),
        LimitExceeded: (413, "limit_exceeded"),
        UnsupportedMedia: (415, "unsupported_media_type"),
        NotImagery: (422, "no_imagery"),
        EvaluationError: (422, "cannot_evaluate"),
        WorkflowLimit: (429, "workflow_limit"),
        JobLimit: (429, "job_limit"),
        TooManyRequests: (429, "too_many_requests"),
        ClientDisconnect: (499, "client_closed_request"),
        Cancelled: (503, "time_limit"),
        NotInstalled: (501, "not_installed"),
        Busy: (503, "busy"),
        TooManyFollowers: (503, "busy"),
        IssuerUnavailable: (503, "issuer_unavailable"),
        OperationalError: (503, "database_unavailable"),
        PoolTimeout: (503, "database_unavailable"),
    }
)

# Seconds after which trying again makes sense: what took too long once will again, unless the server was busy.
RETRY_AFTER: Final[Mapping[type[Exception], int]] = MappingProxyType(
    {
        Busy: 1,
        IssuerUnavailable: 10,
        OperationalError: 10,
        PoolTimeout: 10,
        Cancelled: 60,
        JobLimit: 10,
        WorkflowLimit: 3600,
    }
)
UNSAID: Final = (OperationalError, PoolTimeout)  # whose own words are for the server's log
DETAILS: Final = ("operation", "key", "version", "limit")  # attributes of errors that their answers tell


def answer_error(request: Request, error: Exception) -> Response:
    """Return the JSON of an error of the table, with those of `DETAILS` that it has."""
    status, code = next(ERRORS[kind] for kind in type(error).__mro__ if kind in ERRORS)
    message = str(error)
    if isinstance(error, UNSAID):
        if not is_away(error):  # which has been logged, once
            log.error("the database cannot be used: %s", error)
        message = "the database cannot be used for now"
    fields: dict[str, object] = {"error": code, "message": message}
    fields |= {name: value for name in DETAILS if (value := getattr(error, name, None))}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if (retry := getattr(error, "retry_after", RETRY_AFTER.get(type(error)))) is not None:
        headers["Retry-After"] = str(retry)
    if operation := fields.get("operation"):
        up = "../" * (route_path(request.scope).count("/") - 1)
        headers["Link"] = f'<{up}docs/language/builtin/{quote(str(operation))}>; rel="help"'
    return _respond(request, status, fields, headers)


def _answer_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = f"{request.method} {shorten(request.scope['path'])}: {error.detail.lower()}"
    code = error.detail.lower().replace(" ", "_")
    return _respond(request, error.status_code, {"error": code, "message": message}, error.headers or {})


def _answer_defect(request: Request, error: Exception) -> Response:
    message = "The server failed; its log says why. This is a defect of the server, not of the request."
    return _respond(
        request, 500, {"error": "internal_error", "message": message}, STANDARD
    )  # no middleware is around it


def _answer_service_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceException)
    return Response(exception_report(error), error.status, NO_STORE, XML)


def _respond(request: Request, status: int, fields: Mapping[str, object], headers: Mapping[str, str]) -> Response:
    help_ = {"Link": f'<{DOCUMENTATION}#{fields["error"]}>; rel="help"'}
    headers, path = {**NO_STORE, **help_, **headers}, route_path(request.scope)
    fields = {**fields, "request_id": REQUEST_ID.get()}
    message, key = str(fields["message"]), fields.get("key")
    if is_below(path, ("ogc",)):  # where clients know the members of RFC 7807
        title = str(fields["error"]).replace("_", " ").capitalize()
        problem = {
            "type": f"{DOCUMENTATION}#{fields['error']}",
            "title": title,
            "status": status,
            "detail": message,
            **fields,
        }
        return JSONResponse(problem, status, headers, "application/problem+json")
    if not is_below(path, ("wmts",)):
        return JSONResponse(fields, status, headers)
    report = ServiceException(message, str(key) if key else None)
    report.code = "InvalidParameterValue" if key else report.code
    return Response(exception_report(report), status, headers, XML)


HANDLERS: Final[Mapping[type[Exception], Callable[[Request, Exception], Response]]] = MappingProxyType(
    {
        HTTPException: _answer_http_exception,
        ServiceException: _answer_service_exception,
        Exception: _answer_defect,
        **dict.fromkeys(ERRORS, answer_error),
    }
)
