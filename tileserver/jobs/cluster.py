"""Tasks in the workers of a Dask cluster, one submission each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Final, TypeVar

from distributed import Client
from distributed import Future as DaskFuture
from distributed.scheduler import KilledWorker

from tileserver.jobs.executors import WorkerDied
from tileserver.jobs.failures import JobFailure

__all__ = ["ClusterExecutor"]

T = TypeVar("T")

CONNECT_SECONDS: Final = 10
SLOTS: Final = 256  # tasks of a job that the scheduler holds at most


class ClusterExecutor:
    """Tasks in the workers of a Dask cluster, which must share the server's data folder and its images.

    Dask gives a task whose worker died to another one, three times. A task that runs there cannot be ended: it looks
    for its job's folder several times a second, and ends when that is gone. Pixels go from workers to the folder.
    """

    together = 1

    def __init__(self, address: str) -> None:
        """Connect to the scheduler at an address; raises OSError if it is away."""
        self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        self._there: dict[Future[Any], DaskFuture] = {}

    @property
    def slots(self) -> int:
        """The threads of all workers that there are now."""
        threads: int = sum(self._client.nthreads().values())
        return min(max(1, threads), SLOTS)

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Run a task as soon as there is room."""
        task: Future[T] = Future()
        task.set_running_or_notify_cancel()
        there = self._client.submit(function, *arguments, pure=False)
        self._there[task] = there
        there.add_done_callback(lambda done: self._settle(task, done))
        return task

    def stop(self, task: Future[Any]) -> None:
        """Forget a task; one that runs ends when it looks for its job's folder."""
        if (there := self._there.get(task)) is not None:
            there.cancel(force=True)

    def close(self) -> None:
        """Forget all tasks, and leave the cluster."""
        self._client.close()
        for task in list(self._there):
            self._end(task, WorkerDied(None))

    def _settle(self, task: Future[Any], done: DaskFuture) -> None:
        if done.status == "finished":
            try:
                result = done.result()
            except Exception as exc:  # the worker that had it died after it had said so
                self._end(task, WorkerDied(None) if not isinstance(exc, JobFailure) else exc)
            else:
                if self._there.pop(task, None) is not None:
                    task.set_result(result)
        elif done.status == "error":
            error = done.exception()
            if isinstance(error, KilledWorker):
                error = JobFailure("TERMINATED", "workers of the cluster died three times: their logs may say why")
            self._end(task, error)
        else:
            self._end(task, WorkerDied(None))

    def _end(self, task: Future[Any], error: BaseException) -> None:
        if self._there.pop(task, None) is not None:
            task.set_exception(error)
