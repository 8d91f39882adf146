"""Bands of VizOptions: whether a computation has those that are to be drawn, found without a pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graft_eval import reduce_image
from graft_eval.errors import Cancelled, EvaluationError, GraftError
from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.graft.syntax import parse
from graft_eval.limits import Limits
from graft_eval.progress import Progress
from graft_eval.values.image import Image, ImageCollection, pick
from sdk.contract.parameters import read_parameters
from tileserver.drawing.legends import sample_grids
from tileserver.http.errors import BadBody, BadQuery, shorten
from tileserver.layers.arguments import read_arguments
from tileserver.layers.coverage import Coverages
from tileserver.layers.image_sources import image_sources_of
from tileserver.layers.layers import Layer
from wmts import LonLatBox

__all__ = ["Offered", "check_bands_of", "find_absent"]


@dataclass(frozen=True, slots=True)
class Offered:
    """VizOptions that are about to be published with a computation; `key` is where the body has them."""

    key: str
    graft: Mapping[str, Any]
    parameters: Sequence[Mapping[str, Any]]
    viz_options: Sequence[Mapping[str, Any]]


def check_bands_of(
    offered: Sequence[Offered],
    evaluations: Evaluations,
    coverages: Coverages,
    revision: int,
    limits: Limits,
    progress: Progress,
) -> None:
    """Raise `BadBody` for the first VizOption with a band that its computation has not.

    The computation is evaluated with the defaults of its parameters in the middle of its imagery, and where a band is
    not there, or nothing is, everywhere. Bands that this does not tell are not checked.
    """
    for one in offered:
        try:
            wrong = _find_wrong(one, evaluations, coverages, revision, limits, progress)
        except (GraftError, BadQuery):  # too much to evaluate, imagery that is not there yet, no default
            continue
        if wrong is not None:
            raise BadBody(f"{one.key} must name bands of the computation: {wrong}")


def find_absent(
    layer: Layer, evaluations: Evaluations, box: LonLatBox, limits: Limits, progress: Progress
) -> dict[str, str]:
    """Return the ids of a layer's VizOptions with bands that it has not, and what is wrong with each.

    Those of which this cannot be told, as `check_bands_of` tells it, are none. Raises `Cancelled`.
    """
    found, known = dict[str, str](), False
    try:
        arguments = read_arguments({}, layer.parameters, limits)
        for grid in sample_grids(box):
            value = evaluations.value(layer.graft, progress, grid, arguments)
            if not isinstance(value, Image | ImageCollection):
                return {}
            wrong = ((option["id"], _complaint(option, value)) for option in layer.viz_options)
            found = {id: complaint for id, complaint in wrong if complaint is not None}
            known = bool(value.bands)
            if known and not found:
                break
    except Cancelled:
        raise
    except (GraftError, BadQuery):
        return {}
    return found if known else {}


def _find_wrong(
    one: Offered, evaluations: Evaluations, coverages: Coverages, revision: int, limits: Limits, progress: Progress
) -> str | None:
    """Return what is wrong with the first option that does not fit; None if all do, or if nobody knows."""
    graft = parse(one.graft, limits)
    arguments = read_arguments({}, read_parameters(one.parameters), limits)
    wrong = None
    for grid in sample_grids(coverages.find(image_sources_of(one.graft), revision).bounds):
        value = evaluations.value(graft, progress, grid, arguments)
        if not isinstance(value, Image | ImageCollection):
            return None
        wrong = next(filter(None, (_complaint(option, value) for option in one.viz_options)), None)
        if value.bands and wrong is None:
            return None
    return wrong


def _complaint(option: Mapping[str, Any], value: Image | ImageCollection) -> str | None:
    try:
        pick(reduce_image(value, option.get("reduction", "mosaic")), option["bands"])
    except EvaluationError as exc:
        return f"VizOption {shorten(option['id'])}: {exc}"
    return None
