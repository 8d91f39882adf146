"""Jobs: computations in the background, in worker processes."""

from __future__ import annotations

from tileserver.jobs.context import folder_of
from tileserver.jobs.metrics import JobMetrics
from tileserver.jobs.runner import JobRunner
from tileserver.jobs.tasks import result_in

__all__ = ["JobMetrics", "JobRunner", "folder_of", "result_in"]
