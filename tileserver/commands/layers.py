"""The commands of layers: list, show, renew and delete those of a server, their addresses, and their logs."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

import click

from sdk.service.log_stream import LogStream
from sdk.service.versioned_graft import VersionedGraft
from sdk.service.workflow import Workflow
from sdk.service.xyz import XYZ
from tileserver.commands.console import json_option, print_table, telling_errors
from tileserver.commands.styles import read_arguments, read_style, style_options

__all__ = ["find_layer", "layers_group", "logs_command"]

UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
XYZ_ID: Final = re.compile(r"(?:xyz/)?([0-9a-f]{48})")
WORKFLOW: Final = re.compile(r"(?:workflow/)?[^/]+@[^/]+:[^/]+")
VERSION: Final = re.compile(r"(?:workflow/)?([^/]+:[^/]+)/([^/]+)")
TILE: Final = "/{z}/{x}/{y}.png"
LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")


class Span(click.ParamType[timedelta]):
    """A span of time: a number of hours, days or weeks."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Return the span."""
        found = re.fullmatch(r"(\d{1,5})([hdw])", str(value))
        if not found:
            self.fail(f"must be a number of hours, days or weeks, as 12h, 7d or 2w, not {value!r}", param, ctx)
        return int(found[1]) * UNITS[found[2]]


layer_argument = click.argument("layer")


@click.group("layers")
def layers_group() -> None:
    """List, show, renew and delete layers of the server that `graftile login` or GRAFTILE_URL names.

    LAYER is the id of an XYZ object, or a version of a workflow, as bob@example.com:ndvi/1.0.0 or …/latest.

    \b
    Examples:
      graftile layers list --expiring 7d
      graftile layers url bob@example.com:ndvi/latest
    """


@layers_group.command("list")
@click.option("--expiring", type=Span(), help="Only what expires within that time: 12h, 7d, 2w.")
@json_option
def list_layers(expiring: timedelta | None, as_json: bool) -> None:
    """List one's XYZ objects, and the versions of the workflows that one may read, the newest first.

    \b
    Examples:
      graftile layers list
      graftile layers list --expiring 7d --json
    """
    with telling_errors():
        records = [_xyz_record(xyz) for public in (True, False) for xyz in XYZ.list(public=public)]
        if expiring is None:
            records += [_version_record(version) for workflow in Workflow.search() for version in workflow.versions]
    records.sort(key=lambda record: record["created_timestamp"], reverse=True)
    if expiring is not None:
        records = sorted(_expiring(records, expiring), key=lambda record: record["expires_timestamp"])
    if as_json:
        click.echo(json.dumps(records, indent=2))
        return
    columns = ("layer", "name", "type", "created_timestamp", "expires_timestamp")
    rows = [[(record[name] or "-")[: 10 if "timestamp" in name else None] for name in columns] for record in records]
    print_table(("LAYER", "NAME", "TYPE", "CREATED", "EXPIRES"), rows)


@layers_group.command("show")
@layer_argument
@json_option
def show_layer(layer: str, as_json: bool) -> None:
    """Show a layer: its type, arguments, styles, and addresses.

    \b
    Examples:
      graftile layers show bob@example.com:ndvi/1.0.0
      graftile layers show bob@example.com:ndvi/latest --json
    """
    with telling_errors():
        found = find_layer(layer)
        record = _record_of(found)
    if as_json:
        click.echo(json.dumps({**record, "record": found._record}, indent=2))
        return
    shown = {name.removesuffix("_timestamp"): value for name, value in record.items() if value}
    shown["arguments"] = " ".join(parameter["name"] for parameter in found._record["parameters"]) or "none"
    shown["styles"] = " ".join(option["id"] for option in found._record["viz_options"]) or "none"
    shown["wmts"] = found.wmts_url()
    print_table(("", ""), [(name, str(value)) for name, value in shown.items()])


@layers_group.command("delete")
@click.argument("layers", nargs=-1, required=True, metavar="LAYER...")
def delete_layers(layers: Sequence[str]) -> None:
    """Delete XYZ objects, or workflows with all their versions: for these, LAYER is as bob@example.com:ndvi.

    \b
    Examples:
      graftile layers delete bob@example.com:ndvi
    """
    for layer in layers:
        with telling_errors():
            if found := XYZ_ID.fullmatch(layer):
                XYZ.delete_id(found[1])
            elif VERSION.fullmatch(layer):
                raise ValueError(f"versions are immutable, and {layer} is one: delete {layer.rpartition('/')[0]}")
            else:
                Workflow.delete_id(layer)
        click.echo(f"deleted {layer}")


