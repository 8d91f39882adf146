from __future__ import annotations

from typing import Any

import pytest
from shapely.geometry import box

import sdk as wf
from graft_eval import evaluate, parse
from graft_eval.errors import EvaluationError, NotInCatalog
from graft_eval.grid import Grid
from graft_eval.plane import Read
from graft_eval.scene import Asset, Band, Scene
from tests.graft_eval.fake import ASSET, GRID, World, day, graft, scene

FINE = Asset("fine", "EPSG:32633", (10.0, 0.0, 300_000.0, 0.0, -10.0, 5_800_000.0), (4, 4), (), (4, 4), "1")
COARSE = Asset("coarse", "EPSG:32633", (60.0, 0.0, 300_000.0, 0.0, -60.0, 5_800_000.0), (1, 1), (), (1, 1), "1")
TWO_GRIDS = Scene(
    "s2:x:1", "s2:x", day("2020-05-01"), box(0, 0, 2, 2), {"eo:cloud_cover": 12.5},
    (Band("B01", COARSE, 1, "uint16"), Band("B04", FINE, 1, "uint16", common_name="red", data_range=(0.0, 2.0),
                                           info={"gsd": 10})),
)  # fmt: skip
WORLD = World(
    [
        scene("p:late", "2020-03-01", ["a"]),
        scene("p:early", "2020-01-01", ["a"]),
        scene("p:middle", "2020-02-01T12:00:00", ["a"]),
        scene("p:elsewhere", "2020-02-02", ["a"], box(50, 50, 51, 51)),
        scene("p:beside", "2020-02-03", ["a"], box(2, 0, 3, 2)),
        TWO_GRIDS,
    ],
    {},
)
P = wf.ImageCollection.from_id("p")


def run(proxy: Any, grid: Grid | None = GRID) -> Any:
    return WORLD.evaluate(graft(proxy), grid)


def names(proxy: Any, grid: Grid | None = GRID) -> list[str]:
    return [image.properties["id"].partition(":")[2] for image in run(proxy, grid).images]


def test_an_image_describes_itself() -> None:
    image = run(wf.Image.from_id("s2:x:1"))
    assert image.bands == ("B01", "B04")
    assert image.properties == {
        "id": "s2:x:1", "product": "s2:x", "date": day("2020-05-01"), "crs": "EPSG:32633",
        "geotrans": (300_000.0, 10.0, 0.0, 5_800_000.0, 0.0, -10.0), "eo:cloud_cover": 12.5,
    }  # fmt: skip
    assert image.bandinfo["B04"] == {
        "id": "s2:x:B04", "name": "B04", "data_range": (0.0, 2.0), "common_name": "red", "gsd": 10,
    }  # fmt: skip


def test_searches_give_images_by_date_that_overlap_the_grid() -> None:
    assert names(P) == ["early", "middle", "late"]
    assert names(P, None) == ["early", "middle", "elsewhere", "beside", "late"]
    cut = Grid((0.0, 0.0, 60.0, 60.0), "EPSG:4326", (2, 2), box(2.1, 0, 2.5, 1))
    assert names(P, cut) == ["beside"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"start_datetime": "2020-01-01", "end_datetime": "2020-02-01T12:00:00"}, ["early"]),
        ({"start_datetime": "2020-02-01T12:00:00"}, ["middle", "late"]),
        ({"limit": 2}, ["early", "middle"]),
        ({"limit": 0}, []),
    ],
)
def test_searches_are_bounded_by_dates_and_number(arguments: dict[str, Any], expected: list[str]) -> None:
    assert names(wf.ImageCollection.from_id("p", **arguments)) == expected


@pytest.mark.parametrize("resampler", ["bilinear", "cubic", "cubicspline", "lanczos", "average", "mode", "med", "q1"])
def test_resamplers_reach_the_pixels(resampler: str) -> None:
    (plane,) = run(wf.Image.from_id("p:late", resampler=resampler)).planes
    assert isinstance(plane, Read)
    assert (plane.resampler, plane.scene.id, plane.band.asset) == (resampler, "p:late", ASSET)
    assert run(wf.ImageCollection.from_id("p", resampler=resampler)).images[0].planes[0].resampler == resampler


