"""`graftile login` remembers a server, and a token that the server takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sdk.service.config import Server, read_config
from tests.server_fixture import running
from tileserver.commands.main import cli


@pytest.fixture(autouse=True)
def no_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("GRAFTILE_URL", raising=False)
    monkeypatch.delenv("GRAFTILE_TOKEN", raising=False)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The URL of a server that takes one token, and callers without any."""

    def answer(request: Request) -> Response:
        if request.headers.get("Authorization") in (None, "Bearer good"):
            return JSONResponse({"xyz": [], "next": None})
        return JSONResponse({"error": "bad_token", "message": "the token is not good"}, 401)

    with running(Starlette(routes=[Route("/api/xyz", answer)])) as url:
        yield url


def login(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["login", *arguments], input=typed)


def test_the_token_is_asked_for_and_not_shown(url: str) -> None:
    finished = login(url, typed="good\n")
    assert finished.exit_code == 0, finished.output
    assert read_config() == Server(url, "good")
    assert "good" not in finished.output


@pytest.mark.parametrize("address", ["maps.example.org", "htp://maps.example.org"])
def test_an_address_that_is_none_is_told_before_the_token_is_asked_for(address: str) -> None:
    refused = login(address, typed="good\n")
    assert refused.exit_code == 2
    assert f"begins with http:// or https://, unlike '{address}'" in refused.output
    assert "Token" not in refused.output


def test_a_server_without_tokens_needs_none(url: str) -> None:
    assert login(url, typed="\n").exit_code == 0
    assert read_config() == Server(url)


def test_a_token_of_the_environment_is_taken(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAFTILE_TOKEN", "good")
    assert login(url).exit_code == 0
    assert read_config() == Server(url, "good")


@pytest.mark.parametrize(
    ("address", "token", "message"),
    [
        ("{url}", "bad", "401 the token is not good"),
        ("{url}", "a b", "printable ASCII"),
        ("http://127.0.0.1:9", "good", "no server answers"),
    ],
)
def test_nothing_is_kept_of_what_does_not_work(url: str, address: str, token: str, message: str) -> None:
    finished = login(address.format(url=url), "--token", token)
    assert finished.exit_code == 1
    assert message in finished.output
    assert read_config() is None
