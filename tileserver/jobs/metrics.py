"""Metrics of jobs: how many are in each stage, and what this server has computed of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Final

from prometheus_client import Counter, Histogram
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from tileserver.store import Jobs

__all__ = ["JobMetrics"]

log = logging.getLogger(__name__)

SECONDS: Final = (0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800)


class JobMetrics(Collector):
    """Counts `blocks` and the `seconds` of jobs by their last stage; the database is asked for all that there are."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self.blocks = Counter("graftile_job_blocks", "Blocks of jobs that were computed here", registry=None)
        self.seconds = Histogram(
            "graftile_job_seconds",
            "Seconds that jobs have run, by the stage that they ended in here",
            ["stage"],
            buckets=SECONDS,
            registry=None,
        )
        for stage in ("SUCCEEDED", "FAILED"):
            self.seconds.labels(stage)

    def describe(self) -> Iterable[Metric]:
        """Yield the metrics without asking the database."""
        return (*self.blocks.describe(), *self.seconds.describe(), _stages({}))

    def collect(self) -> Iterable[Metric]:
        """Yield the metrics as they are now; without those of the database when it is away."""
        yield from self.blocks.collect()
        yield from self.seconds.collect()
        try:
            yield _stages(self._jobs.counts())
        except SQLAlchemyError as exc:
            log.error("jobs cannot be counted for now: %s", exc)


def _stages(counts: Mapping[str, int]) -> Metric:
    stages = GaugeMetricFamily("graftile_jobs", "Jobs of the database by stage", labels=["stage"])
    for stage, count in counts.items():
        stages.add_metric([stage], count)
    return stages
