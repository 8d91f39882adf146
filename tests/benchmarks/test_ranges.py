"""The server of ranges gives what is asked for, and counts."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import httpx2

from benchmarks.ranges import Asked, Ranges, serve_ranges


def test_parts_of_files_are_served_and_noted(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(range(100)))
    with serve_ranges(Ranges(tmp_path)) as ranges, httpx2.Client(base_url=ranges.url) as http:
        part = http.get("/a.bin", headers={"Range": "bytes=10-19"})
        rest = http.get("/a.bin", headers={"Range": "bytes=95-"})
        whole, head = http.get("/a.bin"), http.head("/a.bin")
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (
        206,
        bytes(range(10, 20)),
        "bytes 10-19/100",
    )
    assert rest.content == bytes(range(95, 100))
    assert (whole.status_code, len(whole.content), head.headers["Content-Length"]) == (200, 100, "100")
    assert ranges.asked[:2] == [Asked("GET", "a.bin", 10, 10), Asked("GET", "a.bin", 95, 5)]


def test_files_fail_as_they_are_told_to(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"abc")
    failing = {"a.bin": HTTPStatus.FORBIDDEN}
    with serve_ranges(Ranges(tmp_path, failing=failing)) as ranges, httpx2.Client(base_url=ranges.url) as http:
        assert http.get("/a.bin").status_code == 403
        assert http.get("/b.bin").status_code == 404
