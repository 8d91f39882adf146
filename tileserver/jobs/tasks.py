"""Tasks of jobs: what workers do, with nothing of the server but its settings."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from graft_eval.errors import LimitExceeded
from graft_eval.planning.plan import assets_of
from graft_eval.progress import Progress
from graft_eval.values.image import Imagery
from graft_eval.values.types import describe, type_of
from tileserver.bodies.inspection import Inspection
from tileserver.drawing.drawable import fingerprints
from tileserver.formats import CannotSave, RasterLayout, open_parts, read_format
from tileserver.formats.fits import explain_misfit
from tileserver.formats.parts import Parts
from tileserver.formats.rasters import WRITERS
from tileserver.jobs.blocks import Block, Blocks
from tileserver.jobs.context import TaskProgress, Workplace, folder_of, workplace_of
from tileserver.jobs.failures import JobFailure, failure_of
from tileserver.settings import Settings

__all__ = ["Order", "Report", "Saved", "assemble", "compute_block", "compute_whole", "prepare", "result_in"]

COPIES: Final = 3  # of the pixels on the disk: blocks, a draft of the file, the file


@dataclass(frozen=True, slots=True)
class Order:
    """A job as its tasks need it: the body of an inspection, the format of the result, and the seconds left.

    So many tasks run `together` in a process.
    """

    settings: Settings
    id: str
    attempt: int
    computation: Mapping[str, Any]
    format: Mapping[str, Any]
    seconds: float
    together: int = 1

    @property
    def folder(self) -> Path:
        """The folder of the job's files."""
        return folder_of(self.settings, self.id)


@dataclass(slots=True)
class Report:
    """What a task has read and logged; `images` are the files that it read, with their fingerprints.

    It `is_partial` if scenes are lacking that a result might have.
    """

    scenes: set[str] = field(default_factory=set)
    skipped: dict[str, str] = field(default_factory=dict)
    is_partial: bool = False
    bytes_read: int = 0
    images: dict[str, str] = field(default_factory=dict)
    logs: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Add what another task has read."""
        self.scenes |= other.scenes
        self.skipped |= other.skipped
        self.is_partial |= other.is_partial
        self.bytes_read += other.bytes_read
        self.images |= other.images


@dataclass(frozen=True, slots=True)
class Saved:
    """A result in the folder of its job."""

    media_type: str
    size: int


def compute_whole(order: Order) -> tuple[Saved, Report]:
    """Compute a value whole, and write the result."""
    with _task(order) as (workplace, progress, report):
        inspection = Inspection.from_json(order.computation, order.settings.limits)
        format = read_format(order.format)
        value, grid = inspection.value(workplace.evaluations, progress)
        try:
            data, media_type = inspection.encode(value, grid, format, workplace.evaluations, progress)
        except LimitExceeded as exc:
            if not isinstance(value, Imagery):
                raise
            *others, last = (name for name in WRITERS if not explain_misfit(name, type_of(value).name, frozenset()))
            said = f"{format.name} is made of all pixels at once: {', '.join(others)} and {last} are computed in blocks"
            raise LimitExceeded(f"{exc}; {said}") from None
        return _save(order, media_type, lambda aside: aside.write_bytes(data)), report


def prepare(order: Order) -> tuple[Blocks, Report]:
    """Evaluate imagery, and return the blocks in which its pixels are computed."""
    with _task(order) as (workplace, progress, report):
        layout, signature = _evaluate(order, workplace, progress)
        rows, cols = layout.grid.shape
        pixels = rows * cols * len(layout.planes)
        if pixels > order.settings.job_pixels:
            raise LimitExceeded(
                f"{len(layout.planes):,} bands of {rows:,} x {cols:,} pixels are {pixels:,}, more than the limit of"
                f" {order.settings.job_pixels:,}"
            )
        _check_room(order.folder, pixels * layout.dtype.itemsize * COPIES)
        summaries = workplace.engine.summaries(layout.planes, layout.grid, progress, workplace.limits)
        blocks = Blocks(order.folder, signature, layout.grid.shape, len(layout.planes), summaries)
        blocks.begin()
        return blocks, report


def compute_block(order: Order, blocks: Blocks, block: Block) -> tuple[None, Report]:
    """Compute the pixels of a block, and write its file."""
    with _task(order) as (workplace, progress, report):
        layout = _same(order, blocks, workplace, progress)
        piece = blocks.piece_of(block, layout.grid)
        raster = workplace.engine.part(layout.planes, piece, blocks.summaries, progress, workplace.limits)
        _parts(order, blocks, layout).write(blocks.part_of(block), raster)
        return None, report


def assemble(order: Order, blocks: Blocks) -> tuple[Saved, Report]:
    """Write the result from its blocks, of which few are in memory at a time."""
    with _task(order) as (workplace, progress, report):
        parts = _parts(order, blocks, _same(order, blocks, workplace, progress))
        finished = map(blocks.part_of, blocks)
        media_type = read_format(order.format).media_type
        return _save(order, media_type, lambda aside: parts.join(aside, finished, progress.check)), report


def result_in(folder: Path) -> Path:
    """Return the file of a job's result."""
    return folder / "result"


