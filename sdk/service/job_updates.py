"""Updates of a job: its records as they change, over connections that may break."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from typing import Any, Final

from sdk.service.client import Client
from sdk.service.exceptions import RequestTimeout, ServerError, ServerUnreachable

__all__ = ["job_updates"]

SILENCE_SECONDS: Final = 60.0  # servers send a sign of life every few seconds
TIMED_SECONDS: Final = 2.0  # of silence, after which it is looked whether the time is up
RETRY_SECONDS: Final = 1.0
GIVE_UP_SECONDS: Final = 300.0  # a server may be away, to start anew


def job_updates(client: Client, path: str, timeout: float | None = None) -> Iterator[dict[str, Any]]:
    """Yield the record of the job at a path now, and whenever it changes; ends after `timeout` seconds.

    A connection that breaks is made again; what the server refuses is raised, and `ServerUnreachable` when it is away
    for long, or in the first place.
    """
    ends = math.inf if timeout is None else time.monotonic() + timeout
    last: dict[str, Any] | None = None
    seen = time.monotonic()
    while time.monotonic() < ends:
        try:
            for record in _records(client, path, ends):
                seen = time.monotonic()
                if record != last:
                    yield (last := record)
        except RequestTimeout:
            continue
        except (ServerUnreachable, ServerError):
            if last is None or time.monotonic() - seen > GIVE_UP_SECONDS:
                raise
        time.sleep(max(0.0, min(RETRY_SECONDS, ends - time.monotonic())))


def _records(client: Client, path: str, ends: float) -> Iterator[dict[str, Any]]:
    from httpx2 import EventSource

    silence = SILENCE_SECONDS if math.isinf(ends) else max(0.01, min(TIMED_SECONDS, ends - time.monotonic()))
    headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
    with client.stream(f"{path}/events", query=[], headers=headers, silence=silence) as response:
        for event in EventSource(response):
            if event.data:
                yield json.loads(event.data)
            if time.monotonic() >= ends:
                return
