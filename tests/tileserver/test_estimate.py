"""Estimates say what a computation would read, before it is read."""

from __future__ import annotations

from typing import Any

import pytest

import sdk as wf
from tests.tileserver.conftest import Served
from tests.tileserver.test_jobs import body, geoctx

FIELD = wf.ImageCollection.from_id("field").pick_bands("red nir")


def estimate(served: Served, computation: Any, **fields: Any) -> dict[str, Any]:
    answer = served.post("/api/estimate", body(computation, **fields))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_an_estimate_counts_scenes_bytes_and_pixels(served: Served) -> None:
    found = estimate(served, FIELD.median("images"), geoctx=geoctx())
    assert (found["scenes"], found["bytes"], found["pixels"]) == (2, 2 * 2 * 512 * 512 * 4, 2 * 512 * 512)
    assert found["memory"] > found["pixels"] * 9
    assert found["seconds"] > 0


@pytest.mark.parametrize(("side", "blocks"), [(256, 1), (100, 1), (300, 4), (512, 4)])
def test_bytes_are_those_of_the_blocks_that_are_met(served: Served, side: int, blocks: int) -> None:
    found = estimate(served, FIELD.pick_bands("red").mean("images"), geoctx=geoctx(side))
    assert found["bytes"] == 2 * blocks * 256 * 256 * 4


def test_what_is_no_imagery_has_no_pixels(served: Served) -> None:
    assert estimate(served, wf.Int(1)) == {"scenes": 0, "bytes": 0, "pixels": 0, "memory": 0, "seconds": 0.0}


def test_an_inspect_that_is_too_large_says_what_it_would_take_and_points_to_jobs(served: Served) -> None:
    large = {**geoctx(), "shape": [8192, 8192]}
    refused = served.post("/api/inspect", body(FIELD.median("images"), geoctx=large))
    assert refused.status_code == 413
    message = refused.json()["message"]
    assert message.startswith("8192 x 8192 pixels are 67,108,864, more than the limit of 16,777,216; it would take ")
    assert "2 scenes, 4 MB to read, 134,217,728 pixels" in message
    assert "compute it as a job instead" in message
