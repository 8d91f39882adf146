"""Attribution of a layer's data: the providers and licences of the products that it loads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from graft_eval.errors import NotInCatalog
from tileserver.catalog import Catalog
from tileserver.layers.image_sources import ImageSource

__all__ = ["credits_of"]


def credits_of(sources: Collection[ImageSource], catalog: Catalog) -> str:
    """Return a line for each product that is loaded whole or in part, with its providers and licence."""
    names = {source.name for source in sources if source.name is not None}
    products = {record["id"]: record for name in names if (record := _product_of(name, catalog))}
    credits = ((products[id], ", ".join(_details(products[id]))) for id in sorted(products))
    return "\n".join(f"{record['title'] or record['id']} ({details})" for record, details in credits if details)


def _product_of(name: str, catalog: Catalog) -> Mapping[str, Any] | None:
    try:
        return catalog.product_record(name)
    except NotInCatalog:
        try:
            return catalog.product_record(catalog.image_record(name)["product"])
        except NotInCatalog:
            return None


def _details(record: Mapping[str, Any]) -> Iterator[str]:
    """Yield names of providers and the licence; Collections may hold anything under these keys."""
    providers = record.get("providers")
    for provider in providers if isinstance(providers, list) else ():
        if isinstance(provider, Mapping) and isinstance(provider.get("name"), str):
            yield provider["name"]
    if isinstance(record.get("license"), str):
        yield record["license"]
