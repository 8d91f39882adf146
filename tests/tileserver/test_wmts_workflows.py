"""WMTS of workflows: all of them, one, a version; for those who may read them, and never stale."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine, event

import sdk as wf
from graft_eval.engine import RasterEngine
from graft_eval.evaluation.evaluations import Evaluations
from sdk.service.computation import Computation
from tests.server_fixture import running_server
from tests.tileserver.wmts_client import Wmts, report, rgba, texts
from tests.wmts.conftest import Read, read  # noqa: F401  # the fixture of documents that are valid
from tileserver.auth import LOCAL
from tileserver.catalog import Catalog
from tileserver.layers.coverage import Coverages
from tileserver.layers.layers import Layers
from tileserver.settings import Settings
from tileserver.store import Details, SQLStore, Users, VersionDraft, Workflows, create_schema, open_database
from tileserver.store.change_stamp import change_stamp_of
from tileserver.wmts import MapServices, Presets, Service, View
from wmts import CapabilitiesRequest, layer_identifier, standard_matrix_sets

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
        self.http = httpx2.Client(base_url=url, timeout=30)

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


@pytest.mark.parametrize("path", ["workflow/bob@example.com:snow", "workflow/bob@example.com:snow/1.0.0"])
def test_the_service_of_a_workflow_is_called_as_it_is(publisher: Publisher, path: str) -> None:
    root = publisher.wmts(path).document(f"access_token={publisher.tokens[BOB]}")
    assert texts(root, "o:ServiceIdentification/o:Title") == ["Snow & ice"]


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


@pytest.mark.parametrize("layer", ["bogus", layer_identifier(f"{BOB}:other/1.0.0"), layer_identifier(SNOW)])
@pytest.mark.parametrize("path", ["workflow", f"workflow/{SNOW}", f"workflow/{SNOW}/1.0.0"])
def test_req_36_a_layer_that_a_service_has_not_is_named(publisher: Publisher, path: str, layer: str) -> None:
    token = f"access_token={publisher.tokens[BOB]}"
    answer = publisher.wmts(path).rest(f"{layer}/default/WebMercatorQuad/10/335/550.png?{token}")
    assert report(answer) == (404, "InvalidParameterValue", "layer")


def test_who_may_not_read_a_workflow_sees_nothing_of_it(publisher: Publisher) -> None:
    assert publisher.layers(EVE) == []
    token, layer = publisher.tokens[EVE], layer_identifier(f"{SNOW}/1.0.0")
    for path in (f"workflow/{SNOW}", f"workflow/{SNOW}/1.0.0"):
        answer = publisher.wmts(path).kvp(service="WMTS", request="GetCapabilities", access_token=token)
        assert report(answer)[:2] == (404, "NoApplicableCode")
    hidden = publisher.wmts().tile(layer, access_token=token)
    assert report(hidden) == (400, "InvalidParameterValue", "layer")
    assert report(publisher.wmts().rest("WMTSCapabilities.xml?access_token=bogus"))[0] == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("wmts/workflow/1.0.0/WMTSCapabilities.xml?access_token=bogus", 401),
        (f"wmts/workflow/{SNOW}/1.0.0/1.0.0/WMTSCapabilities.xml?link=bogus", 401),
        (f"wmts/workflow/{SNOW}/1.0.0/WMTSCapabilities.xml", 404),
        ("wmts", 404),
        (f"workflow/{SNOW}/1.0.0/0/0/0.png?access_token=bogus", 401),
        (f"workflow/{SNOW}/1.0.0/0/0/0.png", 404),
    ],
)
def test_req_37_pages_of_other_sites_may_read_why_they_are_refused(
    publisher: Publisher, path: str, status: int
) -> None:
    answer = publisher.http.get(f"/{path}", headers={"Origin": "https://maps.example.com"}, follow_redirects=True)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (status, "*")


def test_pages_of_other_sites_may_read_nothing_else(publisher: Publisher) -> None:
    for path in ("/api/xyz", f"/api/workflows/{SNOW}", "/"):
        answer = publisher.http.get(path, headers={"Origin": "https://maps.example.com"})
        assert "Access-Control-Allow-Origin" not in answer.headers


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
    link = httpx2.URL(made.json()["url"]).params["link"]
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


def count_statements(database: Engine, services: MapServices) -> int:
    """Return how many statements the first document of all workflows sends to this database."""
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(database, "before_cursor_execute", note)
    try:
        view = View("http://localhost", services.sets.select(()))
        document = services.document(Service("workflow"), view, LOCAL, CapabilitiesRequest())
    finally:
        event.remove(database, "before_cursor_execute", note)
    return len(statements) if b"<Layer>" in document.data else 0


def test_many_layers_take_as_many_queries_as_one_and_no_graft_is_parsed(
    tmp_path: Path, scenes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path)
    create_schema(database := open_database(settings.database))
    catalog, workflows = Catalog(database, settings), Workflows(database)
    catalog.add([str(scenes)])
    monkeypatch.setattr("tileserver.layers.layers.parse", lambda *arguments: pytest.fail("a graft is parsed"))
    counts = []
    for number in range(20):
        images = wf.ImageCollection.from_id("field", start_datetime=f"2020-01-{number + 1:02}").pick_bands("nir")
        made = Computation.of(images).to_json()
        draft = VersionDraft(
            version="1.0.0", graft=made["graft"], graft_hash=f"{number}", typespec=made["typespec"], type=made["type"]
        )
        workflows.save(f"{BOB}:many{number}", Details(), [draft])
        if number in (0, 19):
            layers = Layers(SQLStore(database), workflows, settings.limits, change_stamp_of(database))
            coverages, sets = Coverages(Catalog(database, settings)), standard_matrix_sets()
            evaluations = Evaluations(catalog, RasterEngine(0, 1), settings.limits)
            presets = Presets(catalog, evaluations, settings.limits)
            services = MapServices(
                layers, workflows, Catalog(database, settings), coverages, sets, presets, settings.limits
            )
            counts.append(count_statements(database, services))
    database.dispose()
    assert counts[0] == counts[1] > 0
