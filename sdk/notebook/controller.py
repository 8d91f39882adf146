"""Controls of a map's layers: a row of widgets for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import ipywidgets
import traitlets

from sdk.language.colormaps import COLORMAPS
from sdk.notebook.layer import RANGES, WorkflowsLayer
from sdk.notebook.map import Map

__all__ = ["LayerController", "LayerControllers"]

NO_COLORMAP: Final = ("grey, or colours of bands", "")
BLANK: Final = ("low", "high")


class LayerController(ipywidgets.HBox):  # type: ignore[misc]
    """Widgets of one layer: shown or not, opacity, colormap, ranges, arguments, its place among the others.

    Without `layer` they are those of the map's topmost layer of imagery; `ValueError` if it has none.
    """

    def __init__(self, map: Map, layer: WorkflowsLayer | None = None, **kwargs: Any) -> None:
        if layer is None:
            layer = next((each for each in reversed(map.layers) if isinstance(each, WorkflowsLayer)), None)
        if layer is None:
            raise ValueError("the map has no layer of imagery: draw one by img.visualize(name, map=…)")
        self.layer, self.map = layer, map
        super().__init__(**kwargs)
        visible = ipywidgets.Checkbox(description=layer.name, indent=False, layout=ipywidgets.Layout(width="auto"))
        opacity = ipywidgets.FloatSlider(
            min=0, max=1, step=0.05, readout=False, layout=ipywidgets.Layout(width="7em"), tooltip="Opacity"
        )
        colormap = ipywidgets.Dropdown(
            options=[NO_COLORMAP, *((name, name) for name in COLORMAPS)], layout={"width": "14em"}
        )
        traitlets.link((layer, "visible"), (visible, "value"))
        traitlets.link((layer, "opacity"), (opacity, "value"))
        traitlets.link((layer, "colormap"), (colormap, "value"), (_option, lambda chosen: chosen or None))
        self._ranges = ipywidgets.VBox()
        self._showing = False
        layer.observe(self._show_ranges, (*RANGES, "colormap", "own_ranges"))
        self._show_ranges()
        arguments = layer.parameters.widget
        layer.observe(lambda change: self._replace(change["new"].widget), "parameters")
        self.children = (
            visible, opacity, colormap, self._ranges,
            self._button("search-plus", "Show all of it", map.zoom_to_layer),
            self._button("arrow-up", "Above the next one", map.move_layer_up),
            self._button("arrow-down", "Below the one under it", map.move_layer_down),
            self._button("trash", "Take it from the map", map.remove_layer),
            arguments,
        )  # fmt: skip
        self.layout = ipywidgets.Layout(flex_flow="row wrap", align_items="center")

    def _replace(self, arguments: ipywidgets.Widget) -> None:
        self.children = (*self.children[:-1], arguments)

    def _button(self, icon: str, tooltip: str, act: Callable[[WorkflowsLayer], None]) -> ipywidgets.Button:
        layout = ipywidgets.Layout(width="2.5em", padding="0")
        button = ipywidgets.Button(icon=icon, tooltip=tooltip, layout=layout)
        button.on_click(lambda _: self._guarded(act, self.layer))
        return button

    def _set_ranges(self, change: Any = None) -> None:
        """Set what is written; an edge that is blank is the one that the layer has taken itself."""
        if self._showing:
            return
        written = [[edge.value.strip() or edge.placeholder for edge in pair.children] for pair in self._ranges.children]
        if not any(edge.value.strip() for pair in self._ranges.children for edge in pair.children):
            self.layer.set_scales(None)
        elif not any(edge in BLANK for pair in written for edge in pair):
            self._guarded(lambda: self.layer.set_scales([(float(low), float(high)) for low, high in written]))

    def _show_ranges(self, change: Any = None) -> None:
        """Show a pair of numbers for each band that is drawn."""
        scales, own = self.layer.get_scales() or [], self.layer.own_ranges
        count = max(len(scales), len(own), 1)
        self._showing = True
        try:
            if len(self._ranges.children) != count:
                self._ranges.children = [ipywidgets.HBox([self._edge(), self._edge()]) for _ in range(count)]
            for i, pair in enumerate(self._ranges.children):
                given = scales[i] if i < len(scales) else (None, None)
                name, taken = own[i] if i < len(own) else ("", None)
                for edge, value, hint, blank in zip(pair.children, given, taken or BLANK, BLANK, strict=True):
                    edge.placeholder = hint if isinstance(hint, str) else f"{hint:g}"
                    edge.tooltip = f"{name} {blank}".strip()
                    edge.value = "" if value is None else f"{value:g}"
        finally:
            self._showing = False

    def _edge(self) -> ipywidgets.Text:
        edge = ipywidgets.Text(continuous_update=False, layout=ipywidgets.Layout(width="5em"))
        edge.observe(self._set_ranges, "value")
        return edge

    def _guarded(self, act: Any, *args: Any) -> None:
        """Do something, and show what goes wrong: what a widget's callback raises, nobody sees."""
        try:
            act(*args)
        except (TypeError, ValueError) as error:
            self.map.output_log.append_stderr(f"{error}\n")


def _option(colormap: str | None) -> str:
    """Return a colormap as the option that it is; servers do not mind the case of names."""
    return next((name for name in COLORMAPS if name.lower() == (colormap or "").lower()), "")


class LayerControllers(ipywidgets.VBox):  # type: ignore[misc]
    """A row for each of a map's layers of imagery, the topmost first."""

    children: Any

    def __init__(self, map: Map, **kwargs: Any) -> None:
        self.map = map
        super().__init__(**kwargs)
        map.observe(self._follow, "layers")
        self._follow()

    def _follow(self, change: Any = None) -> None:
        known = {each.layer: each for each in self.children}
        layers = [layer for layer in reversed(self.map.layers) if isinstance(layer, WorkflowsLayer)]
        self.children = [known.get(layer) or LayerController(self.map, layer) for layer in layers]
