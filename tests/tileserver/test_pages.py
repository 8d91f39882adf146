"""The viewer's pages as they are sent; tests/browser sees them with the eyes of a user."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from tileserver.app import create_app
from tileserver.catalog import Catalog
from tileserver.demo.data import write_elevation
from tileserver.settings import Settings
from tileserver.store import LayerRecord, SQLStore, create_schema, open_database

ELEVATION = {
    "returns": "image",
    "image": ["wf.Image.load", "id", {"resampler": "none", "processing_level": "none"}],
    "id": "demo-elevation:jacksboro",
    "none": None,
}
NASTY = "<script>alert('\"&amp;')</script>"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("viewer")
    write_elevation(folder / "elevation")
    settings = Settings(data_dir=folder / "data", port=0)
    database = open_database(settings.database)
    create_schema(database)
    Catalog(database, settings).add([str(folder / "elevation")])
    database.dispose()
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        yield client


def publish(client: TestClient, **fields: Any) -> str:
    body = {"graft": ELEVATION, "typespec": {"type": "Image"}, "type": "Image", "parameters": [], **fields}
    answer = client.post("/api/xyz", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def page_data(text: str) -> dict[str, Any]:
    """What the page hands to its script."""
    found = re.search(r'data-page="([^"]*)"', text)
    assert found is not None
    data: dict[str, Any] = json.loads(html.unescape(found[1]))
    return data


def test_a_product_s_page_says_what_it_has_and_from_where(client: TestClient) -> None:
    assert 'href="catalog/demo-elevation"' in client.get("/").text
    answer = client.get("/catalog/demo-elevation")
    page = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())
    record = client.get("/api/catalog/products/demo-elevation").json()
    assert f"Images {record['images']}" in page
    assert f"Bands {', '.join(record['bands'])}" in page
    for origin in record["origins"]:
        assert f"{origin['what']} {origin['from']}" in page
    for problem in record["problems"]:
        assert problem["text"] in page
    assert client.get("/catalog/nothing").status_code == 404


def test_start_page_without_layers_has_a_program_that_shows_what_there_is(client: TestClient) -> None:
    page = html.unescape(client.get("/").text)
    assert "<code>demo-elevation</code>" in page
    program = re.search(r"<code>(import sdk.*?)</code>", page, re.DOTALL)
    assert program is not None
    assert '.from_id("demo-elevation").pick_bands(["elevation"])' in program[1]
    image = program[1].split("xyz = ")[0]
    names: dict[str, Any] = {}
    exec(image, names)
    graft = names["images"].median(axis="images").graft
    layer = publish(client, graft=graft, public=False)
    tile = client.get(f"/xyz/{layer}/10/272/400.png", params={"colormap": "viridis"})
    assert (tile.status_code, tile.headers["content-type"]) == (200, "image/png")


def test_start_page_without_imagery_says_how_to_add_some(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(data_dir=tmp_path, port=0)), base_url="http://localhost") as client:
        assert "graftile catalog add PATH" in client.get("/").text


def test_start_page_lists_the_layers_that_the_caller_may_see(client: TestClient) -> None:
    public, private = publish(client, name="Everybody's"), publish(client, name="Mine", public=False)
    page = client.get("/").text
    assert f'href="xyz/{public}"' in page
    assert "Everybody&#39;s" in page
    assert f'data-object="api/xyz/{private}"' in page  # of whom nobody signs in, everything is


def test_start_page_of_strangers_has_what_is_public_and_nothing_to_change(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, port=0, auth="token")
    database = open_database(settings.database)
    create_schema(database)
    store = SQLStore(database)
    computed: Any = {"graft": ELEVATION, "typespec": {"type": "Image"}, "type": "Image", "user": "ann@example.com"}
    public, private = LayerRecord(**computed, name="P"), LayerRecord(**computed, public=False)
    store.add_layer(public)
    store.add_layer(private)
    database.dispose()
    with TestClient(create_app(settings), base_url="http://localhost") as strangers:
        page = strangers.get("/").text
        assert (public.id in page, private.id in page, f'data-object="api/xyz/{public.id}"' in page) == (
            True,
            False,
            False,
        )
        assert strangers.get("/layers.json").json()["layers"] == [
            {"path": f"xyz/{public.id}", "title": "P", "viz": None}
        ]


def test_start_page_is_searched_by_text_and_kind(client: TestClient) -> None:
    layer = publish(client, name="Glaciers 100%", description="of ice")
    workflow = save_workflow(client, "glaciers", "1.0.0")
    found = client.get("/", params={"q": "GLACIERS"}).text
    assert (layer in found, quote(workflow) in found, "demo-elevation</code>" in found) == (True, True, False)
    assert quote(workflow) not in client.get("/", params={"q": "glaciers", "kind": "xyz"}).text
    assert layer not in client.get("/", params={"q": "s_100"}).text  # of which _ is no wildcard
    assert "demo-elevation</code>" in client.get("/", params={"q": "demo", "kind": "product"}).text
    assert client.get("/", params={"kind": "map"}).status_code == 400
    titles = [one["title"] for one in client.get("/layers.json?q=glaciers").json()["layers"]]
    assert titles == [NASTY, "Glaciers 100%"]


def save_workflow(client: TestClient, name: str, *versions: str, public: bool = True) -> str:
    workflow_id = f"bob@example.com:{name}"
    drafts = [{"version": version, "graft": ELEVATION, "typespec": {"type": "Image"}} for version in versions]
    client.put(f"/api/workflows/{workflow_id}", json={"title": NASTY, "versions": drafts}).raise_for_status()
    if public:
        client.put(f"/api/workflows/{workflow_id}/readers/public").raise_for_status()
    return workflow_id


def test_start_page_lists_public_workflows_by_their_latest_version(client: TestClient) -> None:
    shown = save_workflow(client, "shown", "1.0.0", "1.2.0", "1.1.0", "2.0.0-beta")
    hidden = save_workflow(client, "hidden", "1.0.0", public=False)
    unreleased = save_workflow(client, "unreleased", "1.0.0-beta")
    page = client.get("/", params={"q": "bob@example.com:"}).text
    sharing = dict(re.findall(r'data-object="api/workflows/([^"]+)".*?class="sharing">([^<]+)<', page, re.DOTALL))
    assert (sharing[quote(shown)], sharing[quote(hidden)]) == ("public", "private")
    assert "version 1.2.0" in page
    assert NASTY not in page
    assert unreleased not in page
    for link in re.findall(r'href="(workflow/[^"]+)"', page):
        assert client.get(f"/{link}").status_code == 200


def test_pages_of_workflows_and_of_layers_follow_apart(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tileserver.store.pages.PAGE_BYTES", 1)
    layers = [publish(client) for _ in range(2)]
    workflows = [save_workflow(client, f"w{number}", "1.0.0") for number in range(2)]
    first = client.get("/").text
    workflows = [quote(workflow) for workflow in workflows]
    assert (workflows[1] in first, workflows[0] in first) == (True, False)
    assert (layers[1] in first, layers[0] in first) == (True, False)
    following = dict(re.findall(r'href="\?(\w+)=(\d+)"', first))
    older = client.get(f"/?workflows_after={following['workflows_after']}").text
    assert (workflows[0] in older, "xyz/" in older) == (True, False)
    older = client.get(f"/?after={following['after']}").text
    assert (layers[0] in older, "workflow/" in older) == (True, False)


def test_names_and_descriptions_are_escaped(client: TestClient) -> None:
    layer = publish(client, name=NASTY, description=NASTY)
    for path in ("/", f"/xyz/{layer}"):
        page = client.get(path).text
        assert html.escape(NASTY).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page
        assert "<p>&lt;script&gt;alert" in page
        assert "<script>alert" not in page


def test_a_description_is_markdown_without_what_could_do_harm(client: TestClient) -> None:
    for text, expected in {
        "*a* `b`": "<p><em>a</em> <code>b</code></p>",
        "<b onclick=x>": "<p>&lt;b onclick=x&gt;</p>",
        "[a](javascript:alert(1))": "<p>[a](javascript:alert(1))</p>",
        "[a](DATA:text/html,x)": "<p>[a](DATA:text/html,x)</p>",
        '[a](//example.org "b")': '<p><a href="//example.org" title="b" rel="nofollow noopener noreferrer">a</a></p>',
        "![a](/xyz)": '<p>!<a href="/xyz" rel="nofollow noopener noreferrer">a</a></p>',
        "<!-- c -->": "<p>&lt;!-- c --&gt;</p>",
    }.items():
        assert expected in client.get(f"/xyz/{publish(client, description=text, public=False)}").text


def test_the_list_shows_the_beginning_of_a_long_description(client: TestClient) -> None:
    publish(client, description="word " * 10_000)
    assert len(client.get("/?kind=xyz").text) < 60_000


def test_start_page_refuses_a_place_in_the_list_that_it_never_gave(client: TestClient) -> None:
    answer = client.get("/?after=behind")
    assert (answer.status_code, answer.json()["key"]) == (400, "after")


def test_page_knows_bounds_and_parameters_of_its_layer(client: TestClient) -> None:
    data = page_data(client.get(f"/xyz/{publish(client)}").text)
    assert data["bounds"] == pytest.approx([-84.41375, 36.44625, -84.0779167, 36.7329167])
    assert data["parameters"] == []
    assert data["type"] == "Image"


def test_page_of_a_layer_without_known_data_has_no_bounds(client: TestClient) -> None:
    graft = ELEVATION | {"id": "gone:image"}
    assert page_data(client.get(f"/xyz/{publish(client, graft=graft)}").text)["bounds"] is None


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_browsers_are_told_on_a_page_what_is_not_there(client: TestClient) -> None:
    for path in (f"/xyz/{'0' * 48}", "/workflow/bob@example.com:gone/latest", "/catalog/nothing", "/nowhere/at/all"):
        answer = client.get(path, headers=BROWSER)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "There is nothing here" in answer.text
        assert ("may have been deleted" in answer.text) == (path.startswith(("/xyz", "/workflow")))
        [home, *_] = re.findall(r'<a href="([^"]+)"', answer.text)
        assert client.base_url.join(path).join(home) == client.base_url.join("/")
    assert client.get("/api/xyz/0", headers=BROWSER).json()["error"] == "not_found"
    assert client.get(f"/xyz/{'0' * 48}", headers={"Accept": "*/*"}).json()["error"] == "not_found"
    assert NASTY not in client.get(f"/{NASTY}", headers=BROWSER).text


def test_page_of_an_unknown_layer_is_not_found(client: TestClient) -> None:
    answer = client.get(f"/xyz/{'0' * 48}")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/static/viewer.js", "text/javascript"),
        ("/static/viewer.css", "text/css"),
        ("/static/texts.json", "application/json"),
        ("/colormaps.png", "image/png"),
        ("/static/favicon.svg", "image/svg+xml"),
        ("/favicon.ico", "image/svg+xml"),
        ("/static/leaflet/leaflet.js", "text/javascript"),
        ("/static/leaflet/leaflet.css", "text/css"),
        ("/static/leaflet/images/layers.png", "image/png"),
    ],
)
def test_static_files_are_served(client: TestClient, path: str, media_type: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == media_type


def test_pages_need_no_inline_script_or_style_and_nothing_from_elsewhere(client: TestClient) -> None:
    for path in ("/?q=alone", f"/xyz/{publish(client, name='Alone')}"):
        answer = client.get(path)
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<style|style=|<script(?![^>]*\ssrc=)|\son\w+=", answer.text)
        loaded = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
        assert loaded
        for url in loaded:  # relative, so that they work below any prefix, and not above it
            assert not url.startswith(("/", "http"))
            assert client.get(str(client.base_url.join(path).join(html.unescape(url)))).status_code == 200
