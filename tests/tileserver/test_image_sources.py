"""When the time ranges of a graft are over is read off what it spells out, and nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import sdk as wf
from tileserver.layers.image_sources import ImageSource, image_sources_of, latest_end


def images(start: Any = None, end: Any = None) -> wf.ImageCollection:
    return wf.ImageCollection.from_id("p", start_datetime=start, end_datetime=end)


NEW_YEAR = datetime(2021, 1, 1, tzinfo=UTC)
CASES: dict[str, tuple[Any, datetime | None]] = {
    "texts": (images("2020-01-01", "2021-01-01"), NEW_YEAR),
    "moments": (images(datetime(2020, 1, 1, tzinfo=UTC), NEW_YEAR), NEW_YEAR),
    "components": (images(wf.Datetime(2020, 1, 1), wf.Datetime(2021, 1, 1)), NEW_YEAR),
    "the later of two": (images("2020-01-01", "2020-06-01").concat(images("2020-06-01", "2021-01-01")), NEW_YEAR),
    "in a function": (wf.range(2).map(lambda number: images("2020-01-01", "2021-01-01").mean(axis=None)), NEW_YEAR),
    "no range": (images(), None),
    "no start": (images(None, "2021-01-01"), None),
    "no end": (images("2020-01-01"), None),
    "one of two open": (images("2020-01-01", "2021-01-01").concat(images()), None),
    "a computed end": (images("2020-01-01", wf.Datetime(2020, 1, 1) + wf.Timedelta(days=366)), None),
    "an end that is an argument": (images("2020-01-01", wf.parameter("end", wf.Datetime)), None),
    "no such date": (images("2020-01-01", wf.Datetime(2021, 13, 1)), None),
    "an image": (wf.Image.from_id("p:i"), None),
    "no imagery": (wf.Int(1), None),
}


@pytest.mark.parametrize(("computation", "expected"), CASES.values(), ids=CASES.keys())
def test_ranges_close_when_the_last_of_them_ends(computation: Any, expected: datetime | None) -> None:
    graft = wf.Function.from_object(computation).graft if computation.params else computation.graft
    assert latest_end(image_sources_of(graft)) == expected


def test_each_load_is_named_where_its_id_is_spelled_out() -> None:
    document = {
        "p": "first",
        "f": {
            "parameters": ["x"],
            "p": "p:image",
            "i": ["wf.Image.load", "p"],
            "c": ["wf.ImageCollection.from_id", "x"],
            "returns": "c",
        },
        "x": "never",
        "c": ["wf.ImageCollection.from_id", "p", {"start_datetime": "s", "end_datetime": "e"}],
        "s": "2020-01-01",
        "e": ["wf.datetime.from_string", "s"],
        "twice": ["wf.ImageCollection.from_id", "p"],
        "again": ["wf.ImageCollection.from_id", "p"],
        "returns": "c",
    }
    year = datetime(2020, 1, 1, tzinfo=UTC)
    assert set(image_sources_of(document)) == {
        ImageSource("p:image", is_collection=False),
        ImageSource(None, is_collection=True),
        ImageSource("first", is_collection=True, start=year, end=year),
        ImageSource("first", is_collection=True),
    }
