"""Arguments of a layer as traits, and as the widgets that ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import ipywidgets
import traitlets

from sdk.contract.parameters import Parameter
from sdk.contract.parameters import Widget as Description
from sdk.graft.near import near

__all__ = ["ParameterSet"]

OPTIONS: Final = ("scales", "colormap", "reduction", "checkerboard", "log_level", "map")  # of `visualize`
_PAIRS: Final = ": ranges are scales=[(low, high)]"
_INSTEAD: Final = {
    "min": _PAIRS, "max": _PAIRS, "vmin": _PAIRS, "vmax": _PAIRS,
    "bands": ": bands are picked before, by .pick_bands(…)",
    "cmap": "; did you mean 'colormap'?", "palette": "; did you mean 'colormap'?",
}  # fmt: skip


class ParameterSet(traitlets.HasTraits):
    """The values of a layer's arguments, each a trait: `layer.parameters.month = 7` draws it anew.

    `to_dict()` gives them by name, `widget` asks for them.
    """

    def __init__(self, parameters: list[Parameter], values: Mapping[str, Any]) -> None:
        super().__init__()
        self._described = {parameter.name: parameter for parameter in parameters}
        for unknown in values.keys() - self._described.keys():
            takes = f"it takes {', '.join(self._described)}" if self._described else "it takes none"
            instead = _INSTEAD.get(unknown, "") or near(unknown, [*OPTIONS, *self._described])
            raise TypeError(
                f"there is no option or argument {unknown!r}{instead}; options are {', '.join(OPTIONS)}; "
                f"of arguments {takes}"
            )
        self.add_traits(**{name: traitlets.Any() for name in self._described})
        for name, parameter in self._described.items():
            value = values.get(name, parameter.default)
            if value is None:
                raise TypeError(f"missing the argument {name!r}: give it as {name}=…")
            setattr(self, name, value)

    def to_dict(self) -> dict[str, Any]:
        """Return the values by name."""
        return {name: getattr(self, name) for name in self._described}

    @property
    def widget(self) -> ipywidgets.VBox:
        """New widgets for all values that one can be made for; they and the traits follow each other."""
        made = [self._linked(name, parameter) for name, parameter in self._described.items()]
        return ipywidgets.VBox([widget for widget in made if widget is not None])

    def _linked(self, name: str, parameter: Parameter) -> ipywidgets.Widget | None:
        widget = _widget(parameter, getattr(self, name))
        if widget is None:
            return None
        widget.description = next((each.label for each in parameter.widgets if each.label), name)
        widget.style = {"description_width": "initial"}
        if isinstance(widget, ipywidgets.DatePicker):
            traitlets.dlink((self, name), (widget, "value"), _date)
            traitlets.dlink(
                (widget, "value"), (self, name), lambda day: day.isoformat() if day else getattr(self, name)
            )
        else:
            traitlets.link((self, name), (widget, "value"))
        return widget


def _date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return datetime.fromisoformat(value).date() if isinstance(value, str) else value


def _widget(parameter: Parameter, value: Any) -> ipywidgets.Widget | None:
    """Return the widget that a parameter has, else the one that its value's type has; None for all others."""
    for described in reversed(parameter.widgets):
        if (made := _described(described, value)) is not None:
            return made
    match value:
        case bool():
            return ipywidgets.Checkbox(value)
        case int():
            return ipywidgets.IntText(value, continuous_update=False)
        case float():
            return ipywidgets.FloatText(value, continuous_update=False)
        case str():
            return ipywidgets.Text(value, continuous_update=False)
    return None


def _described(described: Description, value: Any) -> ipywidgets.Widget | None:
    bounds = {"min": described.low, "max": described.high}
    step = {} if described.step is None else {"step": described.step}
    match described.kind:
        case "int_slider":
            return ipywidgets.IntSlider(value, **bounds, **step)
        case "float_slider":
            return ipywidgets.FloatSlider(value, **bounds, **step)
        case "date":
            return ipywidgets.DatePicker(value=_date(value))
    if described.options:
        return ipywidgets.Dropdown(options=list(described.options), value=value)
    return None
