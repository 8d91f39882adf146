"""Metrics: for Prometheus."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tileserver.http.headers import NO_STORE
from tileserver.metrics import MEDIA_TYPE
from tileserver.state import State

__all__ = ["ROUTES"]


def get_metrics(request: Request[State]) -> Response:
    """Return what this process has counted."""
    return Response(request.state["metrics"].text(), headers=NO_STORE, media_type=MEDIA_TYPE)


ROUTES: Final = [Route("/metrics", get_metrics)]
