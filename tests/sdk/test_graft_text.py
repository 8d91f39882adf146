"""Computations are told so that people, and diffs, can follow them."""

from __future__ import annotations

import json
from collections import defaultdict
from textwrap import dedent

import pytest

import sdk as wf
from sdk.language.graft_text import text_of
from tests.conftest import LANGUAGE

IMAGE = wf.Image.from_id("field:a")
NIR, RED = IMAGE.unpack_bands("nir red")


def clear(image: wf.Image) -> wf.Image:
    return image.mask(image.pick_bands("qa") > 20).pick_bands("red nir")


TOLD = {
    "used twice, so named": (
        (NIR - RED) / (NIR + RED),
        """
        # Image
        nir = Image.load("field:a").pick_bands("nir")
        red = Image.load("field:a").pick_bands("red")
        (nir - red) / (nir + red)
        """,
    ),
    "what is the default is left out": (
        wf.Image.from_id("field:a", resampler="bilinear"),
        """
        # Image
        Image.load("field:a", resampler="bilinear")
        """,
    ),
    "attributes, elements and numbers": (
        wf.ImageCollection.from_id("field").filter(lambda image: image.properties["date"].month == 3)[0],
        """
        # Image
        ImageCollection.from_id("field")
            .filter(lambda image: image.properties["date"].month == 3)[0]
        """,
    ),
    "lists and tuples": (
        wf.Tuple[wf.List[wf.Int], wf.Float]([[1, 2], 3]),
        """
        # Tuple[List[Int], Float]
        ([1, 2], 3)
        """,
    ),
    "parameters": (
        wf.Function.from_object(RED * wf.parameter("factor", wf.Float)),
        """
        # Function[{'factor': Float}, Image]
        lambda factor: Image.load("field:a").pick_bands("red") * factor
        """,
    ),
    "a function in a method": (
        wf.ImageCollection.from_id("field").map(clear).mean(axis="images"),
        """
        # Image
        ImageCollection.from_id("field")
            .map_imagery(
                lambda image: image.mask(image.pick_bands("qa") > 20).pick_bands("red", "nir"),
            )
            .mean("images")
        """,
    ),
    "sums need no parentheses, differences do": (
        -(wf.Int(1) - (wf.Int(2) + 3 + 4)),
        """
        # Int
        -(1 - (2 + 3 + 4))
        """,
    ),
    "branches": (
        wf.ifelse(wf.parameter("wet", wf.Bool), RED, NIR),
        """
        # Image
        ifelse(
            wet,
            lambda: Image.load("field:a").pick_bands("red"),
            lambda: Image.load("field:a").pick_bands("nir"),
        )
        """,
    ),
}


@pytest.mark.parametrize(("obj", "text"), TOLD.values(), ids=TOLD.keys())
def test_computations_read_like_python(obj: wf.Any, text: str) -> None:
    assert text_of(obj) == dedent(text).strip()


def test_a_step_more_is_a_line_more() -> None:
    def chain(*limits: int) -> list[str]:
        image = IMAGE
        for limit in limits:
            image = image.clip_values(0, limit)
        return text_of(image).splitlines()

    without, with_one_more = chain(1, 2, 3, 5, 6, 7), chain(1, 2, 3, 4, 5, 6, 7)
    assert set(with_one_more) - set(without) == {"    .clip_values(0, 4)"}
    assert set(without) <= set(with_one_more)


def test_long_computations_are_told_in_lines_of_a_width() -> None:
    value = wf.parameter("a", wf.Int)
    for number in range(5_000):
        value = (value + number) * 3
    lines = text_of(value).splitlines()
    assert max(map(len, lines)) <= 120
    assert len(lines) > 500


def test_different_computations_are_told_differently() -> None:
    from sdk.contract.typespec import type_from_typespec

    told: dict[str, set[str]] = defaultdict(set)
    for line in (LANGUAGE / "corpus.jsonl").read_text().splitlines():
        case = json.loads(line)
        if case["params"]:
            continue
        try:
            obj = type_from_typespec(case["typespec"])._from_graft(case["graft"])
        except ValueError:  # of the part of the language that has no types here yet
            continue
        told[text_of(obj)].add(json.dumps(case["canonical"], sort_keys=True))
    assert len(told) > 300
    assert [text for text, forms in told.items() if len(forms) > 1] == []
