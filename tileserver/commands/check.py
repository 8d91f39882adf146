"""The account that `catalog check` gives of files and Items."""

from __future__ import annotations

import click

from tileserver.catalog.accounts import Account
from tileserver.catalog.adding import Failure, PassedOver, Prepared, Result, Unchanged
from tileserver.catalog.overrides import Overrides
from tileserver.catalog.records import format_time, image_record
from tileserver.commands.console import print_table
from tileserver.commands.decisions import crs_name, print_decisions
from tileserver.commands.report import print_problems

__all__ = ["print_result"]

COLUMNS = ("BAND", "ALIAS", "TYPE", "NODATA", "SCALE", "OFFSET", "MASK", "PIXELS", "OVERVIEWS", "CRS", "FILE")


def print_result(result: Result) -> bool:
    """Print what would be made of one file, Item or Collection; return whether it can be added."""
    match result:
        case Failure(name, reason):
            click.secho(f"cannot be added: {name}: {reason}\n", fg="red")
            return False
        case PassedOver(kinds):
            click.echo("passed over: " + ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())))
        case Unchanged(images):
            for image in images:
                click.echo(f"{image.id}: in the catalog, and unchanged")
        case Prepared():
            _print_image(result)
    return True


def _print_image(prepared: Prepared) -> None:
    entry = prepared.entry
    scene = Overrides().apply(entry.scene)
    until = f" until {format_time(scene.until)}" if scene.until else ""
    click.echo(f"{scene.id}  {format_time(scene.date)}{until}  from {entry.source}")
    rows = [
        (
            band.name,
            band.common_name or "-",
            band.dtype,
            "-" if band.nodata is None else f"{band.nodata:g}",
            f"{band.scale:g}",
            f"{band.offset:g}",
            band.mask or "-",
            f"{band.asset.shape[1]} x {band.asset.shape[0]}",
            str(len(band.asset.overviews)),
            crs_name(band.asset.crs),
            f"{band.asset.href}, band {band.index}",
        )
        for band in scene.bands
    ]
    print_table(COLUMNS, rows)
    print_decisions(image_record(scene, Account(origins=entry.origins)))
    print_problems((scene.id, problem) for problem in entry.problems)
    click.echo()
