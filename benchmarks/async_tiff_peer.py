"""Decodes blocks with async-tiff, in a process and a virtual environment of its own: the CPU seconds of each tile.

A tile is read when a line of JSON comes in: {"sources": […], "blocks": [[row, col], …]}, files or URLs.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import Any

PREFETCH = 32768  # bytes of a header


async def open_tiff(source: str) -> Any:
    """Open a file by its path or URL."""
    from async_tiff import TIFF  # of this environment alone
    from async_tiff.store import HTTPStore, LocalStore

    folder, _, name = source.rpartition("/")
    store = HTTPStore.from_url(folder, client_options={"allow_http": True}) if "://" in source else LocalStore(folder)
    return await TIFF.open(name, store=store, prefetch=PREFETCH)


async def read_tile(tiffs: dict[str, Any], sources: list[str], blocks: list[tuple[int, int]]) -> None:
    """Fetch and decode the same blocks of all files, all at once."""

    async def read(source: str) -> None:
        if source not in tiffs:
            tiffs[source] = await open_tiff(source)
        fetched = await tiffs[source].ifds[0].fetch_tiles([(col, row) for row, col in blocks])
        await asyncio.gather(*(tile.decode() for tile in fetched))

    await asyncio.gather(*map(read, sources))


def main() -> None:
    """Read tiles until nothing comes in any more; open files stay open."""
    loop, tiffs = asyncio.new_event_loop(), dict[str, Any]()
    for line in sys.stdin:
        asked = json.loads(line)
        began = time.process_time()
        loop.run_until_complete(read_tile(tiffs, asked["sources"], asked["blocks"]))
        print(time.process_time() - began, flush=True)


if __name__ == "__main__":
    main()
    os._exit(0)  # its threads crash an interpreter that takes its leave
