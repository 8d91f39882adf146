"""Cut lines: the constant shapes outside of which a graft's imagery is masked, read off its JSON."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from graft_eval import evaluate, parse
from graft_eval.errors import EvaluationError, GraftError
from graft_eval.limits import Limits
from graft_eval.scope import Scope
from graft_eval.values.shapes import Feature, FeatureCollection, Geometry, GeometryCollection
from sdk.graft.op import OPERATIONS

__all__ = ["cut_box"]

log = logging.getLogger(__name__)

ELEMENTWISE: Final = frozenset(
    name for name, row in OPERATIONS.items() if row.numpy and not row.whole and not name.startswith("wf.numpy.")
)
# What is missing in their first argument is missing in what they give.
KEEPING: Final = frozenset({
    "wf.pick_bands", "wf.pick_bands_list", "wf.rename_bands", "wf.rename_bands_positionally", "wf.clip_values",
    "wf.scale_values", "wf.colormap", "wf.with_properties", "wf.without_properties", "wf.with_bandinfo",
    "wf.without_bandinfo", "wf.min", "wf.max", "wf.mean", "wf.median", "wf.sum", "wf.std", "wf.count", "wf.reduction",
    "wf.mosaic", "wf.ImageCollection.sortby_composite", "wf.ImageCollection.head", "wf.ImageCollection.tail", "wf.get",
    "wf.sorted", "wf.filter", "wf.reversed", "wf.conv2d", "wf.mask",
})  # fmt: skip
LIMITS: Final = Limits(steps=200_000, seconds=0.2)

Box = tuple[float, float, float, float]


def cut_box(document: Mapping[str, Any]) -> Box | None:
    """Return the box, in degrees, around all that constant shapes leave of a graft's imagery; None without any.

    A shape of which nothing but an evaluation tells where it lies, or one that has parameters, is no constant one.

    >>> cut_box({"i": "product:image", "image": ["wf.Image.load", "i"], "returns": "image"})
    """
    boxes = [shape.bounds for shape in _shapes(document) if not shape.is_empty]
    if not boxes:
        return None
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    left, bottom, right, top = max(lefts), max(bottoms), min(rights), min(tops)
    return (left, bottom, right, top) if left <= right and bottom <= top else boxes[0]


def _shapes(document: Mapping[str, Any]) -> Iterator[BaseGeometry]:
    """Yield the shapes of masks that hold for whatever the graft gives."""
    waiting, seen = [document.get("returns")], set()
    while waiting:
        name = waiting.pop()
        call = document.get(name) if isinstance(name, str) and name not in seen else None
        seen.add(name)
        if not isinstance(call, list) or not call or not isinstance(call[0], str):
            continue
        arguments = [each for each in call[1:] if isinstance(each, str)]
        waiting += arguments if call[0] in ELEMENTWISE else arguments[:1] if call[0] in KEEPING else ()
        if call[0] == "wf.mask" and len(arguments) == 2:
            shape = _shape(document, arguments[1])
            if shape is not None:
                yield shape


def _shape(document: Mapping[str, Any], mask: str) -> BaseGeometry | None:
    """Return the shape of which a mask is what lies outside; None if it is another mask, or not constant."""
    match document.get(mask):
        case ["wf.getmask", str(drawn)]:
            match document.get(drawn):
                case ["wf.rasterize", str(key), *_]:
                    return _constant({**document, "returns": key})
    return None


def _constant(document: Mapping[str, Any]) -> BaseGeometry | None:
    body = {key: value for key, value in document.items() if key != "parameters"}
    try:
        value = evaluate(parse(body, LIMITS), Scope(_Nothing(), _Nothing(), None, LIMITS))
        match value:
            case FeatureCollection(elements):
                return shapely.GeometryCollection([each.geometry.shapely for each in elements])
            case Feature(geometry):
                return geometry.shapely
            case Geometry() | GeometryCollection():
                return value.shapely
    except GraftError as exc:
        log.debug("a mask is no constant shape: %s", exc)
    return None


class _Nothing:
    """A catalog and an engine for what needs neither."""

    def __getattr__(self, name: str) -> Any:
        raise EvaluationError("nothing is read where cut lines are looked for")
