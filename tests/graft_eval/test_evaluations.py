"""Values and pixels of grafts are the same by whichever way they are asked for."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from rasterio.transform import Affine

import graft_eval
import sdk as wf
from graft_eval import evaluate, parse
from graft_eval.barriers.extreme import Extreme
from graft_eval.engine import RasterEngine
from graft_eval.errors import EvaluationError, LimitExceeded
from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.piece import Piece
from graft_eval.plane import Constant, Elementwise, Plane, Read
from graft_eval.progress import Progress
from graft_eval.scope import Scope
from graft_eval.values.image import Image
from tests.graft_eval.fake import GRID as PLACE
from tests.graft_eval.fake import FakeSource, graft, scene
from tests.graft_eval.scenes import scene_of, write_raster

GRID = Grid((0.0, -700.0, 600.0, 0.0), "EPSG:3857", (700, 600))


@pytest.fixture(scope="module")
def engine() -> Iterator[RasterEngine]:
    engine = RasterEngine(cache_bytes=8 << 20, threads=2)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    values = np.random.default_rng(5).normal(size=(700, 600))
    values[values > 2] = np.nan
    return values


@pytest.fixture(scope="module")
def read(values: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Read:
    path = write_raster(tmp_path_factory.mktemp("pieces") / "a.tif", values[None], transform=Affine(1, 0, 0, 0, -1, 0))
    found = scene_of(path)
    return Read(found, found.bands[0])


def image(*planes: Plane) -> Image:
    names = tuple(f"b{number}" for number in range(len(planes)))
    return Image(names, planes, {}, {name: {} for name in names})


@pytest.fixture
def evaluations(engine: RasterEngine) -> Evaluations:
    return Evaluations(FakeSource(), engine, Limits())


def test_pieces_make_up_the_pixels_of_the_file(evaluations: Evaluations, read: Read, values: np.ndarray) -> None:
    share = Elementwise("divide", (read, Extreme("max", read)))  # which needs the whole grid before its first piece
    whole, seen = np.full((2, *GRID.shape), np.inf), np.zeros(GRID.shape, int)
    pieces = 0
    for row, col, raster in evaluations.pieces(image(read, share), GRID, Progress()):
        rows, cols = raster.mask.shape[1:]
        assert not raster.data[raster.mask].any()
        whole[:, row : row + rows, col : col + cols] = np.where(raster.mask, np.nan, raster.data)
        seen[row : row + rows, col : col + cols] += 1
        pieces += 1
    assert pieces > 1
    assert (seen == 1).all()
    np.testing.assert_array_equal(whole[0], values)
    np.testing.assert_allclose(whole[1], values / np.nanmax(values), rtol=1e-15)


def test_pieces_of_truths_are_truths(evaluations: Evaluations, read: Read) -> None:
    above = Elementwise("greater", (read, Constant(0.0)))
    assert {raster.data.dtype for _, _, raster in evaluations.pieces(image(above), GRID, Progress())} == {
        np.dtype(bool)
    }


def test_an_image_without_bands_has_no_pieces(evaluations: Evaluations) -> None:
    assert list(evaluations.pieces(Image(), GRID, Progress())) == []


def test_a_grid_beyond_memory_is_computed_piece_by_piece(engine: RasterEngine) -> None:
    huge = Grid((0.0, -1e5, 1e5, 0.0), "EPSG:3857", (100_000, 100_000))
    unbounded = Evaluations(FakeSource(), engine, Limits(pixels=10**12, values=10**12))
    tracemalloc.start()
    row, col, raster = next(unbounded.pieces(image(Constant(7.0)), huge, Progress()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (row, col) == (0, 0)
    assert (raster.data == 7).all()
    assert peak < 64 << 20
    bounded = Evaluations(FakeSource(), engine, Limits())
    with pytest.raises(LimitExceeded, match="more than the limit of 16,777,216"):
        next(bounded.pieces(image(Constant(7.0)), huge, Progress()))


class Squared:
    """The argument x of a function: as many as there are pixels in a column, squared."""

    def evaluate(self, scope: Scope) -> dict[str, object]:
        return {"x": scope.pixel_grid().shape[0] ** 2}


def test_arguments_are_evaluated_in_the_scope_of_the_graft(evaluations: Evaluations) -> None:
    function = parse(graft(wf.Function.from_callable(lambda x: x + 1, wf.Int)), Limits())
    assert evaluations.value(function, Progress(), GRID, Squared()) == 490_001
    assert evaluations.value(parse(graft(wf.Int(1) + 1), Limits()), Progress()) == 2


def test_without_a_grid_there_are_no_pixels(evaluations: Evaluations) -> None:
    scope = evaluations.scope(Progress())
    assert scope.search_area is None
    with pytest.raises(EvaluationError, match="give a geoctx"):
        scope.pixel_grid()
    with pytest.raises(EvaluationError, match="give a geoctx"):
        scope.compute([Constant(1.0)])


def test_a_scope_knows_what_its_evaluation_asked_for(engine: RasterEngine) -> None:
    held = scene("p:a", "2024-01-01", ["red"])
    evaluations = Evaluations(FakeSource((held,)), engine, Limits())
    collection = wf.ImageCollection.from_id("p")
    lazy = evaluations.scope(Progress(), PLACE)
    evaluate(parse(graft(collection), Limits()), lazy)
    [(question, answer)] = lazy.trace.answers
    assert (question[0], list(answer), lazy.trace.planes, lazy.trace.looked) == ("p", [held], [], False)
    looking = evaluations.scope(Progress(), PLACE)
    evaluate(parse(graft(collection.mosaic().coords_to_index(1.5, 0.5)), Limits()), looking)
    assert looking.trace.looked


@pytest.mark.parametrize("room", ["ops", "values"])
def test_operations_reach_grid_and_engine_by_what_the_scope_notes(room: str) -> None:
    for path in (Path(graft_eval.__file__).parent / room).glob("*.py"):
        assert not re.search(r"scope\.(grid|engine|catalog)\b", path.read_text("utf-8")), path


def test_parts_of_a_grid_have_the_pixels_of_the_whole(engine: RasterEngine, read: Read, values: np.ndarray) -> None:
    share = Elementwise("divide", (read, Extreme("max", read)))
    planes, limits = (read, share), Limits()
    summaries = engine.summaries(planes, GRID, Progress(), limits)
    assert summaries == (np.nanmax(values),)
    for row, col, shape in ((0, 0, (300, 250)), (300, 250, (400, 350)), (699, 599, (1, 1))):
        raster = engine.part(planes, Piece(GRID, row, col, shape), summaries, Progress(), limits)
        expected = values[row : row + shape[0], col : col + shape[1]]
        np.testing.assert_array_equal(raster.mask, np.isnan([expected, expected]))
        np.testing.assert_array_equal(np.where(raster.mask[0], np.nan, raster.data[0]), expected)
        np.testing.assert_allclose(raster.data[1], np.nan_to_num(expected / np.nanmax(values)), rtol=1e-15)
