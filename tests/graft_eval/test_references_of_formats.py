"""What VRTs, grids and archives may lead GDAL to: nothing that nobody has looked at."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import h5py
import numpy as np
import pytest
import rasterio
from rasterio.errors import RasterioIOError

from graft_eval.raster.handles import open_dataset
from tests.graft_eval.scenes import write_raster
from tests.graft_eval.test_references import AUX, VRT, Canary, canary
from tests.tileserver.grids import noise, write_netcdf4, write_zarr

__all__ = ["canary"]

DATASET = '<VRTDataset rasterXSize="64" rasterYSize="64">{0}</VRTDataset>'
BAND = '<VRTRasterBand dataType="Byte" band="1">{0}</VRTRasterBand>'
SOURCE = "<SimpleSource><SourceFilename>{0}</SourceFilename>{1}</SimpleSource>"


def of_band(text: str) -> str:
    return DATASET.format(BAND.format(text))


VRTS = {
    "source": VRT.format("/vsicurl/{0}"),
    "source without a prefix": VRT.format("{0}"),
    "source by a driver": VRT.format("WMS:{0}"),
    "nested in text": VRT.format(VRT.format("/vsicurl/{0}").replace("<", "&lt;")),
    "SRS": DATASET.format("<SRS>{0}</SRS>" + BAND.format("")),
    "raw band": DATASET.format(
        '<VRTRasterBand dataType="Byte" band="1" subClass="VRTRawRasterBand"><SourceFilename>/vsicurl/{0}'
        "</SourceFilename></VRTRasterBand>"
    ),
    "overview": of_band("<Overview><SourceFilename>/vsicurl/{0}</SourceFilename><SourceBand>1</SourceBand></Overview>"),
    "mask": DATASET.format(BAND.format("") + f"<MaskBand>{BAND.format(SOURCE.format('/vsicurl/{0}', ''))}</MaskBand>"),
    "warped": '<VRTDataset rasterXSize="9" rasterYSize="9" subClass="VRTWarpedDataset"><GDALWarpOptions><SourceDataset>'
    "/vsicurl/{0}</SourceDataset></GDALWarpOptions></VRTDataset>",
    "options": of_band(SOURCE.format("a.tif", '<OpenOptions><OOI key="OVERVIEW_FILE">{0}</OOI></OpenOptions>')),
    "overviews' metadata": DATASET.format(
        '<Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">/vsicurl/{0}</MDI></Metadata>' + BAND.format("")
    ),
    "arrays": DATASET.format(
        '<Group name="/"><Array name="a"><Source><SourceFilename>{0}</SourceFilename></Source></Array></Group>'
    ),
}  # fmt: skip


def look(path: Path) -> None:
    """Read whatever there is, if it can be opened."""
    with rasterio.Env(GDAL_HTTP_TIMEOUT=1, GDAL_HTTP_MAX_RETRY=0):
        for overview in (None, 0):
            with suppress(RasterioIOError), open_dataset(str(path), overview, roots=[str(path.parent)]) as dataset:
                if dataset.count:
                    dataset.overviews(1)
                    dataset.read(1)
                    dataset.read_masks(1)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("text", VRTS.values(), ids=VRTS)
@pytest.mark.parametrize("name", ["m.vrt", "m.tif", "outer.vrt", "m.zip"])
def test_no_vrt_leads_to_a_url(canary: Canary, tmp_path: Path, text: str, name: str) -> None:
    text = text.replace("{0}", canary.url)
    if name == "m.zip":
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("m.vrt", text)
            archive.writestr("a.tif", text)
        look(tmp_path / name / "m.vrt")
        look(tmp_path / name / "a.tif")
    (tmp_path / "m.vrt").write_text(text)
    (tmp_path / "m.tif").write_text(text)
    (tmp_path / "outer.vrt").write_text(VRT.format(tmp_path / "m.vrt"))
    look(tmp_path / name)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_source_may_not_lead_on(canary: Canary, tmp_path: Path) -> None:
    source = write_raster(tmp_path / "a.tif", np.ones((1, 64, 64), np.uint8))
    (tmp_path / "m.vrt").write_text(VRT.format(source))
    (tmp_path / "a.tif.aux.xml").write_text(AUX.format(f"/vsicurl/{canary.url}"))
    with pytest.raises(RasterioIOError, match="whose overviews lie in other files"):
        open_dataset(str(tmp_path / "m.vrt"), roots=[str(tmp_path)])
    (tmp_path / "a.tif.aux.xml").unlink()
    (tmp_path / "a.tif.ovr").write_text(VRT.format(f"/vsicurl/{canary.url}"))
    with pytest.raises(RasterioIOError, match="no TIFF that stands for itself"):
        open_dataset(str(tmp_path / "m.vrt"), roots=[str(tmp_path)])


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_links_do_not_lead_out_of_the_folders(tmp_path: Path) -> None:
    outside = write_raster(tmp_path / "outside.tif", np.ones((1, 64, 64), np.uint8))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.tif").symlink_to(outside)
    (folder / "m.vrt").write_text(VRT.format(folder / "a.tif"))
    with pytest.raises(RasterioIOError, match=r"outside\.tif, which lies outside of the folders"):
        open_dataset(str(folder / "m.vrt"), roots=[str(folder)])
    open_dataset(str(folder / "m.vrt"), roots=[str(tmp_path)]).close()


def netcdf(path: Path, url: str) -> Path:
    write_netcdf4(path / "a.nc", {"dem": noise(6, 8)})
    with h5py.File(path / "a.nc", "a") as file:
        for name in ("crs_wkt", "spatial_ref"):
            file["crs"].attrs[name] = url
    return path / "a.nc:dem"


def zarr(path: Path, url: str) -> Path:
    attributes = write_zarr(path / "a.zarr", {"dem": noise(6, 8)}) / "dem" / ".zattrs"
    attributes.write_text(json.dumps(json.loads(attributes.read_text()) | {"_CRS": {"url": url, "wkt": url}}))
    return path / "a.zarr:dem"


def ascii_grid(path: Path, url: str) -> Path:
    (path / "a.asc").write_text("ncols 2\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 1\n1 2\n3 4\n")
    (path / "a.prj").write_text(url)
    return path / "a.asc"


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("make", [netcdf, zarr, ascii_grid], ids=lambda make: make.__name__)
def test_coordinate_reference_systems_are_fetched_from_nowhere(
    canary: Canary, tmp_path: Path, make: Callable[[Path, str], Path]
) -> None:
    look(make(tmp_path, canary.url))
