"""The pages for people: the list of layers, and a map for each."""

from __future__ import annotations

from tileserver.viewer.pages import routes

__all__ = ["routes"]
