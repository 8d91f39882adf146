"""Expressions are the grafts that operators make, and mistakes in them are pointed at."""

from __future__ import annotations

from typing import Any

import pytest

import sdk as wf
from sdk.language.expressions import MAX_CHARACTERS, MAX_DEPTH, ExpressionError

IMAGE: Any = wf.Image.from_id("product:scene")
NIR, RED, QA = IMAGE.unpack_bands(["nir", "red", "qa 60"])
COLLECTION: Any = wf.ImageCollection.from_id("product")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(nir - red) / (nir + red)", (NIR - RED) / (NIR + RED)),
        ("nir", NIR),
        (" 2.5 * nir ** -2 // 3 % red\n + 1", 2.5 * NIR**-2 // 3 % RED + 1),
        ("1 / nir", 1 / NIR),
        ("-nir + +red - abs(nir)", -NIR + +RED - abs(NIR)),
        (
            "(nir < 1) & ~(red >= nir) | (red != 3) ^ (nir == red)",
            (NIR < 1) & ~(RED >= NIR) | (RED != 3) ^ (NIR == RED),
        ),
        ("(nir <= 1) & (red < 2)", (NIR <= 1) & (RED < 2)),
        ("where('qa 60' == 0, log(red), 0)", wf.where(QA == 0, wf.log(RED), 0)),
        ("arctan2(nir, 1) * sqrt(2)", wf.arctan2(NIR, 1) * wf.sqrt(2)),
        ("2 ** 3 * nir - 7 // 2", 8 * NIR - 3),
    ],
)
def test_an_expression_is_the_graft_of_the_operators(text: str, expected: Any) -> None:
    made = IMAGE.expression(text)
    assert (type(made), made.graft) == (wf.Image, expected.graft)


@pytest.mark.parametrize(
    "name",
    ["sqrt", "square", "exp", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin", "arccos", "arctan"],
)
def test_functions_are_those_of_the_module(name: str) -> None:
    function = getattr(wf, name)
    assert IMAGE.expression(f"{name}(nir)").graft == function(NIR).graft


def test_a_collection_has_expressions_of_each_image() -> None:
    made = COLLECTION.expression("nir - red")
    assert isinstance(made, wf.ImageCollection)
    assert made.graft == (COLLECTION.pick_bands("nir") - COLLECTION.pick_bands("red")).graft


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "it is empty"),
        ("nir +", 6, "invalid syntax"),
        ("(nir", 1, "was never closed"),
        ("  nir + sqr(red)", 9, "there is no function 'sqr'; did you mean 'sqrt'"),
        ("größe + größer(red)", 9, "there is no function 'größer'; there are abs,"),
        ("red + nir.real", 7, "must be a band, a number, an operator or a function"),
        ("nir * __import__('os')", 7, "there is no function '__import__'"),
        ("(lambda: nir)()", 1, "must be a band"),
        ("nir + [red for red in nir]", 7, "must be a band"),
        ("nir + True", 7, "must be a band"),
        ("nir + 2j", 7, "must be a band"),
        ("nir << 2", 1, "must be a band"),
        ("f'{nir}'", 1, "must be a band"),
        ("sqrt(*nir)", 6, "must be a band"),
        ("nir + sqrt()", 7, "missing a required argument"),
        ("nir + where(1, 2, 3)", 7, "where() is for imagery"),
        ("0 < nir < 1", 1, "compare two values at a time"),
        ("nir > 0 and red > 0", 1, "instead of and, or, not write &, |, ~"),
        ("not nir", 1, "instead of and, or, not"),
        ("nir if red else 0", 1, "write where(c, a, b)"),
        ("nir + 1 / 0", 7, "division by zero"),
        ("nir + ~1.5", 7, "bad operand type for unary ~"),
        ("nir + (-1) ** 0.5", 7, "no real one"),
        ("nir * 9 ** 9 ** 9 ** 9", 12, "the number is too large"),
        ("nir * 10 ** 300 * 1e999", 19, "the number is too large"),
        ("nir * 1" + "0" * 400, 7, "the number is too large"),
        ("-" * 4000 + "nir", 1, "it is nested too deeply"),
        ("(" * 1000 + "nir" + ")" * 1000, 201, "too many nested parentheses"),
        ("+".join(["nir"] * (MAX_DEPTH + 1)), 1, f"more than {MAX_DEPTH} deep"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_mistakes_are_pointed_at(text: str, column: int, message: str) -> None:
    with pytest.raises(ExpressionError) as error:
        IMAGE.expression(text)
    assert message in str(error.value)
    assert error.value.column == column


def test_a_mistake_is_shown_in_its_surroundings() -> None:
    with pytest.raises(ExpressionError) as error:
        IMAGE.expression("nir + " * 50 + "a.b" + " + red" * 50)
    _, shown, pointer = str(error.value).splitlines()
    assert shown[pointer.index("^") :].startswith("a.b + red")
    assert len(shown) < 110


def test_what_is_no_expression_of_bands_is_refused() -> None:
    with pytest.raises(ValueError, match="names bands, which '1 \\+ 1' does not"):
        IMAGE.expression("1 + 1")
    with pytest.raises(ValueError, match="has 4,097 characters; the limit is 4,096"):
        IMAGE.expression("n" * (MAX_CHARACTERS + 1))
    with pytest.raises(ExpressionError, match="null bytes"):
        IMAGE.expression("nir\0")
    with pytest.raises(wf.ProxyTypeError, match="takes a str such as 'nir - red', not Str"):
        IMAGE.expression(wf.Str("nir"))


def test_an_expression_as_deep_as_allowed_has_a_graft() -> None:
    assert len(IMAGE.expression("+".join(["nir"] * MAX_DEPTH)).graft) > MAX_DEPTH
