from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib import colormaps

import sdk as wf
from graft_eval.errors import EvaluationError
from tests.graft_eval.fake import NAN, World, graft, pixels, scene

A = np.array([[1.0, 2.0], [NAN, 4.0]])
B = np.array([[10.0, NAN], [30.0, 50.0]])
M = np.array([[0.0, 1.0], [1.0, NAN]])
WORLD = World(
    [scene("p:1", "2020-01-01", ["a", "b", "m"], cloud=1), scene("p:2", "2020-02-01", ["a", "b", "m"], cloud=1)],
    {(f"p:{n}", name): values * n for n in (1, 2) for name, values in zip("abm", (A, B, M), strict=True)},
)
IMAGE = wf.Image.from_id("p:1")
AB, A_BAND, MASK = IMAGE.pick_bands("a b"), IMAGE.pick_bands("a"), IMAGE.pick_bands("m")
COLLECTION = wf.ImageCollection.from_id("p")
EMPTY = IMAGE.pick_bands("nothing", allow_missing=True)


def run(proxy: Any) -> Any:
    return WORLD.evaluate(graft(proxy))


def check(image: Any, *bands: Any) -> None:
    found = pixels(WORLD, image)
    np.testing.assert_array_equal(np.ma.getmaskarray(found), np.isnan(bands))
    np.testing.assert_allclose(found.filled(0), np.nan_to_num(bands))


def test_a_mask_is_added_and_its_own_gaps_count_as_false() -> None:
    true = np.nan_to_num(M) != 0
    check(run(AB.mask(MASK)), np.where(true, NAN, A), np.where(true, NAN, B))
    check(run(AB.mask(MASK > 0)), np.where(true, NAN, A), np.where(true, NAN, B))


def test_a_mask_that_replaces_uncovers_and_masks_where_it_is_missing() -> None:
    hidden = AB.mask(AB.pick_bands("a") > 0)
    assert pixels(WORLD, run(hidden)).mask.sum() == 7
    masked = np.isnan(M) | (np.nan_to_num(M) != 0)
    check(run(hidden.mask(MASK, replace=True)), np.where(masked, NAN, A), np.where(masked, NAN, B))
    check(run(hidden.mask(MASK > 5, replace=True)), np.where(np.isnan(M), NAN, A), np.where(np.isnan(M), NAN, B))


def test_masks_keep_metadata_and_pair_collections() -> None:
    image = run(AB.mask(COLLECTION[1].pick_bands("m")))
    assert (image.bands, image.properties["id"]) == (("a", "b"), "p:1")
    masked = run(COLLECTION.pick_bands("a").mask(COLLECTION.pick_bands("m")))
    assert [each.properties["id"] for each in masked.images] == ["p:1", "p:2"]
    check(masked.images[1], np.where(np.nan_to_num(M) != 0, NAN, 2 * A))


def test_an_empty_mask_changes_nothing() -> None:
    check(run(A_BAND.mask(EMPTY)), A)
    check(run(A_BAND.mask(COLLECTION[:0])), A)
    assert run(EMPTY.mask(MASK)).bands == ()


def test_a_mask_of_two_bands_is_an_error() -> None:
    with pytest.raises(EvaluationError, match=r"the mask must have one band, not 2 \(a, b\)"):
        run(AB.mask(AB))


def test_getmask_is_true_where_any_band_is_masked() -> None:
    image = run(AB.getmask())
    assert image.bands == ("mask",)
    found = pixels(WORLD, image)
    assert found.dtype == bool
    np.testing.assert_array_equal(found.data, [np.isnan(A) | np.isnan(B)])
    assert not np.ma.getmaskarray(found).any()
    assert len(run(COLLECTION.getmask()).images) == 2
    assert run(EMPTY.getmask()).bands == ()


@pytest.mark.parametrize(
    ("image", "bands"),
    [
        (wf.where(A_BAND > 1, AB, 0), ("a_where_a", "b_where_a")),
        (wf.where(MASK, A_BAND, IMAGE.pick_bands("b")), ("a_or_b_where_m",)),
        (wf.where(MASK, A_BAND, A_BAND), ("a_where_m",)),
        (wf.where(MASK, 1, 0), ("m_where_m",)),
        (wf.where(MASK, AB, A_BAND), ("a_where_m", "b_or_a_where_m")),
        (wf.where(AB, 1.5, MASK), ("m_where_a", "m_where_b")),
        (wf.where(wf.Bool(True), AB, 0), ("a", "b")),
        (wf.where(wf.Bool(False), A_BAND, MASK), ("a_or_m",)),
    ],
    ids=lambda value: None,
)
def test_bands_of_where_are_named_after_what_is_chosen_and_the_condition(image: Any, bands: tuple[str, ...]) -> None:
    assert run(image).bands == bands


