"""The pages for people: the list of layers, a map for each, one's jobs, and the language's reference."""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute

from tileserver.viewer import jobs, pages, reference

__all__ = ["routes"]

routes: Final[list[BaseRoute]] = [*pages.routes, *jobs.ROUTES, *reference.routes]
