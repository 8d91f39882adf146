"""Bands of imagery: picking, naming, joining, one by one."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from graft_eval.errors import EvaluationError
from graft_eval.ops.registry import evaluates
from graft_eval.scope import Scope
from graft_eval.values.function import Function, Task
from graft_eval.values.image import (
    Image,
    ImageCollection,
    Imagery,
    collect,
    combine,
    common,
    explain_missing,
    find_band,
    pick,
    unique,
)
from graft_eval.values.types import describe
from sdk.language.bands import (
    MAP_BANDS,
    MAP_BANDS_IMAGERY,
    PICK_BANDS,
    PICK_BANDS_LIST,
    RENAME_BANDS,
    RENAME_BANDS_POSITIONALLY,
    Bands,
)


@evaluates(PICK_BANDS)
def pick_bands(scope: Scope, imagery: Imagery, *bands: str, allow_missing: bool) -> Imagery:
    return _pick(scope, imagery, bands, allow_missing)


@evaluates(PICK_BANDS_LIST)
def pick_bands_list(scope: Scope, imagery: Imagery, bands: Sequence[str], *, allow_missing: bool) -> Imagery:
    return _pick(scope, imagery, bands, allow_missing)


def _pick(scope: Scope, imagery: Imagery, bands: Sequence[str], allow_missing: bool) -> Imagery:
    if not imagery.images:
        return imagery
    sample = imagery.images[0]
    missing = [name[:80] for name in bands if find_band(sample, name) is None]
    if missing and allow_missing:
        scope.progress.log(logging.WARNING, f"bands missing: {', '.join(missing)}; there are {', '.join(sample.bands)}")
    if isinstance(imagery, Image):
        return pick(imagery, bands, allow_missing=allow_missing)
    return collect(pick(image, bands, allow_missing=allow_missing) for image in imagery.images)


@evaluates(RENAME_BANDS)
def rename_bands(scope: Scope, imagery: Imagery, names: dict[str, str]) -> Imagery:
    return combine(lambda image: image.renamed(_renamed(image, names)), imagery)


def _renamed(image: Image, names: dict[str, str]) -> list[str]:
    renamed = list(image.bands)
    for old, new in names.items():
        at = find_band(image, old)
        if at is None:
            raise EvaluationError(explain_missing(image, old))
        renamed[at] = new
    return _distinct(renamed)


_ONE_BY_ONE: Final = ': rename_bands("a", "b") takes names one by one, unlike pick_bands'


@evaluates(RENAME_BANDS_POSITIONALLY)
def rename_bands_positionally(scope: Scope, imagery: Imagery, names: Sequence[str]) -> Imagery:
    if imagery.images and len(names) != len(imagery.bands):
        raise EvaluationError(
            f"there must be a name for each of the {len(imagery.bands)} bands ({', '.join(imagery.bands[:50])}),"
            f" not {len(names)}{_ONE_BY_ONE if len(names) == 1 and ' ' in names[0] else ''}"
        )
    return combine(lambda image: image.renamed(_distinct(names)), imagery)


def _distinct(names: Sequence[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise EvaluationError(f"two bands cannot have one name: {', '.join(names)[:200]}")
    return list(names)


@evaluates(Bands.concat_bands)
def concat_bands(scope: Scope, imagery: Imagery, other: Imagery) -> Imagery:
    return combine(_join, imagery, other)


def _join(*images: Image) -> Image:
    """Return the bands of images side by side; names that are there already are numbered."""
    names = unique(name for image in images for name in image.bands)
    infos = [image.bandinfo[name] for image in images for name in image.bands]
    return Image(
        names,
        tuple(plane for image in images for plane in image.planes),
        common(image.properties for image in images),
        {name: {**info, "name": name} for name, info in zip(names, infos, strict=True)},
    )


@evaluates(MAP_BANDS)
def map_bands(scope: Scope, imagery: Imagery, function: Function) -> Task:
    results: dict[object, object] = {}
    for name, band in _by_band(imagery):
        results[name] = yield function(name, band)
    return results


@evaluates(MAP_BANDS_IMAGERY)
def map_bands_imagery(scope: Scope, imagery: Imagery, function: Function) -> Task:
    results: list[Imagery] = []
    for name, band in _by_band(imagery):
        result = yield function(name, band)
        if not isinstance(result, Imagery):
            raise EvaluationError(f"the function must give imagery, not {describe(result)}")
        results.append(result)
    if not results:
        return imagery
    return combine(_join, *results)


def _by_band(imagery: Imagery) -> list[tuple[str, Imagery]]:
    if isinstance(imagery, Image):
        return [(name, imagery.band(i)) for i, name in enumerate(imagery.bands)]
    columns = zip(*([image.band(i) for i in range(len(image.bands))] for image in imagery.images), strict=True)
    return [(name, ImageCollection(column)) for name, column in zip(imagery.bands, columns, strict=True)]


@evaluates(Bands.nbands)
def nbands(scope: Scope, imagery: Imagery) -> int:
    return len(imagery.bands)
