"""What all worker processes share: imported by the process that they are forks of."""

from __future__ import annotations

import gc

import tileserver.jobs.tasks  # noqa: F401
from graft_eval.process import prepare_process

__all__: list[str] = []

prepare_process()  # a second of each worker, and 80 MB
gc.freeze()  # what the collector does not touch stays shared
