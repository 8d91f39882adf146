"""Every program of the published corpus that uses operations of the table evaluates, or ends in a named error."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from graft_eval import GeoContext, Image, ImageCollection, evaluate, parse
from graft_eval.errors import EvaluationError
from graft_eval.limits import Limits
from graft_eval.values.image import Imagery
from sdk.graft.op import OPERATIONS
from tests.conftest import LANGUAGE
from tests.graft_eval.fake import GRID, World, scene

BANDS = ["red", "green", "blue", "nir", "swir1", "swir2", "cloud-mask", "ndvi"]
SCENES = [
    scene("landsat:LC08:PRE:TOAR:meta_LC80270312016188_v1", "2016-07-06", BANDS, cloud_fraction=0.1, foobar=5),
    scene("sentinel-2:L1C:2019-05-04_13SDV_99_S2B_v1", "2019-05-04", BANDS, cloud_fraction=0.3),
    scene("sentinel-2:L1C:b", "2019-06-04", BANDS, cloud_fraction=0.2),
    scene("sentinel-2:L1C:c", "2019-07-04", BANDS, cloud_fraction=0.2),
    scene("landsat:LC08:01:RT:TOAR:a", "2017-01-15", BANDS, cloud_fraction=0.1, foobar=1),
    scene("landsat:LC08:01:RT:TOAR:b", "2017-03-15", BANDS, cloud_fraction=0.5, foobar=2),
    scene("landsat:LC08:01:RT:TOAR:c", "2017-04-15", BANDS, cloud_fraction=0.0, foobar=3),
    scene("p:a", "2017-02-01", BANDS),
]
ARGUMENTS: dict[str, object] = {
    "Int": 2, "Float": 0.5, "Bool": True, "Str": "red", "Datetime": datetime(2017, 1, 1, tzinfo=UTC),
    "Timedelta": timedelta(days=1), "ImageCollection": ImageCollection(), "Image": Image(), "GeoContext": GeoContext(),
}  # fmt: skip
FUNCTION_ARGUMENTS = {"product": "landsat:LC08:01:RT:TOAR", "start": ARGUMENTS["Datetime"]}

# What means nothing, or nothing on these images, and why.
ERRORS = {
    "img.pick_bands.wfList": "there is no band 'a'",
    "ic.pick_bands.wfList": "there is no band 'a'",
    "img.rename_bands.pos": "a name for each of the 8 bands",
    "img.clip_values.list": "one for each of the 8 bands",
    "ic.clip_values.list": "one for each of the 8 bands",
    "ic.mask.img": "the mask must have one band",
    "Any.getitem": "not Int 5",
    "List.getitem.wf": "there is no element 7",
    "Array.getitem.wf": "index 7 is out of bounds",
    "wf.numpy.squeeze.fn": "cannot select an axis to squeeze out which has size not equal to one",
    "wf.numpy.linalg.cholesky": "Matrix is not positive definite",
    "FC.from_vector_id": "there is no vector product 'abc'",
    "neg.clip": "min or max must be given",
    "neg.reduction.mosaic.axis": "mosaic is over the images",
}


@pytest.fixture(scope="module")
def world() -> World:
    random = np.random.default_rng(7)
    return World(SCENES, {(each.id, band): random.uniform(0.05, 0.95, GRID.shape) for each in SCENES for band in BANDS})


@pytest.fixture(scope="module")
def programs() -> list[dict[str, Any]]:
    builtins = json.loads((LANGUAGE / "builtins.json").read_text()).keys()
    lines = (LANGUAGE / "corpus.jsonl").read_text().splitlines()
    found = map(json.loads, lines)
    return [each for each in found if builtins & set(json.dumps(each["graft"]).split('"')) <= OPERATIONS.keys()]


def run(world: World, program: dict[str, Any]) -> object:
    """Evaluate a program, and the pixels of what it gives; arguments are made up by type."""
    graft = parse(
        program["graft"] | ({"parameters": [p["name"] for p in program["params"]]} if program["params"] else {}),
        Limits(),
    )
    arguments = {name: FUNCTION_ARGUMENTS.get(name, 2) for name in graft.parameters}
    for parameter in program["params"] or ():
        arguments[parameter["name"]] = ARGUMENTS.get(parameter["typespec"].get("type"))
    scope = world.scope()
    value = evaluate(graft, scope, arguments)
    if isinstance(value, Imagery):
        for image in value.images:
            scope.engine.compute(image.planes, GRID, scope.progress, scope.limits)
    return value


def test_programs_of_known_operations_evaluate_or_name_what_is_wrong(
    world: World, programs: list[dict[str, Any]]
) -> None:
    failed = {}
    for program in programs:
        try:
            run(world, program)
        except EvaluationError as exc:
            failed[program["name"]] = str(exc)
    assert len(programs) > 500
    assert failed.keys() == ERRORS.keys()
    assert {name: message for name, message in failed.items() if ERRORS[name] not in message} == {}


PYTHON = {
    "Str": str, "Int": int, "Float": float, "Bool": bool, "Datetime": datetime, "Timedelta": timedelta,
    "Image": Image, "ImageCollection": ImageCollection, "NoneType": type(None), "GeoContext": GeoContext,
    "Array": np.ndarray, "MaskedArray": np.ma.MaskedArray,
}  # fmt: skip


def test_values_are_of_the_types_that_the_corpus_says(world: World, programs: list[dict[str, Any]]) -> None:
    wrong = {}
    for program in programs:
        if program["type"] in PYTHON and program["name"] not in ERRORS and not program["params"]:
            value = run(world, program)
            if type(value) is not PYTHON[program["type"]]:
                wrong[program["name"]] = value
    assert wrong == {}
