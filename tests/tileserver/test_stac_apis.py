"""Products of STAC APIs: searched when a tile needs them, kept with their age, and drawn as images of this machine."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from numpy.typing import NDArray
from PIL import Image
from shapely.geometry import box
from sqlalchemy import update
from starlette.responses import JSONResponse, Response

import sdk as wf
from benchmarks.ranges import Ranges, serve_ranges
from graft_eval.progress import Progress
from tests.server_fixture import running_server
from tests.stac_api import BANDS, StacApi, make_items, pixels_of, running_stac_api
from tests.tileserver.conftest import Served
from tests.tileserver.odd_api import OddApi, running_odd_api
from tileserver.catalog import Catalog, Snapshot
from tileserver.catalog.apis import live
from tileserver.catalog.apis.tables import SearchRow
from tileserver.catalog.errors import CatalogError
from tileserver.commands.main import cli
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database, writing

PLACE = box(13.5, 52.4, 13.6, 52.5)
MARCH = datetime(2020, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StacApi]:
    with running_stac_api(tmp_path_factory.mktemp("api")) as api:
        yield api


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ranges]:
    with serve_ranges(Ranges(tmp_path_factory.mktemp("files"))) as files:
        yield files


@pytest.fixture(scope="module")
def items(files: Ranges) -> list[dict[str, Any]]:
    return make_items(files.folder, files.url)


@pytest.fixture(scope="module")
def odd_server(items: list[dict[str, Any]]) -> Iterator[OddApi]:
    with running_odd_api(items) as api:
        yield api


@pytest.fixture
def odd(odd_server: OddApi, items: list[dict[str, Any]]) -> OddApi:
    odd_server.reset(items)
    return odd_server


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory, odd_server: OddApi, files: Ranges) -> Path:
    """A data folder with the product `s2` of the odd API."""
    folder = tmp_path_factory.mktemp("added")
    settings = Settings(data_dir=folder, asset_hosts=(host_of(files),))
    create_schema(engine := open_database(settings.database))
    assert Catalog(engine, settings).add_api(odd_server.url, "sentinel-2-l2a", "s2").failed == []
    engine.dispose()
    return folder


@dataclass
class Desk:
    """A catalog of a product `s2` at an API, and what its searches said."""

    catalog: Catalog
    said: list[tuple[int, str]] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)

    def search(self, start: datetime | None = None, end: datetime | None = None) -> list[str]:
        """Refresh and search a place as an evaluation does; return the ids."""
        self.said.clear()
        self.progress = Progress(log=lambda level, message: self.said.append((level, message)), deadline=60)
        snapshot = Snapshot(self.catalog)
        snapshot.refresh("s2", start=start, end=end, area=PLACE, progress=self.progress)
        return [scene.id for scene in snapshot.scenes("s2", start=start, end=end, limit=100, area=PLACE)]

    @property
    def warnings(self) -> str:
        return "\n".join(message for level, message in self.said if level >= logging.WARNING)


def host_of(files: Ranges) -> str:
    return files.url.removeprefix("http://")


def desk_of(added: Path, tmp_path: Path, files: Ranges, **settings: Any) -> Desk:
    shutil.copytree(added, tmp_path / "data")
    chosen = Settings(data_dir=tmp_path / "data", asset_hosts=(host_of(files),), **settings)
    return Desk(Catalog(open_database(chosen.database), chosen))


@pytest.fixture
def desk(added: Path, tmp_path: Path, odd: OddApi, files: Ranges) -> Iterator[Desk]:
    desk = desk_of(added, tmp_path, files)
    with closing(desk.catalog):
        yield desk


ALL = [f"s2:S2_2020{month:02}15" for month in (1, 2, 3, 4)]


def run(data_dir: Path, *arguments: str, hosts: str = "") -> Result:
    return CliRunner().invoke(cli, [*arguments, "--data-dir", str(data_dir)], env={"GRAFTILE_ASSET_HOSTS": hosts})


@pytest.fixture
def remote(tmp_path: Path, api: StacApi) -> Iterator[Served]:
    """A server of the product `s2`, which is searched at rustac's API."""
    data_dir = tmp_path / "data"
    added = run(data_dir, "catalog", "add-api", api.url, "--collection", api.collection, "--as", "s2", hosts=api.host)
    assert added.exit_code == 0, added.output
    assert added.stdout.splitlines()[-1] == f"s2 is searched at {api.url} from now on; its bands: {' '.join(BANDS)}"
    with (
        running_server(data_dir, asset_hosts=(api.host,)) as url,
        Served(url, tmp_path, data_dir, {}) as served,
    ):
        api.files.asked.clear()
        yield served


