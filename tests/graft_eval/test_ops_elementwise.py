from __future__ import annotations

from hashlib import sha256
from typing import Any

import numpy as np
import pytest

import sdk as wf
from graft_eval.errors import EvaluationError
from sdk.graft.op import OPERATIONS
from tests.graft_eval.fake import NAN, World, graft, pixels, scene

A = [[1.0, -2.0], [NAN, 0.5]]
B = [[4.0, 0.0], [3.0, -0.5]]
C = [[0.0, 7.0], [1.0, 2.0]]
WORLD = World(
    [
        scene("p:ab", "2020-01-01", ["a", "b"], season="winter", cloud=1),
        scene("p:bc", "2020-02-01", ["b", "c"], season="winter", cloud=2),
        scene("q:abc", "2020-03-01", ["a", "b", "c"]),
        scene("one:a", "2020-01-01", ["a"]),
        scene("one:c", "2020-02-01", ["a"]),
    ],
    {
        ("p:ab", "a"): A, ("p:ab", "b"): B, ("p:bc", "b"): B, ("p:bc", "c"): C, ("q:abc", "a"): A, ("q:abc", "b"): B,
        ("q:abc", "c"): C, ("one:a", "a"): A, ("one:c", "a"): C,
    },
)  # fmt: skip
AB, BC, ABC = (wf.Image.from_id(name) for name in ("p:ab", "p:bc", "q:abc"))
EMPTY = AB.pick_bands("nothing", allow_missing=True)
P, Q, ONE = (wf.ImageCollection.from_id(name) for name in ("p", "q", "one"))


def run(proxy: Any) -> Any:
    return WORLD.evaluate(graft(proxy))


def expected(values: Any) -> np.ma.MaskedArray:
    return np.ma.masked_invalid(values)


def check(image: Any, *bands: Any) -> None:
    """The bands of an image are these, with the same pixels masked."""
    found = pixels(WORLD, image)
    want = expected(np.array(bands))
    np.testing.assert_array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(want))
    np.testing.assert_allclose(found.filled(0), want.filled(0))


@pytest.mark.parametrize(
    ("image", "bands"),
    [
        (AB + 1, ("a", "b")),
        (2 / AB, ("a", "b")),
        (AB + AB, ("a", "b")),
        (AB + BC, ("a_add_b", "b_add_c")),
        (AB / BC, ("a_div_b", "b_div_c")),
        (AB.pick_bands("a") * BC, ("b", "c")),
        (AB - BC.pick_bands("c"), ("a", "b")),
        (wf.arctan2(AB.pick_bands("a"), BC.pick_bands("c")), ("a_arctan2_c",)),
        (AB.pick_bands("a") & BC.pick_bands("c"), ("a_and_c",)),
        (wf.normalized_difference(*AB.unpack_bands("a b")), ("a_sub_b_div_a_add_b",)),
        (~AB, ("a", "b")),
        (wf.log(AB), ("a", "b")),
    ],
    ids=lambda value: None,
)
def test_bands_are_named_after_both_operands_where_they_differ(image: Any, bands: tuple[str, ...]) -> None:
    assert run(image).bands == bands


def test_arithmetic_masks_what_is_missing_or_not_finite() -> None:
    a, b, c = map(np.array, (A, B, C))
    with np.errstate(all="ignore"):
        check(run(AB + BC), a + b, b + c)
        check(run(AB / 0.5 - 3), a / 0.5 - 3, b / 0.5 - 3)
        check(run(1 / AB), 1 / a, np.where(b == 0, NAN, 1 / b))
        check(run(wf.log(AB)), np.log(a), np.where(b > 0, np.log(np.abs(b)), NAN))
        check(run(wf.exp(AB * 1000)), np.where(np.exp(a * 1000) < 1e300, np.exp(a * 1000), NAN),
              np.where(np.exp(b * 1000) < 1e300, np.exp(b * 1000), NAN))  # fmt: skip
        check(run(AB.pick_bands("a") ** BC), *(np.where(np.isfinite(a**x), a**x, NAN) for x in (b, c)))


