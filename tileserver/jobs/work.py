"""The work on one job: from its evaluation to the saved result."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass
from typing import Any, Final

from tileserver.catalog import Catalog
from tileserver.destinations import Delivery, read_destination
from tileserver.formats import read_format
from tileserver.formats.rasters import WRITERS
from tileserver.jobs.blocks import Blocks, remove_blocks
from tileserver.jobs.cache import CATALOG, are_unchanged, link_result
from tileserver.jobs.context import folder_of, remove_folder
from tileserver.jobs.executors import Executor, WorkerDied
from tileserver.jobs.failures import JobFailure, failure_of
from tileserver.jobs.tasks import Order, Report, Saved, assemble, compute_block, compute_whole, prepare, result_in
from tileserver.settings import Settings
from tileserver.store import JobQueue, JobRecord, Jobs

__all__ = ["Stopped", "Work"]

log = logging.getLogger(__name__)

DEATHS: Final = 3  # of workers, by one task, after which it counts as the cause
GRACE_SECONDS: Final = 1.0  # in which a task may end by itself
WAKE_SECONDS: Final = 0.25  # between looks at the clock and at whether the work was stopped
TELL_SECONDS: Final = 0.5  # between updates of the progress
TIRED_SECONDS: Final = 5.0  # after the deadline, when a task that does not notice is ended


class Stopped(Exception):
    """The work was stopped before its end."""


@dataclass(frozen=True, slots=True)
class Task:
    """A function of an order and further arguments, and what a message calls it."""

    function: Callable[..., tuple[Any, Report]]
    arguments: tuple[Any, ...] = ()
    name: str = ""


class Work:
    """The work on a job that is leased to this runner; `stop` ends it, from another thread.

    `on_block` is called after each block that is computed.
    """

    def __init__(
        self,
        job: JobRecord,
        settings: Settings,
        queue: JobQueue,
        jobs: Jobs,
        executor: Executor,
        catalog: Catalog,
        on_block: Callable[[], object] = lambda: None,
    ) -> None:
        self.job = job
        self.report = Report()
        self._settings = settings
        self._queue = queue
        self._jobs = jobs
        self._executor = executor
        self._catalog = catalog
        self._on_block = on_block
        self._revision = str(catalog.revision())
        self._stopped = threading.Event()
        self._started = time.monotonic()
        self._told = 0.0
        self._said: set[tuple[int, str]] = set()
        self._folder = folder_of(settings, job.id)

    @property
    def runtime(self) -> float:
        """Seconds that the job has run, here and before."""
        return self.job.runtime + time.monotonic() - self._started

    def stop(self) -> None:
        """Stop the work: tasks that run are ended."""
        self._stopped.set()

    def run(self) -> None:
        """Compute the job and save its result."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if self.job.cache and self._take_cached():
            return
        if read_format(self.job.format).name in WRITERS:
            saved = self._run_in_blocks()
        else:
            self._change(stage="RUNNING", progress=_progress(running=1))
            [saved] = self._do([Task(compute_whole)])
            self._change(stage="SAVING", progress=_progress(finished=1))
        identity = "" if self.report.is_partial else self.job.identity
        images = {CATALOG: self._revision, **self.report.images}
        outcome = {"media_type": saved.media_type, "size": saved.size, "identity": identity, "images": images}
        self._deliver()
        self._change(stage="SUCCEEDED", **outcome)
        remove_blocks(self._folder)

    def _take_cached(self) -> bool:
        """Take the result of an earlier job that computed the same from the same images; False if there is none."""
        for found in self._queue.cached(self.job.identity):
            if found.images.get(CATALOG) == self._revision and are_unchanged(found.images):
                try:
                    link_result(folder_of(self._settings, found.id), self._folder)
                except OSError:  # it has just been deleted
                    continue
                said = f"the result is that of job {found.id}, which computed the same from the same images"
                self._jobs.log(self.job.id, [(logging.INFO, said)])
                outcome = {"media_type": found.media_type, "size": found.size, "identity": found.identity}
                self._deliver()
                self._change(stage="SUCCEEDED", progress=found.progress, images=found.images, **outcome)
                return True
        return False

    def _deliver(self) -> None:
        """Bring the result to its destination."""
        destination, path = read_destination(self.job.destination), result_in(self._folder)
        if said := destination.deliver(Delivery(self.job, self._settings, self._catalog, self._check), path):
            self._jobs.log(self.job.id, [(logging.INFO, said)])
        if not destination.keeps_result:
            path.unlink()

    def _run_in_blocks(self) -> Saved:
        blocks: Blocks
        [blocks] = self._do([Task(prepare)])
        missing, total = blocks.missing(), sum(1 for _ in blocks)
        self._change(stage="RUNNING", progress=_progress(waiting=len(missing), finished=total - len(missing)))
        self._do([Task(compute_block, (blocks, block), str(block)) for block in missing], total - len(missing))
        self._check_scenes()
        self._change(stage="SAVING", progress=_progress(finished=total))
        saved: Saved
        [saved] = self._do([Task(assemble, (blocks,))])
        return saved

    def _do(self, tasks: Sequence[Task], finished: int | None = None) -> list[Any]:
        """Return what tasks give, in any order; one whose worker dies is tried again.

        No more are given to the executor at a time than keep it busy, so that jobs take turns. How many are finished
        is told if a number of those that were before is given. Raises `Stopped`.
        """
        waiting, running, deaths = deque(tasks), dict[Future[Any], Task](), Counter[Task]()
        results: list[Any] = []
        try:
            while waiting or running:
                while waiting and len(running) <= self._executor.slots:
                    task = waiting.popleft()
                    running[self._executor.submit(task.function, self._order(), *task.arguments)] = task
                for future in wait(running, WAKE_SECONDS, FIRST_COMPLETED).done:
                    task = running.pop(future)
                    if (again := self._settle(future, task, deaths, results)) is not None:
                        waiting.appendleft(again)
                self._check()
                if finished is not None:
                    self._tell(len(waiting), len(running), finished + len(results))
        finally:
            self._end(list(running))
        return results

    def _settle(self, future: Future[Any], task: Task, deaths: Counter[Task], results: list[Any]) -> Task | None:
        """Take what a task gave; return it if it must be done again."""
        try:
            result, report = future.result()
        except (WorkerDied, CancelledError) as exc:
            if self._stopped.is_set():
                raise Stopped from None
            deaths[task] += 1
            if deaths[task] == DEATHS:
                raise _named(failure_of(exc), task) from None
            log.warning("job %s: %s lost its worker", self.job.id, task.name or task.function.__name__)
            return task
        except Exception as exc:
            if self._stopped.is_set():
                raise Stopped from None
            failure = failure_of(exc)  # a task knows how much was left of the time for it, not how much the job had
            raise (self._late() if failure.code == "DEADLINE" else _named(failure, task)) from None
        results.append(result)
        if task.function is compute_block:
            self._on_block()
        self.report.add(report)
        fresh = [record for record in report.logs if record not in self._said]
        self._said.update(fresh)
        self._jobs.log(self.job.id, dict.fromkeys(fresh))
        return None

    def _check(self) -> None:
        if self._stopped.is_set():
            raise Stopped
        if self.runtime > self._settings.job_seconds + TIRED_SECONDS:
            raise self._late()

    def _late(self) -> JobFailure:
        limit = self._settings.job_seconds
        return JobFailure(
            "DEADLINE", f"the job ran longer than the limit of {limit:g} s: compute fewer pixels or images"
        )

    def _check_scenes(self) -> None:
        """Raise a failure if no scene could be read."""
        unread = {scene: why for scene, why in self.report.skipped.items() if scene not in self.report.scenes}
        if unread and not self.report.scenes:
            scene, why = next(iter(unread.items()))
            raise JobFailure("INVALID", f"none of {len(unread)} scenes can be read; {scene}: {why}")

    def _end(self, running: list[Future[Any]]) -> None:
        """End tasks that still run: by themselves if they notice, else with their workers."""
        if not running:
            return
        if not self._queue.with_files([self.job.id]):
            remove_folder(self._folder)  # which is what they notice
        begun = [future for future in running if not future.cancel()]
        for future in wait(begun, GRACE_SECONDS).not_done:
            self._executor.stop(future)
        wait(begun)

    def _order(self) -> Order:
        job = self.job
        computation = {
            "graft": job.graft, "typespec": job.typespec, "type": job.type, "parameters": list(job.parameters),
            "channel": job.channel, "client_version": job.client_version, "arguments": job.arguments,
            "geoctx": job.geoctx,
        }  # fmt: skip
        seconds = self._settings.job_seconds - self.runtime
        return Order(self._settings, job.id, job.attempt, computation, job.format, seconds, self._executor.together)

    def _tell(self, waiting: int, given: int, finished: int) -> None:
        """Write the progress to the job's record, twice a second."""
        if time.monotonic() - self._told < TELL_SECONDS:
            return
        running = min(given, self._executor.slots)
        progress = _progress(waiting=waiting, ready=given - running, running=running, finished=finished)
        self._change(progress=progress)

    def _change(self, **changes: Any) -> None:
        before = self.job.read
        read = {
            "scenes": max(before["scenes"], len(self.report.scenes)),
            "bytes": before["bytes"] + self.report.bytes_read,
        }
        self._queue.update(self.job, runtime=self.runtime, read=read, **changes)
        self._told = time.monotonic()


def _named(failure: JobFailure, task: Task) -> JobFailure:
    return failure.at(task.name) if task.name else failure


def _progress(*, waiting: int = 0, ready: int = 0, running: int = 0, finished: int = 0) -> dict[str, int]:
    return {"waiting": waiting, "ready": ready, "running": running, "finished": finished}
