"""What files, folders, Catalogs and URLs hold is added, and what cannot be is reported while the rest is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from tests.tileserver.rasters import collection, item, write_json, write_tif
from tileserver.catalog import Catalog
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database


def open_catalog(folder: Path, **settings: Any) -> Catalog:
    engine = open_database(f"sqlite:///{folder / 'graftile.sqlite'}")
    create_schema(engine)
    return Catalog(engine, Settings(data_dir=folder, **settings))


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return open_catalog(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "my scenes"


def test_adding_twice_updates_and_removes_nothing(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif", bands=2)
    for name in ("i", "j"):
        write_json(folder / f"{name}.json", item(id=name))
    assert catalog.add([str(folder)]).added == ["p:i", "p:j"]
    write_tif(folder / "a.tif", bands=1)
    report = catalog.add([str(folder / "i.json")])
    assert (report.added, report.updated, report.failed) == ([], ["p:i"], [])
    assert len(catalog.scene("p:i").bands) == 1
    assert len(catalog.scene("p:j").bands) == 2
    assert catalog.product("p").bands == ("data", "data_1", "data_2")


def test_bands_that_no_image_has_any_more_leave_the_product(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif")
    for name in ("old", "new"):
        write_json(folder / "i.json", item(assets={name: {"href": "a.tif", "type": "image/tiff"}}))
        catalog.add([str(folder)])
        assert catalog.product("p").bands == (name,)


def test_the_others_are_added_when_some_fail(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif")
    write_json(folder / "1.json", item(id="good"))
    write_json(folder / "2.json", item(id="bad", assets={"data": {"href": "b.tif", "type": "image/tiff"}}))
    (folder / "3.json").write_text("{")
    (folder / "4.json").write_text('{"type": "Feature", "assets": NaN}')
    (folder / "5.json").write_text("[" * 100_000)
    (folder / "6.json").write_bytes(b"\xff")
    write_json(folder / "7.json", item(id="also good"))
    (folder / "broken.tif").write_bytes(b"II*\0")
    report = catalog.add([str(folder)])
    assert report.added == ["p:good", "p:also good"]
    reasons = dict(report.failed)
    assert "b.tif is not there" in reasons["p:bad"]
    assert "is no JSON" in reasons[str(folder / "3.json")]
    assert "NaN is no JSON number" in reasons[str(folder / "4.json")]
    assert "nested too deeply" in reasons[str(folder / "5.json")]
    assert "is no JSON" in reasons[str(folder / "6.json")]
    assert "Cannot read TIFF header" in reasons[str(folder / "broken.tif")]
    assert len(reasons) == 6


def test_the_same_id_from_two_files_is_added_once_and_reported(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif")
    first, second = (write_json(folder / name, item()) for name in ("1.json", "2.json"))
    report = catalog.add([str(folder)])
    assert report.added == ["p:i"]
    assert report.failed == [("p:i", f"{second} has the same id as {first}")]


def test_given_twice_at_once_is_added_once(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif")
    path = write_json(folder / "1.json", item())
    report = catalog.add([str(folder), str(path)])
    assert (report.added, report.updated, report.failed) == (["p:i"], [], [])


def test_files_beside_stac_that_are_none_are_left_alone(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif")
    write_json(folder / "i.json", item())
    write_json(folder / "package.json", {"name": "x"})
    write_json(folder / "list.json", {"type": "FeatureCollection", "features": []})
    write_json(folder / ".hidden" / "j.json", item(id="hidden"))
    (folder / "readme.txt").write_text("x")
    report = catalog.add([str(folder)])
    assert (report.added, report.failed) == (["p:i"], [])


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("package.json", "{}", "is no STAC Item, Collection or Catalog"),
        ("list.json", "[]", "holds no JSON object, but a list"),
        ("catalog.json", '{"type": "Catalog", "stac_version": "1.0.0"}', "is no valid Catalog: 'links' is missing"),
        ("empty", None, "holds no STAC document and no raster"),
        ("missing.json", None, "is not there"),
        ("missing.tif", None, "is not there"),
    ],
)
def test_what_is_given_and_is_nothing_is_reported(
    catalog: Catalog, folder: Path, name: str, content: str | None, reason: str
) -> None:
    (folder / "empty").mkdir(parents=True)
    if content is not None:
        (folder / name).write_text(content)
    [(_, why)] = catalog.add([str(folder / name)]).failed
    assert reason in why


def test_a_collection_gives_the_product_its_texts(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif")
    write_json(folder / "i.json", item())
    write_json(folder / "collection.json", collection(keywords=["k"]))
    catalog.add([str(folder)])
    product = catalog.product("p")
    assert (product.title, product.description) == ("Pea", "A product.")
    record = catalog.product_record("p")
    assert (record["license"], record["keywords"]) == ("CC0-1.0", ["k"])


def test_an_update_of_items_alone_keeps_the_texts(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif")
    path = write_json(folder / "i.json", item())
    write_json(folder / "collection.json", collection())
    catalog.add([str(folder)])
    catalog.add([str(path)])
    assert catalog.product("p").title == "Pea"


def test_items_without_a_collection_belong_to_that_in_their_folder_else_to_the_folder(
    catalog: Catalog, folder: Path
) -> None:
    for place in ("with", "with out", "with two"):
        write_tif(folder / place / "a.tif")
        write_json(folder / place / "i.json", item(collection=None))
    write_json(folder / "with" / "collection.json", collection(id="a:b"))
    for number in (1, 2):
        write_json(folder / "with two" / f"{number}.json", collection(id=f"c{number}"))
    report = catalog.add([str(folder)])
    assert (sorted(report.added), report.failed) == (["a:b:i", "with_out:i", "with_two:i"], [])


def test_catalogs_are_followed_to_all_their_items_once(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif")
    child, parent = {"rel": "child", "href": "./sub/collection.json"}, {"rel": "child", "href": "../catalog.json"}
    links = [child, child, {"rel": "item", "href": "i.json"}, {"rel": "item", "href": "missing.json"}]
    root = {"type": "Catalog", "stac_version": "1.1.0", "id": "c", "description": "", "links": links}
    write_json(folder / "catalog.json", root)
    write_json(folder / "i.json", item())
    below = [parent, {"rel": "item", "href": "./j.json"}, {"rel": "child", "href": "http://example.com/c.json"}]
    write_json(folder / "sub" / "collection.json", collection(id="q", links=below))
    asset = {"href": "../a.tif", "type": "image/tiff"}
    write_json(folder / "sub" / "j.json", item(id="j", collection=None, assets={"data": asset}))
    report = catalog.add([str(folder / "catalog.json")])
    assert sorted(report.added) == ["p:i", "q:j"]
    assert sorted(name for name, _ in report.failed) == [str(folder / "missing.json"), "http://example.com/c.json"]


def test_plain_geotiffs_belong_to_a_product_called_as_their_folder(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "dem:1 (new).tif", descriptions=["elevation"])
    write_tif(folder / "sub" / "b.TIFF", bands=2)
    report = catalog.add([str(folder)])
    assert (report.added, report.failed) == (["my_scenes:dem_1_new_", "sub:b"], [])
    assert catalog.product("my_scenes").bands == ("elevation",)
    assert catalog.product("sub").bands == ("data_1", "data_2")


def test_a_geotiff_by_itself_is_a_product_called_as_the_file(catalog: Catalog, folder: Path) -> None:
    assert catalog.add([str(write_tif(folder / "dem.tif"))]).added == ["dem:dem"]
    assert catalog.product("dem").bands == ("data",)


def test_geotiffs_that_items_describe_are_added_through_them_alone(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "files" / "a.tif")
    write_tif(folder / "files" / "of broken.tif")
    write_tif(folder / "files" / "b.tif")
    write_json(folder / "i.json", item(assets={"x": {"href": "files/a.tif", "type": "image/tiff"}}))
    write_json(folder / "j.json", item(id="", assets={"x": {"href": "files/of broken.tif", "type": "image/tiff"}}))
    assert catalog.add([str(folder)]).added == ["p:i", "files:b"]


def test_a_collection_beside_plain_geotiffs_is_their_product(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif")
    write_json(folder / "collection.json", collection(id="l:r"))
    assert catalog.add([str(folder)]).added == ["l:r:a"]


@pytest.mark.parametrize(
    ("name", "tags", "date"),
    [
        ("a_20200518.tif", {}, datetime(2020, 5, 18, tzinfo=UTC)),
        ("2020-05-18T1328.tif", {}, datetime(2020, 5, 18, tzinfo=UTC)),
        ("a_20200518.tif", {"TIFFTAG_DATETIME": "2021:02:03 04:05:06"}, datetime(2021, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("a.tif", {"TIFFTAG_DATETIME": "2021-02-03T04:05:06+01:00"}, datetime(2021, 2, 3, 3, 5, 6, tzinfo=UTC)),
        ("a_20200518.tif", {"TIFFTAG_DATETIME": "long ago"}, datetime(2020, 5, 18, tzinfo=UTC)),
        ("20201399_2020-05-18.tif", {}, datetime(2020, 5, 18, tzinfo=UTC)),
    ],
)
def test_a_plain_geotiffs_date_is_its_tags_else_its_names(
    catalog: Catalog, folder: Path, name: str, tags: dict[str, str], date: datetime
) -> None:
    [added] = catalog.add([str(write_tif(folder / name, tags=tags))]).added
    assert catalog.scene(added).date == date


def test_a_plain_geotiff_without_a_date_has_that_of_the_file(catalog: Catalog, folder: Path) -> None:
    path = write_tif(folder / "a12345678.tif")
    [added] = catalog.add([str(path)]).added
    assert catalog.scene(added).date.timestamp() == pytest.approx(path.stat().st_mtime, abs=1e-3)


def test_a_plain_geotiffs_scale_nodata_and_range_are_the_files(catalog: Catalog, folder: Path) -> None:
    data = np.arange(48, dtype="int16").reshape(1, 6, 8)
    path = write_tif(folder / "a.tif", dtype="int16", nodata=0, data=data)
    with rasterio.open(path, "r+") as dataset:
        dataset.scales, dataset.offsets, dataset.units = (0.5,), (3.0,), ("m",)
    [added] = catalog.add([str(path)]).added
    [band] = catalog.scene(added).bands
    assert (band.scale, band.offset, band.nodata, band.data_range, band.info["unit"]) == (0.5, 3, 0, (1, 47), "m")


@pytest.mark.parametrize(("dtype", "nodata"), [("uint8", 0), ("float32", np.nan), ("float32", None)])
def test_a_plain_geotiff_of_nothing_valid_is_added(
    catalog: Catalog, folder: Path, dtype: str, nodata: float | None
) -> None:
    data = np.full((1, 6, 8), np.nan if dtype == "float32" else 0, dtype)
    assert catalog.add([str(write_tif(folder / "a.tif", dtype=dtype, nodata=nodata, data=data))]).added == ["a:a"]


def test_assets_elsewhere_need_a_setting(tmp_path: Path, folder: Path) -> None:
    elsewhere = write_tif(tmp_path / "elsewhere" / "a.tif")
    path = write_json(folder / "i.json", item(assets={"data": {"href": str(elsewhere), "type": "image/tiff"}}))
    link = folder / "b.tif"
    link.symlink_to(elsewhere)
    through_link = write_json(folder / "j.json", item(assets={"data": {"href": "b.tif", "type": "image/tiff"}}))
    refused = open_catalog(tmp_path).add([str(path), str(through_link)])
    assert [reason.partition(" (")[0] for _, reason in refused.failed] == [
        f"asset data: {elsewhere} lies outside of the folders allowed"
    ] * 2
    allowed = open_catalog(tmp_path, asset_roots=(elsewhere.parent,)).add([str(path)])
    assert (allowed.added, allowed.failed) == (["p:i"], [])
    assert open_catalog(tmp_path).scene("p:i").bands[0].asset.href == str(elsewhere)


# A process of its own: rasterio holds the interpreter's lock while GDAL waits for an answer.
SERVER = """
import sys
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler

