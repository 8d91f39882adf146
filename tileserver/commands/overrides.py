"""Options of `catalog add` and `catalog set` that override what Items and files say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import click
from rasterio.crs import CRS
from rasterio.errors import CRSError

from tileserver.catalog import Overrides
from tileserver.catalog.georeferencing import crs_name
from tileserver.catalog.overrides import EVERY, MASKS, Mask

__all__ = ["override_options", "read_overrides"]

Command = TypeVar("Command", bound=Callable[..., Any])

OPTIONS: Final = (
    click.option("--scale", multiple=True, metavar="[BAND=]NUMBER", help="Scale of all bands, or of one."),
    click.option("--offset", multiple=True, metavar="[BAND=]NUMBER", help="Offset, added after scaling."),
    click.option("--nodata", multiple=True, metavar="[BAND=]NUMBER", help="Stored value that means nothing is there."),
    click.option("--no-nodata", is_flag=True, help="No stored value means that nothing is there."),
    click.option("--bands", metavar="NAMES", help="Names of bands: red,green,nir in order, or B4=red,B8=nir."),
    click.option("--mask", type=click.Choice(MASKS), help="What masks: nodata alone, the alpha or the mask band."),
    click.option("--ignore-overviews", is_flag=True, help="Read the full resolution at every zoom."),
    click.option(
        "--overview-from",
        type=click.IntRange(min=1),
        metavar="N",
        help="Read no overviews finer than the N-th: the finest is 1.",
    ),
    click.option("--crs", metavar="CRS", help="What the files' coordinates are in: EPSG:CODE, WKT or PROJ's text."),
)


def override_options(command: Command) -> Command:
    """Give a command the options."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def read_overrides(
    *,
    scale: Sequence[str],
    offset: Sequence[str],
    nodata: Sequence[str],
    no_nodata: bool,
    bands: str | None,
    mask: Mask | None,
    ignore_overviews: bool,
    overview_from: int | None,
    crs: str | None,
) -> Overrides:
    """Return what the options say; raises `click.BadParameter` for what is none."""
    if no_nodata and nodata:
        raise click.UsageError("--nodata and --no-nodata contradict each other")
    if ignore_overviews and overview_from:
        raise click.UsageError("--ignore-overviews and --overview-from contradict each other")
    return Overrides(
        scale=_by_band("--scale", scale),
        offset=_by_band("--offset", offset),
        nodata={EVERY: None} if no_nodata else _by_band("--nodata", nodata),
        bands=_names(bands) if bands else {},
        mask=mask,
        ignore_overviews=ignore_overviews,
        overview_from=overview_from,
        crs=_crs(crs) if crs else None,
    )


def _by_band(option: str, given: Sequence[str]) -> dict[str, float]:
    found = {}
    for one in given:
        band, _, number = one.rpartition("=")
        try:
            found[band or EVERY] = float(number)
        except ValueError as exc:
            raise click.BadParameter(f"must be NUMBER or BAND=NUMBER, not {one!r}", param_hint=option) from exc
    return found


def _crs(given: str) -> str:
    try:
        return crs_name(CRS.from_user_input(given))
    except (CRSError, ValueError) as exc:
        raise click.BadParameter(f"must be a coordinate reference system, not {given!r}", param_hint="--crs") from exc


def _names(given: str) -> dict[str, str]:
    names = [name.strip() for name in given.split(",")]
    if not all(names) or len({"=" in name for name in names}) > 1:
        raise click.BadParameter(f"must be NAME,… or OLD=NEW,…, not {given!r}", param_hint="--bands")
    if "=" not in given:
        return {f"#{at}": name for at, name in enumerate(names, 1)}
    return {old.strip(): new.strip() for old, _, new in (name.partition("=") for name in names)}
