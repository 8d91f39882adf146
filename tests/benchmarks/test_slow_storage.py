"""Slow storage answers ranges late, and counts how many requests followed one another."""

from __future__ import annotations

from pathlib import Path

import httpx2

from benchmarks.slow_storage import Asked, SlowStorage, serve_slowly


def test_ranges_come_late(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(bytes(range(100)))
    with serve_slowly(SlowStorage(tmp_path, latency=0.05)) as storage:
        answer = httpx2.get(f"{storage.url}/a.tif", headers={"Range": "bytes=10-19"})
        assert (answer.status_code, answer.content) == (206, bytes(range(10, 20)))
        assert answer.headers["ETag"]
        assert httpx2.head(f"{storage.url}/a.tif").headers["Content-Length"] == "100"
        assert httpx2.get(f"{storage.url}/b.tif").status_code == 404
    assert all(one.end - one.start > 0.04 for one in storage.asked)
    assert storage.rounds == 3


def test_requests_that_overlap_are_one_round(tmp_path: Path) -> None:
    storage = SlowStorage(tmp_path)
    storage.asked = [Asked("a", 0, 1), Asked("b", 0.5, 1.5), Asked("a", 1.1, 2), Asked("b", 1.6, 2.6)]
    assert storage.rounds == 2
