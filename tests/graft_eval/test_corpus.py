"""Every program of the published corpus gives what the twin gives, from files through the engine, or a named error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from graft_eval import GeoContext, Image, ImageCollection, evaluate, parse
from graft_eval.engine import RasterEngine
from graft_eval.errors import EvaluationError
from graft_eval.limits import Limits
from tests.conftest import LANGUAGE
from tests.graft_eval.twins import DEGREES, METRES, Twins, assert_same
from tests.oracle.twin import values as twin

PROGRAMS: list[dict[str, Any]] = [json.loads(line) for line in (LANGUAGE / "corpus.jsonl").read_text().splitlines()]
POINT = {"type": "Point", "coordinates": [1, 2]}
# By the type of a parameter, the value of ours; of the twin where that is another.
ARGUMENTS: dict[str, object] = {
    "Int": 2, "Float": 0.5, "Bool": True, "Str": "red", "Datetime": datetime(2017, 1, 1, tzinfo=UTC),
    "Timedelta": timedelta(days=1), "ImageCollection": ImageCollection(), "Image": Image(), "Any": [1],
    "MaskedArray": np.ma.MaskedArray([1.0, 2.0], [True, False]),
}  # fmt: skip
OF_THE_TWIN: dict[str, object] = {"ImageCollection": twin.Pictures(), "Image": twin.Picture()}
FUNCTION_ARGUMENTS = {"product": "landsat:LC08:01:RT:TOAR", "start": ARGUMENTS["Datetime"]}

# What means nothing, or nothing on these images, and why.
ERRORS = {
    "img.pick_bands.wfList": "there is no band 'a'",
    "ic.pick_bands.wfList": "there is no band 'a'",
    "img.rename_bands.pos": "a name for each of the 8 bands",
    "img.clip_values.list": "one for each of the 8 bands",
    "ic.clip_values.list": "one for each of the 8 bands",
    "Any.getitem": "not Int 5",
    "List.getitem.wf": "there is no element 7",
    "Array.getitem.wf": "index 7 is out of bounds",
    "MaskedArray.to_imagery": "the array must be (band, y, x) of 7 x 8 pixels, not (1, 2, 2)",
    "wf.numpy.squeeze.fn": "cannot select an axis to squeeze out which has size not equal to one",
    "wf.numpy.linalg.cholesky": "Matrix is not positive definite",
    "FC.from_vector_id": "there is no vector product 'abc'",
    "ic.mask.img": "the mask must have one band",
    "neg.clip": "min or max must be given",
    "neg.reduction.mosaic.axis": "mosaic is over the images",
}
# Values that nothing is sent of.
UNSENT = {"Kernel"}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Twins]]:
    """The same products in degrees, and in metres around the one point that programs name in these."""
    engine = RasterEngine(cache_bytes=1 << 24, threads=1)
    grids = {"degrees": DEGREES, "metres": METRES}
    yield {name: Twins(tmp_path_factory.mktemp(name), grid, engine) for name, grid in grids.items()}
    engine.close()


def with_arguments(program: dict[str, Any]) -> tuple[dict[str, Any], dict[str, object], dict[str, object]]:
    """Return a program's graft as a function of its parameters, and arguments of ours and of the twin."""
    parameters = {each["name"]: each["typespec"].get("type") for each in program["params"] or ()}
    graft = program["graft"] | ({"parameters": list(parameters)} if parameters else {})
    ours = {name: FUNCTION_ARGUMENTS.get(name, 2) for name in parse(graft, Limits()).parameters}
    ours |= {name: ARGUMENTS.get(kind) for name, kind in parameters.items()}
    return graft, ours, ours | {name: OF_THE_TWIN[kind] for name, kind in parameters.items() if kind in OF_THE_TWIN}


def test_programs_give_what_the_twin_gives_or_name_what_is_wrong(worlds: dict[str, Twins]) -> None:
    wrong, refused, compared = {}, {}, 0
    for program in PROGRAMS:
        name, world = program["name"], worlds["metres" if "459040" in json.dumps(program["graft"]) else "degrees"]
        graft, ours, of_the_twin = with_arguments(program)
        try:
            found = world.found(graft, ours)
        except EvaluationError as exc:
            refused[name] = str(exc)
            continue
        try:
            assert_same(found, world.expected(graft, of_the_twin))
        except Exception as exc:
            wrong[name] = f"{type(exc).__name__}: {exc}"
        else:
            compared += 1
    assert wrong == {}
    assert refused.keys() == ERRORS.keys() | UNSENT
    assert {name: message for name, message in refused.items() if ERRORS.get(name, "sent") not in message} == {}
    assert compared == len(PROGRAMS) - len(refused) >= 740


@pytest.mark.parametrize("name", ERRORS)
def test_what_is_refused_means_nothing_to_the_twin_either(name: str, worlds: dict[str, Twins]) -> None:
    (program,) = (each for each in PROGRAMS if each["name"] == name)
    with pytest.raises((twin.Refused, LookupError, TypeError, ValueError)):
        worlds["degrees"].expected(*with_arguments(program)[::2])


PYTHON = {
    "Str": str, "Int": int, "Float": float, "Bool": bool, "Datetime": datetime, "Timedelta": timedelta,
    "Image": Image, "ImageCollection": ImageCollection, "NoneType": type(None), "GeoContext": GeoContext,
    "Array": np.ndarray, "MaskedArray": np.ma.MaskedArray,
}  # fmt: skip


def test_values_are_of_the_types_that_the_corpus_says(worlds: dict[str, Twins]) -> None:
    wrong = {}
    scope = worlds["degrees"].scope()
    for program in PROGRAMS:
        if program["type"] in PYTHON and program["name"] not in ERRORS and not program["params"]:
            value = evaluate(parse(program["graft"], scope.limits), scope)
            if type(value) is not PYTHON[program["type"]]:
                wrong[program["name"]] = value
    assert wrong == {}
