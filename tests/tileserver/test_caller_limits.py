"""Requests that are told apart, logged, and limited by caller."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.server_fixture import running_server
from tests.tileserver.conftest import Served, X, Y, Z
from tileserver.http.access_log import ACCESS
from tileserver.store import Users, open_database


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, object]]]:
    found: list[dict[str, object]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(record.getMessage()))

    handler = Keep()
    ACCESS.addHandler(handler)
    ACCESS.setLevel(logging.INFO)
    yield found
    ACCESS.removeHandler(handler)
    ACCESS.setLevel(logging.NOTSET)


def test_each_request_is_a_line_without_its_query(served: Served, rgb: str, lines: list[dict[str, object]]) -> None:
    answer = served.get(f"/xyz/{rgb}/{Z}/{X}/{Y}.png?session_id=a", headers={"X-Request-Id": "my-request-1"})
    (line,) = lines
    assert answer.headers["X-Request-Id"] == line["request_id"] == "my-request-1"
    assert (line["method"], line["path"], line["status"]) == ("GET", f"/xyz/{rgb}/{Z}/{X}/{Y}.png", 200)
    assert (line["layer"], line["bytes"]) == (f"xyz/{rgb}", len(answer.content))
    assert line["scenes_read"] == 2
    assert line["bytes_read"] == int(answer.headers["Graftile-Read"].partition("bytes=")[2]) > 0
    assert set(line["stages"]) == {"search", "read", "compute", "encode"}  # type: ignore[call-overload]


@pytest.mark.parametrize("given", ["short", "a\tb c d e f g", "x" * 100])
def test_ids_that_could_be_anything_are_not_taken_over(served: Served, given: str) -> None:
    assert served.get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"] != given


def test_errors_name_their_request(served: Served, rgb: str) -> None:
    answer = served.get(f"/xyz/{rgb}/{Z}/{X}/{Y}.png?band=swir&session_id=named")
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]
    with httpx2.stream("GET", f"{served.url}/xyz/{rgb}/logs?session_id=named", timeout=60) as events:
        line = next(line for line in events.iter_lines() if line.startswith("data:"))
    assert f"(request {answer.headers['X-Request-Id']})" in line


def test_addresses_that_send_too_much_are_told_when_to_come_again(tmp_path: Path) -> None:
    with running_server(tmp_path, address_requests_per_second=0.5) as url, httpx2.Client(base_url=url) as client:
        answers = [client.get("/api/xyz") for _ in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 2
        assert answers[-1].json()["message"] == "you send more than 0.5 requests a second, which is the limit"
        assert client.get("/healthz").status_code == 200


def test_users_have_a_limit_of_their_own_wherever_they_send_from(tmp_path: Path) -> None:
    with running_server(tmp_path, auth="token", user_requests_per_second=0.5) as url:
        users = Users(engine := open_database(f"sqlite:///{tmp_path / 'graftile.sqlite'}"))
        tokens = []
        for email in ("ann@example.com", "bob@example.com"):
            users.add(email)
            tokens.append(users.create_token(email)[0])
        engine.dispose()
        ann, bob = ({"Authorization": f"Bearer {token}"} for token in tokens)
        with httpx2.Client(base_url=url) as client:
            assert [client.get("/api/xyz", headers=ann).status_code for _ in range(6)] == [200] * 5 + [429]
            assert client.get("/api/xyz", headers=bob).status_code == 200
            assert [client.get("/").status_code for _ in range(7)] == [200] * 7
