"""The commands that add to the catalog: add, add-api, add-vectors."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from tileserver.catalog import AddOptions, AddReport, Catalog
from tileserver.catalog.vectors import VectorFileError
from tileserver.commands.catalog_opening import group_option, with_catalog
from tileserver.commands.decisions import print_summary
from tileserver.commands.exit_codes import INTERRUPTED
from tileserver.commands.overrides import override_options, read_overrides
from tileserver.commands.report import count, print_report

__all__ = ["add_api_command", "add_command", "add_vectors_command", "add_with_progress"]


@click.command("add")
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--strict", is_flag=True, help="Refuse images of which a band cannot be read.")
@group_option
@override_options
@with_catalog
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


@click.command("add-api")
@click.argument("url")
@click.option("--collection", required=True, help="The Collection's id there.")
@click.option("--as", "product", default="", metavar="NAME", help="What the product is called; the Collection's id.")
@with_catalog
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


@click.command("add-vectors")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", "product", required=True, help="What wf.FeatureCollection.from_vector_id calls them.")
@click.option("--title", default="", help="A title for people; the id by default.")
@with_catalog
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
