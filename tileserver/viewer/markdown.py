"""Markdown: descriptions as HTML that can do no harm."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from tileserver.reference import anchor_of

__all__ = ["render_markdown", "render_page"]


def render_markdown(text: str) -> Markup:
    """Return CommonMark as HTML; HTML in it is shown as it is written, images and links that run scripts are no links.

    >>> print(render_markdown("*One* <b>two</b> [three](javascript:alert)"))
    <p><em>One</em> &lt;b&gt;two&lt;/b&gt; [three](javascript:alert)</p>
    <BLANKLINE>
    """
    return Markup(MARKDOWN.render(text))


def render_page(text: str, below: str = "") -> Markup:
    """Return a page of the documentation as HTML: headings are anchors, links to `PAGE.md` lead to its page.

    `below` is the way from the page's address to those of the others. Code that is wider than the page is scrolled by
    keyboard, too.

    >>> print(render_page("## A b\\n[c](C.md#d)", "language/"))
    <h2 id="a-b">A b</h2>
    <p><a href="language/C#d">c</a></p>
    <BLANKLINE>
    """
    return Markup(PAGE.render(text, {"below": below}).replace("<pre>", '<pre tabindex="0">'))


def _open_link(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    tokens[index].attrSet("rel", "nofollow noopener noreferrer")
    return renderer.renderToken(tokens, index, options, env)


def _make() -> MarkdownIt:
    markdown: Any = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).disable("image")
    markdown.add_render_rule("link_open", _open_link)
    return markdown  # type: ignore[no-any-return]


def _page_link(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    token = tokens[index]
    key = "href" if token.type == "link_open" else "src"
    address = str(token.attrGet(key))
    if ":" not in address and not address.startswith("#"):
        token.attrSet(key, env["below"] + re.sub(r"\.md(?=#|$)", "", address))
    if token.type == "link_open":
        return renderer.renderToken(tokens, index, options, env)
    token.attrSet("loading", "lazy")
    return renderer.image(tokens, index, options, env)


def _anchor(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    tokens[index].attrSet("id", anchor_of(tokens[index + 1].content))
    return renderer.renderToken(tokens, index, options, env)


def _make_page() -> MarkdownIt:
    markdown: Any = MarkdownIt("commonmark", {"html": False}).enable("table")
    for kind in ("link_open", "image"):
        markdown.add_render_rule(kind, _page_link)
    markdown.add_render_rule("heading_open", _anchor)
    return markdown  # type: ignore[no-any-return]


MARKDOWN: Final = _make()
PAGE: Final = _make_page()
