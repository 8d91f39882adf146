"""The runner: claims jobs of the queue, keeps their leases, and has them computed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from tileserver.auth import LOCAL
from tileserver.catalog import Catalog
from tileserver.jobs.context import folder_of, remove_folder
from tileserver.jobs.executors import Executor, ProcessExecutor, ThreadExecutor
from tileserver.jobs.failures import JobFailure, failure_of
from tileserver.jobs.metrics import JobMetrics
from tileserver.jobs.names import is_dead, new_name
from tileserver.jobs.work import Stopped, Work
from tileserver.settings import Settings
from tileserver.store import JobLost, JobQueue, JobRecord, Jobs, create_schema, open_database

__all__ = ["JobRunner", "run_alone"]

log = logging.getLogger(__name__)

POLL_SECONDS: Final = 1.0  # between looks for jobs that other servers were given
BEAT_SECONDS: Final = 0.5  # between looks at whether jobs were cancelled
SWEEP_SECONDS: Final = 60.0  # between searches for what has expired
CLUSTER_JOBS: Final = 16  # at a time, of one server
TELL_SECONDS: Final = 0.25  # between records that are told of a job that is run alone
MAX_INTERRUPTIONS: Final = 10  # servers that may die while they run a job, before it counts as the cause


def open_executor(settings: Settings, local: type[ProcessExecutor | ThreadExecutor] = ProcessExecutor) -> Executor:
    """Return the executor that settings ask for, a cluster's or a local one; OSError if the scheduler is away."""
    if not settings.scheduler:
        return local(max(settings.job_processes, 1))
    from tileserver.jobs.cluster import ClusterExecutor  # of the extra `cluster`

    return ClusterExecutor(settings.scheduler)


