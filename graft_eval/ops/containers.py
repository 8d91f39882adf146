"""Lists, tuples, dicts and text as sequences; imagery where it is one too."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.ops.registry import evaluates
from graft_eval.scope import Scope
from graft_eval.values.function import Function, Task
from graft_eval.values.image import EMPTY, Groupby, Image, ImageCollection
from graft_eval.values.shapes import Feature, FeatureCollection, Geometry, GeometryCollection
from graft_eval.values.types import describe
from sdk.graft.op import ABSENT
from sdk.language import containers
from sdk.language.struct import STRUCT

__all__ = ["collected", "elements_of", "is_true", "sorted_by"]

_FEW: Final = 100  # times that a function may be applied without a look at what it takes

Plain = str | list[object] | tuple[object, ...]
Shapes = FeatureCollection | GeometryCollection
Container = Plain | dict[object, object] | ImageCollection | Shapes


def elements_of(sequence: Container | Image) -> Sequence[object]:
    """Return what a sequence has in it: the images of a collection, the bands of an image, the keys of a dict."""
    if isinstance(sequence, ImageCollection):
        return sequence.images
    if isinstance(sequence, Shapes):
        return sequence.elements
    if isinstance(sequence, Image):
        return [sequence.band(i) for i in range(len(sequence.bands))]
    return list(sequence) if isinstance(sequence, dict) else sequence


def collected(elements: Sequence[object], like: object) -> object:
    """Return elements as a collection of the type of another; as a list where that has no elements like these."""
    if isinstance(like, ImageCollection) and all(isinstance(each, Image) for each in elements):
        return ImageCollection(tuple(elements))  # type: ignore[arg-type]
    if isinstance(like, FeatureCollection) and all(isinstance(each, Feature) for each in elements):
        return FeatureCollection(tuple(elements))  # type: ignore[arg-type]
    if isinstance(like, GeometryCollection) and all(isinstance(each, Geometry) for each in elements):
        return GeometryCollection(tuple(elements), like.type)  # type: ignore[arg-type]
    return list(elements)


def is_true(value: object) -> bool:
    """Return a function's answer as a truth value; only numbers and booleans have one."""
    if isinstance(value, bool | int | float):
        return bool(value)
    raise EvaluationError(f"the function must give Bool, not {describe(value)}")


@evaluates(containers.LIST)
def list_(scope: Scope, *elements: object) -> list[object]:
    return list(elements)


@evaluates(containers.LIST_COPY)
def copy(scope: Scope, sequence: Plain) -> list[object]:
    return list(sequence)


@evaluates(containers.TUPLE)
def tuple_(scope: Scope, *elements: object) -> tuple[object, ...]:
    return elements


@evaluates(containers.DICT)
def dict_(scope: Scope, *items: object, **named: object) -> dict[object, object]:
    if len(items) % 2:
        raise EvaluationError(f"takes keys and values in turn, not {len(items)} arguments")
    return _dict([*zip(items[::2], items[1::2], strict=True), *named.items()])


@evaluates(containers.DICT_FROM_PAIRS)
def from_pairs(scope: Scope, pairs: Sequence[Sequence[object]]) -> dict[object, object]:
    for pair in pairs:
        if len(pair) != 2:
            raise EvaluationError(f"takes pairs of a key and a value, not {describe(pair)}")
    return _dict((pair[0], pair[1]) for pair in pairs)


@evaluates(STRUCT)
def struct(scope: Scope, **fields: object) -> dict[str, object]:
    return fields


def _dict(pairs: Iterable[tuple[object, object]]) -> dict[object, object]:
    try:
        return dict(pairs)
    except TypeError as exc:
        raise EvaluationError(f"a key of a dict must be a number, text, a date or a tuple of those: {exc}") from exc


@evaluates(containers.DICT_KEYS)
def keys(scope: Scope, mapping: dict[object, object]) -> list[object]:
    return list(mapping)


@evaluates(containers.DICT_VALUES)
def values(scope: Scope, mapping: dict[object, object]) -> list[object]:
    return list(mapping.values())


@evaluates(containers.DICT_ITEMS)
def items(scope: Scope, mapping: dict[object, object]) -> list[object]:
    return list(mapping.items())


@evaluates(containers.RANGE)
def range_(scope: Scope, start: int, stop: int | None, *, step: int) -> list[int]:
    if step == 0:
        raise EvaluationError("step cannot be 0")
    numbers = range(0, start, step) if stop is None else range(start, stop, step)
    if len(numbers) > scope.limits.list:
        raise LimitExceeded(f"the range has {len(numbers):,} elements; the limit is {scope.limits.list:,}")
    return list(numbers)


@evaluates(containers.ZIP)
def zip_(scope: Scope, *sequences: Container | Image) -> list[tuple[object, ...]]:
    return list(zip(*map(elements_of, sequences), strict=False))


@evaluates(containers.LENGTH)
def length(scope: Scope, container: Container) -> int:
    return len(elements_of(container))


