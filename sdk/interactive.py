"""What one works with by hand in a notebook: `wf.interactive.map`, and `wf.interactive.flows`."""

from __future__ import annotations

from functools import cache
from typing import Any

import ipywidgets
import traitlets

from sdk.notebook.browser import WorkflowsBrowser
from sdk.notebook.controller import LayerController, LayerControllers
from sdk.notebook.layer import WorkflowsLayer
from sdk.notebook.map import Map, default_map
from sdk.notebook.parameters import ParameterSet

__all__ = ["LayerController", "Map", "MapApp", "ParameterSet", "WorkflowsBrowser", "WorkflowsLayer", "flows", "map"]

flows: WorkflowsBrowser
map: MapApp


class MapApp(ipywidgets.VBox):  # type: ignore[misc]
    """A map with controls of its layers, the values of pixels by click, and what its tiles say.

    All that a `Map` has, it has: `app.center`, `app.find_layer("ndvi")`.
    """

    def __init__(self, map: Map | None = None, **kwargs: Any) -> None:
        self.__dict__["map"] = map = Map() if map is None else map
        super().__init__(**kwargs)
        inspecting = ipywidgets.ToggleButton(description="Values by click", icon="crosshairs")
        traitlets.link((map, "inspecting_pixels"), (inspecting, "value"))
        logs = ipywidgets.Accordion([map.logs], titles=("What tiles say",))
        self.children = (map, inspecting, LayerControllers(map), map.autoscale_outputs, map.output_log, logs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "map" not in self.__dict__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(self.map, name)

    def __setattr__(self, name: str, value: object) -> None:
        if "map" in self.__dict__ and not self.has_trait(name) and self.map.has_trait(name):
            setattr(self.map, name, value)
        else:
            super().__setattr__(name, value)


@cache
def _app() -> MapApp:
    return MapApp(default_map())


@cache
def _browser() -> WorkflowsBrowser:
    return WorkflowsBrowser(default_map())


def __getattr__(name: str) -> Any:
    if name == "map":
        return _app()
    if name == "flows":
        return _browser()
    raise AttributeError(f"module 'sdk.interactive' has no attribute {name!r}")
