"""Controls of a map's layers: a row of widgets for each."""

from __future__ import annotations

from typing import Any, Final

import ipywidgets
import traitlets

from sdk.language.colormaps import COLORMAPS
from sdk.notebook.layer import WorkflowsLayer
from sdk.notebook.map import Map

__all__ = ["LayerController", "LayerControllers"]

NO_COLORMAP: Final = ("grey, or colours of bands", None)


class LayerController(ipywidgets.HBox):  # type: ignore[misc]
    """Widgets of one layer: shown or not, opacity, colormap, range, arguments, its place among the others.

    Without `layer` they are those of the map's topmost layer of imagery; `ValueError` if it has none.
    """

    def __init__(self, map: Map, layer: WorkflowsLayer | None = None, **kwargs: Any) -> None:
        if layer is None:
            layer = next((each for each in reversed(map.layers) if isinstance(each, WorkflowsLayer)), None)
        if layer is None:
            raise ValueError("the map has no layer of imagery: draw one by img.visualize(name, map=…)")
        self.layer, self.map = layer, map
        super().__init__(**kwargs)
        narrow = ipywidgets.Layout(width="5em")
        visible = ipywidgets.Checkbox(description=layer.name, indent=False)
        opacity = ipywidgets.FloatSlider(min=0, max=1, step=0.05, readout=False, layout=ipywidgets.Layout(width="7em"))
        colormap = ipywidgets.Dropdown(options=[NO_COLORMAP, *((name, name) for name in COLORMAPS)])
        for widget, name in ((visible, "visible"), (opacity, "opacity"), (colormap, "colormap")):
            traitlets.link((layer, name), (widget, "value"))
        self._low, self._high = (ipywidgets.Text(placeholder=hint, layout=narrow) for hint in ("low", "high"))
        for widget in (self._low, self._high):
            widget.continuous_update = False
            widget.observe(self._set_range, "value")
        layer.observe(self._show_range, ("r_min", "r_max"))
        self._show_range()
        moves = {"arrow-up": map.move_layer_up, "arrow-down": map.move_layer_down, "trash": map.remove_layer}
        self.children = (
            visible, opacity, colormap, self._low, self._high,
            *(self._button(icon, act) for icon, act in moves.items()), layer.parameters.widget,
        )  # fmt: skip

    def _button(self, icon: str, act: Any) -> ipywidgets.Button:
        button = ipywidgets.Button(icon=icon, layout=ipywidgets.Layout(width="2.5em"))
        button.on_click(lambda _: self._guarded(act, self.layer))
        return button

    def _set_range(self, change: Any = None) -> None:
        texts = [widget.value.strip() for widget in (self._low, self._high)]
        if all(texts):
            self._guarded(lambda: self.layer.set_scales(tuple(map(float, texts))))
        elif not any(texts):
            self.layer.set_scales(None)

    def _show_range(self, change: Any = None) -> None:
        if self.layer.r_min is not None and self.layer.r_max is not None:
            self._low.value, self._high.value = f"{self.layer.r_min:g}", f"{self.layer.r_max:g}"

    def _guarded(self, act: Any, *args: Any) -> None:
        """Do something, and show what goes wrong: what a widget's callback raises, nobody sees."""
        try:
            act(*args)
        except (TypeError, ValueError) as error:
            self.map.output_log.append_stderr(f"{error}\n")


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
