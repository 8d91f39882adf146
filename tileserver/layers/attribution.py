"""Attribution of data: the providers and licences of products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graft_eval.errors import NotInCatalog
from tileserver.catalog import Catalog

__all__ = ["credits_of"]


def credits_of(product: str, catalog: Catalog) -> tuple[str, ...]:
    """Return a line with the providers and the licence of a product; none if it names neither."""
    try:
        record = catalog.product_record(product)
    except NotInCatalog:
        return ()
    details = ", ".join(_details(record))
    return (f"{record['title'] or record['id']} ({details})",) if details else ()


def _details(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield names of providers and the licence; Collections may hold anything under these keys."""
    providers = record.get("providers")
    for provider in providers if isinstance(providers, list) else ():
        if isinstance(provider, Mapping) and isinstance(provider.get("name"), str):
            yield provider["name"]
    if isinstance(record.get("license"), str):
        yield record["license"]
