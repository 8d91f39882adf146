"""Hrefs: locations of the files that a document names."""

from __future__ import annotations

import os
import re
from urllib.parse import quote, unquote, urljoin, urlsplit

from graft_eval.formats.addresses import from_gdal
from tileserver.catalog.locations import is_url

__all__ = ["resolve_href"]

CURL = re.compile(r"/vsicurl(?:_streaming)?(?:/|\?(?:.*&)?url=)(?P<url>https?[:%].*)", re.IGNORECASE)
BUCKETS = {"/vsis3/": "s3", "/vsigs/": "gs", "/vsiaz/": "az", "/vsiadls/": "abfs", "/vsioss/": "oss"}
SAFE_IN_URLS = "%/?:=&+,;@!~*'()$[]"


def resolve_href(href: str, base: str) -> str:
    """Return the absolute path or URL of an href in a document at `base`.

    Paths that GDAL reads URLs by stand for these. A relative path is taken as it is written where such a file is
    there, else with its escapes resolved and without a query or fragment.

    >>> resolve_href("a b.tif", "https://example.com/items/i.json")
    'https://example.com/items/a%20b.tif'
    >>> resolve_href("/vsicurl/https://example.com/a.tif", "/data/i.json")
    'https://example.com/a.tif'
    >>> resolve_href("/vsis3/bucket/a.tif", "/data/i.json")
    's3://bucket/a.tif'
    """
    href = from_gdal(href.strip())
    if found := CURL.match(href):
        url = found["url"]
        return _as_url(unquote(url) if "%3a" in url[:8].lower() else url)
    for prefix, scheme in BUCKETS.items():
        if href.startswith(prefix):
            return f"{scheme}://{href.removeprefix(prefix)}"
    if is_url(href):
        return _as_url(href)
    if re.match(r"[A-Za-z][\w+.-]*://", href):
        return href
    if is_url(base):
        path, separator, query = href.partition("?")
        return urljoin(base, quote(path, safe=SAFE_IN_URLS) + separator + query)
    return _local(href, os.path.dirname(_path_of(base)))


def _local(href: str, folder: str) -> str:
    plain = href.partition("#")[0].partition("?")[0]
    candidates = dict.fromkeys((href, unquote(href), plain, unquote(plain)))
    paths = (os.path.join(folder, name) for name in candidates if name)
    chosen = next(filter(_exists, paths), os.path.join(folder, unquote(href)))
    # a path is not resolved here: `check` follows links, and says where they lead
    return os.path.abspath(chosen)


def _exists(path: str) -> bool:
    try:
        return os.path.exists(path)
    except ValueError:  # a NUL in it
        return False


def _as_url(url: str) -> str:
    """Return a URL with what may not stand in one escaped."""
    return quote(url, safe=SAFE_IN_URLS + "#")


def _path_of(location: str) -> str:
    return unquote(urlsplit(location).path) if "://" in location else location
