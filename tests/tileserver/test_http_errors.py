"""Bad input over HTTP: a 4xx with a message that helps, and a record where there is a session."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import sdk as wf
from tests.server_fixture import running_server
from tests.tileserver.conftest import Served, X, Y, Z
from tileserver.drawing.style import SINGLE
from tileserver.http.errors import ERRORS, HANDLERS

ROUTES = ("/api/xyz", "/api/inspect")
ADD = {"one": 1, "two": 2, "sum": ["wf.numpy.add", "one", "two"], "returns": "sum"}

TILES: dict[str, tuple[str, int, str]] = {
    "zoom too high": ("31/0/0.png", 400, "zoom must be 0 to 30, not 31"),
    "zoom too low": ("-1/0/0.png", 400, "zoom must be 0 to 30, not -1"),
    "column outside": ("2/4/0.png", 400, "column must be 0 to 3 at zoom 2, not 4"),
    "no number": ("2/a/0.png", 400, "column must be a whole number, not 'a'"),
    "unknown format": (f"{Z}/{X}/{Y}.gif", 400, "format of a tile must be one of png, webp, jpg, npy, tif, not 'gif'"),
    "unknown matrix set": (f"Mars/{Z}/{X}/{Y}.png", 400, "tile matrix set must be one of"),
    "unknown band": (f"{Z}/{X}/{Y}.png?band=swir", 400, "band must name bands of the layer: there is no band 'swir'"),
    "four bands": (f"{Z}/{X}/{Y}.png?band=a&band=b&band=c&band=d", 400, "band can be given up to 3 times, not 4"),
    "scales of the wrong length": (f"{Z}/{X}/{Y}.png?band=red&scales=[[0,1],[0,1]]", 400, "must be a single pair"),
    "scales of another number than the layer's bands": (
        f"{Z}/{X}/{Y}.png?band=red&band=nir&scales=[[0,1]]", 400, "must be 2 pairs, one for each band (red, nir)",
    ),
    "NaN in scales": (f"{Z}/{X}/{Y}.png?band=red&scales=[[NaN,1]]", 400, "NaN"),
    "no such colormap": (f"{Z}/{X}/{Y}.png?band=red&colormap=viridiss", 400, "viridis"),
    "colormap on three bands": (
        f"{Z}/{X}/{Y}.png?band=red&band=green&band=blue&colormap=jet", 400, "jet colours one band, not 3",
    ),
    "unknown key": (f"{Z}/{X}/{Y}.png?band=red&color=jet", 400, "color is no key of this query"),
    "argument of a layer without any": (f"{Z}/{X}/{Y}.png?band=red&month=1", 400, "month is no key of this query"),
    "unknown viz": (f"{Z}/{X}/{Y}.png?viz=ndvi", 400, "viz must be left away"),
}  # fmt: skip


@pytest.fixture(scope="module")
def layer(served: Served) -> str:
    """A layer of four bands."""
    return served.publish(wf.ImageCollection.from_id("field"))


def check(answer: httpx2.Response, status: int, message: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    assert message in found["message"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return found


@pytest.mark.parametrize(("path", "status", "message"), TILES.values(), ids=TILES.keys())
def test_a_bad_tile_is_refused_and_says_why(served: Served, layer: str, path: str, status: int, message: str) -> None:
    check(served.get(f"/xyz/{layer}/{path}"), status, message)


@pytest.mark.parametrize(("path", "status", "message"), TILES.values(), ids=TILES.keys())
def test_every_failure_of_a_session_leaves_a_record(
    served: Served, layer: str, path: str, status: int, message: str
) -> None:
    session = f"errors-{abs(hash(path))}"
    served.get(f"/xyz/{layer}/{path}{'&' if '?' in path else '?'}session_id={session}")
    with httpx2.stream("GET", f"{served.url}/xyz/{layer}/logs?session_id={session}", timeout=60) as events:
        line = next(line for line in events.iter_lines() if line.startswith("data:"))
    record = json.loads(line.removeprefix("data:"))["record"]
    assert record["level"] == "ERROR"
    assert message in record["message"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("session_id=", "session_id must be 1 to 128 characters"),
        (f"session_id={'s' * 129}", "session_id must be 1 to 128 characters"),
        ("session_id=a&session_id=b", "session_id must be given once"),
    ],
)
def test_a_bad_session_is_refused(served: Served, nir: str, query: str, message: str) -> None:
    check(served.tile(nir, query), 400, message)


def test_arguments_are_checked_against_the_functions_parameters(served: Served) -> None:
    gain = wf.parameter("gain", wf.Float)
    layer = served.publish(wf.ImageCollection.from_id("field").pick_bands("nir") * gain)
    for query, message in {
        "": "missing argument 'gain'",
        'gain="two"': "gain is wrong: expected Float, not Str 'two'",
        "gain=two": "gain must be JSON of a literal",
        "gain=1&offset=2": "offset is no key of this query, which takes band",
        'gain={"a":"text","returns":"a"}': "gain is wrong: expected Float, not Str 'text'",
        'gain={"returns":"b"}': "'b'",
    }.items():
        check(served.tile(layer, query), 400, message)


def test_a_default_of_the_wrong_type_is_an_error_of_its_argument(served: Served) -> None:
    graft = {"parameters": ["n"], "returns": "n"}
    slider = {"name": "n", "typespec": {"type": "Int"}, "int_slider": {"default": "many"}}
    made = served.http.post("/api/xyz", json={"graft": graft, "parameters": [slider]})
    found = check(served.get(f"/xyz/{made.json()['id']}/0/0/0.png"), 400, "expected Int, not Str 'many'")
    assert found["key"] == "n"


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/api/xyz/" + "0" * 48, f"/xyz/{'0' * 48}/0/0/0.png", f"/xyz/{'0' * 48}/logs?session_id=s",
     "/api/catalog/products/none", "/api/catalog/images/none:a"],
)  # fmt: skip
def test_what_is_not_there_is_404(served: Served, path: str) -> None:
    check(served.get(path), 404, "")


def test_a_method_that_a_route_has_not_is_405(served: Served) -> None:
    answer = httpx2.put(f"{served.url}/api/xyz", json={})
    assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")


def nested(depth: int) -> dict[str, Any]:
    body: dict[str, Any] = {"a": 1, "returns": "a"}
    for _ in range(depth):
        body = {"f": body, "returns": "f"}
    return body


def deep_text(depth: int) -> bytes:
    return b'{"graft": ' + b'{"f": ' * depth + b'{"a": 1, "returns": "a"}' + b', "returns": "f"}' * depth + b"}"


BODIES: dict[str, tuple[bytes, int, str]] = {
    "not JSON": (b"{graft}", 400, "JSON"),
    "no object": (b"[1, 2]", 400, "must be a JSON object"),
    "not UTF-8": (b'{"graft": "\xff"}', 400, "UTF-8"),
    "a name twice": (b'{"graft": {}, "graft": {}}', 400, "twice"),
    "NaN": (b'{"graft": {"a": NaN, "returns": "a"}}', 400, "NaN"),
    "half a surrogate pair": (b'{"graft": {"a": "\\ud800", "returns": "a"}}', 400, "surrogate"),
    "an integer beyond 64 bits": (b'{"graft": {"a": 18446744073709551616, "returns": "a"}}', 400, "64 bits"),
    "no graft": (b'{"name": "a"}', 400, "graft is missing"),
    "unknown field": (json.dumps({"graft": ADD, "color": 1}).encode(), 400, "'color' is no field"),
    "other parameters than the graft's": (
        json.dumps({"graft": ADD, "parameters": [{"name": "p", "typespec": {"type": "Int"}}]}).encode(), 400, "p",
    ),
    "a graft that is none": (json.dumps({"graft": {"a": 1}}).encode(), 400, "returns"),
    "a cycle": (
        json.dumps({"graft": {"a": ["wf.add", "b", "b"], "b": ["wf.add", "a", "a"], "returns": "a"}}).encode(),
        400, "cycle",
    ),
    "an unknown builtin": (
        json.dumps({"graft": {"a": 1, "b": ["wf.sqrrt", "a"], "returns": "b"}}).encode(), 400, "wf.sqrrt",
    ),
    "10,000 nested bodies": (deep_text(10_000), 413, "nested"),
    "600 nested bodies": (json.dumps({"graft": nested(520)}).encode(), 413, "500"),
    "a million keys": (
        b'{"graft": {' + b",".join(b'"%d":0' % key for key in range(1_000_000)) + b', "returns": "0"}}', 413, "limit",
    ),
    "many keys": (
        json.dumps({"graft": {**{str(key): 0 for key in range(30_000)}, "returns": "0"}}).encode(), 413, "20,000",
    ),
    "a call with a million arguments": (
        b'{"graft": {"a": 1, "b": ["wf.list.create"' + b', "a"' * 1_000_000 + b'], "returns": "b"}}', 413, "200,000",
    ),
    "many references": (
        json.dumps({"graft": {"a": 1, "returns": "a"} | {str(key): ["a"] * 11 for key in range(19_999)}}).encode(),
        413, "references",
    ),
    "a string of two million characters": (
        b'{"graft": {"a": 1, "returns": "a"}, "type": "' + b"a" * (2 << 20) + b'"}', 413, "1,048,576",
    ),
    "a parameter of no type": (
        json.dumps({
            "graft": {"parameters": ["p"], "returns": "p"},
            "parameters": [{"name": "p", "typespec": {"composite": {"type": "List", "params": []}}}],
        }).encode(),
        400, "parameters.0.typespec must be a type",
    ),
    "more than 16 MiB": (b'{"graft": "' + b"a" * (17 << 20) + b'"}', 413, "16,777,216"),
}  # fmt: skip


OBJECTS: dict[str, tuple[bytes, int, str]] = {
    "name that is no text": (json.dumps({"graft": ADD, "name": 5}).encode(), 400, "name must be a valid string, not 5"),
    "no days": (json.dumps({"graft": ADD, "days_to_expiration": 0}).encode(), 400, "days_to_expiration must be"),
    "bad viz": (
        json.dumps({"graft": ADD, "viz_options": [{"id": "a", "bands": list("abcd")}]}).encode(), 400, "viz_options",
    ),
    "viz with an unknown colormap": (
        json.dumps({"graft": ADD, "viz_options": [{"id": "a", "bands": ["b"], "colormap": "x"}]}).encode(), 400, "'x'",
    ),
    "viz that is none": (json.dumps({"graft": ADD, "viz_options": [{"bands": "a"}]}).encode(), 400, "'id'"),
    "viz with an unknown field": (
        json.dumps({"graft": ADD, "viz_options": [{"id": "a", "bands": ["b"], "colour": "x"}]}).encode(),
        400, "no field 'colour'",
    ),
    "the same viz twice": (
        json.dumps({"graft": ADD, "viz_options": [{"id": "a", "bands": ["b"]}] * 2}).encode(), 400, "different ids",
    ),
    **{
        f"a parameter {name}": (
            json.dumps({"graft": {"parameters": [name], "returns": name}}).encode(),
            400, f"a parameter of a layer cannot be called {name}, a name that its URLs use",
        )
        for name in sorted({*SINGLE, "band"})
    },
    "a hundred years and a day": (json.dumps({"graft": ADD, "days_to_expiration": 36_501}).encode(), 400, "36500"),
}  # fmt: skip
INSPECTIONS: dict[str, tuple[bytes, int, str]] = {
    "an argument of no function": (json.dumps({"graft": ADD, "arguments": {"a": 1}}).encode(), 400, "'a'"),
    "a geocontext that is none": (json.dumps({"graft": ADD, "geoctx": {"crs": "EPSG:4326"}}).encode(), 400, "geoctx: "),
    "a geocontext with an unknown field": (json.dumps({"graft": ADD, "geoctx": {"x": 1}}).encode(), 400, "'x'"),
    "a geocontext of another type": (json.dumps({"graft": ADD, "geoctx": ADD}).encode(), 400, "not Int 3"),
}
CASES = [
    *(pytest.param(route, *case, id=f"{route} {name}") for route in ROUTES for name, case in BODIES.items()),
    *(pytest.param("/api/xyz", *case, id=name) for name, case in OBJECTS.items()),
    *(pytest.param("/api/inspect", *case, id=name) for name, case in INSPECTIONS.items()),
]


@pytest.mark.parametrize(("route", "body", "status", "message"), CASES)
def test_a_bad_body_is_refused_and_says_why(served: Served, route: str, body: bytes, status: int, message: str) -> None:
    headers = {"Content-Type": "application/json"}
    check(served.http.post(route, content=body, headers=headers), status, message)


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"Content-Type": "text/plain"}, "Content-Type must be application/json, not 'text/plain'"),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, "must not be compressed"),
        ({}, "Content-Type must be application/json"),
    ],
)
def test_another_kind_of_body_is_415(served: Served, headers: dict[str, str], message: str) -> None:
    check(httpx2.post(f"{served.url}/api/xyz", content=b"{}", headers=headers), 415, message)


def test_a_version_with_a_parameter_that_its_urls_use_is_refused(served: Served) -> None:
    version = {"version": "1.0.0", "graft": {"parameters": ["scales"], "returns": "scales"}}
    answer = served.http.put("/api/workflows/local@localhost:taken", json={"versions": [version]})
    check(answer, 400, "cannot be called scales")
    assert answer.json()["error"] == "reserved_name"


def test_a_body_that_says_no_length_is_bounded_too(served: Served) -> None:
    def chunks() -> Any:
        for _ in range(17):
            yield b" " * (1 << 20)

    answer = httpx2.post(f"{served.url}/api/xyz", content=chunks(), headers={"Content-Type": "application/json"})
    check(answer, 413, "more than 16,777,216 bytes")


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.example.com", "10.0.0.1", "[::2]", "a:b:c", ""])
def test_another_host_is_refused_while_nobody_signs_in(served: Served, host: str) -> None:
    check(served.get("/healthz", headers={"Host": host}), 400, "Host must be")


@pytest.mark.parametrize("host", ["localhost", "localhost:1234", "127.0.0.1", "127.1.2.3:80", "[::1]:8000"])
def test_this_machines_own_names_are_served(served: Served, host: str) -> None:
    assert served.get("/healthz", headers={"Host": host}).status_code == 200


def test_a_url_that_is_too_long_is_refused(served: Served, nir: str) -> None:
    check(served.tile(nir, "band=" + "a" * (16 << 10)), 413, "the limit is 16,384")


def test_just_layers_can_be_read_from_other_sites(served: Served, nir: str) -> None:
    origin = {"Origin": "https://example.org"}
    assert "Access-Control-Allow-Origin" not in served.get("/api/xyz", headers=origin).headers
    missing = served.get(f"/xyz/{nir}/0/9/0.png", headers=origin)
    assert (missing.status_code, missing.headers["Access-Control-Allow-Origin"]) == (400, "*")
    asked = {**origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "If-None-Match"}
    preflight = httpx2.options(f"{served.url}/xyz/{nir}/{Z}/{X}/{Y}.png", headers=asked)
    assert preflight.status_code == 200
    asked["Access-Control-Request-Method"] = "POST"
    assert httpx2.options(f"{served.url}/api/xyz", headers=asked).status_code == 405


def test_a_computation_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    numbers = wf.range(100_000).map(lambda number: number + 1)
    with running_server(tmp_path, tile_seconds=0.001) as url, wf.Client(url) as client:
        layer = wf.XYZ(numbers, client=client).id
        answer = httpx2.get(f"{url}/xyz/{layer}/0/0/0.png", timeout=30)
    check(answer, 503, "longer than the limit of 0.001 s")
    assert answer.headers["Retry-After"] == "60"


def test_a_defect_is_a_500_that_tells_no_secrets() -> None:
    def fail(request: Request) -> Response:
        raise RuntimeError("secret")

    async def ask() -> httpx2.Response:
        app = Starlette(routes=[Route("/", fail)], exception_handlers=dict(HANDLERS))
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get("/")

    answer = asyncio.run(ask())
    assert "secret" not in check(answer, 500, "defect")["message"]


def test_the_table_of_errors_answers_with_documented_statuses() -> None:
    documented = {400, 401, 403, 404, 409, 410, 413, 415, 422, 429, 501, 503, 507}
    gone = {499}  # nobody is there to read it
    assert {status for status, _ in ERRORS.values()} <= documented | gone
