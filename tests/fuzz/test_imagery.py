"""Whatever a folder holds as STAC Items and GeoTIFFs, it is added or refused by name: no defect, no traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.fuzzing import FUZZING
from tests.tileserver.rasters import item, write_tif
from tileserver.catalog import Catalog
from tileserver.catalog.adding.findings import Failure
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database

TEXTS = st.text(max_size=6) | st.sampled_from(
    [
        "./a.tif", "a\0.tif", "file:///a%00.tif", "file://[", "http://[::1/a.tif", "image/tiff", "data", "s3://b/a.tif",
        "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2020-02-30", "Polygon", "EPSG:32633", "uint8", "nan",
    ]
)  # fmt: skip
NAMES = st.sampled_from(
    [
        "type", "stac_version", "id", "collection", "geometry", "bbox", "properties", "links", "assets", "coordinates",
        "data", "href", "roles", "title", "datetime", "start_datetime", "end_datetime", "eo:bands", "raster:bands",
        "bands", "name", "nodata", "scale", "offset", "data_type", "proj:epsg", "proj:transform", "proj:shape",
    ]
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(NAMES | TEXTS, inner, max_size=5),
    max_leaves=12,
)
PATHS = st.lists(NAMES | st.integers(0, 4), max_size=4)
HEADER = 512  # bytes of a small GeoTIFF: its header, directory and keys
BYTES = st.lists(st.tuples(st.integers(0, HEADER - 1), st.integers(0, 255)), max_size=8)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Catalog, Path]]:
    """A catalog, and a folder that holds `a.tif`."""
    folder = tmp_path_factory.mktemp("scenes")
    write_tif(folder / "a.tif")
    create_schema(engine := open_database(f"sqlite:///{folder / 'data' / 'graftile.sqlite'}"))
    yield Catalog(engine, Settings(data_dir=folder / "data")), folder
    engine.dispose()


def changed(document: Any, path: list[str | int], value: Any) -> Any:
    """Return a document with a value in the place that a path leads to, as far as it does."""
    if not path:
        return value
    step, *rest = path
    if isinstance(document, dict):
        return {**document, str(step): changed(document.get(str(step)), rest, value)}
    if isinstance(document, list) and isinstance(step, int) and step < len(document):
        return [*document[:step], changed(document[step], rest, value), *document[step + 1 :]]
    return value


def check(catalog: Catalog, path: Path) -> None:
    """Raise an error if reading a file ends in a defect of ours."""
    for result in catalog.check([str(path)]):
        assert not (isinstance(result, Failure) and result.traceback), result


@FUZZING
@given(changes=st.lists(st.tuples(PATHS, VALUES), max_size=3) | st.lists(st.tuples(st.just([]), VALUES), max_size=1))
def test_an_item_is_added_or_refused(catalog: tuple[Catalog, Path], changes: list[tuple[list[Any], Any]]) -> None:
    index, folder = catalog
    document: Any = item()
    for path, value in changes:
        document = changed(document, path, value)
    (folder / "i.json").write_text(json.dumps(document))
    check(index, folder / "i.json")


@FUZZING
@given(changes=BYTES, end=st.none() | st.integers(0, HEADER))
def test_a_tiff_header_is_read_or_refused(
    catalog: tuple[Catalog, Path], changes: list[tuple[int, int]], end: int | None
) -> None:
    index, folder = catalog
    data = bytearray((folder / "a.tif").read_bytes())
    for at, value in changes:
        data[at % len(data)] = value
    (folder / "broken.tif").write_bytes(data[:end])
    check(index, folder / "broken.tif")
