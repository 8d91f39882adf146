"""Widgets: parameters that a user interface knows how to ask for.

Each returns a parameter, as `wf.parameter` does, that remembers its widget. The server keeps that with the layer or
the workflow, and takes the default where no value is given.

>>> slider("threshold", min=0.0, max=1.0, default=0.3)
<Float 'threshold'>
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sdk.graft.nodes import Argument
from sdk.language.datetimes import Datetime
from sdk.language.image import Image
from sdk.language.image_collection import ImageCollection
from sdk.language.parameter import parameter
from sdk.language.primitives import Bool, Float, Int
from sdk.language.proxy import Proxy
from sdk.language.strings import Str

__all__ = ["checkbox", "date", "image", "imagecollection", "input", "select", "slider"]

T = TypeVar("T", bound=Proxy)
Plain = str | int | float
FORMATS = ("dropdown", "radio", "slider")


def slider(
    name: str,
    min: int | float,
    max: int | float,
    step: int | float | None = None,
    default: int | float | None = None,
    label: str = "",
) -> Int | Float:
    """Return a number from `min` to `max`, in steps; an Int where all are whole numbers. The default is `min`.

    >>> from sdk import widgets
    >>> widgets.slider("cloud_cover", min=0, max=100, default=20)
    <Int 'cloud_cover'>
    """
    default = min if default is None else default
    given = [value for value in (min, max, step, default) if value is not None]
    type_ = _number_type(given, "min, max, step and default of a slider")
    if min > max:
        raise ValueError(f"the min of a slider must not be above its max, as {min} is above {max}")
    if not min <= default <= max:
        raise ValueError(f"the default of a slider must lie from {min} to {max}, not at {default}")
    if step is not None and step <= 0:
        raise ValueError(f"the step of a slider must be more than 0, not {step}")
    made = float if type_ is Float else int
    fields = {"default": made(default), "label": label, "max": made(max), "min": made(min), "step": step and made(step)}
    return _parameter(name, type_, f"{type_.__name__.lower()}_slider", fields)


def checkbox(name: str, default: bool = False, label: str = "") -> Bool:
    """Return a Bool.

    >>> from sdk import widgets
    >>> widgets.checkbox("clear", default=True, label="Without clouds")
    <Bool 'clear'>
    """
    if not isinstance(default, bool):
        raise TypeError(f"the default of a checkbox must be True or False, not {default!r}")
    return _parameter(name, Bool, "checkbox", {"default": default, "label": label})


def input(name: str, default: Plain, label: str = "") -> Str | Int | Float:
    """Return a text or a number of the default's type.

    >>> from sdk import widgets
    >>> widgets.input("title", default="NDVI")
    <Str 'title'>
    """
    type_, kind = _plain_type([default], "the default of an input")
    return _parameter(name, type_, f"{kind}_input", {"default": default, "label": label})


def select(
    name: str, options: Sequence[Plain], format: str = "dropdown", default: Plain | None = None, label: str = ""
) -> Str | Int | Float:
    """Return one of some texts or numbers of one type; the default is the first.

    `format` is how they are shown: dropdown, radio or slider.

    >>> from sdk import widgets
    >>> widgets.select("band", ["red", "nir"], format="radio")
    <Str 'band'>
    """
    if not options:
        raise ValueError("a select needs one option or more")
    if format.lower() not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, not {format!r}")
    default = options[0] if default is None else default
    if default not in options:
        raise ValueError(f"the default of a select must be one of its options, not {default!r}")
    type_, kind = _plain_type(options, "the options of a select")
    if type_ is Float:
        default, options = float(default), [float(option) for option in options]
    shown = "" if format.lower() == FORMATS[0] else format.upper()  # the first is what is not written
    fields = {"default": default, "format": shown, "label": label, "options": list(options)}
    return _parameter(name, type_, f"{kind}_select", fields)


def date(name: str, default: str | datetime.date | datetime.datetime, label: str = "") -> Datetime:
    """Return a Datetime; dates without a zone are in UTC.

    >>> from sdk import widgets
    >>> widgets.date("start", "2023-06-01")
    <Datetime 'start'>
    """
    moment = datetime.datetime.fromisoformat(default) if isinstance(default, str) else default
    if not isinstance(moment, datetime.datetime):
        moment = datetime.datetime(moment.year, moment.month, moment.day)
    utc = moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment.astimezone(datetime.UTC)
    return _parameter(name, Datetime, "date", {"default": utc.isoformat().replace("+00:00", "Z"), "label": label})


def image(name: str, default_layer: Any = None, label: str = "", map: Any = None) -> Image:
    """Return an Image, which is chosen from the catalog; `default_layer` and `map` are those of a notebook.

    >>> from sdk import widgets
    >>> widgets.image("scene")
    <Image 'scene'>
    """
    return _parameter(name, Image, "image", {"label": label})


def imagecollection(name: str, default_layer: Any = None, label: str = "", map: Any = None) -> ImageCollection:
    """Return an ImageCollection, which is chosen from the catalog; `default_layer` and `map` are a notebook's.

    >>> from sdk import widgets
    >>> widgets.imagecollection("scenes")
    <ImageCollection 'scenes'>
    """
    return _parameter(name, ImageCollection, "image_collection", {"label": label})


def _parameter(name: str, type_: type[T], widget: str, fields: Mapping[str, Any]) -> T:
    """Return a parameter with its widget, whose blank fields are not written, and whose integers are text."""
    plain = parameter(name, type_)
    written = {key: _written(value) for key, value in fields.items() if value not in (None, "", 0)}
    return type_._from_node(Argument(plain._name, type_, widget={widget: written}))


def _written(value: Any) -> Any:
    """Return a value as protocol buffers' JSON has it: integers have 64 bits, and are text."""
    if isinstance(value, list):
        return [_written(each) for each in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _number_type(values: Sequence[object], what: str) -> type[Int] | type[Float]:
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        raise TypeError(f"{what} must be numbers, not {', '.join(map(repr, values))}")
    return Int if all(isinstance(value, int) for value in values) else Float


def _plain_type(values: Sequence[object], what: str) -> tuple[type[Str] | type[Int] | type[Float], str]:
    """Return the type of values that are all texts or all numbers, and its name in a widget."""
    if all(isinstance(value, str) for value in values):
        return Str, "string"
    type_ = _number_type(values, what)
    return type_, type_.__name__.lower()
