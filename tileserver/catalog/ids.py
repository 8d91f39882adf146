"""Ids of products and images."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

__all__ = ["escape_id", "name_of", "safe_id", "suffix_of"]


def safe_id(name: str) -> str:
    """Return a name as an id: what is neither letter, digit, dot, dash nor underscore becomes an underscore.

    >>> safe_id("my scenes: 2024")
    'my_scenes_2024'
    """
    return re.sub(r"[^\w.-]+", "_", name)


def escape_id(item: str) -> str:
    """Return an Item's id as it stands in `product:item`: a colon is %3A there, a percent sign %25.

    >>> escape_id("urn:ogc:scene/7")
    'urn%3Aogc%3Ascene/7'
    """
    return item.replace("%", "%25").replace(":", "%3A")


def suffix_of(location: str) -> str:
    """Return the suffix of a file's or URL's name, in lower case.

    >>> suffix_of("https://example.com/a%20b.TIF?token=1.x"), suffix_of("/data/.hidden"), suffix_of("B4.")
    ('.tif', '', '.')
    """
    # no PurePosixPath: of ten thousand files, they take seconds
    return os.path.splitext(unquote(urlsplit(location).path) if "://" in location else location)[1].lower()


def name_of(location: str) -> PurePosixPath:
    """Return the path of a file or URL, its escapes resolved."""
    return PurePosixPath(unquote(urlsplit(location).path) if "://" in location else location)
