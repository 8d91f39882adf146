"""A server with small rasters whose pixels are those of the tiles at zoom 10, so that NumPy slices are the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from sqlalchemy import Engine

import sdk as wf
from sdk.service.computation import Computation
from tests.server_fixture import running_server
from tileserver.store import create_schema, open_database

Z, X, Y = 10, 550, 335  # the tile of the rasters' upper left quarter
SIDE = 512
HOLE = -9999.0
WORLD = 20037508.342789244
PIXEL = 2 * WORLD / 2**Z / 256
BANDS = ("red", "green", "blue", "nir")


@dataclass(frozen=True)
class Served:
    """A running server, and the pixels that it serves: `pixels[date]` is masked (band, y, x)."""

    url: str
    folder: Path
    data_dir: Path
    pixels: dict[str, np.ma.MaskedArray[Any, Any]]
    http: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "http", httpx2.Client(base_url=self.url, timeout=30))

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *error: object) -> None:
        self.http.close()

    def get(self, path: str, **options: Any) -> httpx2.Response:
        return self.http.get(path, **options)

    def post(self, path: str, body: object) -> httpx2.Response:
        return self.http.post(path, json=body)

    def publish(self, computation: Any, **fields: Any) -> str:
        """Make an XYZ object, and return its id."""
        made = self.post("/api/xyz", {**Computation.of(computation).to_json(), **fields})
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def tile(self, layer: str, query: str = "", x: int = X, y: int = Y, **options: Any) -> httpx2.Response:
        return self.get(f"/xyz/{layer}/{Z}/{x}/{y}.png?{query}", **options)


def write_scene(path: Path, pixels: NDArray[np.float32]) -> None:
    """Write a tiled GeoTIFF whose upper left pixel is that of the tile."""
    transform = rasterio.Affine(PIXEL, 0, X * 256 * PIXEL - WORLD, 0, -PIXEL, WORLD - Y * 256 * PIXEL)
    profile = {"crs": "EPSG:3857", "transform": transform, "nodata": HOLE, "tiled": True, "dtype": "float32"}
    with rasterio.open(path, "w", driver="GTiff", width=SIDE, height=SIDE, count=len(pixels), **profile) as dataset:
        dataset.write(pixels)
        for index, name in enumerate(BANDS, 1):
            dataset.set_band_description(index, name)


def make_pixels(seed: int) -> NDArray[np.float32]:
    """Return (band, y, x) of gentle slopes with noise, and holes in the same places of all bands."""
    random = np.random.default_rng(seed)
    rows, cols = np.mgrid[:SIDE, :SIDE] / SIDE
    slopes = [rows, cols, (rows + cols) / 2, 1 - rows]
    pixels = np.stack([slope + random.normal(0, 0.05, slope.shape) for slope in slopes]).astype(np.float32)
    pixels[:, random.random(rows.shape) < 0.1] = HOLE
    return pixels


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind, with its tables."""
    if request.param == "postgresql":
        return str(next(request.getfixturevalue("postgres")))
    url = f"sqlite:///{tmp_path / 'made' / 'it.sqlite'}"
    create_schema(engine := open_database(url))
    engine.dispose()
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An empty database of each kind, open."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the product `field` of two dates."""
    folder = tmp_path_factory.mktemp("scenes") / "field"
    folder.mkdir()
    for month in (1, 2):
        write_scene(folder / f"field_2020-0{month}-01.tif", make_pixels(month))
    return folder


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, scenes: Path) -> Iterator[Served]:
    """A server of the product `field`."""
    data_dir = tmp_path_factory.mktemp("data")
    pixels = {
        path.stem.removeprefix("field_"): np.ma.masked_equal(rasterio.open(path).read().astype(float), HOLE)
        for path in sorted(scenes.glob("*.tif"))
    }
    with running_server(data_dir, add=[scenes]) as url, Served(url, scenes, data_dir, pixels) as found:
        yield found


@pytest.fixture(scope="session")
def rgb(served: Served) -> str:
    """A layer of the latest scene's red, green and blue."""
    return served.publish(wf.ImageCollection.from_id("field").pick_bands("red green blue"), name="True colour")


@pytest.fixture(scope="session")
def nir(served: Served) -> str:
    """A layer of one band."""
    return served.publish(wf.ImageCollection.from_id("field").pick_bands("nir"))
