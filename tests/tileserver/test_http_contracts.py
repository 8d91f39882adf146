"""Small contracts of HTTP: compression, preflight, slashes, charsets, NUL, names in all scripts."""

from __future__ import annotations

import socket
import time
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

import sdk as wf
from sdk.service.computation import Computation
from tests.tileserver.conftest import Served, X, Y, Z
from tileserver.http import connections

SCRIPTS = ("Ōsaka 大阪", "שלום \N{RIGHT-TO-LEFT MARK}", "👩\N{ZERO WIDTH JOINER}🚀", "a\N{NO-BREAK SPACE}b")


def publish(served: Served, **fields: Any) -> httpx2.Response:
    computation = Computation.of(wf.ImageCollection.from_id("field")).to_json()
    return served.post("/api/xyz", {**computation, **fields})


def test_text_is_compressed_for_those_who_take_it(served: Served, rgb: str) -> None:
    path = f"/wmts/xyz/{rgb}/1.0.0/WMTSCapabilities.xml"
    small = served.get(path, headers={"Accept-Encoding": "gzip"})
    plain = served.get(path, headers={"Accept-Encoding": "identity"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in small.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert int(small.headers["Content-Length"]) < len(plain.content) / 3
    assert small.content == plain.content


def test_pictures_are_not_compressed_again(served: Served, rgb: str) -> None:
    kvp = f"/wmts/xyz/{rgb}?service=WMTS&request=GetTile&version=1.0.0&tilematrixset=WebMercatorQuad"
    for path in (
        f"/xyz/{rgb}/{Z}/{X}/{Y}.png",
        f"{kvp}&layer={rgb}&format=image/png&tilematrix={Z}&tilerow={Y}&tilecol={X}",
    ):
        answer = served.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Type"] == "image/png"
        assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("header", ["Range", "Pragma", "Authorization"])
def test_pages_of_other_sites_may_send_what_players_and_caches_send(served: Served, rgb: str, header: str) -> None:
    asked = {"Origin": "https://maps.example", "Access-Control-Request-Method": "GET"}
    answer = served.http.request(
        "OPTIONS", f"/xyz/{rgb}/{Z}/{X}/{Y}.png", headers={**asked, "Access-Control-Request-Headers": header}
    )
    assert answer.status_code == 200
    assert header in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("path", ["{Z}/{X}/{Y}.png/", "tilejson.json/", "legend.png/"])
def test_a_slash_too_many_is_no_redirect_that_repeats_a_token(served: Served, rgb: str, path: str) -> None:
    address = f"/xyz/{rgb}/{path.format(Z=Z, X=X, Y=Y)}?access_token=secret"
    answer = served.get(address, follow_redirects=False)
    assert (answer.status_code, answer.headers.get("Location")) == (404, None)


def test_the_landing_page_of_the_ogc_api_may_end_in_a_slash(served: Served) -> None:
    assert served.get("/ogc/").json()["title"] == served.get("/ogc").json()["title"]


@pytest.mark.parametrize("charset", ["latin-1", "utf-16"])
def test_bodies_are_in_utf8(served: Served, charset: str) -> None:
    headers = {"Content-Type": f"application/json; charset={charset}"}
    answer = served.http.post("/api/inspect", content=b"{}", headers=headers)
    assert answer.status_code == 415
    assert answer.json()["message"] == f"the body must be in UTF-8, not in {charset!r}"


def test_utf8_may_be_said(served: Served) -> None:
    headers = {"Content-Type": 'application/json; charset="UTF-8"'}
    assert served.http.post("/api/inspect", content=b"{}", headers=headers).status_code == 400


def test_the_key_that_holds_nul_is_named(served: Served, rgb: str) -> None:
    answer = served.get(f"/xyz/{rgb}/{Z}/{X}/{Y}.png?band=red&colormap=a%00b")
    assert answer.status_code == 400
    assert (answer.json()["key"], answer.json()["message"]) == ("colormap", "colormap must not hold NUL (%00)")


def test_a_type_that_does_not_exist_is_refused_when_a_layer_is_made(served: Served) -> None:
    answer = publish(served, typespec={"type": "Sandwich"})
    assert answer.status_code == 400
    assert "Sandwich" in answer.json()["message"]


@pytest.mark.parametrize("name", SCRIPTS, ids=["japanese", "hebrew", "emoji", "space"])
def test_names_are_of_all_scripts(served: Served, name: str) -> None:
    assert publish(served, name=name).json()["name"] == name


@pytest.mark.parametrize("name", ["a\nb", "a\tb", "a\N{LINE SEPARATOR}b", "a\x7fb"])
def test_names_are_one_line(served: Served, name: str) -> None:
    assert publish(served, name=name).status_code == 400


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHost: 127"], ids=["nothing", "half a head"])
def test_connections_on_which_no_request_comes_are_closed(
    served: Served, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.1)
    address = urlsplit(served.url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(sent)
        assert connection.recv(1) == b""


def test_connections_that_are_used_again_stay(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.1)
    address = urlsplit(served.url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        for _ in range(2):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"200 OK" in connection.recv(4096)
            time.sleep(0.15)


def raw(served: Served, head: str, enough: bytes) -> bytes:
    """Return what comes for a request on a connection of its own, until it holds what is enough or the end."""
    address, found = urlsplit(served.url), b""
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(f"{head}\r\n\r\n".encode())
        while enough not in found and (came := connection.recv(65536)):
            found += came
    return found


def test_streams_to_http_1_0_are_not_chunked(served: Served, rgb: str) -> None:
    served.tile(rgb, "session_id=old")
    head, _, body = raw(
        served, f"GET /xyz/{rgb}/logs?session_id=old HTTP/1.0\r\nHost: localhost", b" served in "
    ).partition(b"\r\n\r\n")
    assert b" 200 OK" in head
    assert b"chunked" not in head.lower()
    assert body.startswith(b"id: ")
    new = raw(served, f"GET /xyz/{rgb}/logs?session_id=old HTTP/1.1\r\nHost: localhost", b" served in ")
    assert b"transfer-encoding: chunked" in new.lower()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_pictures_to_http_1_0_have_their_length(served: Served, rgb: str, method: str) -> None:
    path = f"/xyz/{rgb}/{Z}/{X}/{Y}.png"
    head, _, body = raw(
        served, f"{method} {path} HTTP/1.0\r\nHost: localhost\r\nAccept-Encoding: gzip", b"never"
    ).partition(b"\r\n\r\n")
    assert f"content-length: {len(served.get(path).content)}".encode() in head.lower()
    assert body == (served.get(path).content if method == "GET" else b"")
