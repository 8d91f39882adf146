"""The catalog's commands: what is in it is listed, shown, set and removed here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import click

from graft_eval.errors import NotInCatalog
from tileserver.catalog import AddOptions, Catalog
from tileserver.commands.catalog_adding import add_api_command, add_command, add_vectors_command
from tileserver.commands.catalog_opening import group_option, with_catalog
from tileserver.commands.check import print_result
from tileserver.commands.console import json_option, print_table
from tileserver.commands.decisions import (
    print_bands,
    print_decisions,
    print_fields,
    print_kinds_of_problems,
    print_origins,
    text_of,
)
from tileserver.commands.overrides import override_options, read_overrides
from tileserver.commands.report import count

__all__ = ["catalog_group"]

MAX_LISTED: Final = 10_000


@click.group("catalog")
def catalog_group() -> None:
    """Add, check, list, show, set and remove what can be computed on.

    \b
    Examples:
      graftile catalog check ~/imagery
      graftile catalog list
    """


for command in (add_command, add_api_command, add_vectors_command):
    catalog_group.add_command(command)


@catalog_group.command("check")
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@group_option
@with_catalog
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
@with_catalog
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
@with_catalog
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
@with_catalog
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
@with_catalog
def remove_command(catalog: Catalog, name: str) -> None:
    """Remove a product with its images, one image, or a vector product; files stay where they are.

    \b
    Examples:
      graftile catalog remove imagery
    """
    if catalog.remove_vectors(name):
        click.echo(f"removed {name}")
        return
    try:
        removed = catalog.remove(name)
    except NotInCatalog:
        _find_record(catalog, name)  # whose message names what is called alike
        raise
    click.echo(f"removed {name}: {count(removed, 'image')}")


def _find_record(catalog: Catalog, name: str) -> dict[str, Any]:
    return catalog.image_record(name) if ":" in name else catalog.product_record(name)


def _print_json(records: Iterable[Mapping[str, Any]]) -> None:
    click.echo(json.dumps(list(records), indent=2))


def _product_row(record: Mapping[str, Any]) -> tuple[str, ...]:
    dates = [(record[end] or "")[:10] for end in ("start_datetime", "end_datetime")]
    return record["id"], str(record["images"]), *dates, " ".join(record["bands"])
