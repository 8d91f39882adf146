"""Inspections: computations that are evaluated at once, for their value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from graft_eval.errors import EvaluationError
from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.graft.syntax import Graft, parse
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.progress import Progress
from graft_eval.values.geocontext import GeoContext
from graft_eval.values.types import describe
from sdk.contract.parameters import read_parameters
from tileserver.bodies.computation import Computation, read_body
from tileserver.formats import Format, Origin, encode
from tileserver.http.errors import BadBody
from tileserver.layers.arguments import Arguments, read_arguments

__all__ = ["InspectBody", "Inspection"]


class InspectBody(Computation):
    """The body of a request to evaluate a computation."""

    arguments: dict[str, Any] = Field(default_factory=dict)
    geoctx: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """A graft, the arguments of its function, and where its pixels lie: a grid, or the graft of a geocontext.

    `typespec` is the type of the graft, and `origin` the graft as it came, for files that tell how they were made.
    """

    graft: Graft
    arguments: Arguments
    grid: Grid | Graft | None
    typespec: Mapping[str, Any]
    origin: Origin

    @classmethod
    def from_json(cls, document: Mapping[str, object], limits: Limits) -> Inspection:
        """Return the inspection that a body asks for; raises `BadBody`, `BadQuery` for arguments, and `GraftError`s."""
        return cls.from_body(read_body(InspectBody, document), limits)

    @classmethod
    def from_body(cls, body: InspectBody, limits: Limits) -> Inspection:
        """Return the inspection that a checked body asks for; raises as `from_json`."""
        graft = body.parse(limits)
        arguments = read_arguments(body.arguments, read_parameters(body.described_parameters(graft)), limits)
        grid = _read_grid(body.geoctx, limits)
        return cls(graft, arguments, grid, body.typespec, Origin.of(graft.hash, body.document))

    def evaluate(self, format: Format, evaluations: Evaluations, progress: Progress) -> tuple[bytes, str]:
        """Return the value in a format, and its media type."""
        value, grid = self.value(evaluations, progress)
        return self.encode(value, grid, format, evaluations, progress)

    def encode(
        self, value: object, grid: Grid | None, format: Format, evaluations: Evaluations, progress: Progress
    ) -> tuple[bytes, str]:
        """Return a value on a grid in a format, and its media type."""
        return encode(value, format, evaluations.scope(progress, grid), self.origin)

    def value(self, evaluations: Evaluations, progress: Progress) -> tuple[object, Grid | None]:
        """Return the value, and the grid of its pixels."""
        grid = self.grid
        if isinstance(grid, Graft):
            grid = _grid_of(evaluations.value(grid, progress))
        return evaluations.value(self.graft, progress, grid, self.arguments), grid


def _read_grid(geoctx: Mapping[str, Any] | None, limits: Limits) -> Grid | Graft | None:
    if geoctx is None:
        return None
    if "returns" in geoctx:
        return parse(geoctx, limits)
    try:
        return GeoContext.from_json(geoctx).grid
    except EvaluationError as exc:
        raise BadBody(f"geoctx: {exc}") from exc


def _grid_of(geoctx: object) -> Grid:
    if not isinstance(geoctx, GeoContext):
        raise BadBody(f"geoctx must be a GeoContext, not {describe(geoctx)}")
    return geoctx.grid
