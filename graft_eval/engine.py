"""The engine: computes planes on grids, with caches and threads that all computations of a process share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from graft_eval.errors import LimitExceeded
from graft_eval.fingerprint import fingerprint
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.piece import Piece
from graft_eval.plane import Plane, Read
from graft_eval.planning.advice import advise
from graft_eval.planning.computation import Computation, side_of
from graft_eval.planning.plan import assets_of
from graft_eval.planning.plans import Plans, Prepared
from graft_eval.progress import Progress
from graft_eval.raster.access import NOWHERE, RemoteAccess
from graft_eval.raster.blocks import Blocks, CacheUse
from graft_eval.raster.read_requests import ReadRequests
from graft_eval.raster.reading import Reading
from graft_eval.raster.sampling import Sampler
from graft_eval.raster.stored import StoredPlanes
from graft_eval.scope import Raster

__all__ = ["RasterEngine", "assets_of", "fingerprint"]

SAMPLING_BYTES = 64 << 20
SUMMARY_SIDE = 512  # pixels, of the pieces in which a grid is summarized
MAX_PLANES = 100_000  # planes in them
MAX_NESTING = 64  # neighbourhoods of neighbourhoods, which are computed by recursion


class RasterEngine:
    """Computes planes from raster files; one serves all requests of a process, from any number of threads.

    Decoded blocks take up to `cache_bytes`; `threads` of its own read files. Remote files may redirect to their own
    hosts and to those of `access`. The processes of a server share blocks in a `folder` (`shared_blocks`).
    """

    def __init__(
        self, cache_bytes: int, threads: int, access: RemoteAccess = NOWHERE, folder: Path | None = None
    ) -> None:
        self._blocks = Blocks(cache_bytes, threads, access, folder)
        self._sampler = Sampler(min(SAMPLING_BYTES, cache_bytes // 4))
        self._plans = Plans(MAX_PLANES)

    def compute(self, planes: Sequence[Plane], grid: Grid, progress: Progress, limits: Limits) -> Raster:
        """Read what the planes need on the grid, compute them, and return them as bands.

        Values are float64, or boolean where all planes are; masked ones are 0. A scene whose files cannot be read is
        masked and noted in `progress`, as are those that a mosaic of many has no room for within the limits. Raises
        `LimitExceeded` before anything is read, `SceneError` when none of the scenes can be read, `Cancelled` soon
        after `progress` is cancelled.
        """
        computation, reading = self._begin(planes, grid, progress, limits)
        raster = computation.raster(planes)
        computation.report(planes)
        reading.finish()
        return raster

    def pieces(
        self, planes: Sequence[Plane], grid: Grid, progress: Progress, limits: Limits
    ) -> Iterator[tuple[int, int, Raster]]:
        """Yield (row, col, raster) of the pieces that make up the grid: what `compute` returns as a whole.

        It may be as large as `Limits.summed` says, if that is more than `compute` takes.
        """
        (rows, cols), checked = grid.shape, grid
        if limits.pixels < rows * cols and rows * cols * len(planes) <= limits.summed:
            checked = _first_piece(grid)
        computation, reading = self._begin(planes, grid, progress, limits, checked)
        yield from computation.pieces(planes)
        computation.report(planes)
        reading.finish()

    def summaries(self, planes: Sequence[Plane], grid: Grid, progress: Progress, limits: Limits) -> tuple[float, ...]:
        """Return the numbers that planes need of the whole grid: with them, `part` computes any of its pieces.

        The grid may be of any size: it is read piece by piece, and not at all if no number is needed.
        """
        prepared = self._plans.prepare(planes)
        if not prepared.summaries:
            return ()
        _check(prepared, planes, _first_piece(grid), limits)
        reading = Reading(self._blocks, self._sampler, progress)
        found = Computation(self._plans, reading, grid, progress, limits.scenes).summaries(planes)
        reading.finish()
        return tuple(found)

    def part(
        self, planes: Sequence[Plane], piece: Piece, summaries: Sequence[float], progress: Progress, limits: Limits
    ) -> Raster:
        """Return the pixels of a piece of a grid that `compute` has there of all of it; limits are of the piece.

        Where none of its scenes can be read, it is masked: others may be read elsewhere.
        """
        _check(self._plans.prepare(planes), planes, piece.grid, limits)
        reading = Reading(self._blocks, self._sampler, progress)
        computation = Computation(self._plans, reading, piece.whole, progress, limits.scenes)
        raster = computation.part(planes, piece, summaries)
        computation.report(planes)
        return raster

    def integer(self, read: Read, grid: Grid, progress: Progress) -> int:
        """Return the first pixel of integers on a grid, with all its digits."""
        reading = Reading(self._blocks, self._sampler, progress)
        [source] = reading.read(grid.window(0, 0, (1, 1)), {0: ReadRequests((read,))}).values()
        assert isinstance(source, StoredPlanes)
        return int(source.data[0, 0, 0])

    def _begin(
        self, planes: Sequence[Plane], grid: Grid, progress: Progress, limits: Limits, checked: Grid | None = None
    ) -> tuple[Computation, Reading]:
        _check(self._plans.prepare(planes), planes, checked or grid, limits)
        reading = Reading(self._blocks, self._sampler, progress)
        return Computation(self._plans, reading, grid, progress, limits.scenes), reading

    @property
    def cache_use(self) -> CacheUse:
        """The use of the cache of blocks."""
        return self._blocks.use

    def close(self) -> None:
        """End the threads and close the files."""
        self._blocks.close()


def _first_piece(grid: Grid) -> Grid:
    rows, cols = grid.shape
    return grid.window(0, 0, (min(rows, SUMMARY_SIDE), min(cols, SUMMARY_SIDE)))


def _check(prepared: Prepared, planes: Sequence[Plane], grid: Grid, limits: Limits) -> None:
    (rows, cols), bands = grid.shape, len(planes)
    if rows * cols > limits.pixels:
        raise LimitExceeded(f"{rows} x {cols} pixels are {rows * cols:,}, more than the limit of {limits.pixels:,}")
    if (values := rows * cols * bands) > limits.values:
        raise LimitExceeded(
            f"{bands:,} bands of {rows} x {cols} pixels are {values:,} values, more than the limit of {limits.values:,}"
        )
    if prepared.scenes > limits.scenes:
        raise LimitExceeded(
            f"the pixels of {prepared.scenes:,} scenes are needed, more than the limit of {limits.scenes:,}:"
            f" {advise(planes, grid, limits.scenes)}"
        )
    if prepared.looked_at:
        _check_around(prepared, grid, limits)


def _check_around(prepared: Prepared, grid: Grid, limits: Limits) -> None:
    """Check what neighbourhoods look at: each piece of the grid with what is around it."""
    if prepared.nesting > MAX_NESTING:
        raise LimitExceeded(f"{prepared.nesting:,} neighbourhoods within one another are more than {MAX_NESTING}")
    around = prepared.reach(grid)
    reach = max(around)
    height, width = Piece.all_of(grid).padded(around).shape
    if height * width > limits.pixels:
        raise LimitExceeded(
            f"with what neighbourhoods reach around them, {reach:,} pixels, {grid.shape[0]} x {grid.shape[1]} pixels"
            f" are {height * width:,}, more than the limit of {limits.pixels:,}"
        )
    side = side_of(prepared, grid) or 0
    pixels = min(height, side + 2 * reach) * min(width, side + 2 * reach)
    if (values := pixels * prepared.looked_at) > limits.values:
        raise LimitExceeded(
            f"neighbourhoods look at {prepared.looked_at:,} planes of {pixels:,} pixels at once: {values:,} values,"
            f" more than the limit of {limits.values:,}"
        )
