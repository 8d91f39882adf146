"""The catalog's commands: add, add-api, check, list, show, set, remove."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from graft_eval.errors import NotInCatalog
from tileserver.catalog import AddOptions, AddReport, Catalog, read_pattern
from tileserver.catalog.errors import CatalogError
from tileserver.catalog.vectors import VectorFileError
from tileserver.commands.check import print_result
from tileserver.commands.console import data_dir_option, json_option, open_store, print_table, read_settings
from tileserver.commands.decisions import (
    print_bands,
    print_decisions,
    print_fields,
    print_kinds_of_problems,
    print_origins,
    print_summary,
    text_of,
)
from tileserver.commands.overrides import override_options, read_overrides
from tileserver.commands.report import count, print_report
from tileserver.settings import Settings

__all__ = ["add_with_progress", "catalog_group", "open_catalog"]

MAX_LISTED: Final = 10_000
INTERRUPTED: Final = 130  # the exit status of what Ctrl-C has ended

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group("catalog")
def catalog_group() -> None:
    """Add, check, list, show, set and remove what can be computed on.

    \b
    Examples:
      graftile catalog check ~/imagery
      graftile catalog list
    """


def _with_catalog(command: Command) -> Command:
    """Give a command the catalog in place of the data folder; what is not in it ends the command."""

    @data_dir_option
    @wraps(command)
    def run(data_dir: Path | None, **arguments: Any) -> None:
        with open_catalog(read_settings(data_dir=data_dir)) as catalog:
            try:
                command(catalog, **arguments)
            except (NotInCatalog, CatalogError) as exc:
                raise click.ClickException(str(exc)) from exc

    return run  # type: ignore[return-value]


def _read_pattern(context: click.Context, parameter: click.Parameter, given: str | None) -> object:
    try:
        return None if given is None else read_pattern(given)
    except ValueError as exc:
        raise click.BadParameter(str(exc)) from exc


group_option = click.option(
    "--group-by", "pattern", metavar="PATTERN", callback=_read_pattern,
    help="Files of one scene are one image: {scene}_{band}.tif. Landsat's and Sentinel-2's are without it.",
)  # fmt: skip


@catalog_group.command("add")
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--strict", is_flag=True, help="Refuse images of which a band cannot be read.")
@group_option
@override_options
@_with_catalog
def add_command(catalog: Catalog, sources: Sequence[str], strict: bool, pattern: Any, **overrides: Any) -> None:
    """Add STAC Items, Collections, Catalogs, lists of Items, rasters, and folders of them.

    What is there already is updated where it has changed. The rest is added when something fails; the exit status is
    1 then. Options on bands hold for the products, as those of `catalog set` do.

    \b
    Examples:
      graftile catalog add ~/imagery
      graftile catalog add ~/landsat/*/ --group-by "{scene}_{band}.tif" --scale 0.0001
    """
    options = AddOptions(strict=strict, pattern=pattern, overrides=read_overrides(**overrides))
    report = add_with_progress(catalog, sources, options)
    print_report(report)
    for product in dict.fromkeys(image.rpartition(":")[0] for image in (*report.added, *report.updated)):
        print_summary(product, catalog.product_account(product)["origins"])
    if report.interrupted:
        raise click.exceptions.Exit(INTERRUPTED)
    if report.failed:
        raise click.exceptions.Exit(1)


@catalog_group.command("add-api")
@click.argument("url")
@click.option("--collection", required=True, help="The Collection's id there.")
@click.option("--as", "product", default="", metavar="NAME", help="What the product is called; the Collection's id.")
@_with_catalog
def add_api_command(catalog: Catalog, url: str, collection: str, product: str) -> None:
    """Add a Collection of the STAC API at URL as a product, which is searched there when a computation needs it.

    \b
    Examples:
      graftile catalog add-api https://earth-search.aws.element84.com/v1 --collection sentinel-2-l2a
    """
    report = catalog.add_api(url, collection, product)
    print_report(report)
    if report.failed:
        raise click.exceptions.Exit(1)
    for name in report.products:
        bands = " ".join(catalog.product(name).bands)
        click.echo(f"{name} is searched at {url} from now on" + (f"; its bands: {bands}" if bands else ""))


@catalog_group.command("add-vectors")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", "product", required=True, help="What wf.FeatureCollection.from_vector_id calls them.")
@click.option("--title", default="", help="A title for people; the id by default.")
@_with_catalog
def add_vectors_command(catalog: Catalog, file: Path, product: str, title: str) -> None:
    """Add the features of a GeoJSON, GeoPackage, Shapefile or GeoParquet file, in place of those of that id.

    \b
    Examples:
      graftile catalog add-vectors fields.gpkg --id fields
    """
    try:
        features = catalog.add_vectors(file, product, title)
    except VectorFileError as exc:
        raise click.ClickException(str(exc)) from exc
    click.echo(f"added {product}: {count(features, 'feature')}")


@catalog_group.command("check")
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@group_option
@_with_catalog
def check_command(catalog: Catalog, sources: Sequence[str], pattern: Any) -> None:
    """Say what `catalog add` would make of files, Items and folders, and why; nothing is added.

    \b
    Examples:
      graftile catalog check ~/imagery/a.tif
    """
    failed = [print_result(result) for result in catalog.check(sources, AddOptions(pattern=pattern))]
    if not all(failed):
        raise click.exceptions.Exit(1)


@catalog_group.command("set")
@click.argument("product")
@override_options
@click.option("--reset", is_flag=True, help="Drop what was set before: Items and files count again.")
@_with_catalog
def set_command(catalog: Catalog, product: str, reset: bool, **overrides: Any) -> None:
    """Say what holds for PRODUCT instead of what its Items and files say; these stay as they are.

    \b
    Examples:
      graftile catalog set imagery --nodata 0 --bands red,green,nir
      graftile catalog set imagery --reset
    """
    given = read_overrides(**overrides)
    if not given and not reset:
        raise click.UsageError("say what to set: --scale, --offset, --nodata, …, or --reset")
    if reset:
        catalog.clear_overrides(product)
    settings = catalog.set_overrides(product, given).to_json()
    click.echo(f"{product}: {text_of(settings) if settings else 'as its Items and files say'}")


@catalog_group.command("list")
@click.argument("product", required=False)
@json_option
@_with_catalog
def list_command(catalog: Catalog, product: str | None, as_json: bool) -> None:
    """List the products, or the images of PRODUCT.

    \b
    Examples:
      graftile catalog list
      graftile catalog list imagery --json
    """
    if product is not None:
        scenes = catalog.scenes(product, start=None, end=None, limit=MAX_LISTED, area=None)
        images = [(scene.id, f"{scene.date:%Y-%m-%d %H:%M}", [band.name for band in scene.bands]) for scene in scenes]
        if as_json:
            _print_json({"id": id, "date": f"{date}Z", "bands": bands} for id, date, bands in images)
        else:
            print_table(("IMAGE", "DATE", "BANDS"), [(id, date, " ".join(bands)) for id, date, bands in images])
        return
    records = [catalog.product_record(known.id) for known in catalog.products()]
    vectors = catalog.vector_records()
    if as_json:
        _print_json([*records, *vectors])
        return
    print_table(("PRODUCT", "IMAGES", "FROM", "TO", "BANDS"), [_product_row(record) for record in records])
    if vectors:
        click.echo()
        rows = [(record["id"], f"{record['features']:,}", record["title"]) for record in vectors]
        print_table(("VECTORS", "FEATURES", "TITLE"), rows)


@catalog_group.command("show")
@click.argument("name", metavar="ID")
@_with_catalog
def show_command(catalog: Catalog, name: str) -> None:
    """Show a product or an image: dates, extent, bands, where each of these is from, what is set, what is odd.

    \b
    Examples:
      graftile catalog show imagery
    """
    record = _find_record(catalog, name)
    print_fields(record)
    if all(isinstance(band, str) for band in record["bands"]):
        account = catalog.product_account(name)
        print_origins(account["origins"])
        print_kinds_of_problems(account["problems"])
        return
    print_bands(record["bands"])
    print_decisions(record)
    print_kinds_of_problems(record.get("problems", ()))


@catalog_group.command("remove")
@click.argument("name", metavar="ID")
@_with_catalog
def remove_command(catalog: Catalog, name: str) -> None:
    """Remove a product with its images, one image, or a vector product; files stay where they are.

    \b
    Examples:
      graftile catalog remove imagery
    """
    if catalog.remove_vectors(name):
        click.echo(f"removed {name}")
        return
    click.echo(f"removed {name}: {count(catalog.remove(name), 'image')}")


def add_with_progress(
    catalog: Catalog,
    sources: Sequence[str],
    options: AddOptions = AddOptions(),  # noqa: B008
) -> AddReport:
    """Add, with a bar on a terminal while that goes on."""
    if not sys.stderr.isatty():
        return catalog.add(sources, options)
    with click.progressbar(length=1, label="reading", show_pos=True, file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        return catalog.add(sources, replace(options, progress=show))


@contextmanager
def open_catalog(settings: Settings) -> Iterator[Catalog]:
    """Open the catalog of a data folder."""
    with open_store(settings) as engine:
        yield Catalog(engine, settings)


def _find_record(catalog: Catalog, name: str) -> dict[str, Any]:
    for find in (catalog.product_record, catalog.image_record):
        with suppress(NotInCatalog):
            return find(name)
    raise NotInCatalog(f"there is no product and no image {name!r} in the catalog")


def _print_json(records: Iterable[Mapping[str, Any]]) -> None:
    click.echo(json.dumps(list(records), indent=2))


def _product_row(record: Mapping[str, Any]) -> tuple[str, ...]:
    dates = [(record[end] or "")[:10] for end in ("start_datetime", "end_datetime")]
    return record["id"], str(record["images"]), *dates, " ".join(record["bands"])
