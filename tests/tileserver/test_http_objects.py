"""XYZ objects, the catalog and the operations over HTTP."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

import sdk as wf
from sdk.graft.op import OPERATIONS
from sdk.service.computation import Computation
from tests.server_fixture import running_server
from tests.tileserver.conftest import Served

BODY: dict[str, Any] = {
    "graft": {"a": 1, "b": 2, "c": ["wf.numpy.add", "a", "b"], "returns": "c"},
    "typespec": {"type": "Int"},
    "type": "Int",
    "parameters": [],
    "channel": "master",
    "client_version": "0.1",
    "name": "Three",
    "description": "*One* and two",
    "public": False,
    "viz_options": [{"id": "v", "bands": ["a"], "colormap": "jet"}],
    "days_to_expiration": 3,
}


def test_an_object_comes_back_as_it_was_made(served: Served) -> None:
    made = served.post("/api/xyz", BODY)
    record = made.json()
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/xyz/{record['id']}"
    assert re.fullmatch(r"[0-9a-f]{48}", record["id"])
    assert {name: record[name] for name in BODY if name != "viz_options"} == {
        name: value for name, value in BODY.items() if name != "viz_options"
    }
    viz = {"id": "v", "bands": ["a"], "colormap": "jet", "checkerboard": False, "reduction": "mosaic", "scales": None}
    assert record["viz_options"] == [{**viz, "description": ""}]
    created, expires = (datetime.fromisoformat(record[f"{what}_timestamp"]) for what in ("created", "expires"))
    assert expires - created == timedelta(days=3)
    assert created.utcoffset() == timedelta(0)
    assert record["url_template"] == f"{served.url}/xyz/{record['id']}/{{z}}/{{x}}/{{y}}.png"
    read = served.get(f"/api/xyz/{record['id']}")
    assert (read.status_code, read.json()) == (200, record)
    assert read.headers["Cache-Control"] == "no-store"


def test_ten_days_are_the_default_and_null_is_it(served: Served) -> None:
    for days in ({}, {"days_to_expiration": None}):
        record = served.post("/api/xyz", {"graft": BODY["graft"], **days}).json()
        created, expires = (datetime.fromisoformat(record[f"{what}_timestamp"]) for what in ("created", "expires"))
        assert expires - created == timedelta(days=10)
        assert record["public"] is True


def test_a_deleted_object_is_gone_with_its_tiles_and_logs(served: Served) -> None:
    layer = served.publish(wf.Int(1))
    assert httpx2.delete(f"{served.url}/api/xyz/{layer}").status_code == 204
    for path in (f"/api/xyz/{layer}", f"/xyz/{layer}/0/0/0.png", f"/xyz/{layer}/logs?session_id=s"):
        gone = served.get(path)
        assert gone.status_code == 404
        assert layer in gone.json()["message"]
    assert httpx2.delete(f"{served.url}/api/xyz/{layer}").status_code == 404


def test_lists_come_in_pages_newest_first(served: Served) -> None:
    made = [served.publish(wf.Int(number), public=False) for number in range(101)]
    first = served.get("/api/xyz?public=false").json()
    assert len(first["xyz"]) == 100
    assert [record["id"] for record in first["xyz"]] == made[:0:-1]
    assert first["next"].startswith(f"{served.url}/api/xyz?public=false&after=")
    second = httpx2.get(first["next"]).json()
    assert second["xyz"][0]["id"] == made[0]
    assert not any(record["public"] for record in second["xyz"])


@pytest.mark.parametrize("query", ["public=maybe", "public=true&public=true", "after=x", "limit=5"])
def test_a_list_is_asked_for_with_care(served: Served, query: str) -> None:
    assert served.get(f"/api/xyz?{query}").status_code == 400


def test_a_public_url_is_the_root_of_all_urls(served: Served, tmp_path: Any) -> None:
    from tests.server_fixture import running_server

    with running_server(tmp_path, public_url="https://maps.example.org/wf/") as url:
        record = httpx2.post(f"{url}/api/xyz", json=BODY).json()
    assert record["url_template"].startswith("https://maps.example.org/wf/xyz/")


def test_the_catalog_says_what_can_be_computed_on(served: Served) -> None:
    listed = served.get("/api/catalog/products").json()
    assert listed["next"] is None
    product = next(product for product in listed["products"] if product["id"] == "field")
    assert product["bands"] == ["red", "green", "blue", "nir"]
    record = served.get("/api/catalog/products/field").json()
    assert record.items() >= product.items()
    assert {(one["what"], one["from"]) for one in record["origins"]} >= {("crs", "file"), ("nodata", "file tag")}
    image = served.get("/api/catalog/images/field:field_2020-01-01").json()
    assert image["date"].startswith("2020-01-01")
    assert [band["name"] for band in image["bands"]] == ["red", "green", "blue", "nir"]


def test_the_operations_are_the_table(served: Served) -> None:
    listed = served.get("/api/operations").json()["operations"]
    names = {name for row in listed for name in (row["name"], *row["aliases"])}
    assert names == set(OPERATIONS)
    masked = next(row for row in listed if row["name"] == "wf.mask")
    assert masked["parameters"][0] == {"name": "imagery", "kind": "positional", "types": "Imagery", "required": True}
    assert (masked["owner"], masked["result"]) == ("Imagery", "same_imagery('imagery', 'mask')")
    assert masked["example"] == 'Image.from_id("product:scene").mask(Image.from_id("product:clouds") > 0.5)'
    assert not masked["addition"]


def test_health_and_readiness(served: Served) -> None:
    assert served.get("/healthz").json() == {"status": "ok"}
    assert served.get("/readyz").json()["checks"] == {"database": "ok", "logs": "ok"}


def inspect(served: Served, computation: Any, accept: str = "application/json", **fields: Any) -> httpx2.Response:
    body = {**Computation.of(computation).to_json(), **fields}
    return httpx2.post(f"{served.url}/api/inspect", json=body, headers={"Accept": accept}, timeout=30)


def test_inspect_evaluates_at_once(served: Served) -> None:
    answer = inspect(served, wf.Int(2) + 3)
    assert (answer.status_code, answer.json()) == (200, 5)
    assert answer.headers["Cache-Control"] == "no-store"
    assert inspect(served, wf.Int(2) + wf.parameter("n", wf.Int), arguments={"n": 40}).json() == 42


def test_inspect_refuses_a_format_that_does_not_exist(served: Served) -> None:
    assert inspect(served, wf.Int(2), accept="text/html").status_code == 400


def test_inspect_refuses_too_many_pixels_with_both_numbers(served: Served) -> None:
    geoctx = {"bounds": [13, 51, 15, 53], "crs": "EPSG:4326", "shape": [5000, 5000]}
    answer = inspect(served, wf.ImageCollection.from_id("field").pick_bands("nir").mosaic(), geoctx=geoctx)
    assert answer.status_code == 413
    assert "25,000,000" in answer.json()["message"]
    assert "16,777,216" in answer.json()["message"]


def test_inspect_refuses_more_pixels_than_text_takes_and_names_the_format_that_takes_them(served: Served) -> None:
    geoctx = {"bounds": [13, 51, 15, 53], "crs": "EPSG:4326", "shape": [4096, 4096]}
    answer = inspect(served, wf.ImageCollection.from_id("field").pick_bands("red nir").mosaic(), geoctx=geoctx)
    assert answer.status_code == 413
    assert "33,554,432 pixels of all bands are more than json takes" in answer.json()["message"]
    assert "pyarrow" in answer.json()["message"]


def test_inspects_share_one_budget_of_memory(scenes: Path, tmp_path: Path) -> None:
    geoctx = {"bounds": [13, 51, 15, 53], "crs": "EPSG:4326", "shape": [64, 64]}
    image = wf.ImageCollection.from_id("field").pick_bands("red").mosaic()
    with running_server(tmp_path, add=[scenes], inspect_bytes=64 * 64 * 32) as url:
        body = {**Computation.of(image).to_json(), "geoctx": geoctx}
        for _ in range(3):  # each gives back what it took
            assert httpx2.post(f"{url}/api/inspect", json=body, timeout=30).status_code == 200
        body["geoctx"] = {**geoctx, "shape": [64, 65]}
        answer = httpx2.post(f"{url}/api/inspect", json=body, timeout=30)
    assert answer.status_code == 413
    assert "about 133,120 bytes of memory; the limit is 131,072" in answer.json()["message"]


@pytest.mark.parametrize(
    "geoctx",
    [
        {"bounds": [0, 0, 1e300, 1e300], "bounds_crs": "EPSG:3857", "crs": "EPSG:3857", "shape": [2, 2]},
        {"bounds": [0, 0, 1, 1], "crs": "EPSG:4326", "resolution": 1e-320},
        {"bounds": [0, 0, 1, 1], "crs": "IAU_2015:30100", "bounds_crs": "IAU_2015:30100", "shape": [2, 2]},
        {"bounds": [0, 0, 1, 1], "crs": "WGS 84 / UTM zone 33N", "shape": [2, 2]},
    ],
    ids=["far", "fine", "of the moon", "a name"],
)
def test_inspect_refuses_places_that_mean_nothing(served: Served, geoctx: dict[str, Any]) -> None:
    answer = inspect(served, wf.ImageCollection.from_id("field").mosaic().mean(), geoctx=geoctx)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("geoctx: ")


def test_inspect_of_imagery_without_a_place_says_what_is_missing(served: Served) -> None:
    answer = inspect(served, wf.ImageCollection.from_id("field").pick_bands("nir").mosaic())
    assert answer.status_code == 422
    assert "geo" in answer.json()["message"].lower()
