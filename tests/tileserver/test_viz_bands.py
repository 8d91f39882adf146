"""VizOptions of absent bands are refused when they are published, wherever the bands of the computation are known."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

import httpx2
import pytest

import sdk as wf
from sdk.service.computation import Computation
from tests.tileserver.conftest import Served

FIELD = wf.ImageCollection.from_id("field")
WRONG = [wf.VizOption("good", "red").to_json(), wf.VizOption("bad", "gren").to_json()]


def scaled() -> Any:
    gain: Any = wf.widgets.slider("gain", min=0.0, max=4.0, default=2.0)
    return FIELD * gain


def xyz(served: Served, computation: Any, options: Any) -> httpx2.Response:
    return served.post("/api/xyz", {**Computation.of(computation).to_json(), "viz_options": options})


def workflow(served: Served, name: str, computation: Any, options: Any, version: str = "1.0.0") -> httpx2.Response:
    one = {**Computation.of(computation).to_json(), "version": version, "viz_options": options}
    return served.http.put(f"/api/workflows/bob@example.com:{name}", json={"versions": [one]})


@pytest.mark.parametrize(
    "computation", [FIELD, FIELD.mosaic(), FIELD.pick_bands("red green"), scaled()], ids=["all", "image", "two", "gain"]
)
def test_absent_bands_are_refused_with_the_near_one_by_key(served: Served, computation: Any) -> None:
    for answer, key in (
        (xyz(served, computation, WRONG), "viz_options"),
        (workflow(served, "absent", computation, WRONG), "versions.0.viz_options"),
    ):
        assert answer.status_code == 400
        message = answer.json()["message"]
        assert message.startswith(f"{key} must name bands of the computation: VizOption 'bad': there is no band 'gren'")
        assert message.endswith("did you mean 'green'?")
    assert served.get("/api/workflows/bob@example.com:absent").status_code == 404


def test_bands_that_are_there_are_published(served: Served) -> None:
    options = [{"id": "one", "bands": ["nir"]}, {"id": "three", "bands": ["red", "green", "blue"], "reduction": "std"}]
    assert xyz(served, FIELD, options).status_code == 201
    assert workflow(served, "there", scaled(), options).status_code == 201


@pytest.mark.parametrize(
    "computation",
    [
        wf.ImageCollection.from_id("not there yet"),
        wf.ImageCollection.from_id("field", start_datetime="2050-01-01"),
        FIELD * wf.parameter("gain", wf.Float),
        FIELD.pick_bands("nowhere"),
        wf.Float(1.5),
    ],
    ids=["no product", "no scenes", "no default", "fails", "no imagery"],
)
def test_nothing_is_refused_where_bands_are_not_known(served: Served, computation: Any) -> None:
    assert xyz(served, computation, WRONG).status_code == 201


def test_a_version_keeps_the_options_that_it_has_though_they_have_become_wrong(served: Served) -> None:
    assert workflow(served, "kept", FIELD, []).status_code == 201
    with closing(sqlite3.connect(served.data_dir / "graftile.sqlite")) as database, database:
        own = "workflow = (SELECT number FROM workflows WHERE name = 'kept')"
        changed = database.execute(f"UPDATE workflow_versions SET viz_options = ? WHERE {own}", [json.dumps(WRONG)])
        assert changed.rowcount == 1
    kept = served.get("/api/workflows/bob@example.com:kept").json()["versions"][0]["viz_options"]
    assert workflow(served, "kept", FIELD, kept).status_code == 200
    assert workflow(served, "kept", FIELD, [WRONG[1]]).status_code == 400


def test_a_check_reads_no_pixels(served: Served) -> None:
    def blocks() -> list[str]:
        return [line for line in served.get("/metrics").text.splitlines() if line.startswith("graftile_blocks_total")]

    before = blocks()
    assert before
    assert xyz(served, FIELD.mosaic().log(), WRONG).status_code == 400
    assert blocks() == before