def test_comparisons_give_booleans_and_bits_are_logic_on_them() -> None:
    image = run((AB > 0) & ~(AB < 1))
    found = pixels(WORLD, image)
    assert found.dtype == bool
    want = (np.nan_to_num(np.array([A, B])) > 0) & ~(np.nan_to_num(np.array([A, B])) < 1)
    np.testing.assert_array_equal(found.filled(False), want & ~np.isnan([A, B]))
    check(run(BC.pick_bands("c") & 3), np.array(C).astype(int) & 3)


def test_metadata_of_both_operands_is_kept_where_it_is_alike() -> None:
    image = run(AB + BC)
    assert image.properties["season"] == "winter"
    assert image.properties["product"] == "p"
    assert not {"cloud", "id", "date"} & image.properties.keys()
    assert run(AB + 1).properties["id"] == "p:ab"
    assert run(AB * AB).bandinfo["a"] == {"id": "p:a", "name": "a", "data_range": (0.0, 1.0)}
    assert image.bandinfo["a_add_b"] == {"id": "a_add_b", "name": "a_add_b", "data_range": (0.0, 1.0)}


def test_collections_are_paired_and_images_go_with_each() -> None:
    summed = run(ONE + ONE)
    assert [image.bands for image in summed.images] == [("a",), ("a",)]
    check(summed.images[1], 2 * np.array(C))
    both = run(AB.pick_bands("b") - ONE)
    assert [image.bands for image in both.images] == [("b_sub_a",)] * 2
    check(both.images[0], np.array(B) - np.array(A))


@pytest.mark.parametrize(
    "result", [EMPTY + 1, EMPTY + AB, AB - EMPTY, wf.sqrt(EMPTY), EMPTY > EMPTY], ids=lambda value: None
)
def test_operations_on_an_empty_image_are_empty(result: Any) -> None:
    assert run(result).bands == ()


@pytest.mark.parametrize("result", [P[:0] + 1, P[:0] * AB, P + P[:0], EMPTY - P, wf.log(P[:0])], ids=lambda value: None)
def test_operations_on_an_empty_collection_are_empty(result: Any) -> None:
    assert run(result).images == ()


@pytest.mark.parametrize(
    ("result", "message"),
    [
        (AB + ABC, "3 bands (a, b, c) and 2 bands (a, b) do not go together"),
        (ONE + Q, "collections of 1 and 2 images cannot be paired"),
        (AB + AB.properties["season"], "not with Str 'winter'"),
    ],
    ids=lambda value: None,
)
def test_operands_that_do_not_go_together_are_named(result: Any, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        run(result)
    assert message in str(caught.value)


def test_names_that_come_out_alike_are_numbered() -> None:
    image = run(AB.rename_bands("a", "a_add_b") + BC.rename_bands("b_add_c", "c"))
    assert image.bands == ("a_add_b_add_c", "a_add_b_add_c_1")
    assert set(image.bandinfo) == set(image.bands)


def test_names_beyond_256_characters_are_a_beginning_and_a_digest_of_the_whole() -> None:
    fold = AB.pick_bands("a")
    names = ["a"]
    for _ in range(20):
        fold = wf.where(fold > 0, fold, 0)
        whole = f"{names[-1]}_where_{names[-1]}"
        names.append(whole if len(whole) <= 256 else f"{whole[:240]}_{sha256(whole.encode()).hexdigest()[:8]}")
    assert run(fold).bands == (names[-1],)
    assert len(names[-1]) == 249


IMAGERY_ROWS = sorted(
    name for name, row in OPERATIONS.items() if row.numpy is not None and not name.startswith("wf.numpy.")
)


@pytest.mark.parametrize("name", IMAGERY_ROWS)
def test_every_row_is_the_numpy_function_it_names(name: str) -> None:
    row = OPERATIONS[name]
    arguments = ["x", "three"][: len(row.parameters)]
    document = {
        "id": "q:abc", "i": ["wf.Image.load", "id"], "c": "c", "x": ["wf.pick_bands", "i", "c"], "three": 3,
        "r": [name, *arguments], "returns": "r",
    }  # fmt: skip
    values: list[Any] = [np.array(C), 3][: len(arguments)]
    assert row.numpy is not None
    if row.numpy.startswith("bitwise") or row.numpy in ("invert", "left_shift", "right_shift"):
        values = [np.asarray(value).astype(int) for value in values]
    with np.errstate(all="ignore"):
        check(WORLD.evaluate(document), np.where(np.isfinite(want := getattr(np, row.numpy)(*values)), want, NAN))
