"""The language's reference: pages in Markdown, made of the table of operations and the SDK's types."""

from __future__ import annotations

from tileserver.reference.text import PICTURES, addresses, anchor_of, texts, title_of

__all__ = ["PICTURES", "addresses", "anchor_of", "texts", "title_of"]
