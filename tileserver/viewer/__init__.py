"""The pages for people: the list of layers, a map for each, and the language's reference."""

from __future__ import annotations

from typing import Final

from starlette.routing import BaseRoute

from tileserver.viewer import pages, reference

__all__ = ["routes"]

routes: Final[list[BaseRoute]] = [*pages.routes, *reference.routes]
