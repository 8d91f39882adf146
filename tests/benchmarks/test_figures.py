"""What rounds say is computed rightly, and disagreement of two pictures is noticed."""

from __future__ import annotations

import io
import os
import time
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from benchmarks.agreement import compare
from benchmarks.client import Answer
from benchmarks.figures import Case, Figure, Spread, quantile, ratios, sum_up
from benchmarks.report import comparison
from benchmarks.states import LEAN_WALK
from benchmarks.usage import Usage, cpu_seconds, memory, metered


def figure(server: str, state: str, nth: int, p50: float, rate: float) -> Figure:
    return Figure(Case(server, "rgb", state, nth), 120, p50, 2 * p50, rate, 10.0, 100.0, 500_000_000, 0.05)


def png(levels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(levels.astype(np.uint8)).save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (64, 64, 3))


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 5), (0.95, 10), (0.9, 9), (1.0, 10)])
def test_quantiles_are_values_that_came(share: float, value: float) -> None:
    assert quantile([float(one) for one in range(10, 0, -1)], share) == value


def test_a_spread_is_the_median_between_the_extremes() -> None:
    assert Spread.of([5.0, 1.0, 2.0]) == Spread(2.0, 1.0, 5.0)


def test_a_run_is_summed_up_per_tile() -> None:
    answers = [Answer("/a", 200, 1000, 0.010), Answer("/b", 200, 3000, 0.030), Answer("/c", 200, 2000, 0.020)]
    usage = Usage(wall=0.5, servers=0.6, client=0.1, others=0.2)
    found = sum_up(Case("s", "rgb", "warm", 0), answers, usage, peak=7)
    assert (found.tiles, found.p50, found.rate, found.kilobytes) == (3, 20.0, 6.0, 2.0)
    assert found.cpu == pytest.approx(200.0)
    assert found.noise == pytest.approx(0.4 / (os.cpu_count() or 1))


def test_an_answer_that_is_no_tile_spoils_the_run() -> None:
    with pytest.raises(ValueError, match="s answered 503 to 1 of 2, as /b"):
        sum_up(
            Case("s", "rgb", "warm", 0), [Answer("/a", 200, 9, 1.0), Answer("/b", 503, 9, 1.0)], Usage(wall=1.0), peak=0
        )


def test_ratios_pair_the_rounds() -> None:
    figures = [
        *(
            figure("TiTiler", state, nth, p50=100.0 * (nth + 1), rate=10.0)
            for state in ("cold", "warm")
            for nth in (0, 1)
        ),
        *(figure("ours", state, nth, p50=50.0, rate=40.0 * (nth + 1)) for state in ("cold", "warm") for nth in (0, 1)),
    ]
    assert ratios(figures, "ours", "TiTiler", "rgb", "cold") == Spread(3.0, 2.0, 4.0)
    assert ratios(figures, "ours", "TiTiler", "rgb", "warm") == Spread(6.0, 4.0, 8.0)
    assert "**6.00 (4.00 to 8.00)**" in comparison(figures, "ours")


def test_a_workload_is_compared_to_its_own_peer() -> None:
    figures = [
        replace(figure(server, "walk", 0, p50=1.0, rate=rate), case=Case(server, "monthly", "walk", 0))
        for server, rate in (("NumPy", 2.0), ("TiTiler", 1.0), ("ours", 8.0))
    ]
    [row] = comparison(figures, "ours").splitlines()[2:]
    assert row.startswith("| monthly NDVI of 60 dates (NumPy) | walk | 2.00 /s | 8.00 /s | **4.00** |")


def test_a_lean_walk_is_compared_to_the_walk_of_the_peer() -> None:
    figures = [figure("TiTiler", "walk", 0, p50=1.0, rate=2.0), figure("ours", LEAN_WALK, 0, p50=1.0, rate=12.0)]
    [row] = comparison(figures, "ours").splitlines()[2:]
    assert "| walk in 1 GB | 2.00 /s | 12.0 /s | **6.00** | 5 |" in row


def test_work_is_metered_as_ours() -> None:
    began = time.process_time()
    with metered([]) as usage:
        while time.process_time() < began + 0.2:
            pass
    assert usage.client == pytest.approx(0.2, abs=0.05)
    assert usage.wall > 0.15
    assert usage.servers == 0


def test_processes_are_found_in_proc() -> None:
    assert cpu_seconds([os.getpid()]) > 0
    assert memory([os.getpid()], peak=True) >= memory([os.getpid()]) > 10_000_000


def test_equal_pictures_agree(picture: np.ndarray) -> None:
    assert compare(png(picture), png(picture)).good


def test_a_shift_by_a_pixel_is_explained(picture: np.ndarray) -> None:
    agreement = compare(png(picture), png(np.roll(picture, 1, axis=1)))
    assert agreement.equal < 0.1
    assert agreement.near > 0.95


@pytest.mark.parametrize(
    "change", [lambda one: np.roll(one, 3, axis=0), lambda one: one // 2, lambda one: one[:, ::-1]]
)
def test_another_place_or_other_values_do_not_agree(picture: np.ndarray, change: object) -> None:
    assert not compare(png(picture), png(change(picture))).good  # type: ignore[operator]


def test_a_hole_in_one_picture_alone_does_not_agree(picture: np.ndarray) -> None:
    alpha = np.full((64, 64, 1), 255)
    alpha[20:40, 20:40] = 0
    assert not compare(png(picture), png(np.concatenate([picture, alpha], axis=-1))).good
