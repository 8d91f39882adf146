"""Who may do what with a layer: a table of callers and requests, on both databases."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

import sdk as wf
from sdk.service.computation import Computation
from tests.server_fixture import running_server, without_request_id
from tests.tileserver.conftest import X, Y, Z
from tileserver.store import Users, create_schema, open_database

COMPUTATION = Computation.of(wf.ImageCollection.from_id("field").pick_bands("nir")).to_json()
ORG = {"owner": "acme", "betty": "", "orla": "acme", "sam": "globex", "rita": "", "root": ""}
SCOPES = {"root": ("admin",), "rita": ("read",)}


@dataclass
class House:
    """A server with token authentication, tokens of its users, and a workflow and an XYZ object in all states."""

    url: str
    tokens: dict[str, str]
    links: dict[str, str] = field(default_factory=dict)
    xyz: dict[str, str] = field(default_factory=dict)

    def ask(self, who: str, method: str, path: str, **options: Any) -> httpx2.Response:
        """Send a request with the token of a user, none for `stranger`."""
        token = self.tokens.get(who)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx2.request(method, f"{self.url}{path}", headers=headers | options.pop("headers", {}), **options)

    def do(self, method: str, path: str, who: str = "owner", **options: Any) -> httpx2.Response:
        answer = self.ask(who, method, path, **options)
        assert answer.is_success, answer.text
        return answer


def email(name: str) -> str:
    return f"{name}@example.com"


def workflow(name: str) -> str:
    return f"{email('owner')}:{name}"


SHARED = {
    "private": [],
    "betty": [f"email:{email('betty')}"],
    "acme": ["org:acme"],
    "everyone": ["authenticated"],
    "public": ["public"],
    "revoked": [],
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, scenes: Path) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    url = f"sqlite:///{folder / 'it.sqlite'}"
    if request.param == "postgresql":
        url = next(request.getfixturevalue("postgres"))
    create_schema(database := open_database(url))
    users = Users(database)
    tokens = {}
    for name, org in ORG.items():
        users.add(email(name), org)
        tokens[name], _ = users.create_token(email(name), SCOPES.get(name, ("read", "write")))
    tokens["fired"], record = users.create_token(email("owner"))
    users.revoke_token(record.id)
    tokens["liar"] = "graftile_none"
    database.dispose()
    with running_server(folder, add=[scenes], auth="token", database_url=url) as root:
        house = House(root, tokens)
        for name, targets in SHARED.items():
            body = {"title": f"Title of {name}", "versions": [{"version": "1.0.0", **COMPUTATION}]}
            house.do("PUT", f"/api/workflows/{workflow(name)}", json=body)
            for target in targets:
                house.do("PUT", f"/api/workflows/{workflow(name)}/readers/{target}")
        reader = f"/api/workflows/{workflow('revoked')}/readers/email:{email('betty')}"
        house.do("PUT", reader)
        assert house.ask("betty", "GET", f"/api/workflows/{workflow('revoked')}").status_code == 200
        house.do("DELETE", reader)
        for name, public in (("xyz-private", False), ("xyz-public", True)):
            made = house.do("POST", "/api/xyz", json={**COMPUTATION, "public": public})
            house.xyz[name] = made.json()["id"]
        for name in ("private", "public"):
            house.links[name] = make_link(house, f"workflow/{workflow(name)}/1.0.0")["key"]
        yield house


def make_link(house: House, layer: str, seconds: float = 600) -> dict[str, str]:
    record = house.do("POST", f"/api/{layer}/links", json={"expires_in": seconds}).json()
    template, _, key = record["url"].partition("?link=")
    assert template == f"{house.url}/{layer}/{{z}}/{{x}}/{{y}}.png"
    return {"key": key, "id": record["id"]}


# What is asked of a workflow's layer. Writes would change nothing: they are refused, or say again what is there.
READS = {
    "tile": ("GET", f"/workflow/{{id}}/1.0.0/{Z}/{X}/{Y}.png?scales=[[0,1]]"),
    "tile of latest": ("HEAD", f"/workflow/{{id}}/latest/{Z}/{X}/{Y}.png?scales=[[0,1]]"),
    "page": ("GET", "/workflow/{id}/1.0.0"),
    "legend": ("GET", "/workflow/{id}/1.0.0/legend.png?scales=[[0,1]]"),
    "tilejson": ("GET", "/workflow/{id}/1.0.0/tilejson.json?scales=[[0,1]]"),
    "logs": ("GET", "/workflow/{id}/1.0.0/logs?session_id=s"),
    "WMTS": ("GET", "/wmts/workflow/{id}/1.0.0/1.0.0/WMTSCapabilities.xml"),
    "WMTS of all versions": ("GET", "/wmts/workflow/{id}/1.0.0/WMTSCapabilities.xml"),
    "API read": ("GET", "/api/workflows/{id}"),
    "API read of a version": ("GET", "/api/workflows/{id}/versions/latest"),
}
WRITES = {
    "write": ("PUT", "/api/workflows/{id}"),
    "delete": ("DELETE", "/api/workflows/{id}"),
    "alias": ("PUT", "/api/workflows/{id}/aliases/live"),
    "share": ("PUT", "/api/workflows/{id}/readers/public"),
    "unshare": ("DELETE", "/api/workflows/{id}/readers/public"),
    "list readers": ("GET", "/api/workflows/{id}/readers"),
    "make a link": ("POST", "/api/workflow/{id}/1.0.0/links"),
    "list links": ("GET", "/api/workflow/{id}/1.0.0/links"),
}
OTHERS = ("betty", "orla", "sam", "stranger")
MAY_READ = {
    "private": set(),
    "betty": {"betty"},
    "acme": {"orla"},
    "everyone": {"betty", "orla", "sam"},
    "public": {"betty", "orla", "sam", "stranger"},
    "revoked": set(),
    "missing": set(),
}
MATRIX = [(name, who) for name in MAY_READ for who in OTHERS]


def status(house: House, who: str, method: str, path: str) -> int:
    """Return the status of an answer, without waiting for the end of an event stream."""
    token = house.tokens.get(who)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    options: dict[str, Any] = {"json": {}} if method in ("PUT", "POST") else {}
    with httpx2.stream(method, house.url + path, headers=headers, timeout=60, **options) as answer:
        return answer.status_code


def statuses(house: House, who: str, name: str, requests: dict[str, tuple[str, str]]) -> dict[str, int]:
    layer = workflow(name)
    return {what: status(house, who, method, path.format(id=layer)) for what, (method, path) in requests.items()}


@pytest.mark.parametrize(("name", "who"), MATRIX)
def test_a_layer_is_read_by_those_whom_it_is_shared_with(house: House, name: str, who: str) -> None:
    found = statuses(house, who, name, READS)
    assert found == dict.fromkeys(READS, 200 if who in MAY_READ[name] else 404)


@pytest.mark.parametrize(("name", "who"), MATRIX)
def test_a_layer_is_changed_by_its_owner_alone(house: House, name: str, who: str) -> None:
    found = {
        what: status(house, who, method, path.format(id=workflow(name))) for what, (method, path) in WRITES.items()
    }
    readable = 401 if who == "stranger" else 403
    assert found == dict.fromkeys(WRITES, readable if who in MAY_READ[name] else 404)


@pytest.mark.parametrize("who", ["owner", "root"])
def test_the_owner_and_an_administrator_read_all(house: House, who: str) -> None:
    for name in SHARED:
        for method, path in READS.values():
            assert status(house, who, method, path.format(id=workflow(name))) == 200


@pytest.mark.parametrize("who", ["fired", "liar"])
def test_a_bad_token_is_refused_everywhere(house: House, who: str) -> None:
    for name in ("private", "public", "missing"):
        for method, path in [*READS.values(), *WRITES.values()]:
            assert status(house, who, method, path.format(id=workflow(name))) == 401
    for path in ("/", "/healthz", "/api/operations", f"/xyz/{house.xyz['xyz-public']}"):
        answer = house.ask(who, "GET", path)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert house.tokens[who] not in answer.text


def test_an_xyz_object_is_everybodys_or_its_owners(house: House) -> None:
    expected = {
        ("xyz-private", "owner"): 200, ("xyz-private", "betty"): 404, ("xyz-private", "stranger"): 404,
        ("xyz-public", "owner"): 200, ("xyz-public", "betty"): 200, ("xyz-public", "stranger"): 200,
    }  # fmt: skip
    for (name, who), wanted in expected.items():
        layer = house.xyz[name]
        for path in (
            f"/api/xyz/{layer}",
            f"/xyz/{layer}",
            f"/xyz/{layer}/{Z}/{X}/{Y}.png",
            f"/xyz/{layer}/logs?session_id=s",
        ):
            assert status(house, who, "GET", path) == wanted
    for who, private, public in (("betty", 404, 403), ("stranger", 404, 401)):
        assert status(house, who, "DELETE", f"/api/xyz/{house.xyz['xyz-private']}") == private
        assert status(house, who, "DELETE", f"/api/xyz/{house.xyz['xyz-public']}") == public
        assert status(house, who, "POST", f"/api/xyz/{house.xyz['xyz-public']}/links") == public


def test_an_xyz_object_says_whose_it_is_and_lists_are_of_ones_own(house: House) -> None:
    record = house.do("GET", f"/api/xyz/{house.xyz['xyz-public']}", who="betty").json()
    assert (record["user"], record["org"]) == (email("owner"), "acme")
    assert house.do("GET", "/api/xyz", who="betty").json()["xyz"] == []
    assert {one["id"] for one in house.do("GET", "/api/xyz").json()["xyz"]} == set(house.xyz.values())
    assert house.ask("stranger", "GET", "/api/xyz").status_code == 401


def test_a_search_gives_what_the_caller_may_read(house: House) -> None:
    for who in OTHERS:
        page = house.do("GET", f"/api/workflows?email={email('owner')}", who=who).json()
        expected = {workflow(name) for name, readers in MAY_READ.items() if who in readers}
        assert {record["id"] for record in page["workflows"]} == expected


def test_private_and_missing_read_alike(house: House) -> None:
    for who in ("sam", "stranger"):
        for method, path in [*READS.values(), *WRITES.values()]:
            if method == "HEAD":
                continue
            texts = [
                house.ask(who, method, path.format(id=workflow(name)), json={}).text.replace(name, "…")
                for name in ("private", "missing")
            ]
            assert without_request_id(texts[0]) == without_request_id(texts[1])
            assert "Title" not in texts[0]


@pytest.mark.parametrize("key", ["access_token", "link"])
def test_what_needs_no_header_is_seen_with_a_key_of_the_query(house: House, key: str) -> None:
    value = house.tokens["owner"] if key == "access_token" else house.links["private"]
    for what in ("tile", "tilejson", "page", "legend", "logs", "WMTS"):
        method, path = READS[what]
        path = path.format(id=workflow("private").replace("@", "%40").replace(":", "%3A"))
        assert status(house, "stranger", method, f"{path}{'&' if '?' in path else '?'}{key}={value}") == 200
    for path in (f"/api/workflows/{workflow('private')}", "/api/xyz"):
        refused = house.ask("stranger", "GET", f"{path}?{key}={value}")
        assert refused.status_code in (400, 401)
        assert value not in refused.text


def test_a_key_of_the_query_may_be_percent_encoded(house: House) -> None:
    method, path = READS["tile"]
    for key, value in (("access%5Ftoken", house.tokens["owner"]), ("lin%6B", house.links["private"])):
        assert status(house, "stranger", method, f"{path.format(id=workflow('private'))}&{key}={value}") == 200


def test_a_link_shows_its_layer_and_nothing_else(house: House) -> None:
    key = house.links["private"]
    refused = [
        f"/workflow/{workflow('private')}/latest/{Z}/{X}/{Y}.png",
        f"/workflow/{workflow('revoked')}/1.0.0/{Z}/{X}/{Y}.png",
        f"/workflow/{workflow('public')}/1.0.0/{Z}/{X}/{Y}.png",
        f"/workflow/{workflow('missing')}/1.0.0/{Z}/{X}/{Y}.png",
        f"/xyz/{house.xyz['xyz-private']}/{Z}/{X}/{Y}.png",
    ]
    answers = [house.ask("stranger", "GET", f"{path}?link={key}") for path in refused]
    assert [answer.status_code for answer in answers] == [401] * len(refused)
    assert len({without_request_id(answer.text) for answer in answers}) == 1
    assert house.ask("sam", "GET", f"/api/workflows/{workflow('private')}").status_code == 404


@pytest.mark.parametrize("layer", ["workflow", "xyz"])
def test_a_link_works_until_it_is_revoked_or_its_layer_deleted(house: House, layer: str) -> None:
    if layer == "xyz":
        path = f"xyz/{house.do('POST', '/api/xyz', json={**COMPUTATION, 'public': False}).json()['id']}"
        owned = f"/api/{path}"
    else:
        owned, path = f"/api/workflows/{workflow('linked')}", f"workflow/{workflow('linked')}/production"
        house.do("PUT", owned, json={"versions": [{"version": "1.0.0", **COMPUTATION}]})
        house.do("PUT", f"{owned}/aliases/production", json={"version": "1.0.0"})
    first, second = make_link(house, path), make_link(house, path)
    listed = house.do("GET", f"/api/{path}/links").json()["links"]
    assert [record["id"] for record in listed] == [first["id"], second["id"]]
    assert first["key"] not in str(listed)

    def see(link: dict[str, str]) -> int:
        return house.ask("stranger", "GET", f"/{path}/{Z}/{X}/{Y}.png?link={link['key']}").status_code

    assert (see(first), see(second)) == (200, 200)
    house.do("DELETE", f"/api/{path}/links/{first['id']}")
    assert (see(first), see(second)) == (401, 200)
    assert house.ask("owner", "DELETE", f"/api/{path}/links/{first['id']}").status_code == 404
    house.do("DELETE", owned)
    assert see(second) == 401


@pytest.mark.parametrize("seconds", [0, -1, 1e12, "60", None, True])
def test_a_link_is_for_a_time(house: House, seconds: object) -> None:
    path = f"/api/workflow/{workflow('public')}/1.0.0/links"
    answer = house.ask("owner", "POST", path, json={"expires_in": seconds})
    assert (answer.status_code, "expires_in" in answer.json()["message"]) == (400, True)


def test_a_revoked_reader_is_refused_whatever_is_cached(house: House) -> None:
    path = f"/workflow/{workflow('private')}/1.0.0/{Z}/{X}/{Y}.png?scales=[[0,1]]"
    reader = f"/api/workflows/{workflow('private')}/readers/email:{email('sam')}"
    house.do("PUT", reader)
    seen = house.do("GET", path, who="sam")
    assert seen.headers["Cache-Control"] == "private"
    house.do("DELETE", reader)
    again = house.ask("sam", "GET", path, headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (404, "no-store")


def test_what_carries_a_token_or_link_or_is_private_is_kept_by_nobody_else(house: House) -> None:
    public = f"/workflow/{workflow('public')}/1.0.0/{Z}/{X}/{Y}.png?scales=[[0,1]]"
    everyone = public.replace("public", "everyone")
    link = f"&link={house.links['public']}"
    for who, path, expected in (
        ("stranger", public, "public, max-age=3600"),
        ("stranger", public.replace("1.0.0", "latest"), "public, no-cache"),
        ("owner", public, "private"),
        ("stranger", public + link, "private"),
        ("stranger", f"{public}&access_token={house.tokens['betty']}", "private"),
        ("betty", everyone, "private"),
    ):
        assert house.do("GET", path, who=who).headers["Cache-Control"] == expected


def test_a_token_that_lets_read_lets_not_write(house: House) -> None:
    own = f"/api/workflows/{email('rita')}:x"
    for method, path, body in (("PUT", own, {}), ("POST", "/api/xyz", COMPUTATION)):
        answer = house.ask("rita", method, path, json=body)
        assert (answer.status_code, "scope write" in answer.json()["message"]) == (403, True)


def test_nobody_publishes_under_the_address_of_another(house: House) -> None:
    path = f"/api/workflows/{email('sam')}:new"
    assert house.ask("betty", "PUT", path, json={}).status_code == 404
    assert house.ask("stranger", "PUT", path, json={}).status_code == 404
    assert house.ask("sam", "PUT", path, json={}).status_code == 201
    assert house.ask("root", "DELETE", path).status_code == 204


def test_organizations_are_shared_with_by_their_own(house: House) -> None:
    readers = f"/api/workflows/{workflow('private')}/readers"
    refused = house.ask("owner", "PUT", f"{readers}/org:globex")
    assert (refused.status_code, "your own, acme" in refused.json()["message"]) == (403, True)


def test_computing_and_the_catalog_need_a_token(house: House) -> None:
    for method, path in (("POST", "/api/inspect"), ("GET", "/api/catalog/products"), ("POST", "/api/xyz")):
        answer = house.ask("stranger", method, path, json={"graft": {"a": 1, "returns": "a"}})
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("headers", "query", "expected"),
    [
        ({"Authorization": "Basic b3duZXI6"}, "", 401),
        ({"Authorization": "Bearer"}, "", 401),
        ({}, "access_token=", 401),
        ({}, "access_token=%ff%fe", 401),
        ({}, "access_token=a%00b", 401),
        ({}, f"access_token={'a' * 20_000}", 401),
        ({}, f"name={'a' * 20_000}", 413),
        ({}, "link=", 401),
        ({}, "access_token=a&access_token=b", 400),
        ({}, "link=a&link=b", 400),
        ({"Authorization": "Bearer graftile_secret"}, "access_token=graftile_secret", 400),
    ],
)
def test_credentials_of_another_kind_are_refused_and_not_repeated(
    house: House, headers: dict[str, str], query: str, expected: int
) -> None:
    answer = httpx2.get(f"{house.url}/workflow/{workflow('public')}/1.0.0/0/0/0.png?{query}", headers=headers)
    assert answer.status_code == expected
    assert "secret" not in answer.text


def test_with_tokens_every_host_is_served(house: House) -> None:
    assert house.ask("stranger", "GET", "/healthz", headers={"Host": "maps.example.com"}).status_code == 200


def test_no_credential_is_in_a_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    layer, key = f"workflow/{workflow('public')}/1.0.0", f"access_token={house.tokens['owner']}"
    args = ("127.0.0.1:9", "GET", f"/{layer}/0/0/0.png?band=a&{key}", "1.1", 200)
    access = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d', args, None)
    assert logging.getLogger("uvicorn.access").filter(access)
    assert f"/{layer}/0/0/0.png?band=a&access_token=… HTTP/1.1" in access.getMessage()
    with caplog.at_level(logging.DEBUG):
        refused = house.ask("stranger", "GET", f"/{layer}/0/0/0.png?session_id=log&colour=x&{key}")
    assert refused.status_code == 400
    with httpx2.stream("GET", f"{house.url}/{layer}/logs?session_id=log") as events:
        told = next(line for line in events.iter_lines() if line.startswith("data:"))
    assert "colour" in told
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]  # the client's
    assert house.tokens["owner"] not in " ".join([told, refused.text, *ours])


def test_no_page_shows_the_token_of_its_reader(house: House) -> None:
    path = f"/workflow/{workflow('private')}/1.0.0?access_token={house.tokens['owner']}"
    page = house.do("GET", path, who="stranger")
    assert "Title of private" in page.text
    assert house.tokens["owner"] not in page.text
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
