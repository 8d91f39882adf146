"""The page of jobs: the caller's own, with their progress, logs and results."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from tileserver.http.errors import BadQuery
from tileserver.http.headers import NO_STORE
from tileserver.http.requests import single_values
from tileserver.state import State
from tileserver.viewer.rendering import TEMPLATES

__all__ = ["ROUTES"]

PAGE: Final = 50


def show_jobs(request: Request[State]) -> Response:
    """The caller's jobs, newest first, a page at a time."""
    state, query = request.state, single_values(request, "after", "access_token")
    state["caller"].check_signed_in()
    try:
        jobs, after = state["jobs"].page(state["caller"], after=query.get("after"), limit=PAGE)
    except ValueError as exc:
        raise BadQuery.of("after", "what an earlier page gave", query["after"]) from exc
    kept = {name: value for name, value in query.items() if name == "access_token"}
    text = TEMPLATES.get_template("jobs.html").render(
        root="", jobs=jobs, after=after, query=f"?{urlencode(kept)}" if kept else ""
    )
    return HTMLResponse(text, headers=NO_STORE)


ROUTES: Final[list[BaseRoute]] = [Route("/jobs", show_jobs)]
