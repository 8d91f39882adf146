"""What is recalled is what would be evaluated, and the account of what was done is the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from shapely.geometry import box

import sdk as wf
from graft_eval import evaluate, parse
from graft_eval.errors import EvaluationError, NotInCatalog
from graft_eval.evaluation.cache import EvaluationCache
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.progress import Progress
from graft_eval.scene import Scene
from graft_eval.scope import Scope
from tests.graft_eval.fake import FakeSource, World, graft, scene

EAST, WEST, FAR = (Grid((x, 0.0, x + 2.0, 2.0), "EPSG:4326", (2, 2)) for x in (1.0, 0.0, 60.0))
SCENES = (
    scene("p:both", "2024-01-01", ["red"], box(0, 0, 4, 2)),
    scene("p:east", "2024-02-01", ["red"], box(2.5, 0, 4, 2)),
)
PIXELS = {(one.id, "red"): [[1, 2], [3, 4]] for one in SCENES}
COLLECTION = wf.ImageCollection.from_id("p")


@dataclass
class Counted:
    """A cache, a world, and on which grids something was evaluated at all."""

    world: World = field(default_factory=lambda: World(SCENES, PIXELS))
    cache: EvaluationCache[object] = field(default_factory=lambda: EvaluationCache(100, lambda value: 1))
    grids: list[Grid | None] = field(default_factory=list)

    def evaluate(self, proxy: object, grid: Grid, scenes: tuple[Scene, ...] | None = None) -> tuple[object, Scope]:
        parsed = parse(graft(proxy), Limits())
        scope = self.world.scope(grid)
        scope = replace(scope, catalog=FakeSource(self.world.scenes if scenes is None else scenes))

        def function(inner: Scope) -> object:
            self.grids.append(grid)
            return evaluate(parsed, inner)

        return self.cache.evaluate(parsed.hash, scope, function), scope


@pytest.fixture
def counted() -> Counted:
    return Counted()


def ids(image_collection: object) -> list[object]:
    return [image.properties["id"] for image in image_collection.images]  # type: ignore[attr-defined]


def test_grids_on_which_the_same_scenes_are_found_share_one_evaluation(counted: Counted) -> None:
    first, _ = counted.evaluate(COLLECTION, WEST)
    second, scope = counted.evaluate(COLLECTION, replace(WEST, shape=(5, 5)))
    assert second is first
    assert counted.grids == [WEST]
    assert scope.progress.found == {"p:both"}
    assert scope.progress.seconds.keys() == {"search"}


def test_other_scenes_are_another_evaluation(counted: Counted) -> None:
    for _ in range(2):
        assert ids(counted.evaluate(COLLECTION, WEST)[0]) == ["p:both"]
        assert ids(counted.evaluate(COLLECTION, EAST)[0]) == ["p:both", "p:east"]
    assert counted.grids == [WEST, EAST]


def test_a_scene_that_has_changed_is_not_taken_for_the_one_before(counted: Counted) -> None:
    counted.evaluate(COLLECTION, WEST)
    changed = replace(SCENES[0], properties={"cloud": 1})
    value, _ = counted.evaluate(COLLECTION, WEST, (changed,))
    assert value.images[0].properties["cloud"] == 1  # type: ignore[attr-defined]


def test_questions_that_follow_from_answers_are_asked_in_turn(counted: Counted) -> None:
    newest = COLLECTION.map(lambda image: wf.Image.from_id(image.properties["id"]))
    for _ in range(2):
        assert ids(counted.evaluate(newest, EAST)[0]) == ["p:both", "p:east"]
        assert ids(counted.evaluate(newest, WEST)[0]) == ["p:both"]
    assert counted.grids == [EAST, WEST]


@pytest.mark.parametrize(
    "proxy",
    [
        COLLECTION.mean(axis="images") - COLLECTION.mean(axis=None),
        COLLECTION.mosaic().coords_to_index(1.5, 0.5),
        COLLECTION.mosaic().value_at(1.5, 0.5),
    ],
    ids=["a mean of pixels", "a pixel's number", "a pixel's value"],
)
def test_what_looks_at_its_grid_or_at_pixels_is_evaluated_each_time(counted: Counted, proxy: object) -> None:
    counted.evaluate(proxy, WEST)
    counted.evaluate(proxy, WEST)
    assert counted.grids == [WEST, WEST]


def test_a_place_that_is_cut_out_is_evaluated_each_time(counted: Counted) -> None:
    grid = replace(WEST, cutline=box(0, 0, 1, 1))
    counted.evaluate(COLLECTION, grid)
    counted.evaluate(COLLECTION, grid)
    assert counted.grids == [grid, grid]


def test_warnings_are_given_again(counted: Counted) -> None:
    counted.evaluate(COLLECTION, FAR)
    counted.evaluate(COLLECTION, FAR)
    assert counted.grids == [FAR]
    assert len(counted.world.logged) == 2
    assert counted.world.logged[0] == counted.world.logged[1]


def test_a_scene_that_has_gone_is_an_error_that_names_the_operation(counted: Counted) -> None:
    image = wf.Image.from_id("p:both")
    counted.evaluate(image, WEST)
    with pytest.raises(NotInCatalog) as raised:
        counted.evaluate(image, WEST, ())
    assert raised.value.operation == "wf.Image.load"


def test_errors_are_not_kept(counted: Counted) -> None:
    for _ in range(2):
        with pytest.raises(EvaluationError, match="no band"):
            counted.evaluate(COLLECTION.pick_bands("nir"), WEST)
    assert counted.grids == [WEST, WEST]


@pytest.mark.parametrize("capacity", [0, 1, 2])
def test_what_does_not_fit_is_evaluated_each_time(capacity: int) -> None:
    sizes: Callable[[object], int] = lambda value: 5  # noqa: E731
    counted = Counted(cache=EvaluationCache(capacity, sizes))
    for _ in range(2):
        assert ids(counted.evaluate(COLLECTION, WEST)[0]) == ["p:both"]
    assert counted.grids == [WEST, WEST]


def test_the_last_used_are_kept() -> None:
    counted = Counted(cache=EvaluationCache(4, lambda value: 1))  # a question and a value each
    for grid in (WEST, EAST, WEST, EAST):
        counted.evaluate(COLLECTION, grid)
    assert counted.grids == [WEST, EAST]
    counted.evaluate(wf.Image.from_id("p:east"), WEST)
    counted.evaluate(COLLECTION, EAST)
    assert len(counted.grids) == 3


def test_records_that_are_overheard_are_logged_all_the_same() -> None:
    logged: list[str] = []
    progress = Progress(log=lambda level, message: logged.append(message))
    with progress.overhear() as heard:
        progress.log(10, "one")
    progress.log(10, "two")
    assert (heard, logged) == ([(10, "one")], ["one", "two"])
