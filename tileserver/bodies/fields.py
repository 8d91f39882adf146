"""Fields that bodies have in common: texts by the rules of names, and VizOptions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from sdk.contract.naming import check_description, check_docstring, check_labels, check_tags, check_title, is_line
from sdk.contract.versions import check_version
from sdk.contract.viz_option import FIELDS as VIZ_FIELDS
from sdk.contract.viz_option import VizOption
from tileserver.drawing.style import read_colormap
from tileserver.http.errors import shorten

__all__ = ["RULE", "Description", "Docstring", "Labels", "Line", "Tags", "Title", "Version", "VizOptions"]

RULE = "rule"  # the type of errors whose message says all


def _rule(check: Callable[[Any], object]) -> BeforeValidator:
    """Return the validator that lets a rule of the SDK decide, in its own words."""

    def validate(value: object) -> object:
        try:
            return check(value)
        except (TypeError, ValueError) as exc:
            raise PydanticCustomError(RULE, "{message}", {"message": str(exc)}) from exc

    return BeforeValidator(validate)


def _check_line(text: str) -> str:
    if not is_line(text):
        raise ValueError("text without control characters and line breaks")
    return text


def _check_viz_options(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    checked = [_read_viz_option(option) for option in options]
    ids = [option["id"] for option in checked]
    if len(set(ids)) < len(ids):
        raise ValueError("VizOptions of different ids")
    return checked


def _read_viz_option(option: Mapping[str, Any]) -> dict[str, Any]:
    """Return a VizOption's JSON with all fields; ValueError says what is wrong with it."""
    if strange := next((name for name in option if name not in VIZ_FIELDS), None):
        raise ValueError(f"VizOptions, which have no field {strange[:80]!r}")
    if lacking := next((name for name in ("id", "bands") if name not in option), None):
        raise ValueError(f"VizOptions, each with {lacking!r}")
    try:
        checked = VizOption.from_json(option).to_json()
    except (TypeError, ValueError) as exc:
        raise ValueError(f"VizOptions ({exc})") from exc
    try:
        read_colormap(checked["colormap"] or "")
    except ValueError as exc:
        raise ValueError(f"VizOptions with a colormap that exists: {shorten(checked['colormap'])} {exc}") from exc
    return checked


Line = Annotated[str, AfterValidator(_check_line)]
Title = Annotated[str, _rule(check_title)]
Description = Annotated[str, _rule(check_description)]
Docstring = Annotated[str, _rule(check_docstring)]
Labels = Annotated[dict[str, str], _rule(check_labels)]
Tags = Annotated[list[str], _rule(check_tags)]
Version = Annotated[str, _rule(check_version)]
VizOptions = Annotated[list[dict[str, Any]], AfterValidator(_check_viz_options)]
