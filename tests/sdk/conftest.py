"""A running server with a small product, for all tests of what talks to one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio

import sdk as wf
from tests.server_fixture import running_server

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.int64]]

FIELD: Pixels = np.arange(48).reshape(2, 4, 6)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def server_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server with the product `field`: images a and b, bands red and nir, one pixel missing."""
    database = next(request.getfixturevalue("postgres")) if request.param == "postgresql" else ""
    folder = tmp_path_factory.mktemp("field-files") / "field"
    folder.mkdir()
    for month, (name, offset) in enumerate({"a": 0, "b": 100}.items(), start=1):
        _write(folder / f"{name}.tif", FIELD + offset, f"2020:0{month}:01 00:00:00")
    with running_server(tmp_path_factory.mktemp("field-server"), add=[folder], database_url=database) as url:
        yield url


@pytest.fixture(autouse=True)
def no_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of who runs the tests: no file of theirs, no server or token in their environment."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("GRAFTILE_URL", raising=False)
    monkeypatch.delenv("GRAFTILE_TOKEN", raising=False)


@pytest.fixture
def default(server_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make that server the one which is used where none is given."""
    monkeypatch.setenv("GRAFTILE_URL", server_url)


@pytest.fixture
def client(server_url: str) -> Iterator[wf.Client]:
    """A client of that server."""
    with wf.Client(server_url) as client:
        yield client


@pytest.fixture
def field() -> Pixels:
    """The pixels (band, y, x) of image a; those of b are 100 more, and (1, 2) is missing in all bands."""
    return FIELD


@pytest.fixture
def geoctx() -> wf.GeoContext:
    """The grid that the product's files are on."""
    return wf.GeoContext(
        bounds=(500000.0, 4999960.0, 500060.0, 5000000.0), bounds_crs="EPSG:32633", crs="EPSG:32633", resolution=10.0
    )


def _write(path: Path, data: Pixels, moment: str) -> None:
    profile = {"driver": "GTiff", "width": 6, "height": 4, "count": 2, "dtype": "int16", "nodata": -1}
    place = {"crs": "EPSG:32633", "transform": rasterio.Affine(10, 0, 500000, 0, -10, 5000000)}
    stored = data.copy()
    stored[:, 1, 2] = -1
    with rasterio.open(path, "w", **profile, **place) as dataset:
        dataset.write(stored)
        dataset.descriptions = ("red", "nir")
        dataset.update_tags(TIFFTAG_DATETIME=moment)
