"""The command that names a server for the SDK and the other commands."""

from __future__ import annotations

import click

from sdk.service.client import Client
from sdk.service.config import Server, write_config
from sdk.service.exceptions import GraftileError

__all__ = ["login_command"]


def _server_url(ctx: click.Context, param: click.Parameter, url: str) -> str:
    try:
        return Server(url, "").url
    except ValueError as exc:
        raise click.BadParameter(str(exc)) from exc


@click.command("login")
@click.argument("url", callback=_server_url)  # before the token is asked for
@click.option(
    "--token", envvar="GRAFTILE_TOKEN", prompt="Token (none if empty)", default="", show_default=False, hide_input=True,
    help="A token of yours (GRAFTILE_TOKEN); asked for when left out, so that no history keeps it.",
)  # fmt: skip
def login_command(url: str, token: str) -> None:
    """Let the SDK talk to the server at URL with a token, from now on and where nothing else is said.

    Both are kept in ~/.config/graftile/config.toml, which nobody else can read, when the server takes the token.

    \b
    Examples:
      graftile login https://maps.example.com
    """
    try:
        server = Server(url, token)
        with Client(server.url, server.token) as client:
            client.get("/api/xyz", [("public", "true")])
    except (GraftileError, ValueError) as exc:
        raise click.ClickException(str(exc)) from exc
    click.echo(f"{server.url} is in {write_config(server)}")
