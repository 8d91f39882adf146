"""The work on one job: from its evaluation to the saved result."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import CancelledError, Future
from typing import Any, Final

from tileserver.jobs.context import folder_of
from tileserver.jobs.executors import Executor, WorkerDied
from tileserver.jobs.failures import failure_of
from tileserver.jobs.tasks import Order, Report, Saved, compute_whole
from tileserver.settings import Settings
from tileserver.store import JobQueue, JobRecord, Jobs

__all__ = ["Stopped", "Work"]

log = logging.getLogger(__name__)

DEATHS: Final = 3  # of workers, by one task, after which it counts as the cause
GRACE_SECONDS: Final = 1.0  # in which a task may end by itself


class Stopped(Exception):
    """The work was stopped before its end."""


class Work:
    """The work on a job that is leased to this runner; `stop` ends it, from another thread."""

    def __init__(self, job: JobRecord, settings: Settings, queue: JobQueue, jobs: Jobs, executor: Executor) -> None:
        self.job = job
        self._settings = settings
        self._queue = queue
        self._jobs = jobs
        self._executor = executor
        self._stopped = threading.Event()
        self._started = time.monotonic()
        self._tasks: set[Future[Any]] = set()

    @property
    def runtime(self) -> float:
        """Seconds that the job has run, here and before."""
        return self.job.runtime + time.monotonic() - self._started

    def stop(self) -> None:
        """Stop the work: tasks that run are ended."""
        self._stopped.set()
        for task in list(self._tasks):
            self._executor.stop(task)

    def run(self) -> None:
        """Compute the job and save its result."""
        folder_of(self._settings, self.job.id).mkdir(parents=True, exist_ok=True)
        self._change(stage="RUNNING", progress=_progress(running=1))
        saved: Saved = self._do(compute_whole)
        self._note(saved.report)
        read = {"scenes": len(saved.report.scenes), "bytes": saved.report.bytes_read}
        self._change(stage="SAVING", progress=_progress(finished=1), read=read)
        self._change(stage="SUCCEEDED", media_type=saved.media_type, size=saved.size)

    def _do(self, function: Any, *arguments: Any) -> Any:
        """Return what a task gives, tried again when its worker dies; raises `Stopped`."""
        for death in range(1, DEATHS + 1):
            task = self._executor.submit(function, self._order(), *arguments)
            self._tasks.add(task)
            if self._stopped.is_set():
                self._executor.stop(task)
            try:
                return task.result()
            except (WorkerDied, CancelledError) as exc:
                if self._stopped.is_set():
                    raise Stopped from None
                if death == DEATHS:
                    raise failure_of(exc) from None
                log.warning("job %s: a task lost its worker the %d. time", self.job.id, death)
            except Exception:
                if self._stopped.is_set():
                    raise Stopped from None
                raise
            finally:
                self._tasks.discard(task)
        raise AssertionError("unreachable")

    def _order(self) -> Order:
        job = self.job
        computation = {
            "graft": job.graft, "typespec": job.typespec, "type": job.type, "parameters": list(job.parameters),
            "channel": job.channel, "client_version": job.client_version, "arguments": job.arguments,
            "geoctx": job.geoctx,
        }  # fmt: skip
        seconds = self._settings.job_seconds - self.runtime
        return Order(self._settings, job.id, job.attempt, computation, job.format, seconds)

    def _change(self, **changes: Any) -> None:
        self._queue.update(self.job, runtime=self.runtime, **changes)

    def _note(self, report: Report) -> None:
        self._jobs.log(self.job.id, report.logs)


def _progress(*, waiting: int = 0, ready: int = 0, running: int = 0, finished: int = 0) -> dict[str, int]:
    return {"waiting": waiting, "ready": ready, "running": running, "finished": finished}
