"""Metrics: what Prometheus is told of this process; labels are few, whatever is asked for."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter as Tally
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graft_eval.engine import RasterEngine
from tileserver.drawing.shared_pictures import SharedPictures
from tileserver.http.errors import ERRORS
from tileserver.pooled_metrics import PooledMetrics
from tileserver.workers import Workers

__all__ = ["MEDIA_TYPE", "Metrics", "RequestCounting"]

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
MAX_LABELLED: Final = 4096
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
NUMBERED: Final = re.compile(r"[-_ ]?\d+.*$")  # what tells threads of one pool apart


class Metrics:
    """Counts what a server does; `engine`, `workers`, `shared` and `others` are looked at when somebody asks."""

    def __init__(self, engine: RasterEngine, workers: Workers, shared: SharedPictures, *others: Collector) -> None:
        self._registry = registry = CollectorRegistry(auto_describe=True)
        self._requests = Counter(
            "graftile_requests", "Requests by endpoint", ["endpoint", "method", "status"], registry=registry
        )
        self._tiles = Counter(
            "graftile_pictures",
            "Tiles, maps and previews: drawn, partial, unchanged (304), or the code of their error",
            ["outcome"],
            registry=registry,
        )
        self._seconds = Histogram(
            "graftile_picture_seconds", "Seconds until a picture is made", buckets=SECONDS, registry=registry
        )
        self._stages = Counter(
            "graftile_stage_seconds", "Seconds that pictures spend in each stage", ["stage"], registry=registry
        )
        self._scenes = Counter("graftile_scenes_failed", "Scenes that pictures were made without", registry=registry)
        gauges = _Gauges(engine, workers, shared)
        self._pooled = PooledMetrics(gauges, others) if PooledMetrics.is_wanted() else None
        if self._pooled is None:
            for collector in (gauges, *others):
                registry.register(collector)
            ProcessCollector(registry=registry)

    def text(self) -> bytes:
        """Return all metrics in the text format of Prometheus: those of all processes that share the address."""
        return generate_latest(self._registry) if self._pooled is None else self._pooled.text()

    def close(self) -> None:
        """End what tells other processes."""
        if self._pooled is not None:
            self._pooled.close()

    def count_request(self, endpoint: str, method: str, status: int) -> None:
        """Count an answered request."""
        _labelled(self._requests, endpoint, method if method in METHODS else "other", str(status)).inc()

    def count_picture(self, seconds: float, stages: Mapping[str, float], failed_scenes: int, drawn: bool) -> None:
        """Count a picture, or that the caller has it, with the seconds that it took in all and in each stage."""
        _labelled(self._tiles, ("partial" if failed_scenes else "drawn") if drawn else "unchanged").inc()
        self._seconds.observe(seconds)
        for stage, spent in stages.items():
            _labelled(self._stages, stage).inc(spent)
        if failed_scenes:
            self._scenes.inc(failed_scenes)

    @contextmanager
    def failures_counted(self) -> Iterator[None]:
        """Count the errors of a picture by their codes."""
        try:
            yield
        except Exception as exc:
            code = next((ERRORS[kind][1] for kind in type(exc).__mro__ if kind in ERRORS), "internal_error")
            _labelled(self._tiles, code).inc()
            raise


class RequestCounting:
    """Counts every request by its endpoint, method and status."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status = 499  # nobody waited for an answer

        async def send_noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_noting_status)
        finally:
            scope["state"]["metrics"].count_request(_endpoint_of(scope), scope["method"], status)


class _Gauges(Collector):
    """Looks at the queue, the cache and the threads when it is asked."""

    def __init__(self, engine: RasterEngine, workers: Workers, shared: SharedPictures) -> None:
        self._shared = shared
        self._engine = engine
        self._workers = workers
        self._started = time.time()

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics as they are now."""
        running, waiting = self._workers.load
        yield GaugeMetricFamily("graftile_computations_running", "Computations that have a thread", running)
        yield GaugeMetricFamily("graftile_computations_waiting", "Computations that wait for a thread", waiting)
        use = self._engine.cache_use
        yield GaugeMetricFamily("graftile_cache_bytes", "Bytes of decoded blocks that are kept", use.size)
        yield GaugeMetricFamily("graftile_cache_limit_bytes", "Bytes of decoded blocks that may be kept", use.limit)
        blocks = CounterMetricFamily(
            "graftile_blocks", "Blocks of files, by where they were found", labels=["found"], created=self._started
        )
        blocks.add_metric(["cache"], use.hits)
        blocks.add_metric(["file"], use.misses)
        yield blocks
        shared = CounterMetricFamily(
            "graftile_shared_pictures",
            "Pictures in Redis: found (hit), not (miss), and times that it could not be asked (failed)",
            labels=["outcome"],
            created=self._started,
        )
        for outcome, count in self._shared.counts.items():
            shared.add_metric([outcome], count)
        yield shared
        threads = GaugeMetricFamily("graftile_threads", "Threads by what they are for", labels=["pool"])
        for name, count in Tally(NUMBERED.sub("", thread.name) for thread in threading.enumerate()).items():
            threads.add_metric([name], count)
        yield threads


@lru_cache(MAX_LABELLED)  # a tenth of the time that the library takes to find it
def _labelled(counter: Counter, *values: str) -> Counter:
    return counter.labels(*values)


def _endpoint_of(scope: Scope) -> str:
    """Return the module and function that answered, as `tiles.get_tile`; of what nothing answers, none."""
    endpoint = scope.get("endpoint")
    if endpoint is None:
        return "none"
    module = getattr(endpoint, "__module__", "").rpartition(".")[2]
    return f"{module}.{getattr(endpoint, '__name__', type(endpoint).__name__)}"
