"""Map services: published layers for clients of the WMTS standard, which the package `wmts` writes and reads."""

from __future__ import annotations

from tileserver.wmts.addresses import Service, parse_address
from tileserver.wmts.drawing import canvas_of, find_values
from tileserver.wmts.presets import Presets
from tileserver.wmts.services import Finder, MapServices, View
from tileserver.wmts.sets import load_sets

__all__ = [
    "Finder", "MapServices", "Presets", "Service", "View", "canvas_of", "find_values", "load_sets", "parse_address",
]  # fmt: skip
