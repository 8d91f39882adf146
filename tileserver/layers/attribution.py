"""Attribution of data: the providers and licences of products."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markupsafe import escape

from graft_eval.errors import NotInCatalog
from tileserver.catalog import Catalog

__all__ = ["credits_html", "credits_of"]


def credits_of(product: str, catalog: Catalog) -> tuple[str, ...]:
    """Return a line with the providers and the licence of a product; none if it names neither."""
    try:
        record = catalog.product_record(product)
    except NotInCatalog:
        return ()
    details = ", ".join(_details(record))
    return (f"{record['title'] or record['id']} ({details})",) if details else ()


def credits_html(credits: Iterable[str]) -> str:
    """Return lines of attribution as the HTML that web maps show.

    >>> credits_html(["Snow (ESA & others)", "Ice (EOX)"])
    'Snow (ESA &amp; others)<br>Ice (EOX)'
    """
    return "<br>".join(map(escape, credits))


def _details(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield names of providers and the licence; Collections may hold anything under these keys."""
    providers = record.get("providers")
    for provider in providers if isinstance(providers, list) else ():
        if isinstance(provider, Mapping) and isinstance(provider.get("name"), str):
            yield provider["name"]
    if isinstance(record.get("license"), str):
        yield record["license"]
