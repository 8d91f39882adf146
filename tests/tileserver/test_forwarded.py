"""The URLs in answers behind a proxy: Debian's nginx on loopback, and headers that nobody trusts."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import expect, sync_playwright

import sdk as wf
from tests.clients.test_web_maps import ARGUMENTS
from tests.nginx import running_nginx
from tests.server_fixture import running_server
from tests.tileserver.conftest import Served
from tests.tileserver.wmts_client import Wmts, report, rgba, texts
from tileserver.http.forwarded import forwarded
from tileserver.settings import Settings
from tileserver.store import Users, open_database

BELOW_A_PREFIX = """
location /maps/ {{
  proxy_pass {upstream}/;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-Host $http_host;
  proxy_set_header X-Forwarded-Prefix /maps;
}}
"""
URL_ROOT = re.compile(r'"(http[^"]*?)/(?:wmts/)?xyz/')


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory, scenes: Path) -> Iterator[Served]:
    """A server that trusts proxies of this machine."""
    data_dir = tmp_path_factory.mktemp("data")
    with (
        running_server(data_dir, add=[scenes], trusted_proxies=("127.0.0.1",)) as url,
        Served(url, scenes, data_dir, {}) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def proxy(trusting: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An nginx before it, and the address below which it shows the server."""
    with running_nginx(tmp_path_factory.mktemp("nginx"), BELOW_A_PREFIX.format(upstream=trusting.url)) as url:
        yield f"{url}/maps"


def urls_of(root: Any) -> list[str]:
    return texts(root, "//@x:href") + texts(root, "//@template")


def test_req_15_behind_nginx_with_a_prefix_every_url_leads_back_through_it(trusting: Served, proxy: str) -> None:
    layer = trusting.publish(wf.ImageCollection.from_id("field").pick_bands("nir"))
    with httpx2.Client(base_url=proxy, timeout=30) as client:
        service = Wmts(client, f"xyz/{layer}")
        root = service.document()
        assert {url[: len(proxy) + 1] for url in urls_of(root)} == {f"{proxy}/"}
        assert (
            client.get(texts(root, "/*/w:ServiceMetadataURL/@x:href")[0]).content
            == service.rest("WMTSCapabilities.xml").content
        )
        assert client.get(texts(root, "//w:LegendURL/@x:href")[0]).headers["Content-Type"] == "image/png"
        [template] = texts(root, "//w:ResourceURL[@resourceType='tile']/@template")
        place = {
            "Style": "default",
            "TileMatrixSet": "WebMercatorQuad",
            "TileMatrix": 10,
            "TileRow": 335,
            "TileCol": 550,
        }
        assert rgba(client.get(template.format(**place))).any()
        made = client.get(f"/api/xyz/{layer}").json()
        assert made["wmts_url_template"].startswith(f"{proxy}/wmts/xyz/")
        following = client.get("/api/xyz").json()["next"]
        assert following is None or following.startswith(f"{proxy}/api/xyz?")
    direct = Wmts(trusting.http, f"xyz/{layer}").document()
    assert {url[: len(trusting.url) + 1] for url in urls_of(direct)} == {f"{trusting.url}/"}


@pytest.mark.parametrize(
    ("headers", "root"),
    [
        ({"X-Forwarded-Proto": "https", "X-Forwarded-Host": "maps.example.com:8443"}, "https://maps.example.com:8443"),
        (
            {"Forwarded": "for=10.0.0.1;host=evil.example, for=10.0.0.2;proto=https;host=maps.example.com"},
            "https://maps.example.com",
        ),
        ({"X-Forwarded-Host": "maps.example.com", "X-Forwarded-Prefix": "/a/b/"}, "http://maps.example.com/a/b"),
        ({"Forwarded": "host=maps.example.com;proto=HTTPS"}, "https://maps.example.com"),
        ({"X-Forwarded-Prefix": "/a%20b"}, "/a%20b"),
        ({"X-Forwarded-Prefix": '/a"{b}'}, None),
        ({"X-Forwarded-Prefix": "//evil.example"}, None),
        ({"X-Forwarded-Prefix": "/a/../b"}, None),
        ({"X-Forwarded-Host": "maps.example.com/evil"}, None),
        ({"X-Forwarded-Host": "someone@maps.example.com"}, None),
        ({"X-Forwarded-Proto": "javascript"}, None),
    ],
    ids=[
        "x-forwarded",
        "forwarded",
        "prefix",
        "upper case",
        "escaped prefix",
        "no prefix",
        "two slashes",
        "dots",
        "no host",
        "user",
        "no scheme",
    ],
)
def test_what_a_trusted_proxy_says_counts_as_far_as_it_makes_sense(
    trusting: Served, headers: dict[str, str], root: str | None
) -> None:
    layer = trusting.publish(wf.ImageCollection.from_id("field").pick_bands("nir"))
    answer = Wmts(trusting.http, f"xyz/{layer}").rest("WMTSCapabilities.xml", headers=headers)
    seen = set(URL_ROOT.findall(answer.text))
    assert seen == {f"{trusting.url}{root}" if root and root.startswith("/") else root or trusting.url}


