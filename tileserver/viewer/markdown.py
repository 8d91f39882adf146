"""Markdown: descriptions as HTML that can do no harm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

__all__ = ["render_markdown"]


def render_markdown(text: str) -> Markup:
    """Return CommonMark as HTML; HTML in it is shown as it is written, images and links that run scripts are no links.

    >>> print(render_markdown("*One* <b>two</b> [three](javascript:alert)"))
    <p><em>One</em> &lt;b&gt;two&lt;/b&gt; [three](javascript:alert)</p>
    <BLANKLINE>
    """
    return Markup(MARKDOWN.render(text))


def _open_link(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    tokens[index].attrSet("rel", "nofollow noopener noreferrer")
    return renderer.renderToken(tokens, index, options, env)


def _make() -> MarkdownIt:
    markdown: Any = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).disable("image")
    markdown.add_render_rule("link_open", _open_link)
    return markdown  # type: ignore[no-any-return]


MARKDOWN: Final = _make()
