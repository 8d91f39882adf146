"""Images in time: extremes as dates, trends and waves, against NumPy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

import sdk as wf
from graft_eval.errors import EvaluationError
from tests.graft_eval.fake import NAN, World, day, graft, pixels, scene
from tests.oracle.masked import REDUCTIONS, fit

DATES = ["2019-12-30", "2020-03-01", "2020-09-17", "2021-02-03", "2021-02-03"]
RANDOM = np.random.default_rng(7)
STACK = RANDOM.normal(size=(5, 2, 2, 2))  # image, band, y, x
STACK[:4, 0, 0, 1] = NAN  # one date is left
STACK[:, 1, 1, 1] = NAN
STACK[3, 1, 0, 0] = NAN
MASKED = np.ma.masked_invalid(STACK)
WORLD = World(
    [scene(f"p:{n}", date, ["a", "b"], cloud=n / 10, tile=f"T{n}") for n, date in enumerate(DATES)],
    {(f"p:{n}", band): STACK[n, at] for n in range(5) for at, band in enumerate("ab")},
)
COLLECTION = wf.ImageCollection.from_id("p")
YEARS = np.array([(day(date) - day(DATES[0])).days / 365.25 for date in DATES])
SINCE_1970 = np.array([(day(date) - datetime(1970, 1, 1, tzinfo=UTC)).days for date in DATES])


def run(proxy: Any) -> Any:
    return WORLD.evaluate(graft(proxy))


def check(image: Any, bands: dict[str, Any]) -> None:
    assert image.bands == tuple(bands)
    found = pixels(WORLD, image)
    np.testing.assert_array_equal(np.ma.getmaskarray(found), [np.ma.getmaskarray(band) for band in bands.values()])
    np.testing.assert_allclose(found.filled(0), [np.ma.filled(band, 0) for band in bands.values()], rtol=1e-7)


@pytest.mark.parametrize("operation", ["argmin", "argmax"])
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("date", SINCE_1970),
        ("day_of_year", np.array([364, 61, 261, 34, 34])),
        ("year", np.array([2019, 2020, 2020, 2021, 2021])),
        ("month", np.array([12, 3, 9, 2, 2])),
        ("cloud", np.arange(5) / 10),
    ],
    ids=["date", "day of year", "year", "month", "a number"],
)
def test_extremes_give_what_their_image_says(operation: str, name: str, values: Any) -> None:
    filled = MASKED.filled(np.inf if operation == "argmin" else -np.inf)
    at = getattr(filled, operation)(axis=0)
    expected = np.ma.MaskedArray(values[at].astype(float), MASKED.mask.all(axis=0))
    image = run(getattr(COLLECTION, operation)(name))
    check(image, dict(zip("ab", expected, strict=True)))
    assert image.bandinfo["a"]["data_range"] == (values.min(), values.max())


def test_the_property_is_the_date_unless_named() -> None:
    assert pixels(WORLD, run(COLLECTION.argmax())).max() == SINCE_1970.max()


@pytest.mark.parametrize(("name", "message"), [("tile", "must be a number"), ("rain", "there is none of p:0")])
def test_properties_that_are_no_numbers_are_refused(name: str, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        run(COLLECTION.argmin(name))


def test_the_quality_mosaic_takes_all_bands_where_one_is_greatest() -> None:
    same = run(COLLECTION.sortby_composite("b", "argmax"))
    check(run(COLLECTION.quality_mosaic("b")), dict(zip("ab", pixels(WORLD, same), strict=True)))


def test_trends_are_lines_of_least_squares() -> None:
    terms = np.stack([np.ones(5), YEARS], axis=1)
    expected = {
        f"{band}_{name}": fit(MASKED[:, at], terms, which)
        for at, band in enumerate("ab")
        for name, which in (("slope", 1), ("offset", 0))
    }
    assert expected["a_slope"].mask.tolist() == [[False, True], [False, False]]
    check(run(COLLECTION.linear_trend(axis="images")), expected)


@pytest.mark.parametrize("order", [1, 2])
def test_waves_are_those_of_least_squares(order: int) -> None:
    years = SINCE_1970 / 365.25
    waves = {
        f"{name}_{n}": wave(2 * np.pi * n * years)
        for n in range(1, order + 1)
        for name, wave in (("cos", np.cos), ("sin", np.sin))
    }
    terms = np.stack([np.ones(5), *waves.values()], axis=1)
    expected = {
        f"{band}_{name}": fit(MASKED[:, at], terms, which)
        for at, band in enumerate("ab")
        for which, name in enumerate(("constant", *waves))
    }
    check(run(COLLECTION.harmonic(order)), expected)


@pytest.mark.parametrize("order", [0, 7])
def test_orders_beyond_6_are_refused(order: int) -> None:
    with pytest.raises(EvaluationError, match=f"order must be 1 to 6, not {order}"):
        run(COLLECTION.harmonic(order))


def test_series_of_nothing_are_empty() -> None:
    none = COLLECTION[:0]
    for image in (none.argmax(), none.linear_trend(), none.harmonic(), none.quality_mosaic("a")):
        assert run(image).bands == ()


@pytest.mark.parametrize(
    ("interval", "groups"),
    [
        ("year", {"2019-01-01": [0], "2020-01-01": [1, 2], "2021-01-01": [3, 4]}),
        ("month", {"2019-12-01": [0], "2020-03-01": [1], "2020-09-01": [2], "2021-02-01": [3, 4]}),
        ("day", {"2019-12-30": [0], "2020-03-01": [1], "2020-09-17": [2], "2021-02-03": [3, 4]}),
        (timedelta(days=200), {"2019-12-30": [0, 1], "2020-07-17": [2], "2021-02-02": [3, 4]}),
    ],
    ids=["year", "month", "day", "200 days"],
)
@pytest.mark.parametrize("reduction", ["max", "mosaic"])
def test_intervals_are_reduced_one_by_one(interval: Any, groups: dict[str, list[int]], reduction: str) -> None:
    backwards = COLLECTION.sorted(lambda image: image.properties["cloud"], reverse=True)
    for collection in (COLLECTION, backwards):
        found = run(collection.interval_composite(interval, reduction))
        assert [image.properties["date"] for image in found.images] == [day(start) for start in groups]
    for image, numbers in zip(
        run(COLLECTION.interval_composite(interval, reduction)).images, groups.values(), strict=True
    ):
        stack = MASKED[numbers]
        expected = REDUCTIONS[reduction](stack if reduction == "max" else stack[::-1])
        check(image, dict(zip("ab", expected, strict=True)))
        assert ("tile" in image.properties) == (len(numbers) == 1)


@pytest.mark.parametrize(
    ("interval", "reduction", "message"),
    [
        ("week", "median", "interval must be year, month, day or a span of time above 0, not week"),
        (timedelta(0), "median", "not 0:00:00"),
        ("month", "last", "reduction must be one of min, .* or mosaic, not 'last'"),
    ],
    ids=["week", "nothing", "last"],
)
def test_other_intervals_are_refused(interval: Any, reduction: str, message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        run(COLLECTION.interval_composite(interval, reduction))
