"""Where layers lie: around the images that they may load, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st

from tests.tileserver.rasters import write_tif
from tileserver.catalog import Catalog
from tileserver.layers.coverage import EARTH, Coverages
from tileserver.layers.image_sources import ImageSource
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database
from wmts import LonLatBox

LONLAT = "EPSG:4326"
JANUARY, FEBRUARY, MARCH, APRIL = (datetime(2020, month, 1, tzinfo=UTC) for month in (1, 2, 3, 4))


def write_at(path: Path, west: float, north: float) -> None:
    """Write 8 by 6 pixels of a tenth of a degree."""
    write_tif(path, crs=LONLAT, transform=rasterio.Affine(0.1, 0, west, 0, -0.1, north))


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """A product that moves east month by month, and one on both sides of the antimeridian."""
    folder = tmp_path_factory.mktemp("imagery")
    for month, west in ((1, 10.0), (2, 20.0), (3, 30.0)):
        write_at(folder / "walk" / f"walk_2020-0{month}-01.tif", west, 50.0)
    for month, west in ((1, 178.0), (2, -179.0)):
        write_at(folder / "fiji" / f"fiji_2020-0{month}-01.tif", west, -17.0)
    settings = Settings(data_dir=folder / "data")
    create_schema(database := open_database(settings.database))
    catalog = Catalog(database, settings)
    assert catalog.add([str(folder / "walk"), str(folder / "fiji")]).failed == []
    yield catalog
    database.dispose()


@pytest.mark.parametrize(
    ("sources", "bounds"),
    [
        ([ImageSource("walk", True)], (10, 49.4, 30.8, 50)),
        ([ImageSource("walk", True, FEBRUARY)], (20, 49.4, 30.8, 50)),
        ([ImageSource("walk", True, None, FEBRUARY)], (10, 49.4, 10.8, 50)),
        ([ImageSource("walk", True, FEBRUARY, MARCH)], (20, 49.4, 20.8, 50)),
        ([ImageSource("walk", True, JANUARY, FEBRUARY), ImageSource("walk", True, MARCH)], (10, 49.4, 30.8, 50)),
        ([ImageSource("walk", True, APRIL)], (10, 49.4, 30.8, 50)),
        ([ImageSource("walk:walk_2020-03-01", False)], (30, 49.4, 30.8, 50)),
        ([ImageSource("fiji", True)], (178, -17.6, -178.2, -17)),
        ([ImageSource("fiji", True), ImageSource("walk", True, None, FEBRUARY)], (10, -17.6, -178.2, 50)),
        ([ImageSource("walk", True), ImageSource("nothing", True)], (10, 49.4, 30.8, 50)),
        ([ImageSource("walk", True), ImageSource(None, True)], EARTH),
        ([ImageSource("nothing", True)], EARTH),
        ([], EARTH),
    ],
    ids=[
        "all", "from", "until", "between", "two ranges", "a range without images", "an image", "antimeridian",
        "two products", "one that is not there", "one that is computed", "none that is there", "nothing",
    ],
)  # fmt: skip
def test_a_layer_lies_around_the_images_of_its_dates(
    catalog: Catalog, sources: list[ImageSource], bounds: tuple[float, float, float, float]
) -> None:
    assert Coverages(catalog).find(sources, catalog.revision()).bounds == pytest.approx(bounds)


def cut(name: str, *within: float) -> ImageSource:
    return ImageSource(name, True, within=(within[0], within[1], within[2], within[3]))


@pytest.mark.parametrize(
    ("sources", "bounds"),
    [
        ([cut("walk", 20.3, 49.6, 25, 49.8)], (20.3, 49.6, 25, 49.8)),
        ([cut("walk", 0, 40, 10.5, 60)], (10, 49.4, 10.5, 50)),
        ([cut("walk", 100, 0, 110, 10)], (10, 49.4, 30.8, 50)),
        ([cut("fiji", -178.5, -17.5, -178.3, -17.2)], (-178.5, -17.5, -178.3, -17.2)),
        ([cut("fiji", 178.2, -17.5, 181.2, -17.2)], (178.2, -17.5, -178.8, -17.2)),
        ([cut("fiji", -180, -17.5, 180, -17.2)], (178, -17.6, -178.2, -17)),
        ([cut("walk", 20.3, 49.6, 20.4, 49.8), cut("walk", 30.3, 49.6, 30.4, 49.8)], (20.3, 49.6, 30.4, 49.8)),
    ],
    ids=["inside", "beside", "elsewhere", "east of the antimeridian", "across it", "around the globe", "two"],
)
def test_cut_lines_leave_what_they_have_in_common_with_the_images(
    catalog: Catalog, sources: list[ImageSource], bounds: tuple[float, float, float, float]
) -> None:
    """And a pixel around it, of a tenth of a degree and less than two of them."""
    west, south, east, north = Coverages(catalog).find(sources, catalog.revision()).bounds
    assert (west, south, east, north) == pytest.approx(bounds, abs=0.19)


def test_places_of_many_layers_are_those_of_each(catalog: Catalog) -> None:
    layers = [[ImageSource("walk", True, start)] for start in (JANUARY, FEBRUARY, MARCH)]
    layers += [[ImageSource("fiji", True)], []]
    revision = catalog.revision()
    assert Coverages(catalog).find_all(layers, revision) == [
        Coverages(catalog).find(sources, revision) for sources in layers
    ]


def test_the_resolution_is_that_of_the_images(catalog: Catalog) -> None:
    coverage = Coverages(catalog).find([ImageSource("walk", True)], catalog.revision())
    assert coverage.metres == pytest.approx(11_124, rel=0.01)  # a tenth of a degree of latitude at 50 degrees


def test_a_product_of_too_many_images_is_taken_whole(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tileserver.catalog.extents.MAX_IMAGES", 2)
    coverage = Coverages(catalog).find([ImageSource("walk", True, FEBRUARY, MARCH)], catalog.revision())
    assert coverage.bounds == pytest.approx((10, 49.4, 30.8, 50))


@given(st.lists(st.tuples(st.integers(-180, 179), st.integers(1, 60)), min_size=1, max_size=6))
def test_a_hull_is_the_narrowest_box_around_the_globe(intervals: list[tuple[int, int]]) -> None:
    boxes = np.array([(west, 0.0, west + width, 1.0) for west, width in intervals])
    west, _, east, _ = LonLatBox.around(boxes).unrolled
    covered = {(west + step) % 360 for west, width in intervals for step in range(width)}
    free = "".join("#" if degree % 360 in covered else "." for degree in range(720))
    widest_gap = max(map(len, free.split("#")))
    assert -180 <= west < 180
    assert covered <= {(int(west) + step) % 360 for step in range(int(east - west))}
    assert east - west == 360 - min(widest_gap, 359)
