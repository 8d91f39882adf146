"""Reductions of imagery: which axes there are, and the type that is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sdk.graft.nodes import Literal, Quoted
from sdk.graft.op import Op, declare, parameters
from sdk.language.notation import resolve
from sdk.language.proxy import TYPES, Proxy, describe

__all__ = ["AXES", "REDUCERS", "REDUCTION", "Axis", "axis_of", "reduction", "result_of"]

Axis = str | tuple[str, ...] | list[str] | None
REDUCERS = ("min", "max", "mean", "median", "sum", "std", "count")

# What is left of each type when it is reduced over the axes.
AXES: Mapping[str, Mapping[frozenset[str], str]] = {
    "Image": {
        frozenset({"pixels"}): "Dict[Str, Float]",
        frozenset({"bands"}): "Image",
        frozenset({"bands", "pixels"}): "Float",
    },
    "ImageCollection": {
        frozenset({"images"}): "Image",
        frozenset({"bands"}): "ImageCollection",
        frozenset({"pixels"}): "List[Dict[Str, Float]]",
        frozenset({"images", "bands"}): "Image",
        frozenset({"images", "pixels"}): "Dict[Str, Float]",
        frozenset({"bands", "pixels"}): "List[Float]",
        frozenset({"images", "bands", "pixels"}): "Float",
    },
}

REDUCTION = declare(
    "wf.reduction",
    parameters("imagery", "operation", axis=None),
    "The reduction of that name: min, max, mean, median, sum, std, count; over images also mosaic.",
)


_DOC = """Over an axis: "images" (of collections), "bands", "pixels", a tuple of some, or None for all. Over images or
bands imagery is left, over pixels numbers. Masked pixels are left out; where all are masked, so is the result.
Pixels are those of the grid that is computed: in a map layer, of one tile.
"""


def reduction(builtin: str, doc: str) -> Callable[..., Any]:
    """Return the method of imagery that reduces it over an axis."""
    row: Op = declare(builtin, parameters("imagery", ("axis", None)), doc)

    def reduce(self: Proxy, axis: Axis = None) -> Any:
        return result_of(self, axis)._call(row, self, axis_of(axis))

    reduce.__name__ = reduce.__qualname__ = builtin.removeprefix("wf.")
    reduce.__doc__ = f"{doc}\n\n{_DOC}"
    reduce.op = row  # type: ignore[attr-defined]
    return reduce


def result_of(imagery: Proxy, axis: Axis) -> type[Proxy]:
    """Return what the reduction over an axis leaves; `ValueError` where there is no such axis."""
    allowed = AXES[type(imagery).__name__]
    if axis is None:
        return resolve("Float")[0]
    axes = [axis] if isinstance(axis, str) else list(axis) if isinstance(axis, (tuple, list)) else []
    result = allowed.get(frozenset(axes)) if all(isinstance(name, str) for name in axes) else None
    if result is None or len(set(axes)) != len(axes):
        names = sorted(frozenset().union(*allowed), key=["images", "bands", "pixels"].index)
        raise ValueError(
            f"the axis of an {type(imagery).__name__} must be {', '.join(map(repr, names))}, a tuple of them, "
            f"or None for all, not {describe(axis)}"
        )
    return resolve(result)[0]


def axis_of(axis: Axis) -> Proxy:
    """Return an axis as a graft holds it."""
    node = Literal(axis) if axis is None or isinstance(axis, str) else Quoted(list(axis))
    return TYPES["Any"]._from_node(node)
