"""What can go wrong with a request, and the table of what each error answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from reprlib import Repr
from types import MappingProxyType
from typing import Final, Self

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from graft_eval.errors import Cancelled, EvaluationError, GraftError, GraftSyntaxError, LimitExceeded
from tileserver.headers import NO_STORE, SECURITY
from tileserver.store import NotFound

__all__ = [
    "ERRORS", "HANDLERS", "BadBody", "BadQuery", "BadRequest", "BadTile", "Busy", "NotImagery", "RequestError",
    "TooLarge", "UnsupportedMedia", "answer_error", "shorten",
]  # fmt: skip

SHOWN: Final = 80  # characters of a value that came, in a message
REPR: Final = Repr()
REPR.maxstring = REPR.maxother = SHOWN


def shorten(value: object) -> str:
    """Return a value as a message shows it: its repr, cut when long, at a cost that does not grow with it.

    >>> shorten(list(range(1000)))
    '[0, 1, 2, 3, 4, ...]'
    """
    text = REPR.repr(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


class RequestError(Exception):
    """Base of what is wrong with a request, or with this server's state when it comes."""


class BadRequest(RequestError):
    """The request says something wrongly."""


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
    """The address of a tile names none."""


class BadBody(BadRequest):
    """The body of a request is not what its route takes."""


class TooLarge(RequestError):
    """The request is larger than the server takes."""


class UnsupportedMedia(RequestError):
    """The body comes in a type or an encoding that the server does not read."""


class NotImagery(RequestError):
    """A layer whose value cannot be drawn."""


class Busy(RequestError):
    """As many requests wait as the server lets wait."""


# The first class along an error's ancestors that stands here decides.
ERRORS: Final[Mapping[type[Exception], tuple[int, str]]] = MappingProxyType(
    {
        BadRequest: (400, "bad_request"),
        BadQuery: (400, "bad_query"),
        BadTile: (400, "bad_tile"),
        BadBody: (400, "bad_body"),
        GraftSyntaxError: (400, "bad_graft"),
        NotFound: (404, "not_found"),
        TooLarge: (413, "too_large"),
        LimitExceeded: (413, "limit_exceeded"),
        UnsupportedMedia: (415, "unsupported_media_type"),
        NotImagery: (422, "no_imagery"),
        EvaluationError: (422, "cannot_evaluate"),
        ClientDisconnect: (499, "client_closed_request"),
        Cancelled: (503, "time_limit"),
        Busy: (503, "busy"),
    }
)

# Seconds after which trying again makes sense: what took too long once will again, unless the server was busy.
RETRY_AFTER: Final[Mapping[type[Exception], int]] = MappingProxyType({Busy: 1, Cancelled: 60})


def answer_error(request: Request, error: Exception) -> Response:
    """Return the JSON of an error that stands in the table; `operation` and `key` are told where known."""
    status, code = next(ERRORS[kind] for kind in type(error).__mro__ if kind in ERRORS)
    fields: dict[str, str] = {"error": code, "message": str(error)}
    if isinstance(error, GraftError) and error.operation:
        fields["operation"] = error.operation
    if isinstance(error, BadQuery):
        fields["key"] = error.key
    retry = RETRY_AFTER.get(type(error))
    return _respond(status, fields, {} if retry is None else {"Retry-After": str(retry)})


def _answer_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = f"{request.method} {shorten(request.url.path)}: {error.detail.lower()}"
    code = error.detail.lower().replace(" ", "_")
    return _respond(error.status_code, {"error": code, "message": message}, error.headers or {})


def _answer_defect(request: Request, error: Exception) -> Response:
    message = "The server failed; its log says why. This is a defect of the server, not of the request."
    return _respond(500, {"error": "internal_error", "message": message}, SECURITY)  # no middleware is around it


def _respond(status: int, fields: Mapping[str, str], headers: Mapping[str, str]) -> Response:
    return JSONResponse(fields, status, headers={**NO_STORE, **headers})


HANDLERS: Final[Mapping[type[Exception], Callable[[Request, Exception], Response]]] = MappingProxyType(
    {HTTPException: _answer_http_exception, Exception: _answer_defect, **dict.fromkeys(ERRORS, answer_error)}
)
