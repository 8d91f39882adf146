"""Workflows over HTTP: saved, found and drawn as HTTP.md says, while nobody signs in; bad input is refused by rule."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

import sdk as wf
from sdk.service.computation import Computation
from tests.tileserver.conftest import Served, X, Y, Z

ID = "bob@example.com:model"
VIZ = {"id": "grey", "bands": ["nir"], "scales": [[0.0, 1.0]]}


def images(**dates: Any) -> wf.ImageCollection:
    return wf.ImageCollection.from_id("field", **dates).pick_bands("nir")


def version(name: str = "1.0.0", computation: Any = None, **fields: Any) -> dict[str, Any]:
    return {"version": name, **Computation.of(images() if computation is None else computation).to_json(), **fields}


@pytest.fixture
def empty(served: Served) -> Served:
    """The server without workflows."""
    for record in served.get("/api/workflows").json()["workflows"]:
        assert served.http.delete(f"/api/workflows/{record['id']}").status_code == 204
    return served


def save(served: Served, workflow: str = ID, **body: Any) -> httpx2.Response:
    return served.http.put(f"/api/workflows/{workflow}", json=body)


def test_a_workflow_comes_back_as_it_was_saved(empty: Served) -> None:
    body: dict[str, Any] = {"title": "T", "description": "*D*", "labels": {"a": "b"}, "tags": ["x", "y"]}
    made = save(empty, **body, versions=[version(docstring="d", labels={"k": "v"}, viz_options=[VIZ])])
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/workflows/{ID}")
    record = made.json()
    assert {name: record[name] for name in body} == body
    assert (record["id"], record["email"], record["name"], record["aliases"]) == (ID, "bob@example.com", "model", {})
    assert record["wmts_url_template"] == f"{empty.url}/wmts/workflow/{ID}/1.0.0/WMTSCapabilities.xml"
    [one] = record["versions"]
    assert (one["version"], one["docstring"], one["labels"], one["type"]) == (
        "1.0.0",
        "d",
        {"k": "v"},
        "ImageCollection",
    )
    assert one["graft"] == Computation.of(images()).to_json()["graft"]
    assert one["url_template"] == f"{empty.url}/workflow/{ID}/1.0.0/{{z}}/{{x}}/{{y}}.png"
    assert one["wmts_url_template"] == f"{empty.url}/wmts/workflow/{ID}/1.0.0/1.0.0/WMTSCapabilities.xml"
    assert datetime.fromisoformat(record["created_timestamp"]) <= datetime.fromisoformat(record["updated_timestamp"])
    assert empty.get(f"/api/workflows/{quote(ID, safe='')}").json() == record
    assert empty.get(f"/api/workflows/{ID}/versions/1.0.0").json() == one


def test_what_a_body_leaves_out_stays(empty: Served) -> None:
    save(empty, title="T", tags=["x"], versions=[version(docstring="d")])
    again = save(empty, description="D", versions=[version(labels={"k": "v"}), version("1.1.0", wf.Int(1))])
    record = again.json()
    assert (again.status_code, record["title"], record["tags"], record["description"]) == (200, "T", ["x"], "D")
    assert [one["version"] for one in record["versions"]] == ["1.0.0", "1.1.0"]
    assert (record["versions"][0]["docstring"], record["versions"][0]["labels"]) == ("d", {"k": "v"})


def test_an_equal_graft_is_no_change_and_another_one_a_conflict(empty: Served) -> None:
    save(empty, title="before", versions=[version(computation=wf.Int(1) + 2)])
    renamed = {"graft": {"x": 1, "y": 2, "z": ["wf.numpy.add", "x", "y"], "returns": "z"}}
    assert save(empty, versions=[{"version": "1.0.0", **renamed}]).status_code == 200
    refused = save(empty, title="after", versions=[version("2.0.0"), version(computation=wf.Int(2) + 2)])
    assert (refused.status_code, refused.json()["error"], refused.json()["version"]) == (409, "version_exists", "1.0.0")
    record = empty.get(f"/api/workflows/{ID}").json()
    assert (record["title"], [one["version"] for one in record["versions"]]) == ("before", ["1.0.0"])


def test_searches_are_exact_by_prefix_and_by_any_tag(empty: Served) -> None:
    for name, tags in {"abc": ["x"], "abd": ["y"], "Abc": []}.items():
        save(empty, f"bob@example.com:{name}", tags=tags)
    save(empty, "betty@example.com:abc", tags=["x"])

    def found(query: str) -> list[str]:
        return [
            one["id"].replace("@example.com", "") for one in empty.get(f"/api/workflows?{query}").json()["workflows"]
        ]

    assert found("") == ["betty:abc", "bob:Abc", "bob:abd", "bob:abc"]
    assert found("name=ab&email=bob@example.com") == ["bob:abd", "bob:abc"]
    assert found("tags=x&tags=y&name=abc") == ["betty:abc", "bob:abc"]
    assert found("name=%25&tags=x") == []


def test_a_search_comes_in_pages_that_keep_its_criteria(empty: Served) -> None:
    for number in range(101):
        save(empty, f"bob@example.com:n{number}", tags=["a b"])
    save(empty, "bob@example.com:other", tags=["c"])
    first = empty.get("/api/workflows?tags=a%20b&name=n").json()
    assert len(first["workflows"]) == 100
    second = httpx2.get(first["next"]).json()
    assert ([one["name"] for one in second["workflows"]], second["next"]) == (["n0"], None)


def test_versions_are_drawn_as_xyz_objects_are(empty: Served, nir: str) -> None:
    save(empty, title="T", versions=[version(viz_options=[VIZ])])
    expected = empty.tile(nir, "band=nir&scales=[[0,1]]")
    for workflow in (ID, quote(ID, safe="")):
        for reference in ("1.0.0", "latest"):
            tile = empty.get(f"/workflow/{workflow}/{reference}/{Z}/{X}/{Y}.png?viz=grey")
            assert (tile.status_code, tile.content, tile.headers["ETag"]) == (
                200,
                expected.content,
                expected.headers["ETag"],
            )
    named = empty.get(f"/workflow/{ID}/1.0.0/WebMercatorQuad/{Z}/{X}/{Y}.png?viz=grey")
    assert named.content == expected.content
    head = httpx2.head(f"{empty.url}/workflow/{ID}/1.0.0/{Z}/{X}/{Y}.png?viz=grey")
    assert (head.status_code, head.content) == (200, b"")
    elsewhere = empty.get(f"/workflow/{ID}/1.0.0/0/0/0.png", headers={"Origin": "https://example.org"})
    assert elsewhere.headers["Access-Control-Allow-Origin"] == "*"


def test_an_alias_moves_from_version_to_version(empty: Served) -> None:
    save(empty, versions=[version("1.0.0"), version("1.1.0", images() * 2)])
    alias = f"/api/workflows/{ID}/aliases/production"
    path = f"/workflow/{ID}/production/{Z}/{X}/{Y}.png?scales=[[0,1]]"
    assert empty.get(path).status_code == 404
    drawn = {}
    for name, status in (("1.0.0", 201), ("1.1.0", 200)):
        put = empty.http.put(alias, json={"version": name})
        assert (put.status_code, put.json()) == (status, {"alias": "production", "version": name})
        drawn[name] = empty.get(path)
        assert drawn[name].headers["ETag"] == empty.get(path.replace("production", name)).headers["ETag"]
    assert drawn["1.0.0"].content != drawn["1.1.0"].content
    stale = empty.get(path, headers={"If-None-Match": drawn["1.0.0"].headers["ETag"]})
    fresh = empty.get(path, headers={"If-None-Match": drawn["1.1.0"].headers["ETag"]})
    assert (stale.status_code, fresh.status_code) == (200, 304)
    assert empty.get(f"/api/workflows/{ID}").json()["aliases"] == {"production": "1.1.0"}
    assert empty.get(f"/api/workflows/{ID}/versions/production").json()["version"] == "1.1.0"
    assert empty.http.delete(alias).status_code == 204
    assert (empty.http.delete(alias).status_code, empty.get(path).status_code) == (404, 404)


CLOSED = {"start_datetime": "2019-01-01", "end_datetime": "2021-01-01"}
CACHED: dict[str, tuple[Any, str]] = {
    "no dates": (images(), "public, max-age=3600"),
    "a closed range": (images(**CLOSED), "public, max-age=86400"),
    "an open range": (images(start_datetime="2019-01-01"), "public, max-age=3600"),
    "a range that ends in the future": (images(**CLOSED | {"end_datetime": "2990-01-01"}), "public, max-age=3600"),
    "a closed and an open range": (images(**CLOSED).concat(images()), "public, max-age=3600"),
    "two closed ranges": (images(**CLOSED).concat(images(**CLOSED)), "public, max-age=86400"),
}


@pytest.mark.parametrize(("computation", "expected"), CACHED.values(), ids=CACHED.keys())
def test_tiles_of_versions_are_kept_for_as_long_as_their_images_stay(
    empty: Served, computation: Any, expected: str
) -> None:
    save(empty, versions=[version(computation=computation)])
    path = f"/workflow/{ID}/1.0.0/{Z}/{X}/{Y}.png?scales=[[0,1]]"
    assert empty.get(path).headers["Cache-Control"] == "private"
    assert empty.http.put(f"/api/workflows/{ID}/readers/public").status_code == 201
    assert empty.get(path).headers["Cache-Control"] == expected
    assert empty.get(path.replace("1.0.0", "latest")).headers["Cache-Control"] == "public, no-cache"


def test_logs_are_those_of_the_layer_as_it_was_asked_for(empty: Served) -> None:
    save(empty, versions=[version()])
    empty.get(f"/workflow/{ID}/latest/{Z}/{X}/{Y}.png?scales=[[0,1]]&session_id=s")
    with httpx2.stream("GET", f"{empty.url}/workflow/{quote(ID)}/latest/logs?session_id=s", timeout=60) as events:
        record = json.loads(
            next(line for line in events.iter_lines() if line.startswith("data:")).removeprefix("data:")
        )
    assert record["session_id"] == "s"


def test_readers_come_in_the_order_of_granting(empty: Served) -> None:
    save(empty)
    readers = f"/api/workflows/{ID}/readers"
    targets = ["public", "email:betty@gmail.com", "org:myorg", "authenticated"]
    for target in targets:
        assert empty.http.put(f"{readers}/{target}").status_code == 201
        assert empty.http.put(f"{readers}/{quote(target, safe='')}").status_code == 200
    assert empty.get(readers).json() == {"readers": [{"target": target} for target in targets], "next": None}
    for _ in range(2):
        assert empty.http.delete(f"{readers}/public").status_code == 204
    assert len(empty.get(readers).json()["readers"]) == 3
    assert empty.http.put("/api/workflows/bob@example.com:none/readers/public").status_code == 404


def test_what_is_deleted_is_gone(empty: Served) -> None:
    save(empty, versions=[version()])
    assert empty.http.delete(f"/api/workflows/{ID}").status_code == 204
    for path in (f"/api/workflows/{ID}", f"/api/workflows/{ID}/versions/1.0.0", f"/workflow/{ID}/1.0.0/0/0/0.png",
                 f"/workflow/{ID}/1.0.0", f"/workflow/{ID}/1.0.0/logs?session_id=s"):  # fmt: skip
        gone = empty.get(path)
        assert (gone.status_code, gone.json()["message"]) == (404, f"Workflow '{ID}' does not exist.")
    assert empty.http.delete(f"/api/workflows/{ID}").status_code == 404


IDS = ["model", "bob:model", "@:x", "bob@example.com:", "bob@example.com", "bob@example.com:a b", "bob@example.com:🛰",
       "bob@example.com:'x'", "bob@example.com:..", "bob@example.com:.x", "böb@example.com:x", "bob@example.com:x\n",
       f"bob@example.com:{'x' * 129}", "bob@example.com:x%", "bob@example.com:a\\b", "bob@example.com:<b>"]  # fmt: skip


@pytest.mark.parametrize("workflow", IDS)
def test_an_id_that_is_none_is_refused_everywhere_with_the_rule(served: Served, workflow: str) -> None:
    raw = quote(workflow, safe="")
    for method, path in (
        ("PUT", f"/api/workflows/{raw}"), ("GET", f"/api/workflows/{raw}"), ("DELETE", f"/api/workflows/{raw}"),
        ("GET", f"/workflow/{raw}/1.0.0/0/0/0.png"), ("GET", f"/workflow/{raw}/1.0.0"),
        ("POST", f"/api/workflow/{raw}/1.0.0/links"), ("GET", f"/api/workflows/{raw}/readers"),
    ):  # fmt: skip
        answer = served.http.request(method, path, json={})
        assert (answer.status_code, "a workflow's id must be 'email:name'" in answer.text) == (400, True)


def test_a_name_with_a_slash_is_no_path(served: Served) -> None:
    for name in ("a%2Fb", "..%2F..", "%00"):
        assert served.http.put(f"/api/workflows/bob@example.com:{name}", json={}).status_code in (400, 404, 405)


@pytest.mark.parametrize("name", ["a.b..c", "1:2:3", "_-", "x" * 128, "latest", "1.0.0"])
def test_a_name_by_the_rule_works_everywhere(empty: Served, name: str) -> None:
    workflow = f"bob+tag@sub-domain.example.com:{name}"
    assert save(empty, workflow, title=name, versions=[version("1.0.0-rc.1+b.7")]).status_code == 201
    for path in (workflow, quote(workflow, safe="")):
        for reference in ("1.0.0-rc.1+b.7", "1.0.0-rc.1%2Bb.7"):
            assert empty.get(f"/workflow/{path}/{reference}/{Z}/{X}/{Y}.png?scales=[[0,1]]").status_code == 200
            assert name in empty.get(f"/workflow/{path}/{reference}").text
    assert empty.get(f"/api/workflows?name={quote(name)}").json()["workflows"][0]["id"] == workflow


@pytest.mark.parametrize("reference", ["1.0", "v1.0.0", "01.0.0", "1.0.0-", "-x", "a b", "é", "1.0.0\n", "x" * 65])
def test_a_reference_that_is_none_is_refused_with_the_rule(served: Served, reference: str) -> None:
    raw = quote(reference, safe="")
    for path in (f"/api/workflows/{ID}/versions/{raw}", f"/workflow/{ID}/{raw}/0/0/0.png", f"/workflow/{ID}/{raw}"):
        answer = served.get(path)
        assert (answer.status_code, "a version must be a semantic version" in answer.text) == (400, True)


@pytest.mark.parametrize("alias", ["latest", "1.0.0", "a.b", "-a", "é", "x" * 65, "a b"])
def test_an_alias_that_is_none_is_refused_with_the_rule(empty: Served, alias: str) -> None:
    save(empty, versions=[version()])
    answer = empty.http.put(f"/api/workflows/{ID}/aliases/{quote(alias, safe='')}", json={"version": "1.0.0"})
    assert (answer.status_code, "alias" in answer.json()["message"]) == (400, True)


@pytest.mark.parametrize("target", ["bob@example.com", "email:bob", "org:", "org:A B", "authenticated:x", "everybody"])
def test_a_reader_that_is_none_is_refused(empty: Served, target: str) -> None:
    save(empty)
    answer = empty.http.put(f"/api/workflows/{ID}/readers/{quote(target, safe='')}")
    assert answer.status_code == 400, answer.text


ONE = {"graft": {"a": 1, "returns": "a"}}
BODIES: dict[str, tuple[dict[str, Any], str]] = {
    "a title of two lines": ({"title": "a\nb"}, "title must be 0 to 256 characters without control characters"),
    "a title that is no text": ({"title": 5}, "title must be a str, not 5"),
    "a description of 1 MB": ({"description": "x" * 2**20}, "description must be at most 65,536 characters"),
    "a description with NUL": ({"description": "a\0b"}, "without control characters other than tabs and line breaks"),
    "labels that are no texts": ({"labels": {"a": 1}}, "the label 'a' must be a str, not 1"),
    "labels that are a list": ({"labels": ["a"]}, "labels must be a dict of strings by strings"),
    "a tag with a control character": ({"tags": ["a\x1bb"]}, "a tag must be 1 to 128 characters without control"),
    "an empty tag": ({"tags": [""]}, "a tag must be 1 to 128 characters"),
    "tags that are one text": ({"tags": "abc"}, "tags must be a list of strings"),
    "too many tags": ({"tags": [str(number) for number in range(101)]}, "there may be 100 tags at most, not 101"),
    "an unknown field": ({"name": "x"}, "'name' is no field of this body"),
    "a version of two numbers": ({"versions": [{"version": "1.0", **ONE}]}, "a version must be a semantic version"),
    "latest as a version": ({"versions": [{"version": "latest", **ONE}]}, "a version must be a semantic version"),
    "no version": ({"versions": [ONE]}, "versions.0.version is missing"),
    "a version twice": ({"versions": [{"version": "1.0.0", **ONE}] * 2}, "versions must be different versions"),
    "no graft": ({"versions": [{"version": "1.0.0"}]}, "versions.0.graft is missing"),
    "a docstring of 1 MB": (
        {"versions": [{"version": "1.0.0", **ONE, "docstring": "x" * 2**20}]}, "docstring must be at most 65,536",
    ),
    "a type with a control character": (
        {"versions": [{"version": "1.0.0", **ONE, "type": "a\0"}]}, "type must be text without control characters",
    ),
    "a bad VizOption": (
        {"versions": [{"version": "1.0.0", **ONE, "viz_options": [{"id": "a"}]}]}, "versions.0.viz_options must be",
    ),
    "a graft that is none": ({"versions": [{"version": "1.0.0", "graft": {"a": 1}}]}, "returns"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "message"), BODIES.values(), ids=BODIES.keys())
def test_a_bad_body_is_refused_with_the_rule_and_leaves_nothing(
    empty: Served, body: dict[str, Any], message: str
) -> None:
    answer = save(empty, **body)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (400, "no-store")
    assert message in answer.json()["message"]
    assert len(answer.text) < 1000
    assert empty.get(f"/api/workflows/{ID}").status_code == 404


def test_texts_that_look_like_code_are_texts(empty: Served) -> None:
    nasty = "'; DROP TABLE workflows; -- <script>alert(1)</script> {{7*7}} 🛰 \u202e"
    save(empty, title=nasty, description=nasty, labels={nasty: nasty}, tags=[nasty], versions=[version()])
    record = empty.get("/api/workflows", params={"tags": nasty}).json()["workflows"][0]
    assert (record["title"], record["tags"], record["labels"]) == (nasty, [nasty], {nasty: nasty})
    page = empty.get(f"/workflow/{ID}/1.0.0").text
    assert "<script>alert" not in page
    assert "DROP TABLE" in page


def test_descriptions_are_shown_as_markdown(empty: Served) -> None:
    text = "# Head\n\n*emphasis* [good](https://example.org) [bad](javascript:alert(1)) <b onclick=x>raw</b> ![i](/x)"
    save(empty, title="T", description=text, versions=[version()])
    page = empty.get(f"/workflow/{ID}/latest").text
    assert "<h1>Head</h1>" in page
    assert "<em>emphasis</em>" in page
    assert '<a href="https://example.org" rel="nofollow noopener noreferrer">good</a>' in page
    assert not re.search(r"<b onclick|<img|href=.javascript", page)


def test_who_speaks_is_in_every_answer_and_another_channel_refused(served: Served) -> None:
    for path in ("/api/workflows", "/nowhere", "/static/viewer.js", "/healthz"):
        headers = served.get(path, headers={"Graftile-Channel": "master"}).headers
        assert (headers["Graftile-Channel"], bool(headers["Graftile-Version"])) == ("master", True)
    refused = served.get("/api/workflows", headers={"Graftile-Channel": "v9"})
    assert (refused.status_code, refused.json()["error"]) == (400, "wrong_channel")


def test_the_thousand_and_first_workflow_is_one_too_many(empty: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tileserver.store.workflow_writes.WORKFLOWS_EACH", 1)
    assert save(empty).status_code == 201
    refused = save(empty, "bob@example.com:second")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert (refused.json()["error"], refused.json()["limit"]) == ("workflow_limit", 1)
    assert save(empty, title="again").status_code == 200
