"""Each kind of imagery as it comes is added right, or refused for a reason that helps."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import pytest
import rasterio
from shapely.geometry import Point

from graft_eval.scene import Band
from tests.tileserver import format_cases
from tests.tileserver.cases import CASES, Case
from tileserver.catalog import Catalog
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    engine = open_database(f"sqlite:///{tmp_path / 'graftile.sqlite'}")
    create_schema(engine)
    return Catalog(engine, Settings(data_dir=tmp_path))


def first_value(band: Band) -> float:
    """Return the physical value of a band's first pixel, as rasterio reads it."""
    with rasterio.open(format_cases.gdal_name(band.asset.href)) as dataset:
        return float(dataset.read(band.index)[0, 0]) * band.scale + band.offset


def check_messages(found: list[str], expected: list[str]) -> None:
    assert len(found) == len(expected), found
    for message, pattern in zip(found, expected, strict=True):
        assert re.search(pattern, message), message


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_imagery_as_it_comes(case: Case, catalog: Catalog, tmp_path: Path) -> None:
    folder = tmp_path / case.name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries that write the files
        case.make(folder)
    report = catalog.add([str(folder / case.given)], case.options)
    scenes = {image: catalog.scene(image) for image in report.added}
    found: Any = {
        image: {band.name: (band.common_name, pytest.approx(first_value(band), abs=1e-5)) for band in scene.bands}
        for image, scene in scenes.items()
    }
    assert found == case.images
    check_messages([problem.text for _, problem in report.problems], list(case.problems))
    check_messages([f"{name}: {reason}" for name, reason in report.failed], list(case.refused))
    assert {image: scenes[image].date for image in case.dates} == case.dates
    bands = {band.name: band for scene in scenes.values() for band in scene.bands}
    assert {name: bands[name].nodata for name in case.nodata} == case.nodata
    assert {name: bands[name].mask for name in case.masks} == case.masks
    assert {name: len(bands[name].asset.overviews) for name in case.overviews} == case.overviews
    assert {name: bands[name].data_range for name in case.ranges} == case.ranges
    for image, place in case.places.items():
        assert scenes[image].footprint.buffer(0.001).contains(Point(place))
    assert dict(report.passed_over) == case.passed_over
    for image in report.added:
        assert not catalog.scene(image).footprint.is_empty
        assert catalog.image_record(image)["id"] == image


def test_there_are_many_kinds() -> None:
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) >= 60
