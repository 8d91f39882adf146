"""Evaluations: values and pixels of grafts, for tiles, legends, feature info and results alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Protocol

from graft_eval.evaluation.interpreter import evaluate
from graft_eval.evaluation.surroundings import evaluate_around
from graft_eval.graft.syntax import Graft
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.progress import Progress
from graft_eval.scene import SceneCatalog
from graft_eval.scope import Engine, Raster, Scope
from graft_eval.values.image import Image

__all__ = ["Arguments", "Evaluations"]


class Arguments(Protocol):
    """The arguments of a computation, as they are sent: some are grafts themselves."""

    def evaluate(self, scope: Scope) -> Mapping[str, object]:
        """Return their values by parameter, each evaluated in the computation's own scope."""


class _NoArguments:
    def evaluate(self, scope: Scope) -> Mapping[str, object]:
        return MappingProxyType({})


NO_ARGUMENTS: Final = _NoArguments()


class Evaluations:
    """Evaluates grafts with the scenes of one catalog and one engine, within limits; for any number of threads.

    A tile, a value, a legend and a batch job differ by their grid and by what becomes of the value.
    """

    def __init__(self, catalog: SceneCatalog, engine: Engine, limits: Limits) -> None:
        self._catalog = catalog
        self._engine = engine
        self._limits = limits

    def scope(self, progress: Progress, grid: Grid | None = None, catalog: SceneCatalog | None = None) -> Scope:
        """Return the scope of one evaluation; without a grid, one that needs pixels is an `EvaluationError`.

        `catalog` is what is asked instead of the catalog itself: a snapshot of it.
        """
        return Scope(catalog or self._catalog, self._engine, grid, self._limits, progress)

    def value(
        self, graft: Graft, progress: Progress, grid: Grid | None = None, arguments: Arguments = NO_ARGUMENTS
    ) -> object:
        """Return the value of a graft on a grid; of a function, what it gives for the arguments."""
        scope = self.scope(progress, grid)
        return evaluate_around(scope, lambda inner: evaluate(graft, inner, arguments.evaluate(inner)))

    def pieces(self, image: Image, grid: Grid, progress: Progress) -> Iterator[tuple[int, int, Raster]]:
        """Yield (row, col, raster) of the pieces that make up a grid: no more than one is in memory.

        A pixel is the same in whatever piece, and as in the whole. An image without bands has none. What is too large
        is a `LimitExceeded` before anything is read.
        """
        return self._engine.pieces(image.planes, grid, progress, self._limits) if image.planes else iter(())
