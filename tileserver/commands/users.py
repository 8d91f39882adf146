"""The commands of users and tokens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import click

from sdk.contract.naming import check_email, check_organization
from tileserver.auth import SCOPES
from tileserver.commands.console import data_dir_option, json_option, open_store, print_table, read_settings
from tileserver.store import NotFound, TokenRecord, UserRecord, Users

__all__ = ["token_group", "user_group"]

MAX_DAYS = 3650


def _checked(rule: Callable[[str], str]) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """Return a callback that lets a rule of the SDK decide about a value."""

    def check(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
        try:
            return value if value is None else rule(value)
        except ValueError as exc:
            raise click.BadParameter(str(exc)) from exc

    return check


email_argument = click.argument("email", callback=_checked(check_email))


@click.group("user")
def user_group() -> None:
    """Add, list and remove who may sign in with a token (auth = token).

    \b
    Examples:
      graftile user add bob@example.com --org acme
    """


@user_group.command("add")
@email_argument
@click.option("--org", default="", callback=lambda c, p, v: _checked(check_organization)(c, p, v) if v else "",
              help="The organization that they belong to; without it, to none.")  # fmt: skip
@data_dir_option
def add_user(email: str, org: str, data_dir: Path | None) -> None:
    """Add a user, or let one belong to another organization from now on.

    \b
    Examples:
      graftile user add bob@example.com --org acme
    """
    with _users(data_dir) as users:
        is_new = users.add(email, org)
    click.echo(f"{'added' if is_new else 'changed'} {email}" + (f" of {org}" if org else ""))


@user_group.command("list")
@json_option
@data_dir_option
def list_users(as_json: bool, data_dir: Path | None) -> None:
    """List the users.

    \b
    Examples:
      graftile user list --json
    """
    with _users(data_dir) as users:
        found = users.all()
    if as_json:
        _print_json(found)
        return
    rows = [(user.email, user.org or "-", _day(user.created_timestamp)) for user in found]
    print_table(("EMAIL", "ORG", "SINCE"), rows)


@user_group.command("remove")
@email_argument
@data_dir_option
def remove_user(email: str, data_dir: Path | None) -> None:
    """Remove a user with their tokens; what they have published stays.

    \b
    Examples:
      graftile user remove bob@example.com
    """
    with _users(data_dir) as users:
        users.remove(email)
    click.echo(f"removed {email}")


@click.group("token")
def token_group() -> None:
    """Create, list and revoke the tokens of users.

    \b
    Examples:
      graftile token create bob@example.com
    """


@token_group.command("create")
@email_argument
@click.option("--scope", "scopes", multiple=True, type=click.Choice(SCOPES), default=("read", "write"),
              show_default=True, help="What it lets do; repeated. admin: also with what others own.")  # fmt: skip
@click.option("--days", type=click.IntRange(1, MAX_DAYS), default=90, show_default=True, help="Days until it expires.")
@data_dir_option
def create_token(email: str, scopes: tuple[str, ...], days: int, data_dir: Path | None) -> None:
    """Create a token of a user, and print it: it is shown this once.

    \b
    Examples:
      graftile token create bob@example.com --scope read --days 30
    """
    with _users(data_dir) as users:
        token, record = users.create_token(email, scopes, timedelta(days=days))
    expires = _day(record.expires_timestamp)
    click.echo(f"token {record.id} of {email}: {', '.join(record.scopes)}, until {expires}; shown this once:", err=True)
    click.echo(token)


@token_group.command("list")
@click.argument("email", required=False, callback=_checked(check_email))
@json_option
@data_dir_option
def list_tokens(email: str | None, as_json: bool, data_dir: Path | None) -> None:
    """List the tokens, or those of EMAIL.

    \b
    Examples:
      graftile token list bob@example.com --json
    """
    with _users(data_dir) as users:
        found = users.tokens(email)
    if as_json:
        _print_json(found)
        return
    rows = [
        (token.id, token.email, ",".join(token.scopes), _day(token.created_timestamp), _day(token.expires_timestamp))
        for token in found
    ]
    print_table(("ID", "EMAIL", "SCOPES", "CREATED", "EXPIRES"), rows)


@token_group.command("revoke")
@click.argument("token_id", metavar="ID")
@data_dir_option
def revoke_token(token_id: str, data_dir: Path | None) -> None:
    """Revoke a token, at once.

    \b
    Examples:
      graftile token revoke 3f2a
    """
    with _users(data_dir) as users:
        users.revoke_token(token_id)
    click.echo(f"revoked {token_id}")


@contextmanager
def _users(data_dir: Path | None) -> Iterator[Users]:
    """Open the users; one who is not there ends the command."""
    settings = read_settings(data_dir=data_dir)
    with open_store(settings) as engine:
        try:
            yield Users(engine)
        except NotFound as exc:
            raise click.ClickException(str(exc)) from exc


def _print_json(records: Iterable[UserRecord | TokenRecord]) -> None:
    click.echo(json.dumps([asdict(record) for record in records], indent=2, default=datetime.isoformat))


def _day(moment: datetime | None) -> str:
    return "-" if moment is None else f"{moment:%Y-%m-%d}"
