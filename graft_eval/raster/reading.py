"""Reading: the bands of scenes on a grid, from the blocks of their files."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from graft_eval.errors import EvaluationError, SceneError
from graft_eval.grid import Grid
from graft_eval.piece import Piece
from graft_eval.pixels import MISSING, Pixels, PixelSource
from graft_eval.progress import Progress
from graft_eval.raster.blocks import BlockRequest, Blocks, Unreadable
from graft_eval.raster.file_sampling import FileSampling, Nearest, resampled_pieces
from graft_eval.raster.overviews import Overview, fitting_overview
from graft_eval.raster.read_requests import FileReads, ReadRequests
from graft_eval.raster.sampling import Sampler
from graft_eval.raster.stored import ResampledPlanes, StoredPlanes, is_supported
from graft_eval.scene import Asset
from sdk.language.imagery import RESAMPLERS

__all__ = ["Reading"]


class Reading:
    """The reads of one computation; a scene whose files cannot be read is left out from then on.

    Which overview of a file is read is decided once for each square of pixels that all grids share (`Grid.square`),
    so that a pixel is the same out of any grid, and a large one as sharp as the tiles of a map.
    """

    def __init__(self, blocks: Blocks, sampler: Sampler, progress: Progress) -> None:
        self._blocks = blocks
        self._sampler = sampler
        self._progress = progress
        self._overviews: dict[tuple[object, ...], Overview] = {}
        self._scenes: set[str] = set()

    def divide(self, piece: Piece, stages: Mapping[int, ReadRequests]) -> Iterator[Piece]:
        """Yield the squares of a piece if a file has not one overview for all, else all of it."""
        squares = list(piece.squares())
        if len(squares) == 1:
            yield piece
            return
        files = {
            file.lattice: file for requests in stages.values() for file in requests.files if file.asset.overviews
        }.values()
        if any(len({self._overview(file, one.grid) for one in squares}) > 1 for file in files):
            yield from squares
        else:
            yield piece

    def read(self, grid: Grid, stages: Mapping[int, ReadRequests]) -> dict[int, PixelSource]:
        """Read stages of planes on the grid of a piece that `divide` gives."""
        sources: dict[int, PixelSource] = {}
        samplings: list[FileSampling] = []
        filled: list[tuple[StoredPlanes | ResampledPlanes, ReadRequests]] = []
        for stage, requests in stages.items():
            if not is_supported(requests.dtype):
                for file in requests.files:
                    if self._sampler.sampling(grid, self._overview(file, grid)).blocks:
                        self._scenes.update(file.scenes)
                        self._skip(file, f"pixels of type {requests.dtype} are not supported")
                sources[stage] = _Nothing()
            elif requests.resampler == "near":
                stored = StoredPlanes(requests, grid.shape)
                sources[stage] = stored
                filled.append((stored, requests))
                for file in requests.files:
                    overview = self._overview(file, grid)
                    samplings.append(Nearest(file, overview, self._sampler.sampling(grid, overview), stored))
            elif requests.resampler in RESAMPLERS:
                resampled = ResampledPlanes(len(requests.reads), grid.shape)
                sources[stage] = resampled
                filled.append((resampled, requests))
                for file in requests.files:
                    samplings += resampled_pieces(file, resampled, self._overview(file, grid), grid, self._sampler)
            else:
                raise EvaluationError(
                    f"the resampler must be one of {', '.join(RESAMPLERS)}, not {requests.resampler!r}"
                )
        self._take(samplings)
        if self._progress.skipped:
            for planes, requests in filled:
                for member, read in enumerate(requests.reads):
                    if read.scene.id in self._progress.skipped:
                        planes.leave_out(member)
        return sources

    def outside(self, asset: Asset, part: Grid) -> NDArray[np.bool_]:
        """Return where a part of a grid has no pixels of a file, (row, col)."""
        return self._sampler.sampling(part, _overview_of_square(asset, part.square)).outside

    def finish(self) -> None:
        """Raise `SceneError` when no scene that the grid meets could be read."""
        if self._scenes and self._scenes <= self._progress.skipped.keys():
            scene, reason = next(item for item in self._progress.skipped.items() if item[0] in self._scenes)
            raise SceneError(f"none of {len(self._scenes)} scenes can be read; {scene}: {reason}")

    def _overview(self, file: FileReads, grid: Grid) -> Overview:
        square = grid.square
        overview = self._overviews.get((square.bounds, file.lattice))
        if overview is None:
            overview = self._overviews[square.bounds, file.lattice] = _overview_of_square(file.asset, square)
        return overview

    def _take(self, samplings: Iterable[FileSampling]) -> None:
        """Read the blocks of all samplings, some ahead, and paste each into its own."""
        owners: deque[tuple[FileSampling, bool]] = deque()
        stream = self._blocks.stream(self._requests(samplings, owners), self._progress.check, self._progress.idle)
        for request, block, size in stream:
            sampling, last = owners.popleft()
            if self._is_skipped(sampling.file):
                continue
            try:
                if isinstance(block, Unreadable):
                    raise block
                sampling.paste(request.row, request.col, block)
            except Unreadable as error:
                self._skip(sampling.file, str(error))
                continue
            for scene in sampling.file.scenes:
                self._progress.read(scene, blocks=1 if size else 0, size=size)
            if last:
                sampling.finish()

    def _requests(
        self, samplings: Iterable[FileSampling], owners: deque[tuple[FileSampling, bool]]
    ) -> Iterator[BlockRequest]:
        for sampling in samplings:
            blocks, file = sampling.blocks(), sampling.file
            if not blocks:
                continue
            self._scenes.update(file.scenes)
            try:
                current = self._progress.fingerprint(file.asset)
            except OSError as error:
                self._skip(file, f"{file.asset.href.rsplit('/', 1)[-1]} cannot be read: {error.strerror}")
                continue
            for at, (row, col) in enumerate(blocks, start=1):
                if self._is_skipped(file):
                    break
                owners.append((sampling, at == len(blocks)))
                yield BlockRequest(file.asset, current, sampling.overview, row, col, file.bands)

    def _is_skipped(self, file: FileReads) -> bool:
        return bool(self._progress.skipped) and all(scene in self._progress.skipped for scene in file.scenes)

    def _skip(self, file: FileReads, reason: str) -> None:
        for scene in file.scenes:
            self._progress.skip(scene, reason)


@lru_cache(maxsize=4096)  # tiles are asked for again: 0.1 ms each
def _overview_of_square(asset: Asset, square: Grid) -> Overview:
    return fitting_overview(asset, square)


class _Nothing:
    """Planes of which nothing can be read."""

    def pixels(self, start: int, stop: int) -> Pixels:
        return MISSING
