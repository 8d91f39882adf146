"""Tiles of real imagery, compared with whole-file rasterio, exact transforms and NumPy."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from rio_tiler.io import Reader

import sdk as wf
from tests.oracle.tiles import TilePixels, colour, share_of_differing_pixels, true_colour
from tests.server_fixture import running_server

TOLERATED = 0.001  # share of pixels that may differ
PRODUCTS = ("landsat-rocky", "s2-berlin", "landsat8-parana", "landcover-chesapeake")


@pytest.fixture(scope="module")
def client(imagery: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[wf.Client]:
    folders = [imagery / product for product in PRODUCTS]
    with running_server(tmp_path_factory.mktemp("real"), add=folders) as url:
        yield wf.Client(url)


def fetch(xyz: wf.XYZ, tile: TilePixels, **style: object) -> NDArray[np.uint8]:
    """Return a tile as RGBA."""
    url = xyz.url(**style).format(z=tile.z, x=tile.x, y=tile.y)  # type: ignore[arg-type]
    answer = httpx2.get(url, timeout=60)
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


def items(imagery: Path, product: str) -> list[tuple[datetime, Path]]:
    """Return the dates and paths of a product's Items, by date."""
    found = []
    for path in (imagery / product).glob("*.json"):
        document = json.loads(path.read_text())
        if document["type"] == "Feature":
            found.append((datetime.fromisoformat(document["properties"]["datetime"]), path))
    return sorted(found)


@pytest.mark.parametrize("z", [12, 14, 15])
def test_the_median_ndvi_of_the_main_job(client: wf.Client, imagery: Path, z: int) -> None:
    col = wf.ImageCollection.from_id("landsat-rocky", start_datetime="2009-05-01", end_datetime="2011-10-01")
    nir, red = col.unpack_bands("nir red")
    clear = col.pick_bands("fmask") < 2
    ndvi = ((nir - red) / (nir + red)).mask(~clear)
    xyz = wf.XYZ(ndvi.median(axis="images"), name="Median NDVI", client=client)
    tile = TilePixels.at(-106.914, 40.288, z)
    got = fetch(xyz, tile, colormap="RdYlGn", scales=[(0, 0.9)], checkerboard=True)

    planes = []
    for date, path in items(imagery, "landsat-rocky"):
        if "2009-05-01" <= date.isoformat()[:10] < "2011-10-01":
            stem = str(path.with_suffix(""))
            red_, nir_ = (tile.sample(Path(f"{stem}_sr.tif"), b, nodata=-9999, scale=1e-4) for b in (1, 2))
            fmask = tile.sample(Path(f"{stem}_fmask.tif"), nodata=255)
            with np.errstate(all="ignore"):
                value = np.ma.masked_invalid((nir_ - red_) / (nir_ + red_))
            # `~clear` counts as False where the mask image itself is masked
            planes.append(np.ma.masked_where((fmask >= 2).filled(False), value))
    median = np.ma.median(np.ma.stack(planes), axis=0)
    expected = colour(median, "RdYlGn", 0, 0.9)
    missing = np.ma.getmaskarray(median)
    board = tile.checkerboard()
    expected[missing] = np.stack([board, board, board, np.full_like(board, 255)], axis=-1)[missing]

    assert not missing.all()
    assert share_of_differing_pixels(got, expected) <= TOLERATED


@pytest.mark.parametrize("z", [10, 12, 14, 16])
def test_true_colour_of_ten_metre_bands(client: wf.Client, imagery: Path, z: int) -> None:
    image = wf.Image.from_id("s2-berlin:S2A_T33UUU_20170216T102101").pick_bands("red green blue")
    xyz = wf.XYZ(image, client=client)
    tile = TilePixels.at(12.6, 52.49, z)
    got = fetch(xyz, tile, scales=[(0, 0.3)] * 3)
    folder = imagery / "s2-berlin"
    bands = [tile.sample(folder / f"{name}.tif", nodata=0, scale=1e-4) for name in ("B04", "B03", "B02")]
    assert share_of_differing_pixels(got, true_colour(bands, 0, 0.3)) <= TOLERATED


def test_an_index_across_ten_and_twenty_metres(client: wf.Client, imagery: Path) -> None:
    image = wf.Image.from_id("s2-berlin:S2A_T33UUU_20170216T102101")
    near, far = image.unpack_bands("B08 B11")
    xyz = wf.XYZ((near - far) / (near + far), client=client)
    tile = TilePixels.at(12.6, 52.49, 13)
    got = fetch(xyz, tile, colormap="viridis", scales=[(-0.5, 0.5)])
    folder = imagery / "s2-berlin"
    b08, b11 = (tile.sample(folder / f"{name}.tif", nodata=0, scale=1e-4) for name in ("B08", "B11"))
    assert share_of_differing_pixels(got, colour((b08 - b11) / (b08 + b11), "viridis", -0.5, 0.5)) <= TOLERATED


@pytest.mark.parametrize("z", [9, 11, 13])
def test_a_mosaic_across_the_seam(client: wf.Client, imagery: Path, z: int) -> None:
    col = wf.ImageCollection.from_id("landsat8-parana").pick_bands("red green blue")
    xyz = wf.XYZ(col, client=client)
    tile = TilePixels.at(-54.8, -25.4, z)
    got = fetch(xyz, tile, scales=[(5000, 20000)] * 3)
    bands = []
    for band in (3, 2, 1):
        mosaic = np.ma.masked_all(tile.xs.shape)
        for _, path in items(imagery, "landsat8-parana"):
            layer = tile.sample(Path(f"{path.with_suffix('')}_bgr.tif"), band, nodata=0)
            mosaic = np.ma.where(np.ma.getmaskarray(layer), mosaic, layer)
        bands.append(mosaic)
    assert share_of_differing_pixels(got, true_colour(bands, 5000, 20000)) <= TOLERATED


@pytest.mark.parametrize("z", [11, 13, 15, 17, 19])
def test_classes_come_from_the_overview_that_fits(client: wf.Client, imagery: Path, z: int) -> None:
    xyz = wf.XYZ(wf.Image.from_id("landcover-chesapeake:chesapeake-landcover"), client=client)
    tile = TilePixels.at(-79.41, 39.84, z)
    got = fetch(xyz, tile, colormap="tab20", scales=[(1, 12)])
    classes = tile.sample(imagery / "landcover-chesapeake" / "landcover.tif", nodata=0)
    assert share_of_differing_pixels(got, colour(classes, "tab20", 1, 12)) <= TOLERATED


@pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")  # rio-tiler's own
@pytest.mark.parametrize(("lon", "lat"), [(12.51, 52.46), (12.6, 52.49), (12.7, 52.52)])
def test_a_point_is_what_rio_tiler_reads_there(client: wf.Client, imagery: Path, lon: float, lat: float) -> None:
    image = wf.Image.from_id("s2-berlin:S2A_T33UUU_20170216T102101").pick_bands("B04")
    half = 0.00001  # degrees: about a metre
    here = wf.GeoContext(bounds=(lon - half, lat - half, lon + half, lat + half), crs="EPSG:4326", shape=(1, 1))
    with Reader(str(imagery / "s2-berlin" / "B04.tif")) as reader:
        stored = reader.point(lon, lat).data[0]
    assert image.value_at(lon, lat).inspect(here, client=client)["B04"] == pytest.approx(stored * 1e-4)
