"""Adding a Collection of a STAC API as a product that is searched there."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from tileserver.catalog.adding.findings import Failure
from tileserver.catalog.adding.making import Maker, Prepared
from tileserver.catalog.adding.report import AddReport
from tileserver.catalog.apis.cells import cells_of
from tileserver.catalog.apis.client import open_api, search
from tileserver.catalog.apis.images import documents_of, item_of
from tileserver.catalog.apis.items import read_apis, write_api, write_image, write_items
from tileserver.catalog.apis.tables import StacItemRow
from tileserver.catalog.changes import read_settings, write_product
from tileserver.catalog.errors import LocationError
from tileserver.catalog.locations import is_url
from tileserver.catalog.tables import ImageRow
from tileserver.settings import Settings
from tileserver.store import writing

__all__ = ["add_api"]


def add_api(engine: Engine, settings: Settings, url: str, collection: str, product: str = "") -> AddReport:
    """Add a Collection of a STAC API as a product, which is called as the Collection unless told otherwise.

    The product's bands are those of one Item, of which an image is made; if that fails, nothing is added, and the
    report says why. Raises `CatalogError` where the API or the Collection cannot be read.
    """
    if not is_url(url):
        raise LocationError(f"{url} must have the form https://host/path, the root of a STAC API")
    report = AddReport()
    with documents_of(settings, url) as documents:
        api = open_api(product or collection, url, collection, documents)
        (earth,) = cells_of(None, None, None)
        found = search(api, earth, 1, documents)
        with engine.connect() as connection:
            crs = read_settings(connection, api.product).crs
        maker = Maker(documents, strict=False)
        result = next((maker.make(item_of(api, one, crs)) for one in found.items.values()), None)
    if isinstance(result, Failure):
        report.failed.append((result.name, result.reason))
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
        if isinstance(result, Prepared):
            write_items(connection, api, found.items)
            numbers = select(StacItemRow.number).where(StacItemRow.product == api.product)
            write_image(connection, connection.execute(numbers).scalar_one(), result.entry)
            report.added.append(result.entry.scene.id)
            report.problems += [(result.entry.scene.id, problem) for problem in result.entry.problems]
    report.products.append(api.product)
    return report
