"""The command line: serve, the catalog's commands, the demo."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
from pyproj import CRS

from graft_eval.errors import NotInCatalog
from sdk.service.client import Client
from sdk.service.config import Server, write_config
from sdk.service.exceptions import GraftileError
from tileserver.catalog import AddReport, Catalog
from tileserver.commands.console import data_dir_option, open_store, print_table, read_settings
from tileserver.commands.users import token_group, user_group
from tileserver.settings import Settings, is_loopback

__all__ = ["cli"]

MAX_LISTED = 10_000

Command = TypeVar("Command", bound=Callable[..., Any])

allow_remote_option = click.option(
    "--allow-remote", is_flag=True, default=None, help="Let other machines in although nobody needs to sign in."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="graftile")
def cli() -> None:
    """Published computations as live maps.

    Settings come from GRAFTILE_* in the environment and from graftile.toml in the data folder, too.
    """


@cli.command("serve")
@click.argument("folder", type=click.Path(exists=True, file_okay=False), required=False)
@click.option("--host", help="Address to bind (GRAFTILE_HOST); a loopback one by default.")
@click.option("--port", type=int, help="TCP port to bind (GRAFTILE_PORT).")
@allow_remote_option
@data_dir_option
def serve_command(folder: str | None, **options: Any) -> None:
    """Serve maps; add what is in FOLDER first."""
    from tileserver.serving import serve

    settings = read_settings(**options)
    _check_exposure(settings)
    with _open_catalog(settings) as catalog:  # without a folder, too: what is wrong is a line here, and no traceback
        if folder is not None:
            _print_report(catalog.add([folder]))
    serve(settings)


@cli.command("demo")
@click.option("--host", help="Address to bind (GRAFTILE_HOST); a loopback one by default.")
@click.option("--port", type=int, help="TCP port to bind (GRAFTILE_PORT).")
@allow_remote_option
@data_dir_option
def demo_command(**options: Any) -> None:
    """Serve maps of example data, made on the spot."""
    from tileserver.demo import run_demo

    settings = read_settings(**options, auth="none")
    _check_exposure(settings)
    run_demo(settings)


@cli.command("login")
@click.argument("url")
@click.option(
    "--token", envvar="GRAFTILE_TOKEN", prompt="Token (none if empty)", default="", show_default=False, hide_input=True,
    help="A token of yours (GRAFTILE_TOKEN); asked for when left out, so that no history keeps it.",
)  # fmt: skip
def login_command(url: str, token: str) -> None:
    """Let the SDK talk to the server at URL with a token, from now on and where nothing else is said.

    Both are kept in ~/.config/graftile/config.toml, which nobody else can read, when the server takes the token.
    """
    try:
        server = Server(url, token)
        with Client(server.url, server.token) as client:
            client.get("/api/xyz", [("public", "true")])
    except (GraftileError, ValueError) as exc:
        raise click.ClickException(str(exc)) from exc
    click.echo(f"{server.url} is in {write_config(server)}")


@cli.group("catalog")
def catalog_group() -> None:
    """Add, list, show and remove what can be computed on."""


cli.add_command(user_group)
cli.add_command(token_group)


def _with_catalog(command: Command) -> Command:
    """Give a command the catalog in place of the data folder; what is not in it ends the command."""

    @data_dir_option
    @wraps(command)
    def run(data_dir: Path | None, **arguments: Any) -> None:
        with _open_catalog(read_settings(data_dir=data_dir)) as catalog:
            try:
                command(catalog, **arguments)
            except NotInCatalog as exc:
                raise click.ClickException(str(exc)) from exc

    return run  # type: ignore[return-value]


@catalog_group.command("add")
@click.argument("sources", nargs=-1, required=True, metavar="PATH|URL...")
@_with_catalog
def add_command(catalog: Catalog, sources: Sequence[str]) -> None:
    """Add STAC Items, Collections, Catalogs, GeoTIFFs, and folders of them.

    What is there already is updated. The rest is added when something fails; the exit status is 1 then.
    """
    report = catalog.add(sources)
    _print_report(report)
    if report.failed:
        raise click.exceptions.Exit(1)


@catalog_group.command("list")
@click.argument("product", required=False)
@_with_catalog
def list_command(catalog: Catalog, product: str | None) -> None:
    """List the products, or the images of PRODUCT."""
    if product is None:
        rows = [_product_row(catalog.product_record(known.id)) for known in catalog.products()]
        print_table(("PRODUCT", "IMAGES", "FROM", "TO", "BANDS"), rows)
        return
    scenes = catalog.scenes(product, start=None, end=None, limit=MAX_LISTED, area=None)
    rows = [(scene.id, f"{scene.date:%Y-%m-%d %H:%M}", " ".join(band.name for band in scene.bands)) for scene in scenes]
    print_table(("IMAGE", "DATE", "BANDS"), rows)


@catalog_group.command("show")
@click.argument("name", metavar="ID")
@_with_catalog
def show_command(catalog: Catalog, name: str) -> None:
    """Show a product or an image: dates, extent, bands."""
    record = _find_record(catalog, name)
    bands = record.pop("bands")
    record.pop("geometry", None)
    record |= record.pop("properties", {})
    print_table(("", ""), [(key, _text(value)) for key, value in record.items() if value not in (None, "")])
    click.echo()
    if all(isinstance(band, str) for band in bands):
        click.echo("bands  " + " ".join(bands))
        return
    columns = ("name", "common_name", "data_type", "nodata", "scale", "offset", "resolution", "crs")
    rows = [[_text(band[column]) for column in columns[:-1]] + [_crs_name(band["crs"])] for band in bands]
    print_table([column.upper().replace("_", " ") for column in columns], rows)


@catalog_group.command("remove")
@click.argument("name", metavar="ID")
@_with_catalog
def remove_command(catalog: Catalog, name: str) -> None:
    """Remove a product with its images, or one image; files stay where they are."""
    click.echo(f"removed {name}: {_count(catalog.remove(name), 'image')}")


def _find_record(catalog: Catalog, name: str) -> dict[str, Any]:
    for find in (catalog.product_record, catalog.image_record):
        with suppress(NotInCatalog):
            return find(name)
    raise NotInCatalog(f"there is no product and no image {name!r} in the catalog")


@contextmanager
def _open_catalog(settings: Settings) -> Iterator[Catalog]:
    with open_store(settings) as engine:
        yield Catalog(engine, settings)


def _check_exposure(settings: Settings) -> None:
    """Refuse to let other machines in where nobody signs in, unless that was asked for."""
    if settings.auth != "none" or is_loopback(settings.host):
        return
    if not settings.allow_remote:
        raise click.ClickException(
            f"other machines reach {settings.host}, and nobody needs to sign in: choose auth = token or oidc, or say "
            "--allow-remote (GRAFTILE_ALLOW_REMOTE) if that is meant"
        )
    warning = (
        f"Warning: other machines reach {settings.host}, and nobody needs to sign in. "
        "Requests are answered just where their Host is this machine's own, as through a forwarded port."
    )
    click.secho(warning, fg="yellow", err=True)


def _print_report(report: AddReport) -> None:
    for name, reason in report.failed:
        failure = reason if reason.startswith(name) else f"{name}: {reason}"
        click.secho(f"failed: {failure}", fg="red", err=True)
    click.echo(
        f"added {_count(len(report.added), 'image')}, updated {len(report.updated)}, failed {len(report.failed)}"
        + ("; products: " + " ".join(report.products) if report.products else "")
    )


def _product_row(record: dict[str, Any]) -> tuple[str, ...]:
    dates = [(record[end] or "")[:10] for end in ("start_datetime", "end_datetime")]
    return record["id"], str(record["images"]), *dates, " ".join(record["bands"])


def _crs_name(crs: str) -> str:
    return crs if crs.startswith("EPSG:") else CRS(crs).name


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
