"""Estimates: what a computation would read and need, before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sdk.contract.cards import card
from sdk.language.proxy import Proxy
from sdk.service.client import Client, default_client
from sdk.service.requests import as_proxy, request_body

__all__ = ["Estimate", "estimate"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a computation would take.

    `scenes` it reads, `bytes` of their pixels as decoded, `pixels` of all bands it gives, bytes of `memory` that one
    process needs for a value computed at once, and `seconds` in one process.

    >>> print(Estimate(12, 600_000_000, 50_000_000, 580_000_000, 7.5))
    12 scenes, 600 MB to read, 50,000,000 pixels, 580 MB of memory, 7.5 s
    """

    scenes: int
    bytes: int
    pixels: int
    memory: int
    seconds: float

    def __str__(self) -> str:
        return (
            f"{self.scenes:,} scenes, {self.bytes / 1e6:,.0f} MB to read, {self.pixels:,} pixels,"
            f" {self.memory / 1e6:,.0f} MB of memory, {self.seconds:,.1f} s"
        )

    def _repr_html_(self) -> str:
        return card("Estimate", {"": str(self)})


def estimate(
    obj: Proxy | Sequence[Any], geoctx: object = None, client: Client | None = None, **arguments: Any
) -> Estimate:
    """Return what it would take to compute an object on a grid; all is as in `wf.compute`.

    print(image.ndvi().estimate(geoctx))
    # 12 scenes, 600 MB to read, 50,000,000 pixels, 580 MB of memory, 7.5 s
    """
    body = request_body(as_proxy(obj), geoctx, arguments)
    return Estimate(**(client or default_client()).post("/api/estimate", body))
