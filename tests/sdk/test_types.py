"""The table of types says what is to know of each."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest

import sdk as wf
from sdk.graft.types import TYPES, Type, declare_type
from sdk.language import proxy


def test_every_type_of_values_has_a_row() -> None:
    assert {name for name, type_ in proxy.TYPES.items() if not type_._abstract} == TYPES.keys()
    assert all(proxy.TYPES[name]._row is row for name, row in TYPES.items())


def test_a_type_that_is_made_of_others_has_the_row_of_its_name() -> None:
    assert wf.List[wf.Int]._row is TYPES["List"]


def test_two_types_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="type 'Int' is declared twice"):
        declare_type(Type("Int"))


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (None, wf.NoneType), (True, wf.Bool), (1, wf.Int), (1.5, wf.Float), ("a", wf.Str),
        (datetime.date(2020, 1, 1), wf.Datetime), (datetime.timedelta(1), wf.Timedelta), (np.int16(3), wf.Int),
        (np.float64(1.5), wf.Float), (np.bool_(True), wf.Bool),
    ],
    ids=repr,
)  # fmt: skip
def test_a_python_value_becomes_the_type_that_takes_it(value: object, type_: Any) -> None:
    assert type(wf.proxify(value)) is type_


def test_attributes_are_those_of_the_type_and_its_bases() -> None:
    assert TYPES["Datetime"].attributes["year"] == "Int"
    assert list(TYPES["Image"].attributes) == ["bandinfo", "ndarray", "properties"]
    assert TYPES["Int"].attributes == {}


def test_a_slice_is_made_of_numbers_and_knows_them() -> None:
    assert wf.Slice(1, 7, 2).literal_value == slice(1, 7, 2)
    assert wf.Slice(stop=7).literal_value == slice(7)
    assert wf.Slice(wf.parameter("start", wf.Int)).literal_value is None
    assert type(wf.proxify(slice(3))) is wf.Slice
    with pytest.raises(wf.ProxyTypeError, match="the step of a slice must be Int or None, not str 'a'"):
        wf.Slice(step="a")  # type: ignore[arg-type]
