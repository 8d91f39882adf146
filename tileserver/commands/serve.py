"""The commands that serve: one's own imagery, or the demo."""

from __future__ import annotations

from typing import Any

import click

from tileserver.commands.attached import attach
from tileserver.commands.catalog_adding import add_with_progress
from tileserver.commands.catalog_opening import open_catalog
from tileserver.commands.console import data_dir_option, read_settings
from tileserver.commands.report import print_report
from tileserver.setting_values import is_loopback
from tileserver.settings import Settings

__all__ = ["demo_command", "serve_command"]

allow_remote_option = click.option(
    "--allow-remote", is_flag=True, default=None, help="Let other machines in although nobody needs to sign in."
)
port_option = click.option("--port", type=click.IntRange(0, 65535), help="TCP port to bind (GRAFTILE_PORT).")


@click.command("serve")
@click.argument("path", type=click.Path(exists=True), required=False)
@click.option("--host", help="Address to bind (GRAFTILE_HOST); a loopback one by default.")
@port_option
@allow_remote_option
@click.option("--workers", type=click.IntRange(1), help="Processes that serve (GRAFTILE_WORKERS).")
@click.option("--attached", is_flag=True, hidden=True, help="Take orders from the standard input, end with it.")
@data_dir_option
def serve_command(path: str | None, attached: bool, **options: Any) -> None:
    """Serve maps; add what is in PATH, a folder or a file, first.

    \b
    Examples:
      graftile serve
      graftile serve ~/imagery --port 9000
    """
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


@click.command("demo")
@click.option("--host", help="Address to bind (GRAFTILE_HOST); a loopback one by default.")
@port_option
@allow_remote_option
@data_dir_option
def demo_command(**options: Any) -> None:
    """Serve maps of example data, made on the spot.

    \b
    Examples:
      graftile demo
    """
    from tileserver.demo import run_demo
    from tileserver.serving import check_address

    settings = read_settings(**options, auth="none")
    _check_exposure(settings)
    check_address(settings)
    run_demo(settings)


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
