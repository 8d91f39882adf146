"""Random well-typed programs give what the twin gives: imagery, numbers, arrays, geometries, and one out of another."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import sdk as wf
from graft_eval import parse
from graft_eval.engine import RasterEngine
from graft_eval.errors import EvaluationError
from graft_eval.limits import Limits
from tests.graft_eval.fake import graft
from tests.graft_eval.twins import DEGREES, Twins, assert_same
from tests.language.canonical import canonical
from tests.oracle.twin import values as twin

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::UserWarning")

Step = tuple[str, Callable[[Any], Any]]  # the kind of what it gives

BANDS = ["red", "nir", "swir2"]
FIRST = wf.Image.from_id("landsat:LC08:PRE:TOAR:meta_LC80270312016188_v1").pick_bands(BANDS)
OTHER = wf.Image.from_id("sentinel-2:L1C:b").pick_bands(BANDS)
DATES = wf.ImageCollection.from_id("landsat:LC08:01:RT:TOAR").pick_bands(BANDS)
SHAPE = wf.Geometry(type="Polygon", coordinates=[[[-1.1, 0.2], [-0.9, 5.7], [4.3, 4.9], [3.2, 0.4], [-1.1, 0.2]]])
POINTS = wf.Geometry(type="MultiPoint", coordinates=[[-1.05, 0.31], [4.4, 5.12], [4.45, 5.13], [2.1, 2.2]])
KERNEL = wf.Kernel(dims=(2, 3), data=[1.0, 0.5, 0.0, -1.0, 2.0, 0.25])
STARTS = {"image": FIRST, "dates": DATES, "shape": SHAPE, "number": wf.Float(1.5), "array": FIRST.ndarray}

STEPS: dict[str, dict[str, Step]] = {
    "image": {
        "plus": ("image", lambda x: x + 2), "less": ("image", lambda x: x - OTHER.pick_bands("red")),
        "times": ("image", lambda x: x * x), "by": ("image", lambda x: 1 / x), "rest": ("image", lambda x: x % 3),
        "root": ("image", wf.sqrt), "log": ("image", lambda x: abs(x).log1p()), "above": ("image", lambda x: x > 0.25),
        "bits": ("image", lambda x: (x * 10) & 6), "not": ("image", lambda x: ~(x > 0.25)),
        "inside": ("image", lambda x: x.mask(SHAPE)), "on": ("image", lambda x: x.mask(POINTS)),
        "clear": ("image", lambda x: x.mask(OTHER.pick_bands("nir") > 4)),
        "replaced": ("image", lambda x: x.mask(OTHER.pick_bands("nir") > 4, replace=True)),
        "hidden": ("image", lambda x: x.getmask()), "chosen": ("image", lambda x: wf.where(x > 0.5, x, -1)),
        "clipped": ("image", lambda x: x.clip_values(-0.5, 2.5)), "scaled": ("image", lambda x: x.scale_values(0, 9)),
        "flat": ("image", lambda x: x.max(axis="bands")), "colour": ("image", lambda x: x.min(axis="bands").colormap()),
        "around": ("image", lambda x: wf.conv2d(x, KERNEL)), "beside": ("image", lambda x: x.concat_bands(OTHER)),
        "by band": ("image", lambda x: x.map_bands(lambda name, band: band - band.min())),
        "thrice": ("dates", lambda x: wf.ImageCollection([x, OTHER, x])), "later": ("dates", lambda x: DATES + x),
        "mean": ("number", lambda x: x.mean()), "count": ("number", lambda x: x.count(axis=("pixels", "bands"))),
        "by name": ("end", lambda x: x.std(axis="pixels")), "at": ("end", lambda x: x.value_at(1.0, 2.0)),
        "array": ("array", lambda x: x.ndarray),
    },
    "dates": {
        "plus": ("dates", lambda x: x + 0.5), "rest": ("dates", lambda x: x - x.mean(axis="images")),
        "inside": ("dates", lambda x: x.mask(SHAPE)), "some": ("dates", lambda x: x[::2]),
        "early": ("dates", lambda x: x.head(2)), "again": ("dates", lambda x: x.concat(OTHER)),
        "mapped": ("dates", lambda x: x.map(lambda image: image.mask(image > 1))),
        "backwards": ("dates", lambda x: x.sorted(lambda image: image.properties["id"], reverse=True)),
        "valid": ("dates", lambda x: x.filter(lambda image: image.count() > 100)),
        "by id": ("dates", lambda x: x.groupby(lambda image: image.properties["id"]).median(axis="images")),
        "windows": ("dates", lambda x: x.map_window(lambda back, image, fwd: image - back.min(axis="images"), back=1)),
        "flat": ("dates", lambda x: x.sum(axis="bands")), "chosen": ("dates", lambda x: wf.where(x > 1, x, 0)),
        **{name: ("image", lambda x, name=name: getattr(x, name)(axis="images"))
           for name in ("min", "max", "mean", "median", "sum", "std", "count")},
        "mosaic": ("image", lambda x: x.mosaic()), "under": ("image", lambda x: x.mosaic(reverse=True)),
        "all": ("image", lambda x: x.median(axis=("images", "bands"))), "last": ("image", lambda x: x[-1]),
        "number": ("number", lambda x: x.std()), "per image": ("end", lambda x: x.max(axis=("pixels", "bands"))),
        "per band": ("end", lambda x: x.mean(axis=("images", "pixels"))), "count of": ("end", lambda x: x.length()),
        "array": ("array", lambda x: x.mean(axis="images").ndarray),
    },
    "shape": {
        "grown": ("shape", lambda x: x.buffer(0.6)), "shrunk": ("shape", lambda x: x.buffer(-0.3)),
        "drawn": ("image", lambda x: x.rasterize(2.5)), "masking": ("image", lambda x: FIRST.mask(x)),
        "twice": ("image", lambda x: wf.FeatureCollection([
            wf.Feature(geometry=x, properties={"v": 3}), wf.Feature(geometry=POINTS, properties={"v": 4}),
        ]).rasterize("v")), "itself": ("end", lambda x: x),
    },
    "number": {
        "plus": ("number", lambda x: x + 2), "half": ("number", lambda x: x / 2), "sine": ("number", wf.sin),
        "painted": ("image", lambda x: FIRST * x), "or": ("number", lambda x: wf.ifelse(x > 1, x - 1, x + 1)),
        "listed": ("end", lambda x: wf.range(4).map(lambda i: x * i)), "itself": ("end", lambda x: x),
    },
    "array": {
        "plus": ("array", lambda x: x + 1), "root": ("array", lambda x: np.sqrt(np.abs(x))),
        "mean": ("array", lambda x: x - np.mean(x)), "turned": ("array", lambda x: x[:, ::-1]),
        "above": ("array", lambda x: np.maximum(x, 0.5)), "most": ("end", lambda x: x.max() * 2),
        "row": ("end", lambda x: np.mean(x, axis=0)), "total": ("end", lambda x: np.sum(x, axis=(0, 1))),
        "seen": ("image", lambda x: (x * 1.0).to_imagery()[0]), "itself": ("end", lambda x: x),
    },
}  # fmt: skip
LARGEST = 6  # steps


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, Any]:
    """Draw a program, and what it says: what it begins with, and a step for each of its kind."""
    kind = draw(st.sampled_from(sorted(STARTS)))
    value, said, convolved = STARTS[kind], [kind], 0
    for _ in range(draw(st.integers(1, LARGEST))):
        name = draw(st.sampled_from(sorted(STEPS[kind])))
        convolved += name == "around"
        if convolved > 2:  # the twin looks two pixels around the grid
            break
        kind, step = STEPS[kind][name]
        value = step(value)
        said.append(name)
        if kind == "end":
            break
    return " · ".join(said), value


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    engine = RasterEngine(cache_bytes=1 << 24, threads=1)
    yield Twins(tmp_path_factory.mktemp("world"), DEGREES, engine)
    engine.close()


@given(program=programs())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_random_programs_give_what_the_twin_gives(world: Twins, program: tuple[str, Any]) -> None:
    said, proxy = program
    document = json.loads(json.dumps(graft(proxy)))
    try:
        found = world.found(document, {})
    except EvaluationError:
        with pytest.raises((twin.Refused, LookupError, TypeError, ValueError)):
            world.expected(document, {})
    else:
        note(said)
        assert_same(found, world.expected(document, {}))


RESERVED = ("parameters", "returns")


def is_said(expression: Any) -> bool:
    """Return whether an expression is a literal, or quoted JSON."""
    quoted = isinstance(expression, list) and len(expression) == 1 and isinstance(expression[0], list | dict)
    return quoted or not isinstance(expression, list | dict)


def renamed(body: dict[str, Any], outer: dict[str, str], depth: int = 0) -> dict[str, Any]:
    """Return a body whose keys, and those of bodies in it, have other names."""
    parameters = {name: name for name in body.get("parameters", ())}
    names = outer | parameters | {key: f"key {depth} {key}" for key in body if key not in RESERVED}

    def of(expression: Any) -> Any:
        if isinstance(expression, dict):
            return renamed(expression, names, depth + 1)
        if is_said(expression):
            return expression
        return [
            {name: names.get(key, key) for name, key in each.items()}
            if isinstance(each, dict)
            else names.get(each, each)
            for each in expression
        ]

    kept = {key: body[key] for key in ("parameters",) if key in body}
    moved = {names[key]: of(value) for key, value in body.items() if key not in RESERVED}
    return {**kept, **moved, "returns": names.get(body["returns"], body["returns"])}


def hoisted(body: dict[str, Any], up: Callable[[str, Any], str] | None = None) -> dict[str, Any]:
    """Return a body in which what functions say outright is said outside of them."""
    found: dict[str, Any] = {}

    def keep(key: str, value: Any) -> str:
        found[name := f"hoisted {len(found)} {key}"] = value
        return name

    names: dict[str, str] = {}
    for key, value in body.items():
        if key in RESERVED:
            found[key] = value
        elif up is not None and is_said(value):
            names[key] = up(key, value)
        else:
            found[key] = hoisted(value, up or keep) if isinstance(value, dict) else value
    return renamed_uses(found, names)


def renamed_uses(body: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Return a body in which some names stand for others; names of functions in it are theirs."""

    def of(key: str, value: Any) -> Any:
        if key == "parameters" or (isinstance(value, str) and key != "returns"):
            return value
        if isinstance(value, str):
            return names.get(value, value)
        if isinstance(value, dict):
            return renamed_uses(
                value, {old: new for old, new in names.items() if old not in {*value, *value.get("parameters", ())}}
            )
        if is_said(value):
            return value
        return [
            {name: names.get(used, used) for name, used in each.items()}
            if isinstance(each, dict)
            else names.get(each, each)
            for each in value
        ]

    return {key: of(key, value) for key, value in body.items()}


@given(program=programs())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_meaning_survives_json_renaming_and_hoisting(program: tuple[str, Any]) -> None:
    document = graft(program[1])
    expected, meant = canonical(document), parse(document, Limits()).hash
    for other in (
        json.loads(json.dumps(document)),
        renamed(document, {}),
        hoisted(document),
        renamed(hoisted(document), {}),
    ):
        assert canonical(other) == expected
        assert parse(other, Limits()).hash == meant
