"""A server and who is calling are found in arguments, the environment, or a file."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sdk import exceptions
from sdk.service.client import CHANNEL, Client, client_version, default_client
from sdk.service.config import DEFAULT_URL, Server, config_path, find_server, read_config, write_config
from tests.server_fixture import running

MAPS = "https://maps.example.org"
OTHER = "https://other.example.org"


def write(text: str) -> Path:
    path = config_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_file_is_where_such_files_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert config_path() == tmp_path / "graftile/config.toml"
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert config_path() == tmp_path / ".config/graftile/config.toml"


def test_without_anything_it_is_this_machines_server() -> None:
    assert read_config() is None
    assert find_server() == Server(DEFAULT_URL)


def test_what_is_written_is_read_by_its_owner_alone() -> None:
    server = Server(f"{MAPS}/", 'a"b\\c')
    path = write_config(server)
    assert read_config() == server
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    write_config(Server(OTHER))
    assert read_config() == Server(OTHER)
    assert [file.name for file in path.parent.iterdir()] == ["config.toml"]


FOUND: list[tuple[str, dict[str, str], tuple[str | None, str | None], Server]] = [
    ("the file", {}, (None, None), Server(MAPS, "of-file")),
    ("the file's server by name", {}, (MAPS + "/", None), Server(MAPS, "of-file")),
    ("the environment", {"GRAFTILE_URL": OTHER, "GRAFTILE_TOKEN": "of-env"}, (None, None), Server(OTHER, "of-env")),
    ("the token of the environment", {"GRAFTILE_TOKEN": "of-env\n"}, (None, None), Server(MAPS, "of-env")),
    ("another server gets no token of the file", {"GRAFTILE_URL": OTHER}, (None, None), Server(OTHER)),
    ("another server that is given", {}, (OTHER, None), Server(OTHER)),
    ("arguments", {"GRAFTILE_URL": MAPS, "GRAFTILE_TOKEN": "of-env"}, (OTHER, "given"), Server(OTHER, "given")),
]


@pytest.mark.parametrize(("environment", "given", "server"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_what_is_said_nearest_counts(
    environment: dict[str, str],
    given: tuple[str | None, str | None],
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(f'url = "{MAPS}"\ntoken = "of-file"\n')
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert find_server(*given) == server
    assert Client(*given).url == server.url


def test_the_default_client_follows_the_file() -> None:
    assert default_client().url == DEFAULT_URL
    write_config(Server(MAPS))
    assert default_client().url == MAPS
    assert default_client() is default_client()


BAD_FILES = [
    ("url = ", "Invalid value"),
    ("url = 5", "strings url and token"),
    ('tokn = "x"', "nothing else such as 'tokn'"),
    ('url = "maps.example.org"', "begins with http"),
    ('token = "a b"', "printable ASCII"),
]


@pytest.mark.parametrize(("text", "message"), BAD_FILES)
def test_a_file_that_is_wrong_is_named(text: str, message: str) -> None:
    path = write(text)
    with pytest.raises(ValueError, match=message) as caught:
        find_server()
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("token", ["a b", "naïve", "a\nb", "a\x00b"], ids=repr)
def test_messages_show_no_token(token: str) -> None:
    with pytest.raises(ValueError, match="printable ASCII") as caught:
        Client(MAPS, token)
    assert token not in str(caught.value)
    assert "secret" not in repr(Server(MAPS, "secret")) + repr(Client(MAPS, "secret"))


@pytest.mark.parametrize("url", ["maps.example.org", "ftp://a", "http://", "https://a\nb"])
def test_addresses_are_http(url: str) -> None:
    with pytest.raises(ValueError, match="begins with http"):
        Server(url)


# Servers that fit, and others


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[dict[str, str], str]]:
    """A server whose answers have these headers, which tests change; it tells the headers that it got."""
    headers: dict[str, str] = {}

    async def answer(request: Request) -> Response:
        status = int(request.query_params.get("status", "200"))
        told = {"message": "no", "error": "no"} if status >= 400 else dict(request.headers)
        return JSONResponse(told, status, headers=headers)

    with running(Starlette(routes=[Route("/", answer)])) as url:
        yield headers, url


def test_client_and_server_say_which_channel_and_version_they_are(server: tuple[dict[str, str], str]) -> None:
    headers, url = server
    headers.clear()
    with Client(url) as client:
        got = client.get("/")
        assert (got["graftile-channel"], got["graftile-version"]) == (CHANNEL, client_version())
        headers.update({"Graftile-Channel": CHANNEL, "Graftile-Version": "999.0.0"})
        client.get("/")


@pytest.mark.parametrize("status", ["200", "422", "404"])
def test_a_server_of_another_channel_does_not_fit(server: tuple[dict[str, str], str], status: str) -> None:
    headers, url = server
    headers.update({"Graftile-Channel": "v9", "Graftile-Version": "999.0.0"})
    with Client(url) as client, pytest.raises(exceptions.IncompatibleServer, match=r"999\.0\.0.*'v9'.*'master'"):
        client.get("/", [("status", status)])


def test_a_refusal_of_another_version_says_so(server: tuple[dict[str, str], str]) -> None:
    headers, url = server
    headers.update({"Graftile-Channel": CHANNEL, "Graftile-Version": "999.0.0"})
    with Client(url) as client, pytest.raises(exceptions.BadRequest) as caught:
        client.get("/", [("status", "400")])
    assert caught.value.__notes__ == [f"The server is graftile 999.0.0, and this client {client_version()}."]


def test_a_limit_that_stays_is_a_resource_exhausted_and_a_retry_error(server: tuple[dict[str, str], str]) -> None:
    headers, url = server
    headers.clear()
    with Client(url, attempts=2) as client, pytest.raises(exceptions.ResourceExhausted, match="429 no") as caught:
        client.get("/", [("status", "429")])
    assert isinstance(caught.value, exceptions.RetryError)
    assert [str(error) for error in caught.value.exceptions] == ["429 no", "429 no"]
    assert (caught.value.status, caught.value.code) == (429, "no")
