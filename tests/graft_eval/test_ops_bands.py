from __future__ import annotations

from typing import Any

import pytest

import sdk as wf
from graft_eval.errors import EvaluationError
from tests.graft_eval.fake import World, graft, pixels, scene

BANDS = ["B02=blue", "B04=red", "B08=nir", "B8A=nir", "green"]
WORLD = World(
    [
        scene("s:1", "2020-01-01", BANDS, cloud=1),
        scene("s:2", "2020-02-01", BANDS, cloud=1),
        scene("l:1", "2019-01-01", ["red", "qa"]),
        scene("mixed:1", "2019-01-01", ["red"]),
        scene("mixed:2", "2019-02-01", ["nir", "red"]),
    ],
    {
        **{(f"s:{n}", band.partition("=")[0]): [[i, 0], [0, n]] for n in (1, 2) for i, band in enumerate(BANDS)},
        ("l:1", "red"): [[5, 5], [5, 5]], ("l:1", "qa"): [[6, 6], [6, 6]], ("mixed:1", "red"): [[1, 1], [1, 1]],
        ("mixed:2", "nir"): [[2, 2], [2, 2]], ("mixed:2", "red"): [[3, 3], [3, 3]],
    },
)  # fmt: skip
S, L = wf.Image.from_id("s:1"), wf.Image.from_id("l:1")
COLLECTION = wf.ImageCollection.from_id("s")
EMPTY = S.pick_bands("nothing", allow_missing=True)


def run(proxy: Any) -> Any:
    return WORLD.evaluate(graft(proxy))


def first(image: Any) -> list[float]:
    return [float(value) for value in pixels(WORLD, image)[:, 0, 0]]


@pytest.mark.parametrize(
    ("asked", "bands", "values"),
    [
        ("B08 B02", ("B08", "B02"), [2, 0]),
        ("red B04", ("red", "B04"), [1, 1]),
        ("red red red", ("red", "red_1", "red_2"), [1, 1, 1]),
        ("B02 B02_1 B02", None, None),
        ("green", ("green",), [4]),
    ],
)
def test_bands_are_picked_by_name_or_common_name_and_called_as_asked(
    asked: str, bands: tuple[str, ...] | None, values: list[float] | None
) -> None:
    if bands is None:
        with pytest.raises(EvaluationError, match="no band 'B02_1'; there are B02, B04, B08, B8A, green"):
            run(S.pick_bands(asked))
        return
    image = run(S.pick_bands(asked))
    assert image.bands == bands
    assert first(image) == values
    assert {name: info["name"] for name, info in image.bandinfo.items()} == {name: name for name in bands}


def test_a_common_name_that_two_bands_share_is_no_alias() -> None:
    with pytest.raises(EvaluationError, match="there is no band 'nir'"):
        run(S.pick_bands("nir"))


def test_a_name_goes_before_an_alias() -> None:
    renamed = S.rename_bands(B02="red")
    assert first(run(renamed.pick_bands("red"))) == [0]


def test_missing_bands_may_be_left_out_and_are_logged() -> None:
    WORLD.logged.clear()
    image = run(S.pick_bands("green foo", allow_missing=True))
    assert image.bands == ("green",)
    assert WORLD.logged == ["bands missing: foo; there are B02, B04, B08, B8A, green"]
    assert run(EMPTY).bands == ()
    assert run(COLLECTION.pick_bands("foo", allow_missing=True)).images == ()


def test_bands_of_a_list_that_is_computed_are_picked() -> None:
    assert run(S.pick_bands(wf.Str("red green"))).bands == ("red", "green")
    assert run(COLLECTION.pick_bands(wf.List[wf.Str](["red"]))).bands == ("red",)


def test_bands_are_renamed_by_name_or_position() -> None:
    assert run(L.rename_bands("a", "b")).bands == ("a", "b")
    image = run(L.rename_bands(red="x"))
    assert image.bands == ("x", "qa")
    assert image.bandinfo["x"]["name"] == "x"
    assert image.bandinfo["x"]["id"] == "l:red"
    assert run(L.rename_bands(red="qa", qa="red")).bands == ("qa", "red")
    assert run(EMPTY.rename_bands("a", "b")).bands == ()


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (L.rename_bands("a"), "a name for each of the 2 bands (red, qa), not 1"),
        (L.rename_bands("a", "a"), "two bands cannot have one name: a, a"),
        (L.rename_bands(red="qa"), "two bands cannot have one name: qa, qa"),
        (L.rename_bands(foo="x"), "there is no band 'foo'; there are red, qa"),
        (L.map_bands(lambda name, band: band.pick_bands("x")), "there is no band 'x'"),
    ],
    ids=lambda value: None,
)
def test_names_that_cannot_be_are_errors(result: Any, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        run(result)
    assert message in str(caught.value)


def test_bands_are_joined_and_clashes_numbered() -> None:
    image = run(L.concat_bands(L).concat_bands(L.pick_bands("red")))
    assert image.bands == ("red", "qa", "red_1", "qa_1", "red_2")
    assert first(image) == [5, 6, 5, 6, 5]
    assert image.bandinfo["red_1"]["id"] == "l:red"
    both = run(COLLECTION.pick_bands("red").concat_bands(L))
    assert [each.bands for each in both.images] == [("red", "red_1", "qa")] * 2
    assert run(L.concat_bands(EMPTY)).bands == ()
    assert run(COLLECTION.concat_bands(COLLECTION[:0])).images == ()


def test_map_bands_joins_imagery_and_collects_other_values() -> None:
    assert run(L.map_bands(lambda name, band: band.max())) == {"red": 5.0, "qa": 6.0}
    assert run(COLLECTION.map_bands(lambda name, band: name.upper()))["B02"] == "B02"
    image = run(L.map_bands(lambda name, band: band / band.max()))
    assert image.bands == ("red", "qa")
    assert first(image) == [1, 1]
    reduced = run(COLLECTION.pick_bands("red green").map_bands(lambda name, band: band.max(axis="images")))
    assert reduced.bands == ("red", "green")
    emptied = L.map_bands(lambda name, band: band.pick_bands("qa", allow_missing=True))
    assert run(emptied).bands == ()
    assert run(EMPTY.map_bands(lambda name, band: band.max())) == {}
    assert run(EMPTY.map_bands(lambda name, band: band + 1)).bands == ()


def test_collections_of_different_bands_have_all_of_them() -> None:
    found = run(wf.ImageCollection.from_id("mixed"))
    assert [image.bands for image in found.images] == [("red", "nir")] * 2
    assert pixels(WORLD, found.images[0])[1].mask.all()
    assert first(found.images[1]) == [3, 2]
    assert found.images[0].bandinfo["nir"]["id"] == "mixed:nir"
    joined = run(wf.concat(L, wf.ImageCollection.from_id("mixed")))
    assert joined.bands == ("red", "qa", "nir")


def test_nbands_counts_and_empty_has_none() -> None:
    assert (run(S.nbands), run(COLLECTION.nbands), run(EMPTY.nbands), run(COLLECTION[:0].nbands)) == (5, 5, 0, 0)
