"""Values are saved as MessagePack, GeoJSON, CSV and PNG so that other readers understand them."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import geopandas
import msgpack
import numpy as np
import PIL.Image
import pyogrio
import pytest
from shapely import from_wkb
from shapely.wkt import loads

from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.plane import Plane
from graft_eval.progress import Progress
from graft_eval.scope import Raster, Scope
from graft_eval.values.image import Image, ImageCollection
from graft_eval.values.shapes import Feature, FeatureCollection, Geometry, GeometryCollection
from sdk.contract.formats import MEDIA_TYPES
from tests.tileserver.test_formats import Ramp, image, scope
from tileserver.formats import FORMATS, BadFormat, CannotSave, check_fits, encode, read_format

WHEN = datetime(2020, 1, 1, 12, tzinfo=UTC)
POINT = Geometry("Point", [9.0, 47.0])
SQUARE = Geometry("Polygon", [[[9.0, 47.0], [10.0, 47.0], [10.0, 48.0], [9.0, 48.0], [9.0, 47.0]]])
FIELDS = FeatureCollection((Feature(SQUARE, {"name": "a", "area": 1.5}), Feature(POINT, {"name": "b", "when": WHEN})))


def saved(value: object, format: str, within: Scope | None = None) -> bytes:
    data, media_type = encode(value, format, within or scope())
    assert media_type == MEDIA_TYPES[format]
    return data


def rows(value: object) -> list[list[str]]:
    return list(csv.reader(io.StringIO(saved(value, "csv").decode(), newline="")))


def test_all_formats_that_a_client_may_ask_for_exist() -> None:
    assert set(FORMATS) == set(MEDIA_TYPES)


def test_messagepack_has_the_structure_of_json() -> None:
    value = {"a": [1, (WHEN, 0.1)], 2: math.nan, "mask": np.ma.MaskedArray([1, 2], [False, True])}
    expected = {"a": [1, ["2020-01-01T12:00:00+00:00", 0.1]], "2": None, "mask": [1, None]}
    assert msgpack.unpackb(saved(value, "msgpack")) == expected
    document = msgpack.unpackb(saved(image("red", id="a"), "msgpack"))
    assert document["ndarray"] == [[[0, None, 2], [3, 4, 5]]]


def test_integers_that_messagepack_has_not_are_refused() -> None:
    assert msgpack.unpackb(saved(2**63, "msgpack")) == 2**63
    with pytest.raises(CannotSave, match="integers of 64 bits"):
        saved(2**64, "msgpack")


def test_geojson_is_read_by_others() -> None:
    _, _, geometries, columns = pyogrio.raw.read(io.BytesIO(saved(FIELDS, "geojson")))
    assert from_wkb(geometries).tolist() == [SQUARE.shapely, POINT.shapely]
    assert columns[0].tolist() == ["a", "b"]
    assert len(pyogrio.raw.read(io.BytesIO(saved(GeometryCollection((POINT, SQUARE)), "geojson")))[2]) == 1


def test_geoparquet_is_read_by_geopandas() -> None:
    mixed = Feature(POINT, {"name": "c", "area": 2, "tags": ["a", 1]})
    table = geopandas.read_parquet(io.BytesIO(saved(FeatureCollection((*FIELDS.elements, mixed)), "geoparquet")))
    assert table.crs == "OGC:CRS84"
    assert [each.wkt for each in table.geometry] == [SQUARE.shapely.wkt, POINT.shapely.wkt, POINT.shapely.wkt]
    assert table["name"].tolist() == ["a", "b", "c"]
    assert table["area"].fillna(-1).tolist() == [1.5, -1, 2]
    assert table["when"][1] == WHEN
    assert table["tags"][2] == '["a", 1]'
    for value, count in ((POINT, 1), (GeometryCollection((POINT, SQUARE)), 2), (FeatureCollection(()), 0)):
        assert len(geopandas.read_parquet(io.BytesIO(saved(value, "geoparquet")))) == count


TABLES: list[tuple[object, list[list[str]]]] = [
    (1.5, [["value"], ["1.5"]]),
    (None, [["value"], [""]]),
    ("a,b", [["value"], ["a,b"]]),
    ([1, math.nan, 'say "é"\n'], [["value"], ["1"], [""], ['say "é"\n']]),
    ((WHEN, True), [["value"], ["2020-01-01T12:00:00+00:00"], ["true"]]),
    ({"red": 0.5, 2: None}, [["key", "value"], ["red", "0.5"], ["2", ""]]),
    ([{"red": 0.5}, {"nir": [1, 2]}], [["red", "nir"], ["0.5", ""], ["", "[1,2]"]]),
    ({"2020": {"red": 0.5}}, [["key", "red"], ["2020", "0.5"]]),
    ([(1, "a"), (2, "b")], [["0", "1"], ["1", "a"], ["2", "b"]]),
    ([], [[]]),
    (np.array([1.5, math.inf]), [["value"], ["1.5"], [""]]),
    (np.ma.MaskedArray([[1, 2], [3, 4]], [[False, True], [False, False]]), [["0", "1"], ["1", ""], ["3", "4"]]),
    (np.array(7), [["value"], ["7"]]),
    ([np.array([1, 2])], [["0", "1"], ["1", "2"]]),
    (POINT, [["geometry"], ["POINT (9 47)"]]),
    (GeometryCollection((POINT,)), [["geometry"], ["POINT (9 47)"]]),
]


@pytest.mark.parametrize(("value", "table"), TABLES)
def test_values_are_tables(value: object, table: list[list[str]]) -> None:
    assert rows(value) == table


def test_features_are_tables_with_their_geometry() -> None:
    header, first, second = rows(FIELDS)
    assert header == ["name", "area", "geometry", "when"]
    assert (first[:2], loads(first[2])) == (["a", "1.5"], SQUARE.shapely)
    assert second == ["b", "", "POINT (9 47)", "2020-01-01T12:00:00+00:00"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.zeros((2, 2, 2)), "two dimensions, not 3"),
        ([image("red")], "holds no pixels"),
        (image("red"), "Image cannot"),
    ],
)
def test_what_is_no_table_is_refused(value: object, message: str) -> None:
    with pytest.raises(CannotSave, match=message):
        saved(value, "csv")


def test_a_png_shows_the_leading_bands_and_no_masked_pixels() -> None:
    picture = PIL.Image.open(io.BytesIO(saved(image("swir", "blue", "green", "red"), "png"))).convert("RGBA")
    pixels = np.asarray(picture)
    assert pixels.shape == (2, 3, 4)
    assert pixels[0, 1].tolist() == [0, 0, 0, 0]
    assert pixels[:, :, 0].tolist() == [[0, 0, 102], [153, 204, 255]]  # each band over its own range, 0 to 5
    assert (pixels[:, :, 3] == 255).sum() == 5


class Truths(Ramp):
    """An engine whose pixels are booleans."""

    def compute(self, planes: Sequence[Plane], grid: Grid, progress: Progress, limits: Limits) -> Raster:
        raster = super().compute(planes, grid, progress, limits)
        return Raster(raster.data > 2, raster.mask)


def test_a_png_of_booleans_is_black_and_white() -> None:
    picture = PIL.Image.open(io.BytesIO(saved(image("yes"), "png", scope(Truths())))).convert("RGBA")
    assert np.asarray(picture)[:, :, 0].tolist() == [[0, 0, 0], [255, 255, 255]]


def test_a_png_of_nothing_is_transparent() -> None:
    picture = PIL.Image.open(io.BytesIO(saved(Image(), "png"))).convert("RGBA")
    assert np.asarray(picture)[:, :, 3].tolist() == [[0, 0, 0], [0, 0, 0]]


def of(name: str, *params: object) -> dict[str, Any]:
    return {"composite": {"type": name, "params": list(params)}} if params else {"type": name}


IMAGE, INT = of("Image"), of("Int")
MISFITS: list[tuple[str, dict[str, Any], str]] = [
    ("geotiff", INT, "Int cannot be saved as geotiff: pyarrow, json, msgpack and csv can hold it"),
    ("geotiff", of("ImageCollection"), "ImageCollection cannot be saved as geotiff"),
    ("geotiff", of("Function", {"map": {}}, of("List", IMAGE)), "List cannot be saved as geotiff: pyarrow, json and"),
    (
        "png",
        of("Feature"),
        "Feature cannot be saved as png: pyarrow, json, msgpack, geojson, csv and geoparquet can",
    ),
    ("geojson", IMAGE, "Image cannot be saved as geojson: pyarrow, geotiff, json, msgpack, png, zarr and netcdf can"),
    ("csv", of("Tuple", INT, IMAGE), "Tuple cannot be saved as csv: pyarrow, json and msgpack can hold it"),
]


@pytest.mark.parametrize(("format", "typespec", "message"), MISFITS)
def test_types_that_do_not_fit_are_refused_before_anything_is_computed(
    format: str, typespec: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadFormat, match=message):
        check_fits(read_format(format), typespec)


@pytest.mark.parametrize(
    ("format", "typespec"),
    [
        ("geotiff", IMAGE),
        ("geotiff", of("Any")),
        ("geotiff", of("Function", INT, {"map": {}}, IMAGE)),
        ("csv", of("List", of("Dict", of("Str"), of("Float")))),
        ("geojson", of("FeatureCollection")),
        ("json", of("ImageCollection")),
        ("png", {"composite": {"type": 5}}),
    ],
)
def test_types_that_fit_or_may_fit_are_let_through(format: str, typespec: dict[str, Any]) -> None:
    check_fits(read_format(format), typespec)


@pytest.mark.parametrize("format", ["geotiff", "png", "geojson"])
def test_values_of_any_type_are_refused_once_they_are_known(format: str) -> None:
    with pytest.raises(CannotSave, match=f"ImageCollection cannot be saved as {format}"):
        saved(ImageCollection((image("red"),)), format)
