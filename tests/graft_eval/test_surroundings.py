"""Scenes are searched as far around a grid as the pixels of the value look."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from shapely.geometry import box

import sdk as wf
from graft_eval import evaluate, parse
from graft_eval.evaluation.cache import EvaluationCache
from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.evaluation.surroundings import evaluate_around
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.progress import Progress
from graft_eval.scope import Scope
from graft_eval.values.image import Image, ImageCollection
from tests.graft_eval.fake import FakeSource, graft, scene
from tests.oracle.planes import NumpyEngine

GRID = Grid((0.0, 0.0, 2.0, 2.0), "EPSG:4326", (2, 2))
SCENES = [
    scene("p:here", "2024-01-01", ["red"], box(0, 0, 2, 2)),
    scene("p:next", "2024-01-02", ["red"], box(2.5, 0, 4.5, 2)),
    scene("p:far", "2024-01-03", ["red"], box(9.5, 0, 12, 2)),
]
COLLECTION = wf.ImageCollection.from_id("p")
RIGHT = wf.Kernel(dims=(1, 2), data=[1.0, 1.0])  # looks a pixel to the left
WIDE = wf.Kernel(dims=(1, 19), data=[1.0] * 19)


def found(proxy: object, grid: Grid = GRID) -> tuple[list[str], FakeSource]:
    source = FakeSource(SCENES)
    value = Evaluations(source, NumpyEngine(), Limits()).value(parse(graft(proxy), Limits()), Progress(), grid)
    assert isinstance(value, ImageCollection)
    return [str(image.properties["id"]) for image in value.images], source


@pytest.mark.parametrize(
    ("proxy", "ids", "searches"),
    [
        (COLLECTION, ["p:here"], 1),
        (wf.conv2d(COLLECTION, RIGHT), ["p:here", "p:next"], 2),
        (wf.conv2d(COLLECTION, WIDE), ["p:here", "p:next", "p:far"], 2),
        (wf.conv2d(wf.conv2d(COLLECTION, RIGHT), RIGHT), ["p:here", "p:next"], 2),
    ],
    ids=["no neighbourhood", "a pixel", "nine pixels", "twice a pixel"],
)
def test_what_is_looked_at_is_searched(proxy: object, ids: list[str], searches: int) -> None:
    there, source = found(proxy)
    assert there == ids
    assert len(source.searches) == searches


def test_images_by_id_are_not_searched_again() -> None:
    source = FakeSource(SCENES)
    image = wf.conv2d(wf.Image.from_id("p:here"), WIDE)
    evaluations = Evaluations(source, NumpyEngine(), Limits())
    assert isinstance(evaluations.value(parse(graft(image), Limits()), Progress(), GRID), Image)
    assert not source.searches


def test_a_reach_that_follows_from_what_is_found_is_followed_three_times_at_most() -> None:
    more = COLLECTION.length() * 4 + 1
    weights = wf.range(0, more).map(lambda n: wf.Float(1.0))
    there, source = found(wf.conv2d(COLLECTION, wf.Kernel(dims=wf.Tuple[wf.Int, wf.Int]([1, more]), data=weights)))
    assert there == ["p:here", "p:next"]  # with one scene it looks 2 pixels around, with two 4
    assert len(source.searches) == 3


def test_the_cutline_is_widened_too() -> None:
    cut = replace(GRID, cutline=box(0, 0, 0.4, 2))
    assert cut.search_area(0).bounds == (0, 0, 0.4, 2)
    assert replace(cut, all_touched=True).search_area(0).bounds[2] == pytest.approx(0.4 + np.sqrt(2), abs=0.01)
    assert cut.search_area(1).bounds[2] == pytest.approx(0.4 + np.sqrt(2), abs=0.01)


@pytest.mark.parametrize(
    ("tile", "bounds"),
    [((0, 0, 0), (-180, -85.1, 180, 85.1)), ((7, 3, 3), (-180, 0, 180, 40.98)), ((0, 3, 3), (-180, 0, 180, 40.98))],
    ids=str,
)
def test_what_lies_across_the_antimeridian_is_around(
    tile: tuple[int, int, int], bounds: tuple[float, float, float, float]
) -> None:
    grid = Grid.from_xyz_tile(*tile)
    area = grid.search_area(2)
    np.testing.assert_allclose(area.bounds, bounds, atol=0.5)
    assert area.area >= grid.footprint.area
    assert area.area <= 1.1 * grid.footprint.area


def test_what_was_found_around_is_recalled_by_one_search() -> None:
    cache: EvaluationCache[object] = EvaluationCache(100, lambda value: 1)
    parsed = parse(graft(wf.conv2d(COLLECTION, RIGHT)), Limits())
    source, evaluated = FakeSource(SCENES), []

    def function(scope: Scope) -> object:
        evaluated.append(scope.margin)
        return evaluate_around(scope, partial(evaluate, parsed))

    for _ in range(2):
        cache.evaluate("key", Scope(source, NumpyEngine(), GRID), function)
    assert len(evaluated) == 1
    assert len(source.searches) == 3


def test_warnings_are_said_once() -> None:
    said: list[str] = []
    elsewhere = Grid((60.0, 0.0, 62.0, 2.0), "EPSG:4326", (2, 2))
    image = wf.conv2d(wf.concat(COLLECTION, wf.Image.from_id("p:here")), RIGHT)
    evaluations = Evaluations(FakeSource(SCENES), NumpyEngine(), Limits())
    progress = Progress(log=lambda level, message: said.append(message))
    evaluations.value(parse(graft(image), Limits()), progress, elsewhere)
    assert len(said) == 1


RED = {(each.id, "red"): np.full((2, 2), 1.0 + at) for at, each in enumerate(SCENES)}


@pytest.mark.parametrize(
    ("number", "computed"),
    [
        (wf.conv2d(COLLECTION, RIGHT).mean(axis=None), 1),
        (COLLECTION.mean(axis=None), 1),
        (wf.conv2d(wf.Image.from_id("p:here"), RIGHT).mean(axis=None), 1),
        (wf.conv2d(COLLECTION, RIGHT).min(axis=None) + wf.conv2d(COLLECTION, WIDE).min(axis=None), 4),
    ],
    ids=["around", "not around", "not searched", "further and further"],
)
def test_pixels_are_not_computed_before_all_around_is_searched(number: object, computed: int) -> None:
    source, engine = FakeSource(SCENES), NumpyEngine(RED)
    value = Evaluations(source, engine, Limits()).value(parse(graft(number), Limits()), Progress(), GRID)
    assert isinstance(value, float)
    assert len(engine.grids) == computed
