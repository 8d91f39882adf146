"""Templates of pages, and the texts that all of them are written with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tileserver.viewer.markdown import render_markdown

__all__ = ["HERE", "TEMPLATES", "TEXTS", "say"]

HERE: Final = Path(__file__).parent
TEXTS: Final[Mapping[str, str]] = json.loads((HERE / "static" / "texts.json").read_text(encoding="utf-8"))


def say(key: str, **fields: object) -> str:
    """Return a text of the table, with its {fields} filled in.

    >>> say("version", version="1.2.0")
    'version 1.2.0'
    """
    return TEXTS[key].format(**fields)


TEMPLATES: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["markdown"] = render_markdown
TEMPLATES.globals |= {"texts": TEXTS, "say": say}
