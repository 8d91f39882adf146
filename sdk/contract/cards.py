"""Cards: what notebooks show of an object, as HTML in which nothing of the object is markup."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping

__all__ = ["card", "picture_of"]


def card(title: str, rows: Mapping[str, object], text: str = "", picture: str = "", page: str = "") -> str:
    """Return a title, a table of what is not empty, text as it is written, and beside it a picture in HTML.

    The title leads to a page on the web, if there is one.

    >>> "&lt;b&gt;" in card("XYZ", {"name": "<b>"})
    True
    """
    cells = "".join(
        f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
        f"<td style='text-align:left'>{html.escape(str(value))}</td></tr>"
        for name, value in rows.items()
        if value not in (None, "", (), [], {})
    )
    table = f"<table>{cells}</table>" if cells else ""
    written = f"<pre style='line-height:1.3;overflow-x:auto'>{html.escape(text)}</pre>" if text else ""
    titled = html.escape(title)
    if page.startswith(("http://", "https://")):
        titled = f"<a href='{html.escape(page)}' target='_blank' rel='noopener'>{titled}</a>"
    body = f"<div style='min-width:0'><strong>{titled}</strong>{table}{written}</div>"
    return f"<div style='display:flex;gap:1em;align-items:flex-start'>{picture}{body}</div>"


def picture_of(png: bytes) -> str:
    """Return a PNG as an element of HTML."""
    return f"<img alt='thumbnail' src='data:image/png;base64,{base64.b64encode(png).decode()}'>"