@evaluates(containers.CONTAINS)
def contains(scope: Scope, container: Plain | dict[object, object] | Shapes, value: object) -> bool:
    try:
        return value in (container.elements if isinstance(container, Shapes) else container)
    except TypeError as exc:
        raise EvaluationError(f"{describe(value)} cannot be in {describe(container)}") from exc


@evaluates(containers.REVERSED)
def reversed_(scope: Scope, sequence: Plain | ImageCollection | Shapes) -> object:
    if isinstance(sequence, ImageCollection | Shapes):
        return collected(elements_of(sequence)[::-1], sequence)
    return sequence[::-1]


@evaluates(containers.GET)
def get(scope: Scope, container: Container | Groupby, key: object, default: object) -> object:
    if isinstance(container, Groupby):
        return container.group(key)
    if isinstance(container, dict):
        return _member(container, key, default)
    elements = elements_of(container)
    if isinstance(key, slice):
        return collected(elements[key], container) if isinstance(container, ImageCollection) else elements[key]
    if type(key) is not int:
        raise EvaluationError(f"key must be Int or Slice, not {describe(key)}")
    if isinstance(container, ImageCollection) and not elements:
        return EMPTY
    if -len(elements) <= key < len(elements):
        return elements[key]
    if default is ABSENT:
        raise EvaluationError(f"there is no element {key}: there are {len(elements)}")
    return default


def _member(mapping: dict[object, object], key: object, default: object) -> object:
    try:
        return mapping[key] if default is ABSENT else mapping.get(key, default)
    except KeyError:
        known = ", ".join(map(str, list(mapping)[:30])) or "none"
        raise EvaluationError(f"there is no key {describe(key)}; there are: {known}"[:1000]) from None
    except TypeError as exc:
        raise EvaluationError(f"{describe(key)} cannot be a key: {exc}") from exc


def _check_repeated(scope: Scope, times: int, function: Function) -> None:
    """Raise `LimitExceeded` if applying a function so often takes more steps than are left."""
    if times < _FEW:
        return
    steps, left = times * function.least_steps, max(0, scope.limits.steps - scope.progress.spent.steps)
    if steps > left:
        raise LimitExceeded(
            f"applying the function {times:,} times takes {steps:,} steps or more; {left:,} are left of the limit of"
            f" {scope.limits.steps:,}"
        )


@evaluates(containers.MAP)
def map_(scope: Scope, sequence: Container, function: Function) -> Task:
    elements, results = elements_of(sequence), []
    _check_repeated(scope, len(elements), function)
    for element in elements:
        results.append((yield function(element)))
    return collected(results, sequence) if isinstance(sequence, Shapes) else results


@evaluates(containers.FILTER)
def filter_(scope: Scope, sequence: list[object] | ImageCollection | Shapes, function: Function) -> Task:
    elements, kept = elements_of(sequence), []
    _check_repeated(scope, len(elements), function)
    for element in elements:
        if is_true((yield function(element))):
            kept.append(element)
    return collected(kept, sequence)


@evaluates(containers.REDUCE)
def reduce_(scope: Scope, sequence: Container, function: Function, *, initial: object) -> Task:
    _check_repeated(scope, len(elements_of(sequence)) - 1, function)
    elements = iter(elements_of(sequence))
    if initial is ABSENT:
        initial = next(elements, ABSENT)
    if initial is ABSENT:
        if isinstance(sequence, ImageCollection):
            return EMPTY
        raise EvaluationError("there is nothing to start from: the sequence is empty and initial is not given")
    result = initial
    for element in elements:
        result = yield function(result, element)
    return result


@evaluates(containers.SORTED)
def sorted_(scope: Scope, sequence: Container, key: Function | None, *, reverse: bool) -> Task:
    elements = elements_of(sequence)
    keys: list[object] = list(elements)
    if key is not None:
        keys = []
        for element in elements:
            keys.append((yield key(element)))
    order = sorted_by(keys, range(len(keys)), reverse=reverse)
    return collected([elements[i] for i in order], sequence)


def sorted_by(keys: Sequence[object], order: Sequence[int], *, reverse: bool = False) -> list[int]:
    """Return places in ascending order of the keys there; equal ones stay in order.

    NaN and, after it, None come last, in descending order, too.

    >>> sorted_by([None, 2, math.nan, 1], range(4))
    [3, 1, 2, 0]
    """
    ranks = [2 if key is None else isinstance(key, float) and math.isnan(key) for key in keys]
    last = [i for rank in (1, 2) for i in order if ranks[i] == rank]
    try:
        return sorted((i for i in order if not ranks[i]), key=keys.__getitem__, reverse=reverse) + last  # type: ignore[arg-type]
    except TypeError as exc:
        kinds = " and ".join(sorted({describe(key).partition(" ")[0] for key in keys}))
        raise EvaluationError(f"{kinds} have no order to sort by") from exc
