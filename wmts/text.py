"""Text that XML 1.0 can carry."""

from __future__ import annotations

import re

__all__ = ["REPLACEMENT", "clean"]

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Whatever is outside the production Char of XML 1.0 (https://www.w3.org/TR/xml/#charsets): control characters but
# tab, line feed and carriage return, lone surrogates, U+FFFE and U+FFFF.
UNCARRIABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    r"""Return `text` with U+FFFD for each character that XML cannot carry, not even escaped.

    Every text and attribute of the documents passes through here, and nowhere else.

    >>> clean("nul \x00, but \t & <b>")
    'nul \ufffd, but \t & <b>'
    """
    return UNCARRIABLE.sub(REPLACEMENT, text)
