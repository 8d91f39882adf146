"""Estimates: what a computation would read and need, without doing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from graft_eval.errors import GraftError, LimitExceeded
from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.grid import Grid
from graft_eval.plane import Plane
from graft_eval.planning.estimate import ReadEstimate, estimate_reads
from graft_eval.progress import Progress
from graft_eval.values.image import Imagery
from tileserver.bodies.inspection import Inspection

__all__ = ["Estimate", "advised", "estimate", "estimate_pixels"]

VALUE_BYTES = 9  # a number and its mask
PIECES = 2  # of 64 MiB each, that are read and computed at a time
PIECE_BYTES = 64 << 20
BYTES_PER_SECOND = 100e6  # decoded by one process
PIXELS_PER_SECOND = 100e6  # of one expression computed by one process


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a computation takes: scenes and bytes that it reads, pixels of all bands, bytes of memory, and seconds.

    Bytes read are those of pixels as decoded; memory is what one process needs for a value computed at once.
    """

    scenes: int
    bytes: int
    pixels: int
    memory: int
    seconds: float

    def to_json(self) -> dict[str, float]:
        """Return the estimate as JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"{self.scenes:,} scenes, {self.bytes / 1e6:,.0f} MB to read, {self.pixels:,} pixels,"
            f" {self.memory / 1e6:,.0f} MB of memory, {self.seconds:,.0f} s"
        )


@contextmanager
def advised(inspection: Inspection, evaluations: Evaluations, progress: Progress) -> Iterator[None]:
    """Tell in a refusal for size what the computation would take, and that a job may do it."""
    try:
        yield
    except LimitExceeded as refused:
        try:
            found = estimate(inspection, evaluations, progress)
        except GraftError:  # it is the evaluation that was refused
            raise refused from None
        raise LimitExceeded(f"{refused}; it would take {found}: compute it as a job instead, as a geotiff") from None


def estimate(inspection: Inspection, evaluations: Evaluations, progress: Progress) -> Estimate:
    """Evaluate a computation, and return what its pixels would take; what is no imagery has none."""
    value, grid = inspection.value(evaluations, progress)
    if not isinstance(value, Imagery) or grid is None:
        return Estimate(len(progress.used), progress.bytes_read, 0, progress.bytes_read, sum(progress.seconds.values()))
    return estimate_pixels([plane for image in value.images for plane in image.planes], grid)


def estimate_pixels(planes: Sequence[Plane], grid: Grid) -> Estimate:
    """Return what pixels of planes on a grid would take."""
    found = estimate_reads(planes, grid) if planes else ReadEstimate(0, 0, 0)
    rows, cols = grid.shape
    pixels = rows * cols * len(planes)
    memory = pixels * VALUE_BYTES + min(found.bytes, PIECES * PIECE_BYTES)
    seconds = found.bytes / BYTES_PER_SECOND + rows * cols * found.expressions / PIXELS_PER_SECOND
    return Estimate(found.scenes, found.bytes, pixels, memory, seconds)
