"""Both clients fetch each path once, and refuse what is no tile."""

from __future__ import annotations

import pytest

from benchmarks.shares import CLIENTS
from tests.benchmarks.one_pixel import serving_tiles


@pytest.mark.parametrize("client", CLIENTS)
def test_each_path_is_fetched_once(client: str) -> None:
    paths = [f"/a/13/{number}/7.png?scales=[[0,{number}]]" for number in range(40)]
    with serving_tiles() as first, serving_tiles() as second:
        ports = [server.commands[0].port for server in (first, second)]
        CLIENTS[client](paths, ports, 8)
        assert sorted(first.asked + second.asked) == sorted(paths)
        assert first.asked
        assert second.asked


@pytest.mark.parametrize("client", CLIENTS)
def test_what_is_no_tile_is_an_error(client: str) -> None:
    with serving_tiles() as server, pytest.raises(ValueError, match="1 of 3"):
        CLIENTS[client](["/a/13/1/1.png", "/missing/13/1/1.png", "/a/13/1/2.png"], [server.commands[0].port], 1)