class Handler(SimpleHTTPRequestHandler):
    def send_head(self):
        if not (target := "".join(sys.argv[2:])):
            return super().send_head()
        self.send_response(302)
        self.send_header("Location", target + self.path)
        self.end_headers()

server = HTTPServer(("127.0.0.1", 0), partial(Handler, directory=sys.argv[1]))
print(server.server_port, flush=True)
server.serve_forever()
"""


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """Serve a folder, or send everybody on to a second argument's URL."""
    command = [sys.executable, "-c", SERVER, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        server.terminate()


@pytest.fixture
def host(folder: Path) -> Iterator[str]:
    """The URL of a server of the folder's files."""
    folder.mkdir()
    with serving(str(folder)) as url:
        yield url


@pytest.fixture
def redirecting(folder: Path, host: str) -> Iterator[str]:
    """The URL of a server that sends everybody to the first."""
    with serving(str(folder), host) as url:
        yield url


def test_urls_are_added_with_what_they_link_to_on_their_host(catalog: Catalog, folder: Path, host: str) -> None:
    write_tif(folder / "a.tif")
    write_json(folder / "i.json", item())
    links = [{"rel": "item", "href": "./i.json"}, {"rel": "item", "href": "http://127.0.0.1:9/j.json"}]
    write_json(folder / "collection.json", collection(links=links))
    report = catalog.add([f"{host}/collection.json"])
    assert report.added == ["p:i"]
    [(name, reason)] = report.failed
    assert name == "http://127.0.0.1:9/j.json"
    assert "host 127.0.0.1:9 is not allowed" in reason
    [band] = catalog.scene("p:i").bands
    assert band.asset.href == f"{host}/a.tif"
    assert band.asset.fingerprint.strip()


def test_a_geotiff_is_added_by_its_url(catalog: Catalog, folder: Path, host: str) -> None:
    write_tif(folder / "dem 20200518.tif")
    write_tif(folder / "dem.tif")
    report = catalog.add([f"{host}/dem%2020200518.tif", f"{host}/dem.tif"])
    assert report.added == ["dem_20200518:dem_20200518"]
    assert report.failed == [(f"{host}/dem.tif", "it has no date: neither its tags nor its name give one")]


def test_what_a_url_does_not_answer_is_reported(catalog: Catalog, host: str) -> None:
    gone = "http://127.0.0.1:9/i.json"
    reasons = dict(catalog.add([f"{host}/missing.json", f"{host}/missing.tif", gone]).failed)
    assert "answers 404" in reasons[f"{host}/missing.json"]
    assert "answers 404" in reasons[f"{host}/missing.tif"]
    assert "cannot be read" in reasons[gone]


def test_redirects_to_hosts_that_are_not_allowed_are_refused(
    tmp_path: Path, folder: Path, host: str, redirecting: str
) -> None:
    write_tif(folder / "a_20200518.tif")
    write_json(folder / "i.json", item())
    for name in ("i.json", "a_20200518.tif"):
        [(_, reason)] = open_catalog(tmp_path).add([f"{redirecting}/{name}"]).failed
        assert f"host {host.removeprefix('http://')} is not allowed" in reason
    allowing = open_catalog(tmp_path, asset_hosts=(host.removeprefix("http://"),))
    assert allowing.add([f"{redirecting}/a_20200518.tif"]).failed == []
