"""Boxes of layers follow the constant shapes that they are masked by, through all that keeps what is masked."""

from __future__ import annotations

import time
from typing import Any

import pytest

import sdk as wf
from tests.graft_eval.fake import graft
from tests.tileserver.conftest import Served
from tileserver.layers.cutlines import cut_box

IMAGE, COLLECTION = wf.Image.from_id("p:0"), wf.ImageCollection.from_id("p")
TRIANGLE = wf.Geometry(type="Polygon", coordinates=[[[0, 0], [0, 2], [3, 1], [0, 0]]])
SQUARE = wf.Geometry(type="Polygon", coordinates=[[[1, 1], [1, 9], [9, 9], [9, 1], [1, 1]]])
FEATURE = wf.Feature(geometry=TRIANGLE, properties={"a": 1})
CONTEXT = wf.GeoContext(crs="EPSG:4326", resolution=1.0, bounds=(4, 5, 6, 7), bounds_crs="EPSG:4326", geometry=SQUARE)
MASKED = IMAGE.mask(TRIANGLE)
NIR, RED = COLLECTION.mask(FEATURE).unpack_bands("nir red")

CUT: dict[str, tuple[Any, tuple[float, ...] | None]] = {
    "a geometry": (MASKED, (0, 0, 3, 2)),
    "a feature": (COLLECTION.mask(FEATURE), (0, 0, 3, 2)),
    "features": (IMAGE.mask(wf.FeatureCollection([FEATURE, FEATURE])), (0, 0, 3, 2)),
    "a collection of geometries": (IMAGE.mask(wf.GeometryCollection(geometries=[SQUARE])), (1, 1, 9, 9)),
    "what is grown": (IMAGE.mask(SQUARE.buffer(1)), (0, 0, 10, 10)),
    "a geocontext's": (IMAGE.mask(CONTEXT.geometry), (1, 1, 9, 9)),
    "an index": (((NIR - RED) / (NIR + RED)).median(axis="images").colormap("viridis", 0, 1), (0, 0, 3, 2)),
    "one operand": (1 - COLLECTION * MASKED, (0, 0, 3, 2)),
    "two, one after the other": (MASKED.mask(SQUARE), (1, 1, 3, 2)),
    "two operands": (IMAGE.mask(SQUARE) > MASKED, (1, 1, 3, 2)),
    "another mask, too": (MASKED.mask(IMAGE > 1), (0, 0, 3, 2)),
    "an argument": (MASKED * wf.parameter("gain", wf.Float), (0, 0, 3, 2)),
    "none": (IMAGE, None),
    "another mask": (IMAGE.mask(IMAGE > 1), None),
    "a shape that is an argument": (IMAGE.mask(wf.parameter("place", wf.Geometry)), None),
    "a shape that is found": (IMAGE.mask(wf.FeatureCollection.from_vector_id("fields")), None),
    "what is filled": (MASKED.fill(0), None),
    "bands beside it": (MASKED.concat_bands(IMAGE), None),
    "a choice": (wf.where(MASKED > 1, IMAGE, 0).concat_bands(IMAGE), None),
    "the mask itself": (MASKED.getmask(), None),
}


@pytest.mark.parametrize(("proxy", "box"), CUT.values(), ids=CUT)
def test_constant_shapes_are_found_through_what_keeps_what_is_masked(proxy: Any, box: tuple[float, ...] | None) -> None:
    found = cut_box(graft(proxy))
    assert found == (None if box is None else pytest.approx(box))


def test_shapes_that_are_bombs_take_no_time() -> None:
    doubled: dict[str, Any] = {"c0": [[0, 0]], **{f"c{i + 1}": ["wf.list", f"c{i}", f"c{i}"] for i in range(60)}}
    bomb = {
        **doubled, "i": "p:0", "image": ["wf.Image.load", "i"], "t": "Polygon", "one": 1,
        "g": ["wf.Geometry.create", {"type": "t", "coordinates": "c60"}], "d": ["wf.rasterize", "g", "one"],
        "m": ["wf.getmask", "d"], "r": ["wf.mask", "image", "m"], "returns": "r",
    }  # fmt: skip
    began = time.thread_time()
    assert cut_box(bomb) is None
    assert time.thread_time() - began < 0.5


def test_documents_lie_within_cut_lines(served: Served) -> None:
    whole = wf.ImageCollection.from_id("field").pick_bands("red")
    bounds = served.get(f"/xyz/{served.publish(whole)}/tilejson.json").json()["bounds"]
    west, south, east, north = bounds
    part = [west + (east - west) / 4, south, (west + east) / 2, (south + north) / 2]
    corners = [[part[0], part[1]], [part[2], part[1]], [part[2], part[3]], [part[0], part[3]], [part[0], part[1]]]
    layer = served.publish(whole.mask(wf.Geometry(type="Polygon", coordinates=[corners])))
    slack = (east - west) / 100
    assert served.get(f"/xyz/{layer}/tilejson.json").json()["bounds"] == pytest.approx(part, abs=slack)
    (box,) = served.get(f"/ogc/xyz/{layer}/collections").json()["collections"][0]["extent"]["spatial"]["bbox"]
    assert box == pytest.approx(part, abs=slack)
