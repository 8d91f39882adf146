"""Limits of callers: how many requests a user or an address may send."""

from __future__ import annotations

import math
import time
from typing import Final

from cachetools import LRUCache
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from tileserver.http.errors import TooManyRequests, answer_error
from tileserver.http.paths import is_below, route_path
from tileserver.http.requests import turn_of
from tileserver.settings import Settings

__all__ = ["CallerLimits"]

BURST_SECONDS: Final = 10  # whose requests may come at once: a map asks for all its tiles
MAX_CALLERS: Final = 10_000
EXEMPT: Final = ("healthz", "readyz", "metrics")


class CallerLimits:
    """Refuses requests of users and addresses who send more than the settings allow."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._spent: LRUCache[str, tuple[float, float]] = LRUCache(MAX_CALLERS)  # requests that count, and when

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer when to try again."""
        if scope["type"] == "http" and (rate := _rate_of(scope)):
            request = Request(scope)
            if seconds := self._take(turn_of(request), rate):
                error = TooManyRequests(f"you send more than {rate:g} requests a second, which is the limit")
                error.retry_after = math.ceil(seconds)
                return await answer_error(request, error)(scope, receive, send)
        await self.app(scope, receive, send)

    def _take(self, caller: str, rate: float) -> float:
        """Count a request; return the seconds after which it may come, 0 if it may now."""
        now, burst = time.monotonic(), max(1.0, rate * BURST_SECONDS)
        spent, at = self._spent.get(caller, (0.0, now))
        spent = max(0.0, spent - (now - at) * rate)
        if spent + 1 > burst:
            return (spent + 1 - burst) / rate
        self._spent[caller] = spent + 1, now
        return 0.0


def _rate_of(scope: Scope) -> float:
    settings: Settings = scope["state"]["settings"]
    caller = scope["state"]["caller"]
    is_user = caller.email and not caller.is_local
    rate = settings.user_requests_per_second if is_user else settings.address_requests_per_second
    return 0.0 if rate and is_below(route_path(scope), EXEMPT) else rate
