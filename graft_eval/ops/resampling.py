"""Resampling: imagery whose images are read with another resampler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from graft_eval.errors import EvaluationError
from graft_eval.ops.registry import evaluates
from graft_eval.plane import Plane, Read
from graft_eval.planning.plan import sort
from graft_eval.scope import Scope
from graft_eval.values.image import Image, Imagery, combine
from sdk.language.imagery import RESAMPLERS
from sdk.language.pixels import Pixels


@evaluates(Pixels.with_resampler)
def with_resampler(scope: Scope, imagery: Imagery, resampler: str) -> Imagery:
    if resampler not in RESAMPLERS:
        raise EvaluationError(f"the resampler must be one of {', '.join(RESAMPLERS)}, not {resampler[:60]!r}")
    known: dict[Plane, Plane] = {}
    for plane in sort(plane for image in imagery.images for plane in image.planes):
        known[plane] = replace(plane, resampler=resampler) if isinstance(plane, Read) else _rebuilt(plane, known)

    def resampled(image: Image) -> Image:
        return replace(image, planes=tuple(known[plane] for plane in image.planes))

    return combine(resampled, imagery)


def _rebuilt(plane: Plane, known: Mapping[Plane, Plane]) -> Plane:
    """Return a plane that is computed from what is known for its inputs."""
    if all(known[one] is one for one in plane.inputs):
        return plane
    changes: dict[str, Any] = {}
    for field in fields(plane):  # type: ignore[arg-type]
        value = getattr(plane, field.name)
        if isinstance(value, Plane):
            changes[field.name] = known[value]
        elif isinstance(value, tuple) and value and all(isinstance(one, Plane) for one in value):
            changes[field.name] = tuple(known[one] for one in value)
    return replace(plane, **changes)  # type: ignore[type-var]
