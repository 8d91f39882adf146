"""A browser of published workflows, which draws them on a map."""

from __future__ import annotations

from typing import Any

import ipywidgets

from sdk.language.image import Image
from sdk.language.image_collection import ImageCollection
from sdk.notebook.layer import WorkflowsLayer
from sdk.notebook.map import Map
from sdk.service.exceptions import GraftileError
from sdk.service.workflow import Workflow

__all__ = ["WorkflowsBrowser"]


class WorkflowsBrowser(ipywidgets.VBox):  # type: ignore[misc]
    """Published workflows that the caller may read, found by their names; one that is chosen is drawn on a map."""

    def __init__(self, map: Map, **kwargs: Any) -> None:
        self.map = map
        super().__init__(**kwargs)
        self.search = ipywidgets.Text(placeholder="name begins with …", continuous_update=False)
        self.workflows = ipywidgets.Select(rows=8, layout=ipywidgets.Layout(width="100%"))
        self.version = ipywidgets.Dropdown(description="version")
        self.add = ipywidgets.Button(description="Add to map", icon="plus")
        self.told = ipywidgets.Label()
        self.search.observe(self.find, "value")
        self.workflows.observe(self._choose, "value")
        self.add.on_click(self._draw)
        bar = ipywidgets.HBox([self.version, self.add])
        self.children = (self.search, self.workflows, bar, self.told)
        self.find()

    def find(self, change: Any = None) -> None:
        """Search the server for workflows of the name."""
        try:
            found = list(Workflow.search(name=self.search.value))
            self.told.value = "" if found else "no workflow found"
        except GraftileError as error:
            found, self.told.value = [], str(error)
        self.workflows.options = [(f"{each.title or each.name} ({each.id})", each) for each in found]

    def _choose(self, change: Any) -> None:
        workflow: Workflow | None = change["new"]
        self.version.options = tuple(reversed(workflow.version_names)) if workflow else ()

    def _draw(self, button: Any) -> None:
        workflow, version = self.workflows.value, self.version.value
        if workflow is None or version is None:
            self.told.value = "choose a workflow first"
            return
        try:
            self.told.value = ""
            obj = workflow[version].object
            style = next(iter(workflow[version].viz_options), None)
            if not isinstance(obj, (Image, ImageCollection)):
                raise TypeError(f"{workflow.id} {version} is no imagery, but {workflow[version]._record['type']}")
            if style is not None:
                obj = obj.pick_bands(style.bands)
            layer = WorkflowsLayer(obj, name=workflow.title or workflow.name, reduction=style and style.reduction)
            if style is not None:
                layer.set_scales(style.scales, style.colormap if isinstance(style.colormap, str) else None)
            self.map.show(layer)
        except (GraftileError, TypeError, ValueError) as error:
            self.told.value = str(error)