@layers_group.command("renew")
@click.argument("layers", nargs=-1, required=True, metavar="LAYER...")
@click.option("--days", type=click.IntRange(1, 36_500), default=10, show_default=True, help="Days from now.")
def renew_layers(layers: Sequence[str], days: int) -> None:
    """Keep XYZ objects for so many days from now; workflows do not expire.

    \b
    Examples:
      graftile layers renew 24d0a4f0c9c3b7b0a1f2e3d4c5b6a7988796a5b4c3d2e1f0 --days 30
    """
    for layer in layers:
        with telling_errors():
            xyz = find_layer(layer)
            if not isinstance(xyz, XYZ):
                raise ValueError(f"{layer} is of a workflow, which does not expire")
            xyz.renew(days)
        click.echo(f"{layer} expires at {xyz.expires_timestamp:%Y-%m-%d %H:%M} UTC")


@layers_group.command("url")
@layer_argument
@click.argument("arguments", nargs=-1, metavar="[NAME=VALUE]...")
@style_options
@click.option("--session", help="Name under which what the tiles do is logged.")
@click.option("--wmts", is_flag=True, help="The address of the WMTS service instead, for QGIS and ArcGIS.")
@click.option("--page", is_flag=True, help="The address of the page with the map instead.")
def url_of_layer(
    layer: str, arguments: Sequence[str], session: str | None, wmts: bool, page: bool, **style: Any
) -> None:
    """Print the template of a layer's tiles, with {z}, {x} and {y} in it, as every web map takes it.

    NAME=VALUE are arguments of the layer, VALUE as JSON or a text.

    \b
    Examples:
      graftile layers url bob@example.com:ndvi/latest --colormap viridis --scales "[[0, 1]]"
      graftile layers url bob@example.com:month/1.0.0 month=7
      graftile layers url bob@example.com:ndvi/1.0.0 --wmts
    """
    if wmts and page:
        raise click.UsageError("--wmts and --page contradict each other")
    choices = {**read_style(style), **read_arguments(arguments)}
    with telling_errors():
        found = find_layer(layer)
        if wmts:
            click.echo(found.wmts_url())
            return
        url = found.url(session_id=session, **choices)
        click.echo(url.replace(TILE, "") if page else url)


@click.command("logs")
@layer_argument
@click.option("--session", required=True, help="The session, as it stands in the address of the tiles.")
@click.option("--level", type=click.Choice(LEVELS, case_sensitive=False), default="DEBUG", help="The least severe.")
@click.option("--since", type=click.DateTime(), help="Leave out what is older; in UTC.")
@click.option("--limit", type=click.IntRange(1), help="End after so many records.")
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each record.")
def logs_command(
    layer: str, session: str, level: str, since: datetime | None, limit: int | None, as_json: bool
) -> None:
    """Follow what the tiles of a session do, until Ctrl-C.

    \b
    Examples:
      graftile logs bob@example.com:ndvi/latest --session s1
      graftile logs bob@example.com:ndvi/latest --session s1 --level WARNING --json
    """
    with telling_errors(), suppress(KeyboardInterrupt):
        found = find_layer(layer)
        start = None if since is None else since.replace(tzinfo=UTC)
        stream = LogStream(found._client, found._layer, session, start, logging.getLevelName(level.upper()))
        for record in islice(stream, limit):
            moment = f"{record.timestamp:%Y-%m-%dT%H:%M:%S.%fZ}"
            if as_json:
                click.echo(json.dumps({"timestamp": moment, "level": record.level, "message": record.message}))
            else:
                click.echo(f"{moment}  {record.level:7}  {record.message}")


def find_layer(name: str) -> XYZ | VersionedGraft:
    """Return the layer of a name; ValueError for what names none, `NotFound` if the server has none."""
    if found := XYZ_ID.fullmatch(name):
        return XYZ.get(found[1])
    if found := VERSION.fullmatch(name):
        return VersionedGraft.get(found[1], found[2])
    if WORKFLOW.fullmatch(name):
        raise ValueError(f"{name} is a workflow, and a version of it is a layer: {name}/latest, or as {name}/1.0.0")
    raise ValueError(f"{name!r} names no layer: it must be the id of an XYZ object, or as bob@example.com:ndvi/1.0.0")


def _xyz_record(xyz: XYZ) -> dict[str, Any]:
    record = xyz._record
    return {
        "layer": xyz.id,
        **{name: record[name] for name in ("name", "type", "public", "user")},
        **{name: record[name] for name in ("created_timestamp", "expires_timestamp", "url_template")},
    }


def _version_record(version: VersionedGraft) -> dict[str, Any]:
    record = version._record
    return {
        "layer": version._layer.removeprefix("workflow/"),
        "name": version._workflow_id.partition(":")[2],
        "type": record["type"],
        "public": None,
        "user": version._workflow_id.partition(":")[0],
        "created_timestamp": record["created_timestamp"],
        "expires_timestamp": None,
        "url_template": record["url_template"],
    }


def _record_of(layer: XYZ | VersionedGraft) -> dict[str, Any]:
    return _xyz_record(layer) if isinstance(layer, XYZ) else _version_record(layer)


def _expiring(records: Sequence[dict[str, Any]], within: timedelta) -> Iterator[dict[str, Any]]:
    until = datetime.now(UTC) + within
    for record in records:
        if record["expires_timestamp"] and datetime.fromisoformat(record["expires_timestamp"]) <= until:
            yield record
