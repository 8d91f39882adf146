"""Reading: the bands of scenes on a grid, from the blocks of their files."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from graft_eval.blocks import BlockRequest, Blocks, Unreadable
from graft_eval.computing import Source
from graft_eval.errors import EvaluationError, SceneError
from graft_eval.files import Nearest, Part, resampled_parts
from graft_eval.fingerprint import fingerprint
from graft_eval.grid import Grid
from graft_eval.levels import Level, fitting_level
from graft_eval.pixels import MISSING
from graft_eval.plane import Read
from graft_eval.resampling import RESAMPLERS
from graft_eval.sampling import Sampler
from graft_eval.scene import Asset
from graft_eval.stored import ResampledPlanes, StoredPlanes, is_supported
from graft_eval.work import Work

__all__ = ["Reading"]

File = tuple[str, str]  # href and fingerprint: what tells files apart, and quicker to look up than an asset


class Reading:
    """The reads of one computation on one grid; a scene whose files cannot be read is left out from then on.

    The centre of the whole grid decides on overviews, whatever part of it is read at a time.
    """

    def __init__(self, blocks: Blocks, sampler: Sampler, grid: Grid, work: Work) -> None:
        self._blocks = blocks
        self._sampler = sampler
        self._grid = grid
        self._work = work
        self._levels: dict[File, Level] = {}
        self._fingerprints: dict[str, str] = {}
        self._wanted: set[str] = set()

    def read(self, part: Grid, wanted: Mapping[int, Sequence[Read]]) -> dict[int, Source]:
        """Read stages of planes on a part of the grid; the planes of each have one resampler and one type."""
        sources: dict[int, Source] = {}
        nearest: dict[File, Nearest] = {}
        parts: list[Part] = []
        stored: list[tuple[StoredPlanes | ResampledPlanes, Sequence[Read]]] = []
        for stage, reads in wanted.items():
            dtype, resampler = reads[0].band.dtype, reads[0].resampler
            if not is_supported(dtype):
                for read in reads:
                    self._skip([read], f"pixels of type {dtype} are not supported")
                sources[stage] = lambda start, stop: MISSING
                continue
            bands = [read.band for read in reads]
            if resampler == "near":
                planes = StoredPlanes(bands, part.shape)
                self._add_nearest(part, reads, planes, nearest)
                stored.append((planes, reads))
                sources[stage] = planes.pixels
            elif resampler in RESAMPLERS:
                resampled = ResampledPlanes(bands, part.shape)
                parts += self._resampled(part, reads, resampled)
                stored.append((resampled, reads))
                sources[stage] = resampled.pixels
            else:
                raise EvaluationError(f"resampler must be near or one of {', '.join(RESAMPLERS)}, not {resampler!r}")
        self._take([*nearest.values(), *parts])
        for of_stage, reads in stored:
            for member, read in enumerate(reads):
                if read.scene.id in self._work.skipped:
                    of_stage.leave_out(member)
        return sources

    def finish(self) -> None:
        """Raise `SceneError` when no scene that the grid meets could be read."""
        if self._wanted and self._wanted <= self._work.skipped.keys():
            scene, reason = next(item for item in self._work.skipped.items() if item[0] in self._wanted)
            raise SceneError(f"none of {len(self._wanted)} scenes can be read; {scene}: {reason}")

    def _level(self, asset: Asset) -> Level:
        file = _file(asset)
        if file not in self._levels:
            self._levels[file] = fitting_level(asset, self._grid)
        return self._levels[file]

    def _add_nearest(self, part: Grid, reads: Sequence[Read], planes: StoredPlanes, files: dict[File, Nearest]) -> None:
        for member, read in enumerate(reads):
            asset, file = read.band.asset, _file(read.band.asset)
            if file not in files:
                level = self._level(asset)
                files[file] = Nearest(asset, level, self._sampler.sampling(part, level))
            files[file].add(read, planes, member)

    def _resampled(self, part: Grid, reads: Sequence[Read], planes: ResampledPlanes) -> Iterator[Part]:
        files: dict[File, list[tuple[Read, ResampledPlanes, int]]] = {}
        for member, read in enumerate(reads):
            files.setdefault(_file(read.band.asset), []).append((read, planes, member))
        for targets in files.values():
            asset = targets[0][0].band.asset
            yield from resampled_parts(targets, asset, self._level(asset), part, self._sampler)

    def _take(self, parts: Iterable[Part]) -> None:
        """Read the blocks of all parts, some ahead, and give each to its part."""
        owners: deque[tuple[Part, bool]] = deque()
        stream = self._blocks.stream(self._requests(parts, owners), self._work.check)
        for request, block, size in stream:
            part, last = owners.popleft()
            if self._is_skipped(part):
                continue
            try:
                if isinstance(block, Unreadable):
                    raise block
                part.place(request.row, request.col, block)
            except Unreadable as error:
                self._skip(part.reads, str(error))
                continue
            for scene in {read.scene.id for read in part.reads}:
                self._work.read(scene, blocks=1 if size else 0, size=size)
            if last:
                part.finish()

    def _requests(self, parts: Iterable[Part], owners: deque[tuple[Part, bool]]) -> Iterator[BlockRequest]:
        for part in parts:
            blocks = list(part.blocks())
            if not blocks:
                continue
            self._wanted.update(read.scene.id for read in part.reads)
            try:
                current = self._fingerprint(part.asset)
            except OSError as error:
                self._skip(part.reads, f"{part.asset.href.rsplit('/', 1)[-1]} cannot be read: {error.strerror}")
                continue
            for at, (row, col) in enumerate(blocks, start=1):
                if self._is_skipped(part):
                    break
                owners.append((part, at == len(blocks)))
                yield BlockRequest(part.asset, current, part.level, row, col, part.bands)

    def _fingerprint(self, asset: Asset) -> str:
        if asset.href not in self._fingerprints:
            self._fingerprints[asset.href] = fingerprint(asset)
        return self._fingerprints[asset.href]

    def _is_skipped(self, part: Part) -> bool:
        return all(read.scene.id in self._work.skipped for read in part.reads)

    def _skip(self, reads: Iterable[Read], reason: str) -> None:
        for read in reads:
            self._work.skip(read.scene.id, reason)


def _file(asset: Asset) -> File:
    return asset.href, asset.fingerprint
