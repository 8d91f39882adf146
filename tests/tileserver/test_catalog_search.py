"""A search gives what an exhaustive one with shapely gives, in this process and in others."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine, event, text

from graft_eval.errors import NotInCatalog
from graft_eval.grid import Grid
from graft_eval.lonlat import wrap_longitudes
from graft_eval.scene import Asset, Band, Scene
from tileserver.catalog import Catalog
from tileserver.catalog.changes import Entry, refresh_product, write_entries
from tileserver.catalog.search import candidates
from tileserver.settings import Settings
from tileserver.store import writing

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
ASSET = Asset("a.tif", "EPSG:4326", (1, 0, 0, 0, -1, 0), (1, 1), (), (1, 1), "1")


def scene(item: str, footprint: BaseGeometry, day: float = 0, product: str = "p", band: str = "b") -> Scene:
    bands = (Band(band, ASSET, 1, "uint8"),)
    return Scene(f"{product}:{item}", product, EPOCH + timedelta(days=day), footprint, {"item": item}, bands)


def keep(engine: Engine, scenes: Iterable[Scene]) -> None:
    with writing(engine) as connection:
        write_entries(connection, [Entry(scene, "test") for scene in scenes])


@pytest.fixture
def catalog(engine: Engine, tmp_path: Path) -> Catalog:
    return Catalog(engine, Settings(data_dir=tmp_path))


def find(
    catalog: Catalog,
    area: BaseGeometry | None = None,
    start: float | None = None,
    end: float | None = None,
    limit: int = 10_000,
    product: str = "p",
) -> list[str]:
    """Search by days since the epoch, and return the ids."""
    first, last = (None if day is None else EPOCH + timedelta(days=day) for day in (start, end))
    return [scene.id for scene in catalog.scenes(product, start=first, end=last, limit=limit, area=area)]


def test_a_scene_comes_back_as_it_was(catalog: Catalog, engine: Engine) -> None:
    asset = Asset("/x/ä.tif", "EPSG:32633", (10.5, 0, 1e6, 0, -10.5, 2e6), (20, 30), ((10, 15), (5, 8)), (16, 16), "f")
    other = Asset("/x/b.tif", "EPSG:32633", (60, 0, 1e6, 0, -60, 2e6), (2, 3), (), (2, 3), "g")
    bands = (
        Band("a", asset, 2, "int16", None, 0.1, -3.0, "alpha", "red", (-1.5, 7.0), {"unit": "m", "list": [1]}),
        Band("b", other, 1, "float32", float("inf")),
        Band("c", asset, 1, "int16", -9999.0),
    )
    footprint = MultiPolygon([box(179, 0, 180, 1), box(-180, 0, -179, 1)])
    date = datetime(2020, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
    original = Scene("p:q:i", "p:q", date, footprint, {"a": {"b": [1, None]}, "c": "ä"}, bands)
    keep(engine, [original])
    assert catalog.scene("p:q:i") == original
    assert catalog.scenes("p:q", start=None, end=None, limit=1, area=None) == [original]


def test_times_are_from_the_start_until_before_the_end(catalog: Catalog, engine: Engine) -> None:
    keep(engine, [scene(f"i{day}", box(0, 0, 1, 1), day) for day in range(5)])
    assert find(catalog, start=1, end=3) == ["p:i1", "p:i2"]
    assert find(catalog, start=3) == ["p:i3", "p:i4"]
    assert find(catalog, end=1) == ["p:i0"]
    assert find(catalog, start=3, end=3) == []


def test_images_of_a_time_are_found_where_it_overlaps(catalog: Catalog, engine: Engine) -> None:
    for first, last in [(0, 10), (2, 3), (5, 6)]:
        lasting = scene(f"from{first}", box(0, 0, 1, 1), first)
        keep(engine, [replace(lasting, until=EPOCH + timedelta(days=last))])
    keep(engine, [scene(f"at{day}", box(0, 0, 1, 1), day) for day in (1, 4, 8)])
    assert find(catalog, start=4, end=5) == ["p:from0", "p:at4"]
    assert find(catalog, start=3, end=4) == ["p:from0", "p:from2"]
    assert find(catalog, box(0, 0, 1, 1), start=9) == ["p:from0"]
    assert find(catalog, start=10.5) == find(catalog, end=0) == []


def test_results_are_by_date_then_id(catalog: Catalog, engine: Engine) -> None:
    keep(engine, [scene(name, box(0, 0, 1, 1), day) for name, day in [("b", 1), ("a", 1), ("B", 1), ("z", 0)]])
    assert find(catalog) == ["p:z", "p:B", "p:a", "p:b"]


def test_the_limit_counts_what_overlaps(catalog: Catalog, engine: Engine) -> None:
    triangle = Polygon([(0, 0), (10, 0), (0, 10)])
    keep(engine, [scene(f"far{number:04}", triangle, 0) for number in range(1500)])
    keep(engine, [scene(f"near{number}", box(5, 5, 10, 10), 1) for number in range(3)])
    assert find(catalog, box(8, 8, 9, 9), limit=2) == ["p:near0", "p:near1"]
    assert find(catalog, limit=2) == ["p:far0000", "p:far0001"]
    assert find(catalog, limit=0) == []


def test_touching_is_no_overlap(catalog: Catalog, engine: Engine) -> None:
    keep(engine, [scene("i", box(0, 0, 1, 1))])
    assert find(catalog, box(1, 0, 2, 1)) == find(catalog, box(1, 1, 2, 2)) == []
    assert find(catalog, box(1 - 1e-9, 0, 2, 1)) == ["p:i"]


def test_an_empty_area_holds_nothing(catalog: Catalog, engine: Engine) -> None:
    keep(engine, [scene("i", box(0, 0, 1, 1))])
    assert find(catalog, Polygon()) == []


def test_products_are_apart(catalog: Catalog, engine: Engine) -> None:
    keep(engine, [scene("i", box(0, 0, 1, 1), product=product) for product in ("p", "p:q", "P")])
    assert find(catalog, product="p:q") == find(catalog, box(0, 0, 1, 1), product="p:q") == ["p:q:i"]


@pytest.mark.parametrize("unknown", ["q", "", "p:", "P"])
def test_unknown_products_are_errors_and_empty_results_none(catalog: Catalog, engine: Engine, unknown: str) -> None:
    keep(engine, [scene("i", box(0, 0, 1, 1))])
    assert find(catalog, box(5, 5, 6, 6)) == []
    for ask in (catalog.product, catalog.product_record, lambda name: find(catalog, product=name)):
        with pytest.raises(NotInCatalog, match=f"no product {unknown!r}"):
            ask(unknown)


@pytest.mark.parametrize("unknown", ["p:j", "i", "p", ":i", "p:i:", "q:i", "P:i", ""])
def test_unknown_images_are_errors(catalog: Catalog, engine: Engine, unknown: str) -> None:
    keep(engine, [scene("i", box(0, 0, 1, 1))])
    for ask in (catalog.scene, catalog.image_record):
        with pytest.raises(NotInCatalog, match=f"no image {unknown!r}"):
            ask(unknown)


boxes = st.builds(
    lambda west, south, width, height: box(west, south, west + width, south + height),
    st.integers(-180, 179),
    st.integers(-90, 80),
    st.integers(1, 360),
    st.integers(1, 10),
)
areas = boxes.map(wrap_longitudes)
days = st.integers(0, 6)
Image = tuple[BaseGeometry, int]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    images=st.lists(st.tuples(areas, days), max_size=12),
    searches=st.lists(st.tuples(st.none() | areas, st.none() | days, st.none() | days, st.integers(0, 12)), min_size=1),
)
def test_a_search_finds_what_an_exhaustive_one_does(
    images: list[Image], searches: Sequence[tuple[BaseGeometry | None, int | None, int | None, int]], engine: Engine
) -> None:
    catalog = Catalog(engine, Settings())
    scenes = [scene(f"i{number:02}", footprint, day) for number, (footprint, day) in enumerate(images)]
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM products"))
    keep(engine, [*scenes, scene("i", box(0, 0, 1, 1), product="other")])
    with writing(engine) as connection:
        refresh_product(connection, "p")
    for area, start, end, limit in searches if scenes else ():
        first, last = (None if day is None else EPOCH + timedelta(days=day) for day in (start, end))
        expected = [
            scene.id
            for scene in sorted(scenes, key=lambda scene: (scene.date, scene.id))
            if (area is None or scene.footprint.intersection(area).area > 0)
            and (first is None or scene.date >= first)
            and (last is None or scene.date < last)
        ]
        assert find(catalog, area, start, end, limit) == expected[:limit]


@pytest.mark.parametrize("crossing", [True, False])
def test_a_grid_across_the_antimeridian_finds_what_lies_on_both_sides(
    catalog: Catalog, engine: Engine, crossing: bool
) -> None:
    footprints: dict[str, BaseGeometry] = {
        "east": box(179, 0, 180, 1),
        "west": box(-180, 0, -179, 1),
        "far": box(0, 0, 1, 1),
    }
    if crossing:
        footprints["both"] = footprints["east"].union(footprints["west"])
    keep(engine, [scene(name, footprint) for name, footprint in footprints.items()])
    grid = Grid((650_000.0, 10_000.0, 1_050_000.0, 90_000.0), "EPSG:32660", (8, 40))
    assert find(catalog, grid.footprint) == [f"p:{name}" for name in sorted(footprints) if name != "far"]


def test_a_search_asks_the_database_as_often_for_105_scenes_as_for_one(catalog: Catalog, engine: Engine) -> None:
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    keep(engine, [scene("i", box(0, 0, 1, 1))])
    keep(engine, [scene(f"j{number}", box(50, 50, 51, 51), number) for number in range(105)])
    assert find(catalog, box(70, 70, 71, 71)) == []  # the connection is made
    counts = []
    for corner, found in ((0, 1), (50, 105)):
        for step in (0, 0.1, 0.1):  # no scene is decoded yet; they are kept; the answer is
            asked.clear()
            assert len(find(catalog, box(corner + step, corner + step, corner + 0.5, corner + 0.5))) == found
            counts.append(len(asked))
    assert counts[:3] == counts[3:]
    assert counts[0] > counts[1] > counts[2]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL plans by statistics
def test_a_place_is_looked_up_in_its_index(catalog: Catalog, engine: Engine) -> None:
    keep(engine, [scene("i", box(0, 0, 1, 1))])
    query = str(candidates("p", EPOCH, EPOCH, box(0, 0, 1, 1)).compile(engine, compile_kwargs={"literal_binds": True}))
    with engine.connect() as connection:
        plan = " ".join(row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}")))
    assert "COVERING INDEX image_place (product=? AND west>? AND west<?)" in plan
    assert "SCAN images" not in plan


def test_an_update_shows_at_once(catalog: Catalog, engine: Engine) -> None:
    keep(engine, [scene("i", box(0, 0, 1, 1), band="old")])
    assert catalog.scene("p:i").bands[0].name == "old"
    keep(engine, [scene("i", box(0, 0, 1, 1), band="new")])
    assert catalog.scene("p:i").bands[0].name == "new"
    [found] = catalog.scenes("p", start=None, end=None, limit=1, area=None)
    assert found.bands[0].name == "new"


def test_threads_may_search_among_the_same_fresh_scenes(tmp_path: Path) -> None:
    # In a process of its own: where GEOS is used in a way that is not thread-safe, it crashes.
    search = dedent(f"""
        from concurrent.futures import ThreadPoolExecutor
        from pathlib import Path
        from threading import Barrier
        import shapely
        from tests.tileserver.test_catalog_search import Catalog, EPOCH, Settings, find, keep, scene
        from tileserver.store import create_schema, open_database

        settings = Settings(data_dir=Path({str(tmp_path)!r}))
        engine = open_database(settings.database)
        create_schema(engine)
        discs = [shapely.Point(n % 5, n % 3).buffer(4) for n in range(24)]
        keep(engine, [scene(f"i{{n}}", shapely.union(disc, shapely.box(50, 0, 51, 1))) for n, disc in enumerate(discs)])
        together = Barrier(4)

        def look(catalog, corner):
            together.wait()
            return len(find(catalog, shapely.box(corner, 0, corner + 2.2, 2)))

        with ThreadPoolExecutor(4) as pool:
            for _ in range(150):
                catalog = Catalog(engine, settings)
                searches = [pool.submit(look, catalog, corner / 10) for corner in range(4)]
                assert [search.result() for search in searches] == [24] * 4
    """)
    done = subprocess.run([sys.executable, "-X", "faulthandler", "-c", search], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_decoded_scenes_are_kept(catalog: Catalog, engine: Engine) -> None:
    keep(engine, [scene("i", box(0, 0, 1, 1))])
    assert catalog.scene("p:i") is catalog.scene("p:i")


def test_every_change_counts(catalog: Catalog, engine: Engine) -> None:
    counts = [catalog.revision()]
    keep(engine, [scene("i", box(0, 0, 1, 1)), scene("j", box(0, 0, 1, 1))])
    counts.append(catalog.revision())
    keep(engine, [scene("i", box(0, 0, 1, 1))])
    counts.append(catalog.revision())
    catalog.remove("p:i")
    counts.append(catalog.revision())
    catalog.remove("p")
    counts.append(catalog.revision())
    assert counts == [0, 1, 2, 3, 4]


def test_an_image_is_removed_by_its_id_and_a_product_with_all_of_its_images(catalog: Catalog, engine: Engine) -> None:
    keep(
        engine,
        [scene("i", box(0, 0, 1, 1), band="x"), scene("j", box(0, 0, 9, 1)), scene("i", box(0, 0, 1, 1), 0, "q")],
    )
    assert catalog.remove("p:i") == 1
    assert find(catalog) == ["p:j"]
    assert catalog.product("p").bands == ("b",)
    assert catalog.remove("p") == 1
    assert [product.id for product in catalog.products()] == ["q"]
    for gone in ("p", "p:i", "p:j", "nothing"):
        with pytest.raises(NotInCatalog, match=f"no product and no image {gone!r}"):
            catalog.remove(gone)


def test_records_say_what_there_is_but_not_where_files_lie(catalog: Catalog, engine: Engine) -> None:
    keep(engine, [scene("i", box(1, 2, 3, 4), 1.5), scene("j", box(2, 3, 4, 5), 3)])
    assert catalog.product_record("p") == {
        "id": "p",
        "title": "p",
        "description": "",
        "bands": ["b"],
        "images": 2,
        "start_datetime": "2020-01-02T12:00:00Z",
        "end_datetime": "2020-01-04T00:00:00Z",
        "bbox": [1, 2, 4, 5],
    }
    record = catalog.image_record("p:i")
    assert (record["id"], record["product"], record["date"]) == ("p:i", "p", "2020-01-02T12:00:00Z")
    assert record["properties"] == {"item": "i"}
    [band] = record["bands"]
    assert (band["name"], band["crs"], band["resolution"], band["shape"]) == ("b", "EPSG:4326", [1, 1], [1, 1])
    assert "a.tif" not in str(record)


REMOVE = """
import sys
from pathlib import Path
from tileserver.catalog import Catalog
from tileserver.settings import Settings
from tileserver.store import open_database
catalog = Catalog(open_database(sys.argv[1]), Settings(data_dir=Path(sys.argv[2])))
print(catalog.revision(), catalog.scene("p:i").id)
catalog.remove("p:i")
"""


def test_processes_see_each_others_changes(catalog: Catalog, engine: Engine, tmp_path: Path) -> None:
    keep(engine, [scene("i", box(0, 0, 1, 1)), scene("j", box(0, 0, 1, 1))])
    assert find(catalog) == ["p:i", "p:j"]
    command = [sys.executable, "-c", REMOVE, str(engine.url), str(tmp_path)]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "1 p:i\n"
    assert catalog.revision() == 2
    assert find(catalog) == ["p:j"]
