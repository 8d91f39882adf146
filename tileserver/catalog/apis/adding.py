"""Adding a Collection of a STAC API as a product that is searched there."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Engine, func, select

from tileserver.catalog.adding.findings import Failure
from tileserver.catalog.adding.making import Maker, Prepared
from tileserver.catalog.adding.report import AddReport
from tileserver.catalog.apis.api import Api, Found
from tileserver.catalog.apis.cells import cells_of
from tileserver.catalog.apis.client import open_api, search
from tileserver.catalog.apis.images import documents_of, item_of
from tileserver.catalog.apis.items import read_apis, row_of_item, write_api, write_image, write_items
from tileserver.catalog.apis.tables import StacItemRow
from tileserver.catalog.changes import Entry, read_settings, write_product
from tileserver.catalog.errors import ItemError, LocationError
from tileserver.catalog.ids import escape_id
from tileserver.catalog.locations import is_url
from tileserver.catalog.tables import ImageRow
from tileserver.settings import Settings
from tileserver.store import writing

__all__ = ["add_api"]

TRIED: Final = 5  # Items of which one should become an image


def add_api(engine: Engine, settings: Settings, url: str, collection: str, product: str = "") -> AddReport:
    """Add a Collection of a STAC API as a product, which is called as the Collection unless told otherwise.

    The product's bands are those of the first of some Items of which an image can be made; if there is none, nothing is
    added, and the report says why. Raises `CatalogError` where the API or the Collection cannot be read.
    """
    if not is_url(url):
        raise LocationError(f"{url} must have the form https://host/path, the root of a STAC API")
    report = AddReport()
    with documents_of(settings, url) as documents:
        api = open_api(product or collection, url, collection, documents)
        (earth,) = cells_of(None, None, None)
        found = search(api, earth, TRIED, documents)
        with engine.connect() as connection:
            crs = read_settings(connection, api.product).crs
        made, failures = _first_image(api, found, Maker(documents, strict=False), crs)
    if failures and made is None:
        report.failed = failures[:1]  # the others fail for the same reason, as a rule
        return report
    with writing(engine) as connection:
        of_product = select(func.count()).where(ImageRow.product == api.product)
        if api.product not in read_apis(connection) and connection.execute(of_product).scalar_one():
            raise LocationError(
                f"there is a product {api.product} already, of images that were added; --as gives this one another name"
            )
        where = {"url": api.url, "collection": api.collection}
        write_product(connection, api.product, api.document, stac_api=where)
        write_api(connection, api)
        if made is not None:
            name = made.scene.id.removeprefix(f"{api.product}:")
            write_items(connection, api, {one: found.items[one] for one in found.items if escape_id(one) == name})
            numbers = select(StacItemRow.number).where(StacItemRow.product == api.product)
            write_image(connection, connection.execute(numbers).scalar_one(), made)
            report.added.append(made.scene.id)
            report.problems += [(made.scene.id, problem) for problem in made.problems]
    report.products.append(api.product)
    return report


def _first_image(api: Api, found: Found, maker: Maker, crs: str | None) -> tuple[Entry | None, list[tuple[str, str]]]:
    """Return the first image that can be made and found again, and the failures before it, as (name, reason)."""
    failures = []
    for name, document in found.items.items():
        try:
            row_of_item(api.product, name, document)
        except ItemError as exc:
            failures.append((f"{api.product}:{name}", str(exc)))
            continue
        result = maker.make(item_of(api, document, crs))
        if isinstance(result, Prepared):
            return result.entry, failures
        assert isinstance(result, Failure)
        failures.append((result.name, result.reason))
    return None, failures
