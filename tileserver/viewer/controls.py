"""Controls: what the viewer's page needs to ask for the value of a parameter."""

from __future__ import annotations

from typing import Any, Final

from sdk.contract.parameters import Parameter, Widget

__all__ = ["control_of"]

EXACT: Final = 2**53


def control_of(parameter: Parameter) -> dict[str, Any]:
    """Return the JSON of a parameter's control: options make it a select, a range a slider, else its type decides.

    >>> control_of(Parameter.from_json({"name": "n", "typespec": {"type": "Int"}, "int_slider": {"max": "9"}}))["range"]
    {'min': 0, 'max': 9, 'step': None}
    """
    widget = next(iter(parameter.widgets), Widget(""))
    slides = widget.kind.endswith("_slider")
    return {
        "name": parameter.name,
        "type": parameter.type_name,
        "label": widget.label or parameter.name,
        "default": _exact(parameter.default),
        "options": [_exact(option) for option in widget.options],
        "range": {"min": widget.low, "max": widget.high, "step": widget.step} if slides else None,
    }


def _exact(value: object) -> object:
    """Return a value, as text if it is an integer that JavaScript's numbers round."""
    return str(value) if isinstance(value, int) and abs(value) > EXACT else value
