"""WMTS of workflows: all of them, one, a version; for those who may read them, and never stale."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import sdk as wf
from sdk.computation import Computation
from tests.server_fixture import running_server
from tests.tileserver.wmts_client import Wmts, report, rgba, texts
from tests.wmts.conftest import Read, read  # noqa: F401  # the fixture of documents that are valid
from tileserver.settings import Settings
from tileserver.store import Details, Readers, Users, VersionDraft, Workflows, open_database
from wmts import layer_identifier

BOB, EVE = "bob@example.com", "eve@example.com"
SNOW = f"{BOB}:snow"
UNIT = {"id": "unit", "bands": ["nir"], "scales": [[0, 1]]}


def version(name: str, gain: float = 1.0, **fields: Any) -> dict[str, Any]:
    computation = wf.ImageCollection.from_id("field").pick_bands("nir") * gain
    return {"version": name, **Computation.of(computation).to_json(), "viz_options": [UNIT], **fields}


class Publisher:
    """A server on which Bob publishes and Eve looks."""

    def __init__(self, url: str, data_dir: Path, tokens: dict[str, str]) -> None:
        self.url, self.data_dir, self.tokens = url, data_dir, tokens
        self.http = httpx.Client(base_url=url, timeout=30)

    def wmts(self, path: str = "workflow") -> Wmts:
        return Wmts(self.http, path)

    def put(self, workflow: str, *versions: dict[str, Any], **fields: Any) -> None:
        headers = {"Authorization": f"Bearer {self.tokens[BOB]}"}
        answer = self.http.put(f"/api/workflows/{workflow}", json={**fields, "versions": versions}, headers=headers)
        assert answer.status_code < 300, answer.text

    def share(self, workflow: str, target: str) -> None:
        headers = {"Authorization": f"Bearer {self.tokens[BOB]}"}
        assert self.http.put(f"/api/workflows/{workflow}/readers/{target}", headers=headers).status_code < 300

    def layers(self, user: str, path: str = "workflow") -> list[str]:
        root = self.wmts(path).document(f"access_token={self.tokens[user]}")
        return texts(root, "//w:Layer/o:Identifier")


@pytest.fixture
def publisher(tmp_path: Path, scenes: Path) -> Iterator[Publisher]:
    with running_server(tmp_path, add=[scenes], auth="token") as url:
        database = open_database(Settings(data_dir=tmp_path).database)
        users, tokens = Users(database), {}
        for email in (BOB, EVE):
            users.add(email)
            tokens[email], _ = users.create_token(email, ("read", "write"))
        publisher = Publisher(url, tmp_path, tokens)
        publisher.put(SNOW, version("1.0.0"), version("1.1.0", 2.0), title="Snow & ice", description="<Deep>")
        yield publisher
        publisher.http.close()
        database.dispose()


def test_each_version_is_a_layer(publisher: Publisher, read: Read) -> None:  # noqa: F811
    token = f"access_token={publisher.tokens[BOB]}"
    root = read(publisher.wmts().rest(f"WMTSCapabilities.xml?{token}").content)
    assert texts(root, "//w:Layer/o:Identifier") == [layer_identifier(f"{SNOW}/{name}") for name in ("1.0.0", "1.1.0")]
    assert texts(root, "//w:Layer/o:Title") == ["Snow & ice 1.0.0", "Snow & ice 1.1.0"]
    assert texts(root, "//w:Layer/o:Abstract") == ["<Deep>", "<Deep>"]


@pytest.mark.parametrize(
    ("path", "versions"),
    [
        (f"workflow/{SNOW}", ["1.0.0", "1.1.0"]),
        (f"workflow/{SNOW}/1.0.0", ["1.0.0"]),
        (f"workflow/{SNOW}/latest", ["latest"]),
        (f"workflow/{SNOW.replace('@', '%40').replace(':', '%3A')}/1.1.0", ["1.1.0"]),
    ],
)
def test_documents_of_a_workflow_and_of_a_version(publisher: Publisher, path: str, versions: list[str]) -> None:
    token = publisher.tokens[BOB]
    identifiers = [layer_identifier(f"{SNOW}/{name}") for name in versions]
    assert publisher.layers(BOB, path) == identifiers
    by_pairs = publisher.wmts(path).kvp(service="WMTS", request="GetCapabilities", access_token=token)
    assert by_pairs.content == publisher.wmts(path).rest(f"WMTSCapabilities.xml?access_token={token}").content
    root = publisher.wmts(path).document(f"access_token={token}")
    [template, *_] = texts(root, "//w:ResourceURL[@resourceType='tile']/@template")
    place = {"Style": "unit", "TileMatrixSet": "WebMercatorQuad", "TileMatrix": 10, "TileRow": 335, "TileCol": 550}
    tile = publisher.http.get(template.format(**place))
    gain = {"1.0.0": 1.0}.get(versions[0], 2.0)
    reference = "1.0.0" if gain == 1.0 else "1.1.0"
    direct = publisher.http.get(f"/workflow/{SNOW}/{reference}/10/550/335.png?viz=unit&access_token={token}")
    assert (rgba(tile) == rgba(direct)).all()
    assert publisher.wmts(path).tile(identifiers[0], style="unit", access_token=token).content == tile.content


def test_who_may_not_read_a_workflow_sees_nothing_of_it(publisher: Publisher) -> None:
    assert publisher.layers(EVE) == []
    token, layer = publisher.tokens[EVE], layer_identifier(f"{SNOW}/1.0.0")
    for path in (f"workflow/{SNOW}", f"workflow/{SNOW}/1.0.0"):
        answer = publisher.wmts(path).kvp(service="WMTS", request="GetCapabilities", access_token=token)
        assert report(answer)[:2] == (404, "NoApplicableCode")
    hidden = publisher.wmts().tile(layer, access_token=token)
    assert report(hidden) == (400, "InvalidParameterValue", "layer")
    assert report(publisher.wmts().rest("WMTSCapabilities.xml?access_token=bogus"))[0] == 401


def test_the_token_is_in_every_url_and_opens_it(publisher: Publisher) -> None:
    token = publisher.tokens[BOB]
    root = publisher.wmts().document(f"access_token={token}")
    urls = texts(root, "//@x:href") + texts(root, "//@template")
    assert {f"access_token={token}" in url for url in urls} == {True}
    [legend, *_] = texts(root, "//w:LegendURL/@x:href")
    assert publisher.http.get(legend).status_code == 200
    assert publisher.http.get(legend.partition("?")[0]).status_code == 404


def test_a_signed_link_opens_its_version_alone(publisher: Publisher) -> None:
    headers = {"Authorization": f"Bearer {publisher.tokens[BOB]}"}
    made = publisher.http.post(f"/api/workflow/{SNOW}/1.0.0/links", json={"expires_in": 60}, headers=headers)
    link = httpx.URL(made.json()["url"]).params["link"]
    root = publisher.wmts(f"workflow/{SNOW}/1.0.0").document(f"link={link}")
    urls = texts(root, "//@x:href") + texts(root, "//@template")
    assert {f"link={link}" in url for url in urls} == {True}
    assert publisher.http.get(texts(root, "//w:LegendURL/@x:href")[0]).status_code == 200
    tile = publisher.wmts(f"workflow/{SNOW}/1.0.0").tile(layer_identifier(f"{SNOW}/1.0.0"), link=link)
    assert rgba(tile).any()
    assert report(publisher.wmts(f"workflow/{SNOW}/1.1.0").rest(f"WMTSCapabilities.xml?link={link}"))[0] == 401


def test_every_change_renews_the_document_at_once(publisher: Publisher) -> None:
    def state() -> tuple[str, int]:
        answer = publisher.wmts().rest(f"WMTSCapabilities.xml?access_token={publisher.tokens[EVE]}")
        sequence = int(answer.text.partition('updateSequence="')[2].partition('"')[0])
        return answer.headers["ETag"], sequence

    seen = [state()]
    assert state() == seen[0]
    publisher.share(SNOW, f"email:{EVE}")
    seen.append(state())
    publisher.put(SNOW, title="Ice")
    seen.append(state())
    publisher.put(SNOW, version("2.0.0", 3.0))
    seen.append(state())
    headers = {"Authorization": f"Bearer {publisher.tokens[BOB]}"}
    publisher.http.delete(f"/api/workflows/{SNOW}/readers/email:{EVE}", headers=headers)
    seen.append(state())
    tags, sequences = zip(*seen, strict=True)
    assert len(set(tags)) == 5
    assert list(sequences) == sorted(set(sequences))
    assert publisher.layers(EVE) == []


def test_a_thousand_workflows_are_listed_within_300_ms(publisher: Publisher) -> None:
    database = open_database(Settings(data_dir=publisher.data_dir).database)
    workflows, readers = Workflows(database), Readers(database)
    computation = Computation.of(wf.ImageCollection.from_id("field").pick_bands("nir"))
    for number in range(999):
        made = computation.to_json()
        draft = VersionDraft(
            version="1.0.0", graft=made["graft"], graft_hash=f"{number}", typespec=made["typespec"], type=made["type"],
            viz_options=[UNIT],
        )  # fmt: skip
        workflows.save(f"{BOB}:many{number}", Details(title=f"Number {number}"), [draft])
    assert len(publisher.layers(BOB)) == 1001
    url = f"WMTSCapabilities.xml?access_token={publisher.tokens[BOB]}"
    times = []
    for _ in range(3):
        readers.add(SNOW, f"email:{EVE}") if len(times) % 2 else readers.remove(SNOW, f"email:{EVE}")
        started = time.process_time()
        answer = publisher.wmts().rest(url)
        times.append(time.process_time() - started)
        assert answer.text.count("<Layer>") == 1001
    started = time.process_time()
    publisher.wmts().rest(url)
    kept = time.process_time() - started
    database.dispose()
    assert kept < 0.3
    assert min(times) < 1.0
