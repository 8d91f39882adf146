"""What a worker process evaluates with, made once for all tasks of a server's jobs."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from cachetools import LRUCache

from graft_eval.engine import RasterEngine
from graft_eval.errors import Cancelled
from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.limits import Limits
from graft_eval.process import prepare_process
from graft_eval.progress import Progress
from tileserver.catalog import Catalog
from tileserver.settings import Settings
from tileserver.store import open_database

__all__ = ["TaskProgress", "Workplace", "folder_of", "remove_folder", "task_limits", "workplace_of"]

LOOK_SECONDS: Final = 0.25  # between looks at whether a job was cancelled
MAX_CACHE: Final = 128 << 20  # bytes of decoded blocks of files: the blocks of a job meet few of them twice
GDAL_CACHE: Final = "64"  # MB of blocks that are written: GDAL takes 5 % of the memory, in each process
MAX_KEPT: Final = 4  # jobs, whose blocks may alternate
SCENES: Final = 100_000  # of one job; how many are read at a time is bounded by their bytes


def folder_of(settings: Settings, job_id: str) -> Path:
    """Return the folder of a job's files: blocks while it runs, then its result."""
    return settings.data_dir / "jobs" / job_id


def remove_folder(folder: Path) -> None:
    """Remove a job's files, so that tasks that still run end and leave nothing: at once, by another name first."""
    aside = folder.with_name(f"{folder.name}.removed")
    with suppress(OSError):  # it is not there, or another server has done it
        folder.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)


class Workplace:
    """Catalog, engine and evaluations of a process for `tasks` at a time; it keeps what its last jobs evaluated to."""

    def __init__(self, settings: Settings, tasks: int) -> None:
        prepare_process()
        os.environ.setdefault("GDAL_CACHEMAX", GDAL_CACHE)
        cache = min(settings.cache_bytes // 2 // max(settings.job_processes, 1), MAX_CACHE)
        self.limits = task_limits(settings)
        self.catalog = Catalog(open_database(settings.database), settings)
        self.engine = RasterEngine(cache, tasks, settings.access)
        self.evaluations = Evaluations(self.catalog, self.engine, self.limits)
        self._kept: LRUCache[Hashable, Any] = LRUCache(MAX_KEPT)
        self._lock = threading.Lock()

    def keep(self, key: Hashable, value: Any) -> None:
        """Keep what a job evaluated to for its next blocks."""
        with self._lock:
            self._kept[key] = value

    def kept(self, key: Hashable) -> Any:
        """Return what was kept, None if it is not any more."""
        with self._lock:
            return self._kept.get(key)


@lru_cache(maxsize=1)
def workplace_of(settings: Settings, tasks: int) -> Workplace:
    """Return the workplace of this process for the jobs of a server, of which so many tasks run in it at a time."""
    return Workplace(settings, tasks)


def task_limits(settings: Settings) -> Limits:
    """Return what one task of a job may cost: pixels at a time are bounded as in an inspect, scenes hardly."""
    scenes = max(settings.limits.scenes, SCENES)
    return replace(settings.limits, scenes=scenes, summed=settings.job_pixels)


class TaskProgress(Progress):
    """The progress of a task, which is cancelled when the folder of its job is gone.

    Nothing is left out when time runs short: jobs may take theirs.
    """

    def __init__(self, folder: Path, seconds: float, log: Callable[[int, str], None]) -> None:
        super().__init__(log=log, deadline=seconds)
        self._folder = folder
        self._looked = time.monotonic()

    @property
    def is_late(self) -> bool:
        """False."""
        return False

    def check(self) -> None:
        """Raise `Cancelled` when the job was, or its time is up."""
        super().check()
        if time.monotonic() - self._looked > LOOK_SECONDS:
            if not self._folder.exists():
                raise Cancelled("the job was cancelled")
            self._looked = time.monotonic()
