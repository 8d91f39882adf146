"""Tasks of jobs: what workers do, with nothing of the server but its settings."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graft_eval.progress import Progress
from tileserver.bodies.inspection import Inspection
from tileserver.formats import read_format
from tileserver.jobs.context import TaskProgress, evaluations_for, folder_of
from tileserver.jobs.failures import failure_of
from tileserver.settings import Settings

__all__ = ["Order", "Report", "Saved", "compute_whole", "result_in"]


@dataclass(frozen=True, slots=True)
class Order:
    """A job as its tasks need it: the body of an inspection, the format of the result, and the seconds left."""

    settings: Settings
    id: str
    attempt: int
    computation: Mapping[str, Any]
    format: Mapping[str, Any]
    seconds: float

    @property
    def folder(self) -> Path:
        """The folder of the job's files."""
        return folder_of(self.settings, self.id)


@dataclass(slots=True)
class Report:
    """What a task has read and logged; `images` are the files that it looked at, with their fingerprints."""

    scenes: set[str] = field(default_factory=set)
    bytes_read: int = 0
    seconds: float = 0.0
    logs: list[tuple[int, str]] = field(default_factory=list)
    images: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Saved:
    """A result in the folder of its job."""

    media_type: str
    size: int
    report: Report


def compute_whole(order: Order) -> Saved:
    """Compute a value whole, and write the result."""
    report = Report()
    progress = TaskProgress(order.folder, order.seconds, lambda level, text: report.logs.append((level, text)))
    started = time.perf_counter()
    try:
        evaluations = evaluations_for(order.settings)
        inspection = Inspection.from_json(order.computation, order.settings.limits)
        data, media_type = inspection.evaluate(read_format(order.format), evaluations, progress)
        aside = order.folder / f"result.{order.attempt}"
        aside.write_bytes(data)
        aside.replace(result_in(order.folder))
    except Exception as exc:
        raise failure_of(exc) from None
    _note(report, progress, time.perf_counter() - started)
    return Saved(media_type, len(data), report)


def result_in(folder: Path) -> Path:
    """Return the file of a job's result."""
    return folder / "result"


def _note(report: Report, progress: Progress, seconds: float) -> None:
    report.scenes |= progress.used
    report.bytes_read += progress.bytes_read
    report.seconds += seconds