class JobRunner:
    """Runs jobs of the queue, two for each process at a time, from threads that wait for their tasks.

    With a cluster's scheduler they are 16 jobs. Nothing is started before the first job comes. `close` puts the jobs
    that run back into the queue, for whoever comes next: what is finished of them is not computed again.
    """

    def __init__(self, database: Engine, settings: Settings, catalog: Catalog, metrics: JobMetrics) -> None:
        self._settings = settings
        self._catalog = catalog
        self._metrics = metrics
        self._queue = JobQueue(database, new_name())
        self._jobs = Jobs(database)
        self._executor: Executor | None = None
        self._running: dict[str, Work] = {}
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._closing = threading.Event()
        self._room = CLUSTER_JOBS if settings.scheduler else 2 * settings.job_processes
        self._threads = ThreadPoolExecutor(max(self._room, 1), thread_name_prefix="graftile-job")
        steps = (
            (self._claim, POLL_SECONDS, self._woken),
            (self._beat, BEAT_SECONDS, self._closing),
            (self._sweep, SWEEP_SECONDS, self._closing),
        )
        self._loops = [
            threading.Thread(target=self._repeat, args=step, name="graftile-jobs", daemon=True)
            for step in steps
            if self._room
        ]
        if self._room:
            self._queue.end_leases_of_dead(is_dead)
        for loop in self._loops:
            loop.start()

    def wake(self) -> None:
        """Look for jobs now: there is a new one."""
        self._woken.set()

    def cancel(self, job_id: str) -> None:
        """Stop a job that was cancelled, if it is run here."""
        if (work := self._running.get(job_id)) is not None:
            work.stop()

    def close(self) -> None:
        """Stop what runs, and put it back into the queue."""
        self._closing.set()
        self._woken.set()
        for loop in self._loops:
            loop.join()
        for work in list(self._running.values()):
            work.stop()
        self._threads.shutdown(wait=True)
        if self._executor is not None:
            self._executor.close()

    def _repeat(self, step: Callable[[], None], seconds: float, woken: threading.Event) -> None:
        while not self._closing.is_set():
            try:
                step()
            except SQLAlchemyError as exc:
                log.error("the queue of jobs cannot be used for now: %s", exc)
            except OSError as exc:
                log.error("jobs wait, as there is nothing to compute them with: %s", exc)
            woken.wait(seconds)
            if woken is not self._closing:
                woken.clear()

    def _claim(self) -> None:
        while not self._closing.is_set() and len(self._running) < self._room:
            if self._settings.scheduler and self._executor is None and self._queue.is_waiting():
                self._executor = open_executor(self._settings)  # first: without it, jobs wait
            job = self._queue.claim(list(self._running))
            if job is None:
                return
            executor = self._executor = self._executor or open_executor(self._settings)
            work = Work(job, self._settings, self._queue, self._jobs, executor, self._catalog, self._metrics.blocks.inc)
            self._running[job.id] = work
            self._threads.submit(self._run, work)

    def _run(self, work: Work) -> None:
        job = work.job
        try:
            if job.interruptions > MAX_INTERRUPTIONS:
                stopped = f"{job.interruptions} servers have stopped while they ran this job"
                raise JobFailure("INTERRUPT", f"{stopped}: it is not tried again")
            work.run()
            self._metrics.seconds.labels("SUCCEEDED").observe(work.runtime)
        except Stopped:
            self._end_stopped(job)
        except JobLost:
            self._clean(job)
        except Exception as exc:
            self._fail(job, failure_of(exc), work)
        finally:
            work.stop()
            self._running.pop(job.id, None)
            self._woken.set()

    def _end_stopped(self, job: JobRecord) -> None:
        """Put a job back that a closing server has stopped; clean up after one that was cancelled."""
        if self._closing.is_set():
            self._queue.release(job)
        self._clean(job)

    def _fail(self, job: JobRecord, failure: JobFailure, work: Work) -> None:
        log.error("job %s failed: %s: %s\n%s", job.id, failure.code, failure.message, failure.trace)
        try:
            if not self._queue.extend([job]):
                remove_folder(folder_of(self._settings, job.id))
            self._jobs.log(job.id, [(logging.ERROR, f"failed: {failure.message}")])
            error = {"code": failure.code, "message": failure.message}
            self._queue.update(job, stage="FAILED", error=error, runtime=work.runtime)
            self._metrics.seconds.labels("FAILED").observe(work.runtime)
        except JobLost:
            log.info("job %s was cancelled or taken over when it failed", job.id)
        self._clean(job)

    def _clean(self, job: JobRecord) -> None:
        """Remove the files of a job unless they are needed."""
        if not self._queue.with_files([job.id]):
            remove_folder(folder_of(self._settings, job.id))

    def _beat(self) -> None:
        """Extend the leases of all that runs, and stop what was cancelled or taken over."""
        if not self._running:
            return
        for job in self._queue.extend([work.job for work in list(self._running.values())]):
            self.cancel(job.id)

    def _sweep(self) -> None:
        """Delete jobs that have expired, and files that no job needs."""
        self._queue.delete_expired()
        root = self._settings.data_dir / "jobs"
        if not root.is_dir():
            return
        found = [path for path in root.iterdir() if time.time() - path.stat().st_mtime > SWEEP_SECONDS]
        needed = self._queue.with_files([path.name for path in found])
        for path in found:
            if path.name not in needed:
                remove_folder(path)


def run_alone(job: JobRecord, settings: Settings, tell: Callable[[JobRecord], None] = lambda job: None) -> None:
    """Run a job that no server knows of, with a queue of its own, in threads; raises `JobFailure`.

    The record is told again and again while it runs, and when it has succeeded.
    """
    with TemporaryDirectory(prefix="graftile-") as folder:
        database = open_database(f"sqlite:///{folder}/job.sqlite")
        executor = open_executor(settings, ThreadExecutor)
        try:
            create_schema(database)
            queue, jobs = JobQueue(database, new_name()), Jobs(database)
            jobs.add(job, limit=1)
            claimed = queue.claim()
            assert claimed is not None  # it is the only one
            work = Work(claimed, settings, queue, jobs, executor, Catalog(database, settings))
            with ThreadPoolExecutor(1) as thread:
                running = thread.submit(work.run)
                try:
                    while wait([running], TELL_SECONDS).not_done:
                        tell(jobs.find(job.id, LOCAL))
                    running.result()
                except BaseException:
                    remove_folder(folder_of(settings, job.id))  # what tasks that still run look for
                    work.stop()
                    raise
            tell(jobs.find(job.id, LOCAL))
        finally:
            executor.close()
            database.dispose()
