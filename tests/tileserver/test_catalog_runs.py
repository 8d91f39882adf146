"""Runs of `add`: what is unchanged is passed over, nothing takes another's place, and operators have the last word."""

from __future__ import annotations

import logging
import os
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import rasterio
from rasterio.crs import CRS

from graft_eval.errors import EvaluationError
from graft_eval.ops.catalog import image_of
from graft_eval.values.image import pick
from tests.tileserver.rasters import collection, item, write_json, write_tif
from tileserver.catalog import AddOptions, Catalog, Overrides
from tileserver.catalog.adding import Failure, Prepared
from tileserver.catalog.adding import makers as makers_module
from tileserver.catalog.adding import making as making_module
from tileserver.catalog.adding.findings import Finding, FoundFiles
from tileserver.catalog.adding.makers import Processes
from tileserver.catalog.adding.making import Maker
from tileserver.catalog.errors import RasterError
from tileserver.catalog.locations import Locations
from tileserver.catalog.stac.documents import Documents
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    engine = open_database(f"sqlite:///{tmp_path / 'graftile.sqlite'}")
    create_schema(engine)
    return Catalog(engine, Settings(data_dir=tmp_path))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an Item of two bands, and a plain file."""
    folder = tmp_path / "scenes"
    for name in ("a", "b"):
        write_tif(folder / f"{name}.tif", nodata=0)
    write_json(folder / "i.json", item(assets={name: {"href": f"{name}.tif"} for name in ("a", "b")}))
    write_tif(folder / "plain_20200518.tif")
    return folder


ADDED = ["p:i", "scenes:plain_20200518"]


def test_what_is_unchanged_is_passed_over(catalog: Catalog, folder: Path) -> None:
    assert catalog.add([str(folder)]).added == ADDED
    revision = catalog.revision()
    second = catalog.add([str(folder)])
    assert (second.added, second.updated, second.unchanged, second.failed) == ([], [], ADDED, [])
    assert second.products == ["p", "scenes"]
    assert catalog.revision() == revision


@pytest.mark.parametrize("changed", ["i.json", "a.tif", "plain_20200518.tif"])
def test_what_has_changed_is_updated(catalog: Catalog, folder: Path, changed: str) -> None:
    catalog.add([str(folder)])
    os.utime(folder / changed, (1, 1))
    report = catalog.add([str(folder)])
    image = ADDED[changed.startswith("plain")]
    assert (report.updated, report.unchanged) == ([image], [one for one in ADDED if one != image])


def test_a_collection_that_has_changed_changes_its_items(catalog: Catalog, folder: Path) -> None:
    links = [{"rel": "collection", "href": "./c.json"}]
    path = write_json(folder / "i.json", item(links=links, assets={"a": {"href": "a.tif"}}))
    write_json(folder / "c.json", collection())
    assert catalog.add([str(path)]).added == ["p:i"]
    template = {"a": {"eo:bands": [{"name": "red"}]}}
    write_json(folder / "c.json", collection(item_assets=template))
    assert catalog.add([str(path)]).updated == ["p:i"]
    assert [band.name for band in catalog.scene("p:i").bands] == ["red"]


def test_a_file_replaced_by_one_of_another_place_is_read_anew(catalog: Catalog, folder: Path) -> None:
    catalog.add([str(folder)])
    moved = rasterio.Affine(20.0, 0.0, 330_000.0, 0.0, -20.0, 5_822_040.0)
    write_tif(folder / "a.tif", transform=moved, nodata=7)
    assert catalog.add([str(folder)]).updated == ["p:i"]
    band = catalog.scene("p:i").bands[0]
    assert (band.asset.transform, band.nodata) == (tuple(moved)[:6], 7)


def test_images_with_gaps_are_tried_again(catalog: Catalog, folder: Path) -> None:
    (folder / "b.tif").unlink()
    assert catalog.add([str(folder)]).with_gaps == ["p:i"]
    write_tif(folder / "b.tif")
    report = catalog.add([str(folder)])
    assert (report.updated, report.with_gaps) == (["p:i"], [])
    assert [band.name for band in catalog.scene("p:i").bands] == ["a", "b"]


def test_a_band_that_cannot_be_read_says_why_where_it_is_computed_on(catalog: Catalog, folder: Path) -> None:
    (folder / "b.tif").unlink()
    catalog.add([str(folder)])
    with pytest.raises(EvaluationError, match=r"the band 'b' cannot be read: asset b: .*b\.tif is not there"):
        pick(image_of(catalog.scene("p:i")), ["b"])


def test_one_name_in_two_runs_never_takes_the_first_ones_place(catalog: Catalog, folder: Path) -> None:
    first = write_tif(folder / "x" / "data" / "a.tif")
    second = write_tif(folder / "y" / "data" / "a.tif", bands=2)
    assert catalog.add([str(first.parent)]).added == ["data:a"]
    report = catalog.add([str(second.parent)])
    assert report.added == report.updated == []
    [(name, reason)] = report.failed
    assert name == "data:a"
    assert f"{second} has the same id as {first}" in reason
    assert len(catalog.scene("data:a").bands) == 1


def test_a_file_that_has_moved_keeps_its_image(catalog: Catalog, folder: Path) -> None:
    first = write_tif(folder / "x" / "data" / "a.tif")
    catalog.add([str(first.parent)])
    second = folder / "y" / "data" / "a.tif"
    second.parent.mkdir(parents=True)
    first.rename(second)
    assert catalog.add([str(second.parent)]).updated == ["data:a"]
    assert catalog.scene("data:a").bands[0].asset.href == str(second)


def test_images_keep_their_ids_when_others_of_the_name_come(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "2022" / "ndvi" / "a_20220101.tif")
    years = str(folder)
    assert "ndvi:a_20220101" in catalog.add([years]).added
    write_tif(folder / "2023" / "ndvi" / "a_20220101.tif")
    report = catalog.add([years])
    assert report.added == ["ndvi:2023_ndvi_a_20220101"]
    assert "ndvi:a_20220101" in report.unchanged


def test_what_was_added_before_an_interruption_is_kept(
    catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(makers_module, "BATCH", 3)
    folder = tmp_path / "many"
    for number in range(10):
        write_tif(folder / f"f{number}_20200518.tif")

    def interrupt(done: int, total: int) -> None:
        assert total == 10
        if done == 6:
            raise KeyboardInterrupt

    report = catalog.add([str(folder)], AddOptions(progress=interrupt))
    assert report.interrupted
    assert len(report.added) == 6
    assert catalog.product("many").bands == ("data",)
    report = catalog.add([str(folder)])
    assert (len(report.added), len(report.unchanged)) == (4, 6)


def test_processes_make_what_threads_do(tmp_path: Path) -> None:
    locations = Locations((tmp_path,))
    findings: list[Finding] = [Failure("x", "it is none"), FoundFiles("none", "many", {"": str(tmp_path / "none.tif")})]
    for number in range(30):
        path = write_tif(tmp_path / f"f{number}_20200518.tif")
        findings.append(FoundFiles(path.stem, "many", {"": str(path)}))
    with closing(Processes(locations, strict=False)) as processes:
        processes.start()
        while not processes.are_ready:
            time.sleep(0.01)
        made = processes.collect(processes.submit(findings))
    maker = Maker(Documents(locations), strict=False)
    assert made == [maker.make(finding) for finding in findings]
    assert [type(one) for one in made] == [Failure, Failure, *[Prepared] * 30]


def test_a_crash_of_a_process_costs_nothing(
    catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Crashed(Processes):
        def start(self) -> None:
            super().start()
            assert self._pool is not None
            with pytest.raises(BrokenProcessPool):
                self._pool.submit(os._exit, 1).result()
            self._first = Future()
            self._first.set_result([])

    monkeypatch.setattr(makers_module, "Processes", Crashed)
    monkeypatch.setattr(makers_module, "BATCH", 1)
    monkeypatch.setattr(makers_module, "FEW", 1)
    assert catalog.add([str(folder)]).added == ADDED
    assert "files are read by threads from here on" in caplog.text


def test_a_defect_of_ours_is_logged_and_costs_one_image(
    catalog: Catalog, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: object) -> None:
        raise RuntimeError("dictionary changed size during iteration")

    monkeypatch.setattr(making_module, "image_of_files", fail)
    with caplog.at_level(logging.ERROR):
        report = catalog.add([str(folder)])
    assert report.added == ["p:i"]
    [(_, reason)] = report.failed
    assert "graftile has a defect" in reason
    assert "Traceback" in caplog.text


@pytest.mark.parametrize("run", range(3))
def test_many_threads_lose_nothing(catalog: Catalog, tmp_path: Path, run: int) -> None:
    folder = tmp_path / "many"
    write_tif(folder / "a.tif")
    for number in range(100):
        old = {"stac_version": "1.0.0-beta.2"} if number % 2 else {}
        write_json(folder / f"{number}.json", item(id=f"{number}", **old))
    report = catalog.add([str(folder)])
    assert (len(report.added), report.failed) == (100, [])


def test_overrides_win_over_items_and_are_kept(catalog: Catalog, folder: Path) -> None:
    catalog.add([str(folder)], AddOptions(overrides=Overrides(scale={"*": 0.5}, nodata={"a": None})))
    before = catalog.scene("p:i")
    assert [(band.scale, band.nodata) for band in before.bands] == [(0.5, None), (0.5, 0)]
    overrides = Overrides(offset={"b": 3}, mask="none", ignore_overviews=True, bands={"a": "red"})
    catalog.set_overrides("p", overrides)
    red, b = catalog.scene("p:i").bands
    assert (red.name, red.scale, red.offset, b.name, b.offset, b.asset.overviews) == ("red", 0.5, 0, "b", 3, ())
    assert catalog.product("p").bands == ("red", "b")
    assert catalog.product_record("p")["settings"] == {
        "scale": {"*": 0.5}, "offset": {"b": 3}, "nodata": {"a": None}, "bands": {"a": "red"}, "mask": "none",
        "ignore_overviews": True,
    }  # fmt: skip
    os.utime(folder / "i.json", (1, 1))
    assert catalog.add([str(folder)]).updated == ["p:i"]
    assert catalog.scene("p:i").bands[1].offset == 3
    catalog.clear_overrides("p")
    assert catalog.scene("p:i").bands == tuple(replace(band, scale=1.0, nodata=0) for band in before.bands)


def test_a_crs_that_is_said_holds_at_once_and_for_what_is_added_later(catalog: Catalog, tmp_path: Path) -> None:
    folder = tmp_path / "q"
    write_tif(folder / "a_20200518.tif", crs=None)
    [(_, reason)] = catalog.add([str(folder)]).failed
    assert "--crs" in reason
    assert catalog.add([str(folder)], AddOptions(overrides=Overrides(crs="EPSG:32633"))).added == ["q:a_20200518"]
    here = catalog.scene("q:a_20200518").footprint
    write_tif(folder / "b_20200518.tif", crs=None)
    assert catalog.add([str(folder)]).added == ["q:b_20200518"]
    assert catalog.product_record("q")["settings"] == {"crs": "EPSG:32633"}

    catalog.set_overrides("q", Overrides(crs="EPSG:32632"))
    moved = catalog.scene("q:a_20200518")
    assert moved.bands[0].asset.crs == "EPSG:32632"
    assert moved.footprint.centroid.x == pytest.approx(here.centroid.x - 6, abs=0.01)
    assert catalog.scenes("q", start=None, end=None, limit=9, area=here) == []
    assert len(catalog.scenes("q", start=None, end=None, limit=9, area=moved.footprint)) == 2
    with pytest.raises(RasterError, match="nothing leads from its coordinate reference system"):
        catalog.set_overrides("q", Overrides(crs=CRS.from_user_input("+proj=longlat +R=1737400").to_wkt()))

    catalog.clear_overrides("q")
    report = catalog.add([str(folder)])
    assert [reason for _, reason in report.failed if "--crs" in reason]


def test_items_keep_their_own_outline_on_another_crs(catalog: Catalog, folder: Path) -> None:
    catalog.add([str(folder)])
    before = catalog.scene("p:i").footprint
    catalog.set_overrides("p", Overrides(crs="EPSG:25833"))
    assert {band.asset.crs for band in catalog.scene("p:i").bands} == {"EPSG:25833"}
    assert catalog.scene("p:i").footprint.equals(before)


def test_intervals_are_found_and_shown(catalog: Catalog, folder: Path) -> None:
    times = {"datetime": None, "start_datetime": "2022-11-01T00:00:00Z", "end_datetime": "2022-11-08T00:00:00Z"}
    catalog.add([str(write_json(folder / "i.json", item(properties=times, assets={"a": {"href": "a.tif"}})))])
    start, end = (datetime(2022, 11, day, tzinfo=UTC) for day in (5, 6))
    [found] = catalog.scenes("p", start=start, end=end, limit=10, area=None)
    assert found.id == "p:i"
    assert catalog.image_record("p:i")["end_datetime"] == "2022-11-08T00:00:00Z"


def test_a_check_writes_nothing(catalog: Catalog, folder: Path) -> None:
    (folder / "b.tif").unlink()
    assert len(list(catalog.check([str(folder)]))) == 2
    assert catalog.products() == []