@contextmanager
def _task(order: Order) -> Iterator[tuple[Workplace, Progress, Report]]:
    """The surroundings of a task, whose errors are `JobFailure`s, and whose report is complete at its end."""
    report = Report()
    progress = TaskProgress(order.folder, order.seconds, lambda level, text: report.logs.append((level, text)))
    try:
        yield workplace_of(order.settings, order.together), progress, report
    except Exception as exc:
        raise failure_of(exc) from None
    report.scenes |= progress.used
    report.skipped |= progress.skipped
    report.is_partial |= progress.lacking > 0
    report.images |= progress.fingerprints
    report.bytes_read += progress.bytes_read


def _evaluate(order: Order, workplace: Workplace, progress: Progress) -> tuple[RasterLayout, str]:
    """Return the layout of a job's imagery, and the signature of all that its pixels are computed from."""
    inspection = Inspection.from_json(order.computation, order.settings.limits)
    value, grid = inspection.value(workplace.evaluations, progress)
    if not isinstance(value, Imagery):
        name = read_format(order.format).name
        raise CannotSave(f"{describe(value)} cannot be saved as {name}, which holds imagery alone")
    if grid is None:
        raise JobFailure("INVALID", "needs pixels, and so a geocontext: give a geoctx")
    layout = RasterLayout.of(value, grid, inspection.origin)
    files = fingerprints(assets_of(layout.planes), progress)
    parts = (inspection.graft.hash, inspection.arguments.identity, sorted(progress.found), files, order.format)
    signature = hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
    workplace.keep(order.id, (layout, signature))
    return layout, signature


def _same(order: Order, blocks: Blocks, workplace: Workplace, progress: Progress) -> RasterLayout:
    """Return the layout of a job's imagery, of the same files as when it was prepared."""
    layout, signature = workplace.kept(order.id) or _evaluate(order, workplace, progress)
    if signature != blocks.signature:
        layout, signature = _evaluate(order, workplace, progress)
    if signature != blocks.signature:
        raise JobFailure("TRANSIENT", "the catalog's images have changed while the job ran: try again")
    return layout


def _parts(order: Order, blocks: Blocks, layout: RasterLayout) -> Parts:
    return open_parts(read_format(order.format), layout, blocks.side)


def _save(order: Order, media_type: str, write: Callable[[Path], object]) -> Saved:
    """Have a result written aside, and give it its name."""
    aside = order.folder / f"result.{order.attempt}"
    write(aside)
    aside.replace(result_in(order.folder))
    return Saved(media_type, result_in(order.folder).stat().st_size)


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise JobFailure(
            "TRANSIENT", f"up to {needed / 1e9:,.1f} GB are needed on the server's disk, of which {free / 1e9:,.1f} are"
            " free: compute fewer pixels, or try again when there is room",
        )  # fmt: skip
