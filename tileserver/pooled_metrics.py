"""Metrics of processes that serve one address: each one's values in files, and the sums of all."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from tileserver.setting_sources import METRICS_FOLDER

__all__ = ["PooledMetrics"]

PUBLISH_SECONDS: Final = 2.0


class PooledMetrics:
    """Publishes what a collector finds in this process; those who are asked sum up what all have published.

    Counters and histograms of prometheus-client are in the files by themselves. Gauges of `others` are of no process,
    and told as they are.
    """

    def __init__(self, collector: Collector, others: Sequence[Collector]) -> None:
        self._collector = collector
        self._others = others
        self._own = CollectorRegistry()
        self._metrics: dict[str, Counter | Gauge] = {}
        self._counted: dict[tuple[str, ...], float] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._publish_now_and_then, name="graftile-metrics", daemon=True)
        self._thread.start()

    @staticmethod
    def is_wanted() -> bool:
        """Return True in one of several processes that serve an address."""
        return METRICS_FOLDER in os.environ

    def text(self) -> bytes:
        """Return the sums in the text format of Prometheus; what others have is up to two seconds old."""
        self._publish()
        registry = CollectorRegistry()
        registry.register(_Gauges(self._others))
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        self._thread.join()

    def _publish_now_and_then(self) -> None:
        while not self._closing.wait(PUBLISH_SECONDS):
            self._publish()

    def _publish(self) -> None:
        with self._lock:
            for family in self._collector.collect():
                for sample in family.samples:
                    if not sample.name.endswith("_created"):
                        self._publish_sample(family, sample)

    def _publish_sample(self, family: Metric, sample: Sample) -> None:
        metric = self._metrics.get(family.name) or self._make(family, list(sample.labels))
        one = metric.labels(**sample.labels) if sample.labels else metric
        if isinstance(one, Gauge):
            one.set(sample.value)
        else:
            key = family.name, *sample.labels.values()
            one.inc(sample.value - self._counted.get(key, 0.0))
            self._counted[key] = sample.value

    def _make(self, family: Metric, labels: list[str]) -> Counter | Gauge:
        made: Counter | Gauge
        if family.type == "counter":
            made = Counter(family.name, family.documentation, labels, registry=self._own)
        else:
            made = Gauge(family.name, family.documentation, labels, registry=self._own, multiprocess_mode="livesum")
        self._metrics[family.name] = made
        return made


class _Gauges(Collector):
    """The gauges of some collectors."""

    def __init__(self, collectors: Sequence[Collector]) -> None:
        self._collectors = collectors

    def describe(self) -> Iterable[Metric]:
        """Yield nothing: no name is taken."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """Yield the gauges as they are now."""
        for collector in self._collectors:
            yield from (family for family in collector.collect() if family.type == "gauge")
