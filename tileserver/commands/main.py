"""The command line: serve, the catalog's commands, the demo."""

from __future__ import annotations

from typing import Any

import click

from sdk.service.client import Client
from sdk.service.config import Server, write_config
from sdk.service.exceptions import GraftileError
from tileserver.commands.attached import attach
from tileserver.commands.backup import backup_command, migrate_command, restore_command
from tileserver.commands.catalog import add_with_progress, catalog_group, open_catalog
from tileserver.commands.compute import compute_command
from tileserver.commands.config import config_command
from tileserver.commands.console import data_dir_option, read_settings
from tileserver.commands.doctor import doctor_command
from tileserver.commands.jobs import jobs_group
from tileserver.commands.layers import layers_group, logs_command
from tileserver.commands.publish import publish_command
from tileserver.commands.report import print_report
from tileserver.commands.seed import seed_command
from tileserver.commands.users import token_group, user_group
from tileserver.settings import Settings, is_loopback

__all__ = ["cli"]

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
@click.argument("path", type=click.Path(exists=True), required=False)
@click.option("--host", help="Address to bind (GRAFTILE_HOST); a loopback one by default.")
@click.option("--port", type=int, help="TCP port to bind (GRAFTILE_PORT).")
@allow_remote_option
@click.option("--attached", is_flag=True, hidden=True, help="Take orders from the standard input, end with it.")
@data_dir_option
def serve_command(path: str | None, attached: bool, **options: Any) -> None:
    """Serve maps; add what is in PATH, a folder or a file, first."""
    from tileserver.serving import check_address, serve

    settings = read_settings(**options)
    _check_exposure(settings)
    check_address(settings)
    with open_catalog(settings) as catalog:  # without a folder, too: what is wrong is a line here, and no traceback
        if path is not None:
            print_report(add_with_progress(catalog, [path]))
    if attached:
        attach(settings)
        serve(settings, click.echo)
    else:
        serve(settings)


@cli.command("demo")
@click.option("--host", help="Address to bind (GRAFTILE_HOST); a loopback one by default.")
@click.option("--port", type=int, help="TCP port to bind (GRAFTILE_PORT).")
@allow_remote_option
@data_dir_option
def demo_command(**options: Any) -> None:
    """Serve maps of example data, made on the spot."""
    from tileserver.demo import run_demo
    from tileserver.serving import check_address

    settings = read_settings(**options, auth="none")
    _check_exposure(settings)
    check_address(settings)
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


cli.add_command(backup_command)
cli.add_command(restore_command)
cli.add_command(migrate_command)
cli.add_command(catalog_group)
cli.add_command(config_command)
cli.add_command(doctor_command)
cli.add_command(jobs_group)
cli.add_command(layers_group)
cli.add_command(logs_command)
cli.add_command(compute_command)
cli.add_command(publish_command)
cli.add_command(seed_command)
cli.add_command(user_group)
cli.add_command(token_group)


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