def test_nobody_is_trusted_unless_named(served: Served, nir: str) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Forwarded-Prefix": "/evil"}
    assert "evil" not in Wmts(served.http, f"xyz/{nir}").rest("WMTSCapabilities.xml", headers=headers).text


@pytest.mark.xdist_group("browser")
def test_pages_behind_nginx_with_a_prefix_find_their_files_tiles_and_logs(trusting: Served, proxy: str) -> None:
    trusting.publish(wf.ImageCollection.from_id("field").pick_bands("nir"), name="Behind a prefix", public=True)
    path = shutil.which("chromium")
    assert path, "chromium is not installed: apt-get install chromium"
    answers: list[tuple[str, int]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page()
        page.on("response", lambda answer: answers.append((answer.url, answer.status)))
        page.goto(f"{proxy}/")
        page.get_by_role("link", name="Behind a prefix").click()
        expect(page.locator("#tiles")).to_have_text(re.compile(r"^[1-9]\d* tiles · \d+ ms"), timeout=60_000)
        page.get_by_role("tab", name="Log").click()
        expect(page.locator("#log")).to_contain_text("served in", timeout=60_000)
        page.get_by_role("tab", name="Share").click()
        for label in ("This map", "XYZ tiles", "WMTS", "TileJSON", "MapLibre style"):
            assert page.get_by_label(label, exact=True).input_value().startswith(f"{proxy}/")
        page.get_by_role("tab", name="Inspect").click()
        page.get_by_role("button", name="Statistics of the view").click()
        expect(page.locator("#inspected")).to_contain_text("Median", timeout=60_000)
        page.get_by_role("link", name="All layers").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Layers")
        expect(page.locator("img.thumbnail").first).to_be_visible()
        page.get_by_role("link", name="field").first.click()
        expect(page.locator(".leaflet-tile-loaded").first).to_be_visible()
        page.get_by_role("button", name="Show me").click()
        expect(page.locator("#tiles")).to_have_text(re.compile(r"^[1-9]\d* tiles · \d+ ms"), timeout=60_000)
        page.get_by_role("link", name="All layers").click()
        page.get_by_role("link", name="Your jobs").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Jobs")
        browser.close()
    local = [(url[: len(proxy) + 1], status) for url, status in answers if url.startswith("http")]
    assert {*local} == {(f"{proxy}/", 200), (f"{proxy}/", 201)}  # the latter for the product's first layer


def test_uvicorn_with_a_root_path_serves_below_it(scenes: Path, tmp_path: Path) -> None:
    with running_server(tmp_path, add=[scenes], auth="token", root_path="/maps") as url:
        database = open_database(Settings(data_dir=tmp_path).database)
        users = Users(database)
        users.add("bob@example.com")
        token, _ = users.create_token("bob@example.com", ("write",))
        database.dispose()
        with Served(url, scenes, tmp_path, {}) as server:
            server.http.headers["Authorization"] = f"Bearer {token}"
            layer = server.publish(wf.ImageCollection.from_id("field").pick_bands("nir"), public=False)
            assert server.get(f"/api/xyz/{layer}").json()["url_template"].startswith(f"{url}/maps/xyz/")
            del server.http.headers["Authorization"]
            assert report(Wmts(server.http, f"xyz/{layer}").rest("WMTSCapabilities.xml"))[0] == 404
            root = Wmts(server.http, f"xyz/{layer}").document(f"access_token={token}")
            assert {link[: len(url) + 6] for link in urls_of(root)} == {f"{url}/maps/"}
            [legend, *_] = texts(root, "//w:LegendURL/@x:href")
            assert server.get(legend.replace("/maps/", "/", 1)).status_code == 200  # as the proxy passes it on
            document = "/wmts/workflow/1.0.0/WMTSCapabilities.xml"
            assert server.get(document, headers={"Host": "maps.example.com"}).status_code == 200
            assert server.get(document, headers={"Host": "a%zz"}).status_code == 400


def test_a_public_url_wins_over_all(tmp_path: Path, scenes: Path) -> None:
    settings: dict[str, Any] = {"public_url": "https://maps.example.com/graftile/", "trusted_proxies": ("127.0.0.0/8",)}
    with running_server(tmp_path, add=[scenes], **settings) as url, Served(url, scenes, tmp_path, {}) as server:
        layer = server.publish(wf.ImageCollection.from_id("field").pick_bands("nir"))
        answer = Wmts(server.http, f"xyz/{layer}").rest("WMTSCapabilities.xml", headers={"X-Forwarded-Host": "a.b"})
        assert set(URL_ROOT.findall(answer.text)) == {"https://maps.example.com/graftile"}


def test_headers_without_sense_say_nothing() -> None:
    for headers in (
        {"forwarded": "host"},
        {"forwarded": ";;="},
        {"x-forwarded-host": "a:99999"},
        {"x-forwarded-prefix": "a"},
    ):
        assert forwarded(headers) == {}
