"""Maps of notebooks."""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Final

import ipyleaflet
import ipywidgets
import traitlets

from sdk.language.geocontext import GeoContext
from sdk.notebook.inspector import Inspector
from sdk.notebook.layer import WorkflowsLayer

__all__ = ["Map", "default_map"]

NOT_SHOWN: Final = "the map is not shown yet: display it, then ask again"
UNSHOWN: Final = (800, 400)  # (width, height) in pixels that a map may have, once it is shown
MAX_ZOOM: Final = 18
TINY: Final = 1e-9
MAX_LATITUDE: Final = 85.0511
TILE: Final = 256  # pixels of the whole Earth at zoom 0


class Map(ipyleaflet.Map):  # type: ignore[misc]
    """A map of ipyleaflet that finds its layers by name, and knows the grid of what it shows.

    `logs` is where the layers' tiles say what they do, `output_log` where what cannot be shown is told, and
    `autoscale_outputs` the ranges of layers without ones of their own. With `inspecting_pixels` a click shows the
    values of all layers at that place. The first layer is where the map goes, unless it was moved, or told where to be.
    """

    layers: Any
    logs: Any = traitlets.Instance(ipywidgets.Output, read_only=True)
    output_log: Any = traitlets.Instance(ipywidgets.Output, read_only=True)
    autoscale_outputs: Any = traitlets.Instance(ipywidgets.VBox, read_only=True)
    inspecting_pixels = traitlets.Bool(False)
    zoom_start = traitlets.Int(2)

    def __init__(self, **kwargs: Any) -> None:
        placed = not kwargs.keys().isdisjoint(("center", "zoom", "zoom_start"))
        kwargs.setdefault("scroll_wheel_zoom", True)
        kwargs.setdefault("center", (0.0, 0.0))
        kwargs.setdefault("zoom", kwargs.get("zoom_start", 2))
        super().__init__(**kwargs)
        if abs(self.center[0]) > 90:
            raise ValueError(f"the center of a map is (latitude, longitude): no latitude is {self.center[0]:g}")
        for name in ("logs", "output_log"):
            self.set_trait(name, ipywidgets.Output())
        self.set_trait("autoscale_outputs", ipywidgets.VBox())
        self._start = None if placed else (self.center, self.zoom)
        self._inspector: Inspector | None = None
        self._inspect()

    @traitlets.observe("inspecting_pixels")
    def _inspect(self, change: Any = None) -> None:
        if self._inspector is not None:
            self._inspector.close()
        self._inspector = Inspector(self) if self.inspecting_pixels else None
        self.default_style = {"cursor": "crosshair" if self.inspecting_pixels else "grab"}

    @traitlets.observe("layers")
    def _tell_ranges(self, change: Any) -> None:
        if self.autoscale_outputs is not None:
            shown = [layer.autoscale_progress for layer in change["new"] if isinstance(layer, WorkflowsLayer)]
            self.autoscale_outputs.children = shown

    def find_layer(self, name: str) -> ipyleaflet.Layer | None:
        """Return the topmost layer of a name; None if there is none."""
        return next((layer for layer in reversed(self.layers) if layer.name == name), None)

    def show(self, layer: WorkflowsLayer) -> None:
        """Put a layer on top, in the place of the one that has its name."""
        layer.log_output = self.logs
        old = self.find_layer(layer.name)
        if old is None:
            self.add(layer)
            if (self.center, self.zoom) == self._start:
                self.zoom_to_layer(layer)
        else:
            self.substitute(old, layer)
            _forget(old)

    def zoom_to_layer(self, layer: WorkflowsLayer) -> None:
        """Show all of a layer, as large as it fits; nothing happens for one that lies everywhere, or nowhere known."""
        if layer._extent is None:
            return
        west, south, east, north = layer._extent
        try:
            width, height = self.map_dimensions()
        except RuntimeError:
            width, height = UNSHOWN
        low, high = _northing(south), _northing(north)
        lon_span = east - west + (360 if east < west else 0)
        fits = min(width * 360 / max(lon_span, TINY), height / max(high - low, TINY)) / TILE
        with self.hold_sync():
            self.center = [_latitude((low + high) / 2), west + lon_span / 2]
            self.zoom = min(max(math.floor(math.log2(fits)), 1), MAX_ZOOM)

    def move_layer(self, layer: ipyleaflet.Layer, new_index: int) -> None:
        """Move a layer to a place among the layers; 0 is the lowest."""
        if layer not in self.layers:
            raise ValueError(f"the layer {layer.name!r} is not on this map")
        others = [each for each in self.layers if each is not layer]
        others.insert(new_index, layer)
        self.layers = tuple(others)

    def move_layer_up(self, layer: ipyleaflet.Layer) -> None:
        """Move a layer above the next one."""
        self.move_layer(layer, min(self.layers.index(layer) + 1, len(self.layers) - 1))

    def move_layer_down(self, layer: ipyleaflet.Layer) -> None:
        """Move a layer below the one under it."""
        self.move_layer(layer, max(self.layers.index(layer) - 1, 0))

    def remove_layer(self, layer_name: str | ipyleaflet.Layer) -> None:
        """Take a layer, or that of a name, from the map; `ValueError` if it has none."""
        layer = self.find_layer(layer_name) if isinstance(layer_name, str) else layer_name
        if layer is None:
            names = ", ".join(repr(each.name) for each in self.layers if each.name)
            raise ValueError(f"there is no layer {layer_name!r}: there are {names or 'none with a name'}")
        self.remove(layer)
        _forget(layer)

    def clear_layers(self) -> None:
        """Take all layers but base maps from the map."""
        gone = [layer for layer in self.layers if not layer.base]
        self.layers = tuple(layer for layer in self.layers if layer.base)
        for layer in gone:
            _forget(layer)

    def map_dimensions(self) -> tuple[int, int]:
        """Return (width, height) in pixels; `RuntimeError` before it is shown."""
        (left, top), (right, bottom) = self.pixel_bounds or ((0, 0), (0, 0))
        if right <= left or bottom <= top:
            raise RuntimeError(NOT_SHOWN)
        return round(right - left), round(bottom - top)

    def geocontext(
        self, resolution: float | None = None, shape: tuple[int, int] | None = None, crs: str = "EPSG:3857"
    ) -> GeoContext:
        """Return the grid of what the map shows now: with as many pixels as it has, unless told otherwise."""
        if resolution is None and shape is None:
            width, height = self.map_dimensions()
            shape = height, width
        if not self.bounds:
            raise RuntimeError(NOT_SHOWN)
        (south, west), (north, east) = self.bounds
        return GeoContext(
            bounds=(west, south, east, north), bounds_crs="EPSG:4326", crs=crs, resolution=resolution, shape=shape
        )


def _northing(lat: float) -> float:
    """Return how far north a latitude is in Web Mercator, of 1 for the whole map; 0 is the Equator."""
    bounded = math.radians(max(-MAX_LATITUDE, min(MAX_LATITUDE, lat)))
    return math.asinh(math.tan(bounded)) / (2 * math.pi)


def _latitude(northing: float) -> float:
    return math.degrees(math.atan(math.sinh(northing * 2 * math.pi)))


def _forget(layer: ipyleaflet.Layer) -> None:
    """Follow the log of a layer no longer."""
    if isinstance(layer, WorkflowsLayer):
        layer.forget_logs()


@cache
def default_map() -> Map:
    """Return the map that layers are drawn on where no other is named."""
    return Map()