def test_what_is_found_is_noted_and_nothing_is_logged() -> None:
    scope = WORLD.scope()
    evaluate(parse(graft(P), scope.limits), scope)
    assert scope.progress.found == {"p:early", "p:middle", "p:late"}
    WORLD.logged.clear()
    assert run(wf.ImageCollection.from_id("p", start_datetime="2030-01-01")).images == ()
    there_are = "it has images from 2020-01-01 to 2020-03-01"
    assert WORLD.logged == [f"no images of p from 2030-01-01T00:00:00+00:00 to now in this place: {there_are}"]


@pytest.mark.parametrize(
    ("document", "error", "message"),
    [
        ({"i": "p:x", "r": ["wf.Image.load", "i"]}, NotInCatalog, "wf.Image.load: there is no image 'p:x'"),
        ({"i": "x", "r": ["wf.ImageCollection.from_id", "i"]}, NotInCatalog, "there is no product 'x'"),
        ({"i": 1, "r": ["wf.Image.load", "i"]}, EvaluationError, "image_id must be Str, not Int 1"),
        ({"i": "p:late", "s": "nearest", "r": ["wf.Image.load", "i", {"resampler": "s"}]}, EvaluationError,
         "the resampler must be one of near, bilinear"),
        ({"i": "p", "n": -1, "r": ["wf.ImageCollection.from_id", "i", {"limit": "n"}]}, EvaluationError, "0 or more"),
        ({"i": "p", "d": "2020-01-01", "r": ["wf.ImageCollection.from_id", "i", {"start_datetime": "d"}]},
         EvaluationError, "start_datetime must be Datetime or None, not Str '2020-01-01'"),
    ],
)  # fmt: skip
def test_what_the_catalog_does_not_have_is_an_error(
    document: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        WORLD.evaluate(document | {"returns": "r"})
    assert message in str(caught.value)


IMAGE = wf.Image.from_id("s2:x:1")
EMPTY = IMAGE.pick_bands("nothing", allow_missing=True)


def test_properties_are_read_set_and_removed() -> None:
    assert run(IMAGE.properties["eo:cloud_cover"]) == 12.5
    assert run(IMAGE.properties["date"].month) == 5
    assert run(P.properties[0]["id"]) == "p:early"
    assert run(IMAGE.with_properties(season="spring", id="new").properties)["season"] == "spring"
    assert run(IMAGE.with_properties(id="new").properties["id"]) == "new"
    assert "crs" not in run(IMAGE.without_properties("crs", "foo").properties)
    assert run(EMPTY.with_properties(a=1).properties) == {}
    with pytest.raises(EvaluationError, match="there is no key Str 'foo'; there are: eo:cloud_cover, id"):
        run(IMAGE.properties["foo"])


def test_bandinfo_is_read_set_and_removed() -> None:
    assert run(IMAGE.bandinfo["B04"]["data_range"]) == (0.0, 2.0)
    assert run(P.bandinfo["a"]) == {"id": "p:a", "name": "a", "data_range": (0.0, 1.0)}
    assert run(P[:0].bandinfo) == {}
    assert run(IMAGE.with_bandinfo("red", gsd=20).bandinfo["B04"])["gsd"] == 20
    assert "gsd" not in run(IMAGE.without_bandinfo("B04", "gsd", "foo").bandinfo["B04"])
    assert run(IMAGE.without_bandinfo("foo", "gsd").bandinfo) == run(IMAGE.bandinfo)
    assert run(EMPTY.with_bandinfo("red", a=1)).bands == ()
    with pytest.raises(EvaluationError, match="there is no band 'foo'"):
        run(IMAGE.with_bandinfo("foo", a=1))