def grey(png: bytes) -> NDArray[np.uint8]:
    return np.array(Image.open(BytesIO(png)).convert("LA"))[..., 0]


def test_a_tile_of_an_api_is_that_of_its_files(remote: Served, api: StacApi) -> None:
    nir = wf.ImageCollection.from_id("s2", start_datetime="2020-02-01", end_datetime="2020-04-01").pick_bands("nir")
    layer = remote.publish(nir.max(axis="images"))
    tile = remote.tile(layer, "scales=[[0,0.5]]")
    assert tile.status_code == 200, tile.text
    expected = np.maximum(pixels_of(2, "nir"), pixels_of(3, "nir"))[:256, :256] * 0.0001
    np.testing.assert_allclose(grey(tile.content), np.round(expected / 0.5 * 255), atol=1)
    api.files.asked.clear()
    assert remote.tile(layer, "scales=[[0,0.4]]").status_code == 200
    assert api.files.asked == []
    bounds = remote.get(f"/xyz/{layer}/tilejson.json").json()["bounds"]
    assert bounds == [-180.0, -90.0, 180.0, 90.0]  # what the Collection says, not what is known so far


def test_one_search_serves_the_tiles_around_and_the_dates_of_its_months(desk: Desk, odd: OddApi) -> None:
    assert desk.search(MARCH, MARCH + timedelta(days=20)) == [ALL[2]]
    asked = len(odd.asked)
    assert odd.asked[0]["datetime"] == "2020-03-01T00:00:00Z/2020-04-01T00:00:00Z"
    assert desk.search(MARCH + timedelta(days=3), MARCH + timedelta(days=31)) == [ALL[2]]
    assert desk.search(MARCH, MARCH + timedelta(days=20)) == [ALL[2]]
    assert len(odd.asked) == asked
    assert desk.said == []


def test_pages_are_read_to_the_end_and_repeated_items_count_once(desk: Desk, odd: OddApi) -> None:
    odd.repeated = True
    assert desk.search() == ALL
    assert [one.get("token") for one in odd.asked] == [None, "2"]
    assert desk.said == []


def test_pages_beyond_the_limit_are_left_out_and_the_log_names_it(
    added: Path, tmp_path: Path, odd: OddApi, files: Ranges
) -> None:
    desk = desk_of(added, tmp_path, files, api_items=3)
    with closing(desk.catalog):
        assert desk.search() == ALL[:3]
        assert "it gave 3 of 4 images, the limit (api_items); others are left out" in desk.warnings


def test_a_server_that_asks_to_wait_is_asked_again_after_it(desk: Desk, odd: OddApi) -> None:
    odd.refusals = [Response(status_code=429, headers={"Retry-After": "0"}), Response(status_code=503)]
    assert desk.search() == ALL
    assert len(odd.asked) == 4
    assert desk.said == []


def test_a_server_that_asks_to_wait_long_is_left_alone(desk: Desk, odd: OddApi) -> None:
    odd.refusals = [Response(status_code=429, headers={"Retry-After": "3600"})]
    assert desk.search() == ALL[:1]  # of adding it
    assert "cannot be searched" in desk.warnings
    assert f"{odd.url}/search answers 429 Too Many Requests, and asks to wait for 3600 s" in desk.warnings
    assert "nothing is known of this place and time" in desk.warnings
    assert desk.progress.lacking == 1
    assert desk.search(MARCH) == []
    assert "429" in desk.warnings
    assert len(odd.asked) == 1


