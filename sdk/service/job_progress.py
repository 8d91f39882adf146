"""Progress bars of jobs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from tqdm import tqdm

__all__ = ["ProgressBar", "progress_bar_of"]


class ProgressBar(Protocol):
    """A bar that is drawn anew as a job goes on."""

    def update(self, record: Mapping[str, Any]) -> None:
        """Show the stage, how many tasks are finished of all, the scenes and megabytes that were read."""


class _NoBar:
    def update(self, record: Mapping[str, Any]) -> None:
        pass


class _Bar:
    def __init__(self, bar: tqdm[Any]) -> None:
        self._bar = bar

    def update(self, record: Mapping[str, Any]) -> None:
        tasks, read = record["progress"], record["read"]
        self._bar.set_description(record["stage"].lower(), refresh=False)
        if read["scenes"]:
            speed = read["bytes"] / 1e6 / max(record["runtime"], 0.1)
            self._bar.set_postfix_str(f"{read['scenes']:,} scenes, {speed:.1f} MB/s", refresh=False)
        self._bar.total = sum(tasks.values())
        self._bar.n = tasks["finished"]
        self._bar.refresh()


@contextmanager
def progress_bar_of(wanted: bool | None) -> Iterator[ProgressBar]:
    """Give a bar for as long as the context lasts: one that draws if wanted, or, where None is, in a notebook."""
    if not (in_notebook() if wanted is None else wanted):
        yield _NoBar()
        return
    from tqdm.auto import tqdm

    with tqdm(unit="block") as bar:
        yield _Bar(bar)


def in_notebook() -> bool:
    """Return whether this runs in a notebook, where a frontend draws what is displayed."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell is not None and hasattr(shell, "kernel")
