"""nginx, as docs/many-servers.md configures it, sends tiles that lie together to the same process."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import httpx2

from tests.benchmarks.one_pixel import serving_tiles
from tests.nginx import running_nginx

PAGE = Path(__file__).resolve().parents[1] / "docs/many-servers.md"


def test_tiles_of_a_cell_come_from_one_process(tmp_path: Path) -> None:
    upstream = next(
        block for block in re.findall(r"```nginx\n(.*?)```", PAGE.read_text(), re.DOTALL) if "hash" in block
    )
    with ExitStack() as closing:
        servers = [closing.enter_context(serving_tiles()) for _ in range(2)]
        for port, server in zip((8001, 8002), servers, strict=True):
            upstream = upstream.replace(f"127.0.0.1:{port}", f"127.0.0.1:{server.commands[0].port}")
        url = closing.enter_context(running_nginx(tmp_path, "location / { proxy_pass http://graftile; }", upstream))
        with httpx2.Client(base_url=url, timeout=60) as http:
            for layer, x, y in ((layer, x, y) for layer in "ab" for x in range(100, 160, 5) for y in range(7, 47, 5)):
                assert http.get(f"/xyz/{layer}/13/{x}/{y}.png?scales=auto").status_code == 200
    cells = [
        Counter(re.sub(r"^/xyz/./13/(\d+)\d/(\d*)\d\.png.*", r"\1/\2", path) for path in one.asked) for one in servers
    ]
    assert not cells[0].keys() & cells[1].keys()
    assert min(len(cell) for cell in cells) >= 5  # of 30
    assert sum(cell.total() for cell in cells) == 192
