"""Executors: where the tasks of jobs run, in processes of this machine or in threads of this process."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any, Final, Protocol, TypeVar

__all__ = ["Executor", "ProcessExecutor", "ThreadExecutor", "WorkerDied"]

log = logging.getLogger(__name__)
T = TypeVar("T")

PRELOADED: Final = ["tileserver.jobs.preloaded"]  # what takes 4 s to import and load, done once for all processes


class WorkerDied(Exception):
    """The process of a task ended before the task; `exitcode` is the process's, below 0 for a signal."""

    def __init__(self, exitcode: int | None) -> None:
        super().__init__(f"a worker process ended with {exitcode}")
        self.exitcode = exitcode


class Executor(Protocol):
    """Runs tasks: functions of the top level of a module, with arguments that can be pickled.

    A task ends with what it returns or raises, or with `WorkerDied`.
    """

    @property
    def slots(self) -> int:
        """How many tasks run at a time."""

    @property
    def together(self) -> int:
        """How many of them share a process."""

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Run a task as soon as there is room."""

    def stop(self, task: Future[Any]) -> None:
        """End a task, whether it waits or runs; what it was about to do is not done."""

    def close(self) -> None:
        """Stop all tasks, and end the workers."""


class ProcessExecutor:
    """Tasks in `slots` processes, each started when it is first needed, kept warm, and replaced when it dies.

    Every slot is a pool of one process: who dies takes no other task along, and can be told from the others.
    """

    together = 1

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="graftile-job-slot")
        self._own = threading.local()
        self._running: dict[Future[Any], _Slot] = {}
        self._slots: list[_Slot] = []
        self._lock = threading.Lock()

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Run a task as soon as there is room."""
        task: Future[T] = Future()
        self._threads.submit(self._run, task, function, arguments)
        return task

    def stop(self, task: Future[Any]) -> None:
        """End a task, whether it waits or runs; what it was about to do is not done."""
        with self._lock:
            if not task.cancel() and (slot := self._running.get(task)) is not None:
                slot.kill()

    def close(self) -> None:
        """Stop all tasks, and end the workers."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            for slot in self._slots:
                slot.kill()
        self._threads.shutdown(wait=True)
        for slot in self._slots:
            slot.pool.shutdown()

    def _run(self, task: Future[Any], function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        with self._lock:
            if not task.set_running_or_notify_cancel():
                return
            slot = self._slot()
            slot.killed = False
            self._running[task] = slot
        try:
            result = slot.run(function, arguments)
        except BaseException as exc:
            failure: BaseException | None = exc
        else:
            failure = None
        with self._lock:
            del self._running[task]
        if failure is None:
            task.set_result(result)
        else:
            task.set_exception(failure)

    def _slot(self) -> _Slot:
        slot: _Slot | None = getattr(self._own, "slot", None)
        if slot is None:
            slot = self._own.slot = _Slot()
            self._slots.append(slot)
        return slot


class ThreadExecutor:
    """Tasks in `slots` threads of this process, for one that computes nothing else.

    It starts at once, as nothing is imported twice, and all tasks share one cache. A task that runs cannot be ended: it
    looks for its job's folder several times a second, and ends when that is gone.
    """

    def __init__(self, slots: int) -> None:
        self.slots = self.together = slots
        self._threads = ThreadPoolExecutor(slots, thread_name_prefix="graftile-job-task")

    def submit(self, function: Callable[..., T], /, *arguments: Any) -> Future[T]:
        """Run a task as soon as there is room."""
        task: Future[T] = Future()
        self._threads.submit(self._run, task, function, arguments)
        return task

    def stop(self, task: Future[Any]) -> None:
        """Forget a task; one that runs ends when it looks for its job's folder."""
        if not task.cancel():
            _end(task, error=WorkerDied(None))

    def close(self) -> None:
        """Forget tasks that wait, and wait for those that run."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _run(self, task: Future[Any], function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        if not task.set_running_or_notify_cancel():
            return
        try:
            result = function(*arguments)
        except BaseException as exc:
            _end(task, error=exc)
        else:
            _end(task, result)


def _end(task: Future[Any], result: Any = None, error: BaseException | None = None) -> None:
    """End a task, unless it was forgotten."""
    with suppress(InvalidStateError):
        if error is None:
            task.set_result(result)
        else:
            task.set_exception(error)


class _Slot:
    """One process, and those that come after it."""

    def __init__(self) -> None:
        self.pool = _start_pool()
        self.killed = False  # while its process was not known yet, perhaps
        self._process: BaseProcess | None = None

    def run(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        try:
            if self._process is None:
                self._process = self._start()
            if self.killed:
                raise WorkerDied(None)
            return self.pool.submit(function, *arguments).result()
        except BrokenProcessPool:
            exitcode = None
            if self._process is not None:
                self._process.join(1)
                exitcode = self._process.exitcode
            self.pool.shutdown()
            self.pool, self._process = _start_pool(), None
            log.warning("a worker process of jobs ended with %s, and is replaced", exitcode)
            raise WorkerDied(exitcode) from None

    def _start(self) -> BaseProcess | None:
        try:
            return _process_of(self.pool.submit(os.getpid).result())
        except (EOFError, OSError) as exc:  # what forks processes was ended, as all of a server's are that is stopped
            raise BrokenProcessPool(str(exc)) from exc

    def kill(self) -> None:
        self.killed = True
        if self._process is not None:
            self._process.kill()


def _start_pool() -> ProcessPoolExecutor:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return ProcessPoolExecutor(1, mp_context=context, initializer=_end_with_parent)


def _process_of(pid: int) -> BaseProcess | None:
    return next((child for child in multiprocessing.active_children() if child.pid == pid), None)


def _end_with_parent() -> None:
    """End this process when the one that started it does, even by SIGKILL: nobody takes its results any more."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # this is a worker

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="graftile-parent", daemon=True).start()
