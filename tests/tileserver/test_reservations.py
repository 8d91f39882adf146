"""Memory that is reserved: bounded, refused while others have it, given back when nobody holds it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from graft_eval.errors import LimitExceeded
from tileserver.formats.text import plain, to_json
from tileserver.http.errors import Busy
from tileserver.reservations import Reservations


def test_what_others_hold_is_refused_for_now() -> None:
    reservations = Reservations(100)
    held = [reservations.reserve(40), reservations.reserve(40)]
    with pytest.raises(Busy, match="about 40 bytes of memory, of which others leave 20"):
        reservations.reserve(40)
    held.pop()
    assert reservations.reserve(40)


def test_what_never_fits_is_refused_for_good() -> None:
    with pytest.raises(LimitExceeded, match="about 101 bytes of memory; the limit is 100"):
        Reservations(100).reserve(101)


@pytest.mark.parametrize(
    "value",
    [
        [], {}, (), "é", None, [[1, "a"], {}], {1: (0.5, float("nan")), "b": [{"c": []}]},
        np.ma.masked_equal(np.arange(12.0).reshape(2, 2, 3), 4), np.array([[True], [False]]), np.zeros((2, 0)),
        np.float64("inf"),
    ],
    ids=str,
)  # fmt: skip
def test_json_that_is_written_in_pieces_is_json(value: object) -> None:
    assert json.loads(to_json(value)) == plain(value)
