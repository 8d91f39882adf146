"""The client repeats what it may, and fails with the server's own words."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from sdk import exceptions
from sdk.service.client import Client, default_client
from tests.server_fixture import running


@dataclass
class Script:
    """A server that gives the answers it was told to, the last one again and again, and notes the requests."""

    answers: list[Response] = field(default_factory=lambda: [JSONResponse({})])
    requests: list[Request] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await request.body()
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        await answer(scope, receive, send)


class Broken(Response):
    """An answer whose connection breaks in the middle."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": False})


def refusal(status: int, message: str = "no", **headers: str) -> Response:
    return JSONResponse({"error": "code", "message": message, "limit": 7}, status, headers=headers)


@pytest.fixture(scope="module")
def script_url() -> Iterator[tuple[Script, str]]:
    script = Script()
    app = Starlette()
    app.mount("/", script)
    with running(app) as url:
        yield script, url


@pytest.fixture
def script(script_url: tuple[Script, str]) -> Script:
    script, _ = script_url
    script.answers, script.requests = [JSONResponse({})], []
    return script


@pytest.fixture
def client(script: Script, script_url: tuple[Script, str]) -> Iterator[Client]:
    with Client(script_url[1], "secret", attempts=3) as client:
        yield client


STATUSES = [
    (400, exceptions.BadRequest),
    (401, exceptions.Unauthorized),
    (403, exceptions.Forbidden),
    (404, exceptions.NotFound),
    (409, exceptions.Conflict),
    (413, exceptions.RequestTooLarge),
    (415, exceptions.BadRequest),
    (422, exceptions.JobComputeError),
    (500, exceptions.ServerError),
]


@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_a_refusal_becomes_an_error_with_the_servers_words(
    client: Client, script: Script, status: int, kind: type[Exception]
) -> None:
    script.answers = [refusal(status, "XYZ 'a' does not exist.")]
    with pytest.raises(kind, match=rf"^{status} XYZ 'a' does not exist\.$") as caught:
        client.get("/api/xyz/a")
    assert isinstance(caught.value, exceptions.ApiError)
    assert (caught.value.status, caught.value.code, caught.value.fields["limit"]) == (status, "code", 7)
    assert len(script.requests) == 1


def test_a_refusal_that_is_no_json_is_told_all_the_same(client: Client, script: Script) -> None:
    script.answers = [PlainTextResponse("<html>", 404)]
    with pytest.raises(exceptions.NotFound, match=r"404 Not Found \(/api/xyz/a\)"):
        client.get("/api/xyz/a")


def test_an_answer_of_something_else_is_no_object(client: Client, script: Script) -> None:
    script.answers = [PlainTextResponse("hello")]
    with pytest.raises(exceptions.GraftileError, match="is it a graftile"):
        client.get("/api/xyz/a")


def test_requests_carry_the_token_and_the_version(client: Client, script: Script) -> None:
    client.get("/api/xyz", [("public", "true")])
    (request,) = script.requests
    assert request.headers["authorization"] == "Bearer secret"
    assert request.headers["user-agent"].startswith("graftile/")
    assert request.url.query == "public=true"


def test_a_server_may_live_below_a_path(script: Script, script_url: tuple[Script, str]) -> None:
    with Client(f"{script_url[1]}/maps/") as client:
        client.get("/api/xyz/a")
    assert script.requests[0].url.path == "/maps/api/xyz/a"


@pytest.mark.parametrize(
    "failure", [refusal(503), refusal(429), refusal(502), Broken()], ids=["503", "429", "502", "broken"]
)
def test_reading_is_repeated(client: Client, script: Script, failure: Response) -> None:
    script.answers = [failure, failure, JSONResponse({"id": "a"})]
    assert client.get("/api/xyz/a") == {"id": "a"}
    assert len(script.requests) == 3


@pytest.mark.parametrize(
    ("failure", "sent"), [(refusal(503), 2), (refusal(502), 1), (Broken(), 1)], ids=["503", "502", "broken"]
)
def test_creating_is_repeated_only_when_the_server_did_nothing(
    client: Client, script: Script, failure: Response, sent: int
) -> None:
    script.answers = [failure, JSONResponse({"id": "a"})]
    if sent == 1:
        with pytest.raises(exceptions.GraftileError):
            client.post("/api/xyz", {})
    else:
        assert client.post("/api/xyz", {}) == {"id": "a"}
    assert len(script.requests) == sent


def test_the_client_waits_as_long_as_the_server_asks_for(client: Client, script: Script) -> None:
    script.answers = [refusal(503, **{"Retry-After": "1"}), JSONResponse({})]
    start = time.monotonic()
    client.get("/")
    assert time.monotonic() - start >= 1


def test_it_does_not_wait_for_minutes(client: Client, script: Script) -> None:
    script.answers = [refusal(503, **{"Retry-After": "3600"})]
    with pytest.raises(exceptions.ServiceUnavailable):
        client.get("/")


def test_after_several_failures_the_error_holds_all_of_them(client: Client, script: Script) -> None:
    script.answers = [refusal(429, "first"), refusal(503, "second"), refusal(503, "third")]
    with pytest.raises(exceptions.RetryError, match="gave up after 3 attempts: 503 third") as caught:
        client.get("/")
    assert [str(error) for error in caught.value.exceptions] == ["429 first", "503 second", "503 third"]


def test_a_final_refusal_after_a_failure_is_raised_as_such(client: Client, script: Script) -> None:
    script.answers = [refusal(503), refusal(404)]
    with pytest.raises(exceptions.NotFound):
        client.get("/")


def test_pages_are_followed(client: Client, script: Script) -> None:
    script.answers = [
        JSONResponse({"xyz": [{"id": 1}, {"id": 2}], "next": "https://public.example/api/xyz?after=2&public=true"}),
        JSONResponse({"xyz": [{"id": 3}], "next": None}),
    ]
    assert [record["id"] for record in client.pages("/api/xyz", "xyz")] == [1, 2, 3]
    assert script.requests[1].url.query == "after=2&public=true"


def test_without_a_server_the_error_says_how_to_start_one() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        client = Client(f"http://127.0.0.1:{unused.getsockname()[1]}")
    start = time.monotonic()
    with client, pytest.raises(exceptions.ServerUnreachable, match="graftile serve"):
        client.get("/")
    assert time.monotonic() - start < 5


def test_an_answer_that_takes_too_long_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with Client(url, timeout=0.2) as client, pytest.raises(exceptions.RequestTimeout, match="in time"):
            client.get("/")


def test_the_environment_names_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRAFTILE_URL", raising=False)
    assert default_client().url == "http://127.0.0.1:8000"
    monkeypatch.setenv("GRAFTILE_URL", "http://127.0.0.1:9999/maps/")
    assert default_client().url == "http://127.0.0.1:9999/maps"
    assert default_client() is default_client()


def test_an_address_without_a_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with http"):
        Client("127.0.0.1:8000")