def test_where_chooses_pixel_by_pixel_and_masks_what_is_unknown() -> None:
    chosen = np.where(M != 0, A, B)
    check(run(wf.where(MASK, A_BAND, IMAGE.pick_bands("b"))), np.where(np.isnan(M), NAN, chosen))
    check(run(wf.where(MASK, A_BAND, wf.nan)), np.where(M == 1, A, NAN))
    check(run(wf.where(wf.Bool(False), A_BAND, 7)), np.full((2, 2), 7.0))
    assert len(run(wf.where(MASK, COLLECTION, 0)).images) == 2
    assert run(wf.where(EMPTY, AB, 0)).bands == ()


def test_values_are_clipped_by_numbers_or_one_for_each_band() -> None:
    with np.errstate(invalid="ignore"):
        check(run(AB.clip_values(1.5, 30)), np.clip(A, 1.5, 30), np.clip(B, 1.5, 30))
        check(run(AB.clip_values(min=[2, 20])), np.clip(A, 2, None), np.clip(B, 20, None))
        check(run(AB.clip_values(max=[2, 20])), np.clip(A, None, 2), np.clip(B, None, 20))


def test_values_are_scaled_from_their_own_range_or_a_given_one_and_go_on_beyond_it() -> None:
    check(run(AB.scale_values(0, 255, 1, 3)), *(255 * (x - 1) / 2 for x in (A, B)))
    check(run(AB.scale_values(-1, 1)), -1 + 2 * (A - 1) / 3, -1 + 2 * (B - 10) / 40)
    check(run(AB.scale_values(0, 1, domain_max=100)), (A - 1) / 99, (B - 10) / 90)
    check(run(A_BAND.scale_values(0, 1, 2, 2)), np.full((2, 2), NAN))


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (AB.clip_values(), "min or max must be given"),
        (AB.clip_values([1, 2, 3]), "one for each of the 2 bands (a, b), not List of 3"),
        (AB.pick_bands("a b").colormap("viridis"), "imagery must have one band, not 2 (a, b)"),
    ],
    ids=lambda value: None,
)
def test_bounds_and_bands_that_do_not_fit_are_errors(result: Any, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        run(result)
    assert message in str(caught.value)


def test_a_colormap_gives_three_channels_of_its_own_range_or_a_given_one() -> None:
    for name, image, part in [
        ("magma", A_BAND.colormap("magma", 0, 4), A / 4),
        ("viridis", A_BAND.colormap(), (A - 1) / 3),
    ]:
        table = colormaps[name].resampled(256)(np.arange(256))[:, :3]
        entries = np.clip(np.floor(256 * np.nan_to_num(part)), 0, 255).astype(int)
        found = run(image)
        assert found.bands == ("red", "green", "blue")
        check(found, *(np.where(np.isnan(part), NAN, table[entries, channel]) for channel in range(3)))


def test_an_unknown_colormap_in_a_graft_is_an_error() -> None:
    document = {
        "id": "p:1", "i": ["wf.Image.load", "id"], "a": "a", "b": ["wf.pick_bands", "i", "a"], "c": "nope", "one": 1,
        "r": ["wf.colormap", "b", "c"], "half": ["wf.colormap", "b", "v", "one"], "v": "viridis", "returns": "r",
    }  # fmt: skip
    with pytest.raises(EvaluationError, match="no colormap 'nope'"):
        WORLD.evaluate(document)
    with pytest.raises(EvaluationError, match="vmin and vmax must both be given, or neither"):
        WORLD.evaluate(document | {"returns": "half"})


def test_empty_imagery_is_replaced() -> None:
    check(run(A_BAND.replace_empty_with(EMPTY)), A)
    check(run(EMPTY.replace_empty_with(A_BAND, mask=False)), A)
    check(run(EMPTY.replace_empty_with(A_BAND)), np.full((2, 2), NAN))
    filled = run(EMPTY.replace_empty_with(7, mask=False, bandinfo={"x": {}}))  # type: ignore[arg-type]
    assert (filled.bands, filled.bandinfo["x"]["name"]) == (("x",), "x")
    check(filled, np.full((2, 2), 7.0))
    assert len(run(COLLECTION[:0].replace_empty_with(COLLECTION)).images) == 2
    assert run(COLLECTION[:0].replace_empty_with(0.0, bandinfo={"x": {}, "y": {}})).bands == ("x", "y")  # type: ignore[arg-type]
