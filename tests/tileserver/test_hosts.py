"""Malformed Hosts (CVE-2026-48710): in no way of sending one does it change routing, links or logs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.requests import Request

import sdk as wf
from tests.server_fixture import running_server, without_request_id
from tests.tileserver.conftest import Served, X, Y, Z

MALFORMED = ("a/b?c", "x#", "a b", "a\\b", "a@b", "[::1", "a:b:c")
PATHS = ("/", "/healthz", "/api/xyz", "/xyz/{layer}", "/xyz/{layer}/{tile}", "/xyz/{layer}/tilejson.json", "/nowhere")
PUBLIC_URL = "https://maps.example.com"


@pytest.fixture(scope="module", params=["", PUBLIC_URL], ids=["by its Host", "by a public URL"])
def trusting(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, scenes: Path
) -> Iterator[Served]:
    """A server that trusts proxies of this machine, and is known by its Host or by a public URL."""
    data_dir = tmp_path_factory.mktemp("data")
    settings = {"trusted_proxies": ("127.0.0.1",), "public_url": request.param}
    with (
        running_server(data_dir, add=[scenes], **settings) as url,
        Served(url, scenes, data_dir, {}) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def layer(trusting: Served) -> str:
    """A layer of one band."""
    return trusting.publish(wf.ImageCollection.from_id("field").pick_bands("nir"), public=True)


@pytest.mark.parametrize("host", MALFORMED)
@pytest.mark.parametrize("path", PATHS)
def test_a_malformed_host_is_refused_on_every_path(
    trusting: Served, layer: str, path: str, host: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "tileserver")
    answer = trusting.get(path.format(layer=layer, tile=f"{Z}/{X}/{Y}.png"), headers={"Host": host})
    assert answer.status_code == 400
    assert answer.json()["message"] == f"Host must be a name or an address, and perhaps a port, not {host!r}"
    assert "Location" not in answer.headers
    assert caplog.records == []


@pytest.mark.parametrize("host", MALFORMED)
@pytest.mark.parametrize("header", ["X-Forwarded-Host", "Forwarded"])
@pytest.mark.parametrize("path", PATHS)
def test_a_malformed_host_of_a_proxy_says_nothing(
    trusting: Served, layer: str, path: str, header: str, host: str
) -> None:
    path = path.format(layer=layer, tile=f"{Z}/{X}/{Y}.png")
    forwarded = {header: host if header == "X-Forwarded-Host" else f'for=192.0.2.1;host="{host}"'}
    answer, plain = trusting.get(path, headers=forwarded), trusting.get(path)
    assert answer.status_code == plain.status_code
    assert without_request_id(answer.text) == without_request_id(plain.text)
    assert answer.headers.get("Location") == plain.headers.get("Location")


@pytest.mark.parametrize("host", MALFORMED)
def test_starlette_keeps_a_malformed_host_out_of_urls(host: str) -> None:
    request = Request(
        {
            "type": "http",
            "scheme": "http",
            "server": ("127.0.0.1", 8000),
            "path": "/healthz",
            "query_string": b"key=1",
            "headers": [(b"host", host.encode())],
        }
    )
    assert str(request.url) == "http://127.0.0.1:8000/healthz?key=1"
    assert str(request.base_url) == "http://127.0.0.1:8000/"
