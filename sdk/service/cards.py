"""What notebooks show of computations and of what a server keeps: type, parameters, the computation, a thumbnail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sdk.contract.cards import card, picture_of
from sdk.contract.parameters import read_parameters
from sdk.language.generic import type_name
from sdk.language.graft_text import text_of
from sdk.language.proxy import Proxy
from sdk.service.computation import Computation
from sdk.service.thumbnails import thumbnail_of

__all__ = ["proxy_card", "server_card"]

MAX_LINES: Final = 60  # of a computation


def proxy_card(obj: Proxy) -> str:
    """Return the card of a proxy object; a thumbnail is in it where a server is configured that draws it soon."""
    parameters = ", ".join(f"{type_name(type(each))} {each._name!r}" for each in obj.params)
    return card(type_name(type(obj)), {"parameters": parameters}, computation_text(obj), _picture(thumbnail_of(obj)))


def server_card(
    title: str, rows: Mapping[str, object], computation: Computation, png: bytes | None, page: str = ""
) -> str:
    """Return the card of an object that a server keeps: what is known of it, its computation, its page there."""
    obj = computation.object
    described = ", ".join(
        each.name if each.default is None else f"{each.name}={each.default!r}"
        for each in read_parameters(computation.parameters or ())
    )
    known = {**rows, "type": type_name(type(obj)), "parameters": described}
    return card(title, known, computation_text(obj), _picture(png), page)


def computation_text(obj: Proxy) -> str:
    """Return the first lines of a computation as text."""
    lines = text_of(obj).splitlines()[1:]
    more = len(lines) - MAX_LINES
    return "\n".join([*lines[:MAX_LINES], f"… {more} more lines"] if more > 0 else lines)


def _picture(png: bytes | None) -> str:
    return picture_of(png) if png else ""