@pytest.mark.parametrize("next_url", ["http://127.0.0.2:9/search", "file:///etc/passwd", "ftp://127.0.0.1/a", "", 7])
def test_next_pages_elsewhere_are_not_read(desk: Desk, odd: OddApi, next_url: Any) -> None:
    odd.next_url = next_url
    found = desk.search()
    assert found == (ALL if next_url == "" else ALL[:2])
    assert ("was not read to the end" in desk.warnings) == (next_url != "")
    if str(next_url).startswith("http://"):
        assert "the host 127.0.0.2:9 is not allowed (asset_hosts" in desk.warnings


def test_an_endless_row_of_equal_pages_ends(desk: Desk, odd: OddApi) -> None:
    odd.next_url = f"{odd.url}/search"
    assert desk.search() == ALL[:2]
    assert len(odd.asked) == 2
    assert "its pages repeat themselves" in desk.warnings


NO_LISTS = [
    Response("<html>", media_type="text/html"),
    JSONResponse([]),
    JSONResponse({"features": 7}),
    JSONResponse({"features": [7]}),
    JSONResponse({"features": [{"id": "x"}, {}]}),
    Response(b'{"features": [{"id": "x", "n": NaN}]}'),
    Response(status_code=404),
]


@pytest.mark.parametrize("answer", NO_LISTS, ids=range(len(NO_LISTS)))
def test_what_is_no_list_of_items_is_said_to_be_none(desk: Desk, odd: OddApi, answer: Response) -> None:
    odd.refusals = [answer]
    assert desk.search() == ALL[:1]
    assert "cannot be searched" in desk.warnings or "was not read to the end" in desk.warnings


UNPLACED: dict[str, dict[str, Any]] = {
    "it has neither a datetime nor a start_datetime": {"properties": {}},
    "its datetime is no date: 'yesterday'": {"properties": {"datetime": "yesterday"}},
    "it has no geometry that can be read": {"geometry": None, "bbox": None},
    "it has no geometry that can be read ": {"geometry": {"type": "Polygon", "coordinates": [[["a", "b"]]]}},
    "its geometry is empty": {"geometry": {"type": "Polygon", "coordinates": []}},
    "it has no geometry that can be read  ": {"geometry": {"type": "GeometryCollection", "geometries": []}},
}


@pytest.mark.parametrize("reason", UNPLACED)
def test_items_without_a_place_or_date_are_left_out_and_named(desk: Desk, odd: OddApi, reason: str) -> None:
    odd.items = [*odd.items, {**odd.items[0], "id": "odd", **UNPLACED[reason]}, {"id": "odder", "properties": {}}]
    assert desk.search() == ALL
    assert f"gave images that are left out: odd ({reason.strip()}) and 1 more" in desk.warnings


def test_an_item_without_a_geometry_is_found_by_its_bounding_box(desk: Desk, odd: OddApi) -> None:
    odd.items = [*odd.items[:3], {**odd.items[3], "geometry": None}]
    assert desk.search() == ALL
    assert desk.said == []


def test_an_item_across_the_antimeridian_is_found_on_both_sides(desk: Desk, odd: OddApi) -> None:
    ring = [[179.5, 0], [-179.5, 0], [-179.5, 1], [179.5, 1], [179.5, 0]]
    assets = {"nir": {"href": "http://127.0.0.2:9/a.tif", "type": "image/tiff"}}
    geometry = {"type": "Polygon", "coordinates": [ring]}
    odd.items = [{**odd.items[0], "id": "fiji", "geometry": geometry, "assets": assets}]
    for west in (179.6, -179.9):
        said: list[str] = []
        progress = Progress(log=lambda level, message, said=said: said.append(message), deadline=60)
        desk.catalog.refresh("s2", start=None, end=None, area=box(west, 0.2, west + 0.2, 0.4), progress=progress)
        assert "scene s2:fiji skipped: " in said[0]


