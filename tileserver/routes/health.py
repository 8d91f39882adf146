"""Health checks: liveness, and readiness of each dependency."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tileserver.http.headers import NO_STORE
from tileserver.state import State

__all__ = ["ROUTES"]


async def alive(request: Request[State]) -> Response:
    """Answer: the event loop runs."""
    return JSONResponse({"status": "ok"}, headers=NO_STORE)


def ready(request: Request[State]) -> Response:
    """Try each dependency; 503 if one fails."""
    found = {name: check(request.state) for name, check in CHECKS.items()}
    good = all(state == "ok" for state in found.values())
    headers = NO_STORE if good else {**NO_STORE, "Retry-After": "5"}
    return JSONResponse({"status": "ok" if good else "unready", "checks": found}, 200 if good else 503, headers)


ROUTES: Final = [Route("/healthz", alive), Route("/readyz", ready)]


def _database(state: State) -> str:
    try:
        with state["database"].connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as exc:
        return f"failed: {type(exc).__name__}"
    return "ok"


def _logs(state: State) -> str:
    return "ok" if state["logs"].is_writing() else "failed: the writer has ended"


CHECKS: Final[dict[str, Callable[[State], str]]] = {"database": _database, "logs": _logs}
