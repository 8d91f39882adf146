"""Users and tokens on the command line: shown once, listed without their secret, revoked at once."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from tileserver.auth import Caller
from tileserver.commands.main import cli
from tileserver.store import Users

BOB = "bob@example.com"


@pytest.fixture(autouse=True)
def own_database(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GRAFTILE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GRAFTILE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("GRAFTILE_DATABASE_URL", database_url)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def cells(result: Result) -> list[list[str]]:
    assert result.exit_code == 0, result.output
    return [re.split("  +", line) for line in result.stdout.splitlines()]


def test_a_token_is_printed_once_and_known_by_its_digest_alone(engine: Engine) -> None:
    assert run("user", "add", BOB, "--org", "acme").stdout == f"added {BOB} of acme\n"
    created = run("token", "create", BOB)
    token = created.stdout.strip()
    assert re.fullmatch(r"graftile_[\w-]{43}", token)
    assert token not in created.stderr
    assert Users(engine).identify(token) == Caller(BOB, "acme", "write")
    listed = cells(run("token", "list", BOB))
    assert [row[1:3] for row in listed] == [["EMAIL", "SCOPES"], [BOB, "read,write"]]
    with engine.connect() as connection:
        kept = " ".join(str(row) for row in connection.execute(text("SELECT * FROM tokens")))
    assert token.removeprefix("graftile_") not in kept + str(listed)


def test_a_revoked_token_is_nobodys(engine: Engine) -> None:
    run("user", "add", BOB)
    token = run("token", "create", BOB, "--scope", "admin").stdout.strip()
    assert Users(engine).identify(token) == Caller(BOB, "", "admin")
    [_, [token_id, *_]] = cells(run("token", "list"))
    assert run("token", "revoke", token_id).exit_code == 0
    assert Users(engine).identify(token) is None
    again = run("token", "revoke", token_id)
    assert (again.exit_code, again.stderr) == (1, f"Error: there is no token '{token_id}'\n")


def test_an_expired_token_is_nobodys(engine: Engine) -> None:
    run("user", "add", BOB)
    token = run("token", "create", BOB, "--days", "1").stdout.strip()
    with engine.begin() as connection:
        connection.execute(text("UPDATE tokens SET expires_timestamp = '2020-01-01 00:00:00'"))
    assert Users(engine).identify(token) is None


def test_a_user_belongs_to_one_organization_and_goes_with_their_tokens(engine: Engine) -> None:
    run("user", "add", BOB, "--org", "acme")
    token = run("token", "create", BOB, "--scope", "read").stdout.strip()
    assert run("user", "add", BOB, "--org", "globex").stdout == f"changed {BOB} of globex\n"
    assert Users(engine).identify(token) == Caller(BOB, "globex", "read")
    assert [row[:2] for row in cells(run("user", "list"))] == [["EMAIL", "ORG"], [BOB, "globex"]]
    assert run("user", "remove", BOB).exit_code == 0
    assert Users(engine).identify(token) is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("user", "add", "bob"), "an email address must be like"),
        (("user", "add", BOB, "--org", "Acme Inc."), "the name of an organization must be"),
        (("user", "remove", BOB), f"there is no user '{BOB}'"),
        (("token", "create", BOB), f"there is no user '{BOB}'"),
        (("token", "list", BOB), f"there is no user '{BOB}'"),
        (("token", "create", BOB, "--scope", "all"), "is not one of 'read', 'write', 'admin'"),
        (("token", "create", BOB, "--days", "0"), "is not in the range"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code in (1, 2)
    assert message in result.stderr
    assert "Traceback" not in result.output