def test_a_search_that_breaks_off_gives_what_came_and_is_made_again(
    desk: Desk, odd: OddApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BROKEN_OFF_SECONDS", 0.0)
    odd.next_url = f"{odd.url}/nowhere"
    assert desk.search() == ALL[:2]
    assert f"was not read to the end: of its next page, {odd.url}/nowhere answers 404 Not Found" in desk.warnings
    assert desk.progress.lacking == 1
    odd.next_url = ""
    assert desk.search() == ALL[:2]  # meanwhile
    wait(desk.catalog._live._searching.values())
    assert desk.search() == ALL
    assert desk.progress.lacking == 0


def test_nobody_waits_again_for_an_api_that_has_not_answered(
    desk: Desk, odd: OddApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PATIENCE_SECONDS", 0.3)
    odd.stalled.clear()
    assert desk.search() == ALL[:1]  # of adding it
    assert "it has not answered in 0.3 s (it is asked again after " in desk.warnings
    monkeypatch.setattr(live, "PATIENCE_SECONDS", 3600.0)
    assert desk.search() == ALL[:1]
    assert "it has not answered in 0.3 s" in desk.warnings
    odd.stalled.set()
    desk.catalog.close()
    assert desk.search() == ALL


def test_many_images_that_cannot_be_made_are_counted(desk: Desk, odd: OddApi) -> None:
    odd.items = [{**odd.items[3], "id": f"bare{number}", "assets": {}} for number in range(9)]
    desk.search()
    assert [message.split(":")[0] for _, message in desk.said] == ["scene s2"] * 5 + ["s2"]
    assert desk.said[-1][1] == "s2: 4 more images skipped for reasons like these"
    assert desk.progress.lacking == 9


def test_a_period_that_an_api_may_have_images_of_is_not_denied(desk: Desk, odd: OddApi) -> None:
    assert desk.catalog.period("s2") is None


def test_what_was_found_is_used_while_an_old_search_is_made_again(desk: Desk, odd: OddApi) -> None:
    assert desk.search(MARCH) == ALL[2:]
    make_old(desk)
    odd.refusals = [Response(status_code=500)] * 4
    assert desk.search(MARCH) == ALL[2:]
    desk.catalog.close()  # waits for the search behind it
    assert desk.search(MARCH) == ALL[2:]
    assert "500 Internal Server Error (it is asked again after " in desk.warnings
    assert " UTC); what was found at 2020-01-01 00:00 UTC is known" in desk.warnings
    assert desk.progress.lacking == 0


def test_a_new_item_is_found_when_a_search_is_made_again(desk: Desk, odd: OddApi, files: Ranges) -> None:
    items, odd.items = odd.items, odd.items[:3]
    assert desk.search(MARCH) == [ALL[2]]
    odd.items = items
    make_old(desk)
    assert desk.search(MARCH) == [ALL[2]]
    desk.catalog.close()
    assert desk.search(MARCH) == ALL[2:]


def test_a_changed_item_is_made_anew(desk: Desk, odd: OddApi) -> None:
    assert desk.search(MARCH) == ALL[2:]
    march = dict(odd.items[2])
    march["properties"] = {**march["properties"], "eo:cloud_cover": 77}
    odd.items = [*odd.items[:2], march, odd.items[3]]
    make_old(desk)
    desk.search(MARCH)
    desk.catalog.close()
    desk.search(MARCH)
    assert desk.catalog.scene(ALL[2]).properties["eo:cloud_cover"] == 77


def test_an_item_whose_files_cannot_be_read_is_left_out_with_the_reason(desk: Desk, odd: OddApi) -> None:
    assets = {"nir": {"href": "http://127.0.0.2:9/a.tif", "type": "image/tiff; application=geotiff"}}
    odd.items = [*odd.items[:3], {**odd.items[3], "assets": assets}]
    for _ in range(2):
        assert desk.search() == ALL[:3]
        assert f"scene {ALL[3]} skipped: " in desk.warnings
        assert "the host 127.0.0.2:9 is not allowed" in desk.warnings


def test_items_name_no_files_of_this_machine(desk: Desk, odd: OddApi, files: Ranges) -> None:
    here = next(files.folder.glob("*.tif")).as_uri()
    assets = {"nir": {"href": here, "type": "image/tiff; application=geotiff"}}
    odd.items = [*odd.items[:3], {**odd.items[3], "assets": assets}]
    assert desk.search() == ALL[:3]
    assert "lies outside of the folders allowed" in desk.warnings


def test_a_product_that_is_removed_is_not_searched(desk: Desk, odd: OddApi) -> None:
    assert desk.search() == ALL
    assert desk.catalog.remove("s2") == 4
    odd.asked.clear()
    desk.catalog.refresh("s2", start=None, end=None, area=PLACE, progress=Progress())
    assert odd.asked == []


def test_an_api_is_added_with_what_its_collection_says(desk: Desk, odd: OddApi) -> None:
    record = desk.catalog.product_record("s2")
    assert record["title"] == "Sentinel-2, made up"
    assert record["bands"] == list(BANDS)
    assert record["stac_api"] == {"url": odd.url, "collection": "sentinel-2-l2a"}


def test_collections_that_are_not_there_are_named_with_those_that_are(tmp_path: Path, odd: OddApi) -> None:
    refused = run(tmp_path, "catalog", "add-api", odd.url, "--collection", "sentinel-2-l1c")
    assert refused.exit_code == 1
    message = "has no collection 'sentinel-2-l1c'; it has sentinel-2-l2a; did you mean 'sentinel-2-l2a'?"
    assert message in refused.stderr


def test_an_item_that_is_none_does_not_hinder_adding(tmp_path: Path, odd: OddApi, files: Ranges) -> None:
    odd.items = [{**odd.items[0], "geometry": {"type": "Polygon", "coordinates": []}}, *odd.items[1:]]
    added = run(tmp_path, "catalog", "add-api", odd.url, "--collection", "sentinel-2-l2a", hosts=host_of(files))
    assert added.exit_code == 0, added.output
    assert "its bands: red green blue nir" in added.stdout


@pytest.mark.parametrize("path", ["", "/collections/sentinel-2-l2a"])
def test_what_is_of_an_api_is_not_added_as_a_static_catalog(tmp_path: Path, odd: OddApi, path: str) -> None:
    refused = run(tmp_path, "catalog", "add", odd.url + path)
    assert refused.exit_code == 1
    assert "is of a STAC API, whose Collections `graftile catalog add-api URL --collection ID` adds" in refused.stderr


def test_an_api_whose_files_lie_on_hosts_that_are_not_allowed_is_refused(tmp_path: Path, odd: OddApi) -> None:
    refused = run(tmp_path, "catalog", "add-api", odd.url, "--collection", "sentinel-2-l2a")
    assert refused.exit_code == 1
    assert "is not allowed (asset_hosts: " in refused.stderr
    assert run(tmp_path, "catalog", "list").stdout.split() == ["PRODUCT", "IMAGES", "FROM", "TO", "BANDS"]


@pytest.mark.parametrize("url", ["/data/stac", "ftp://127.0.0.1/stac", "http://127.0.0.1:9/stac"])
def test_what_is_no_api_is_refused(tmp_path: Path, url: str) -> None:
    create_schema(engine := open_database(f"sqlite:///{tmp_path / 'it.sqlite'}"))
    with pytest.raises(CatalogError, match=url):
        Catalog(engine, Settings(data_dir=tmp_path)).add_api(url, "sentinel-2-l2a")


def make_old(desk: Desk) -> None:
    """Have all searches be of long ago."""
    with writing(desk.catalog._engine) as connection:
        connection.execute(update(SearchRow).values(asked=datetime(2020, 1, 1, tzinfo=UTC)))
    desk.catalog = Catalog(desk.catalog._engine, desk.catalog._settings)
