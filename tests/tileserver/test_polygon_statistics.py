"""Statistics of polygons, against rasterio's own masks of the files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
import rasterio
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.features import geometry_mask
from shapely.geometry import mapping

import sdk as wf
from tests.server_fixture import running_server
from tests.tileserver.conftest import BANDS, SIDE, Served
from tests.tileserver.rasters import write_tif
from tests.tileserver.test_values import check_statistics, place
from tileserver.layers.areas import MAX_VERTICES, Area

RANDOM = np.random.default_rng(3)


def star(row: float, col: float, radius: float, points: int = 40) -> shapely.Polygon:
    """Return a jagged polygon around a place in the rasters, in degrees."""
    turns = np.linspace(0, 2 * np.pi, points, endpoint=False)
    reach = radius * RANDOM.uniform(0.3, 1, points)
    return shapely.Polygon([place(row + r * np.sin(t), col + r * np.cos(t)) for r, t in zip(reach, turns, strict=True)])


HOLED = star(256, 256, 250).difference(star(256, 256, 60))
SHAPES = {
    "a polygon": star(200, 180, 90),
    "a polygon with a hole": HOLED,
    "several": shapely.MultiPolygon([star(100, 100, 60), star(400, 380, 80)]),
    "one that reaches beyond": star(20, 490, 120),
}


@pytest.fixture(scope="module")
def field(served: Served) -> str:
    return served.publish(wf.ImageCollection.from_id("field"))


def outside(folder: Path, shape: shapely.Geometry) -> NDArray[np.bool_]:
    """Return True for the pixels whose centre lies outside, as rasterio has it."""
    with rasterio.open(next(folder.glob("*.tif"))) as dataset:
        there = Transformer.from_crs("OGC:CRS84", dataset.crs, always_xy=True)
        projected = shapely.transform(shape, lambda xy: np.column_stack(there.transform(*xy.T)))
        mask: NDArray[np.bool_] = geometry_mask([projected], dataset.shape, dataset.transform)
        return mask


@pytest.mark.parametrize("name", SHAPES)
def test_they_are_those_of_the_pixels_within(served: Served, field: str, name: str) -> None:
    shape = SHAPES[name]
    answer = served.post(f"/xyz/{field}/statistics", mapping(shape))
    assert answer.status_code == 200, answer.text
    found = answer.json()["bands"]
    early, late = served.pixels.values()
    merged: np.ma.MaskedArray[Any, Any] = np.ma.where(late.mask, early, late)
    beyond = outside(served.folder, shape)
    inside = ~beyond
    assert 1000 < np.count_nonzero(inside) < SIDE * SIDE
    assert list(found) == list(BANDS)
    for band, name in enumerate(BANDS):
        if shape.bounds[2] <= place(0, SIDE)[0] and shape.bounds[3] <= place(0, 0)[1]:
            check_statistics(found[name], merged[band][inside])
        else:  # there are no files in some of it
            assert found[name]["count"] == merged[band][inside].count()
            assert found[name]["mean"] == pytest.approx(float(merged[band][inside].mean()))


def test_a_query_says_the_same_as_a_body_and_a_feature_as_its_geometry(served: Served, field: str) -> None:
    shape = shapely.Polygon([place(100, 100), place(130, 300), place(300, 250)])
    feature = {"type": "Feature", "id": 7, "properties": {"name": "x"}, "geometry": mapping(shape)}
    bodies = [served.post(f"/xyz/{field}/statistics?band=nir", body).json() for body in (mapping(shape), feature)]
    query = served.get(f"/xyz/{field}/statistics?band=nir&geometry={quote(json.dumps(mapping(shape)))}").json()
    assert bodies == [query, query]
    assert query["bands"]["nir"]["count"] > 5000


def test_a_rectangle_says_the_same_as_its_bounds(served: Served, field: str) -> None:
    (west, north), (east, south) = place(100, 40), place(228, 296)
    by_bounds = served.get(f"/xyz/{field}/statistics?bounds={west!r},{south!r},{east!r},{north!r}").json()
    assert served.post(f"/xyz/{field}/statistics", mapping(shapely.box(west, south, east, north))).json() == by_bounds


def test_of_what_holds_no_centre_there_are_none(served: Served, field: str) -> None:
    sliver = shapely.Polygon([place(10.1, 10.1), place(10.1, 10.3), place(10.3, 10.1)])
    found = served.post(f"/xyz/{field}/statistics", mapping(sliver)).json()["bands"]["nir"]
    assert (found["count"], found["valid_percent"], found["mean"], found["histogram"]) == (0, 0.0, None, [[], []])
    elsewhere = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    assert served.post(f"/xyz/{field}/statistics", elsewhere).json() == {"bands": {}}


@pytest.fixture(scope="module")
def fiji(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("imagery")
    for name, west in (("east", 179.2), ("west", -180.0)):
        write_tif(
            folder / "fiji" / f"{name}.tif", transform=rasterio.Affine(0.1, 0, west, 0, -0.1, -17), crs="EPSG:4326"
        )
    with running_server(folder / "data", add=[folder / "fiji"]) as url, Served(url, folder, folder, {}) as served:
        yield served


EAST, WEST = [[179.9, -17.1], [180, -17.1], [180, -17]], [[-180, -17.1], [-179.9, -17.1], [-179.9, -17], [-180, -17]]
ACROSS = {
    "as two": {"type": "MultiPolygon", "coordinates": [[[*EAST, [179.9, -17], EAST[0]]], [[*WEST, WEST[0]]]]},
    "as one that jumps": {
        "type": "Polygon",
        "coordinates": [[[179.9, -17.1], *WEST[1:3], [179.9, -17], [179.9, -17.1]]],
    },
    "as one beyond 180": mapping(shapely.box(179.9, -17.1, 180.1, -17)),
}


@pytest.mark.parametrize("name", ACROSS)
def test_one_across_the_antimeridian_has_pixels_of_both_sides(fiji: Served, name: str) -> None:
    layer = fiji.publish(wf.ImageCollection.from_id("fiji").mosaic())
    found = fiji.post(f"/xyz/{layer}/statistics", ACROSS[name]).json()["bands"]["data"]
    assert (found["count"], found["mean"], found["valid_percent"]) == (2, 3.5, 100)


RING = [[0, 0], [1, 0], [1, 1], [0, 0]]
BAD: dict[str, tuple[Any, str]] = {
    "a point": ({"type": "Point", "coordinates": [1, 2]}, "'Polygon', 'MultiPolygon' or 'Feature'"),
    "no type": ({"coordinates": [RING]}, "type is missing"),
    "no coordinates": ({"type": "Polygon"}, "a polygon as GeoJSON has it"),
    "a feature of nothing": ({"type": "Feature", "geometry": None}, "a polygon as GeoJSON has it"),
    "a feature of a line": (
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": RING}},
        "must be a Polygon or a MultiPolygon, not a LineString",
    ),
    "an empty one": ({"type": "Polygon", "coordinates": []}, "must be of some area"),
    "texts": ({"type": "Polygon", "coordinates": [[["a", "b"]] * 4]}, "a polygon as GeoJSON has it"),
    "a bow tie": ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}, "Self-intersection"),
    "metres": ({"type": "Polygon", "coordinates": [[[5e5, 6e6], [5e5, 7e6], [6e5, 7e6], [5e5, 6e6]]]}, "in degrees of"),
    "too many": ({"type": "Polygon", "coordinates": [[[0, 0]] * (MAX_VERTICES + 1)]}, "of up to 10,000 vertices, not"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_area_is_refused(served: Served, field: str, name: str) -> None:
    document, expected = BAD[name]
    answer = served.post(f"/xyz/{field}/statistics", document)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_body")
    assert expected in answer.json()["message"]
    text = quote(json.dumps(document), safe="")
    if len(text) < 10_000:
        answer = served.get(f"/xyz/{field}/statistics?geometry={text}")
        assert (answer.status_code, answer.json()["key"]) == (400, "geometry")


def test_bounds_and_a_polygon_exclude_each_other(served: Served, field: str) -> None:
    polygon = quote(json.dumps({"type": "Polygon", "coordinates": [RING]}))
    answer = served.get(f"/xyz/{field}/statistics?bounds=0,0,1,1&geometry={polygon}")
    assert (answer.status_code, answer.json()["message"]) == (400, "geometry and bounds exclude each other")
    assert served.get(f"/xyz/{field}/statistics?geometry=x").json()["key"] == "geometry"


def test_a_zigzag_of_many_vertices_is_refused_at_once() -> None:
    count = MAX_VERTICES - 1
    ring = [[x / count, (x * 7919 % count) / count] for x in range(count)]
    with pytest.raises(ValueError, match="Self-intersection"):
        Area.from_geojson({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})
