"""What a file's metadata, and what lies beside it, may lead GDAL to: nothing that nobody has checked."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.errors import RasterioIOError

from graft_eval.raster import drivers
from graft_eval.raster.handles import open_dataset
from tests.graft_eval.scenes import write_raster

VRT = """<VRTDataset rasterXSize="64" rasterYSize="64"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>
<SourceFilename>{0}</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"""
WMS = "<GDAL_WMS><Service name='TMS'><ServerUrl>{0}</ServerUrl></Service></GDAL_WMS>"
AUX = '<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">{0}</MDI></Metadata></PAMDataset>'


class Canary:
    """Listens, and answers nobody."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/x.tif"

    def was_called(self) -> bool:
        """Whether anybody has connected."""
        try:
            self._socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    drivers._restrict.cache_clear()  # a WarpedVRT of another test has registered GDAL's VRT driver again
    canary = Canary()
    yield canary
    called = canary.was_called()
    canary.close()
    assert not called


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    return plain(tmp_path / "a.tif")


def plain(path: Path, overview_file: str | None = None) -> Path:
    write_raster(path, np.ones((1, 64, 64), np.uint8))
    if overview_file:
        with rasterio.open(path, "r+") as dataset:
            dataset.update_tags(ns="OVERVIEWS", OVERVIEW_FILE=overview_file)
    return path


def look_everywhere(path: Path) -> list[int]:
    """Ask for all that might lead elsewhere; return the overviews found."""
    found: list[int] = []
    with rasterio.Env(GDAL_HTTP_TIMEOUT=1, GDAL_HTTP_MAX_RETRY=0):
        for overview in (None, 0):
            with suppress(RasterioIOError), open_dataset(str(path), overview) as dataset:
                assert dataset.mask_flag_enums
                dataset.read(1)
                dataset.read_masks(1)
                found += dataset.overviews(1)
    return found


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("reference", ["/vsicurl/{0}", VRT.format("/vsicurl/{0}"), WMS, "{0}"], ids=str)
@pytest.mark.parametrize("where", ["tag", "aux", "ovr", "msk", "tag of ovr", "itself"])
def test_no_metadata_and_no_sidecar_leads_to_a_url(canary: Canary, raster: Path, where: str, reference: str) -> None:
    reference = reference.format(canary.url)
    if where == "tag":
        plain(raster, reference)
    elif where == "aux":
        Path(f"{raster}.aux.xml").write_text(AUX.format(reference.replace("<", "&lt;")))
    elif where == "tag of ovr":
        plain(raster.parent / "b.tif", reference).rename(f"{raster}.ovr")
    else:
        (raster if where == "itself" else Path(f"{raster}.{where}")).write_text(reference)
    assert look_everywhere(raster) == []


@pytest.mark.parametrize("where", ["tag", "aux", "link", "tag of ovr"])
def test_files_elsewhere_are_no_overviews(raster: Path, where: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = write_raster(tmp_path_factory.mktemp("outside") / "o.tif", np.ones((1, 32, 32), np.uint8))
    if where == "tag":
        plain(raster, str(outside))
    elif where == "aux":
        Path(f"{raster}.aux.xml").write_text(AUX.format(outside))
    elif where == "link":
        Path(f"{raster}.ovr").symlink_to(outside)
    else:
        plain(raster.parent / "b.tif", str(outside)).rename(f"{raster}.ovr")
    assert look_everywhere(raster) == []


def test_overviews_and_masks_beside_a_file_are_its_own(tmp_path: Path) -> None:
    path = plain(tmp_path / "a.tif")
    with rasterio.Env(TIFF_USE_OVR=True), rasterio.open(path, "r+") as dataset:
        dataset.build_overviews([2])
    mask = np.zeros((64, 64), np.uint8)
    mask[:10] = 255
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False), rasterio.open(path, "r+") as dataset:
        dataset.write_mask(mask)
    assert Path(f"{path}.ovr").exists()
    assert Path(f"{path}.msk").exists()
    with open_dataset(str(path)) as dataset:
        assert dataset.overviews(1) == [2]
        np.testing.assert_array_equal(dataset.read_masks(1), mask)
    with open_dataset(str(path), 0) as overview:
        assert overview.shape == (32, 32)
