"""Cases of formats: each kind of raster file, with the first pixel of each of its bands."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import rasterio

from tests.tileserver.cases import case, tif
from tests.tileserver.grids import noise, write_netcdf4, write_zarr
from tests.tileserver.rasters import AT_BERLIN, UTM, item, write_json

GEOTRANSFORM = ",".join(map(str, AT_BERLIN.to_gdal()))
WORLD = "10.0\n0.0\n0.0\n-10.0\n330005.0\n5822035.0\n"


def gdal_name(href: str) -> str:
    """Return what GDAL calls a part of a file."""
    archive, found, member = href.partition(".zip/")
    if found:
        return f"/vsizip/{archive}.zip/{member}"
    path, found, variable = href.rpartition(":")
    if found and path.endswith(".zarr"):
        return f'ZARR:"{path}":/{variable}'
    return f'NETCDF:"{path}":{variable}' if found else href


def raster(path: Path, *firsts: float, driver: str, side: int = 64, dtype: str = "uint8", **profile: Any) -> Path:
    """Write a raster of noise whose bands begin with these values."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = np.random.default_rng(9).integers(1, 100, (len(firsts), side, side)).astype(dtype)
    data[:, :8, :8] = np.array(firsts).reshape(-1, 1, 1)  # smooth enough for JPEG
    placed = {} if driver in ("PNG", "JPEG", "WEBP") else {"crs": UTM, "transform": AT_BERLIN}
    shape = {"width": side, "height": side, "count": len(firsts), "dtype": dtype}
    with rasterio.open(path, "w", driver=driver, **shape, **(placed | profile)) as dataset:
        dataset.write(data)
    return path


def vrt(path: Path, source: str, *, relative: bool = True) -> Path:
    """Write a VRT of one band of one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<VRTDataset rasterXSize="8" rasterYSize="6"><SRS>{UTM}</SRS><GeoTransform>{GEOTRANSFORM}</GeoTransform>'
        '<VRTRasterBand dataType="UInt16" band="1"><SimpleSource>'
        f'<SourceFilename relativeToVRT="{int(relative)}">{source.replace("<", "&lt;")}</SourceFilename>'
        "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    return path


def geotiffs() -> None:
    """Enter a case for each way to write a GeoTIFF."""
    layouts: dict[str, dict[str, Any]] = {
        "strips": {"tiled": False, "blockysize": 16},
        "one-strip": {"tiled": False, "blockysize": 64, "compress": "deflate"},
        "tiles": {"tiled": True, "blockxsize": 16, "blockysize": 16},
        "bigtiff": {"BIGTIFF": "YES"},
        "big-endian": {"ENDIANNESS": "BIG"},
        "big-endian-bigtiff": {"ENDIANNESS": "BIG", "BIGTIFF": "YES"},
        "bands-apart": {"interleave": "band"},
        "zstd": {"compress": "zstd", "predictor": 2},
        "lzw": {"compress": "lzw"},
        "lerc": {"compress": "lerc"},
        "lerc-zstd": {"compress": "lerc_zstd"},
        "webp": {"compress": "webp", "WEBP_LOSSLESS": "YES", "tiled": True, "blockxsize": 16, "blockysize": 16},
        "jpeg": {"compress": "jpeg", "tiled": True, "blockxsize": 16, "blockysize": 16},
    }  # fmt: skip
    for name, profile in layouts.items():

        def make(folder: Path, profile: dict[str, Any] = profile) -> None:
            raster(folder / "f_20200518.tif", 40, 50, 60, driver="GTiff", photometric="rgb", **profile)

        product = f"geotiff-{name}"
        make.__name__ = product.replace("-", "_")
        case({f"{product}:f_20200518": {"red": (None, 40), "green": (None, 50), "blue": (None, 60)}})(make)


geotiffs()


@case({"sparse:f_20200518": {"data": (None, 0)}})
def sparse(folder: Path) -> None:
    folder.mkdir()
    profile = {"width": 512, "height": 512, "count": 1, "dtype": "uint8", "crs": UTM, "transform": AT_BERLIN}
    with rasterio.open(folder / "f_20200518.tif", "w", driver="GTiff", tiled=True, SPARSE_OK=True, **profile):
        pass


@case({"jpeg2000:f_20200518": {"data": (None, 40)}})
def jpeg2000(folder: Path) -> None:
    raster(folder / "f_20200518.jp2", 40, driver="JP2OpenJPEG", QUALITY=100, REVERSIBLE="YES")


@case(refused=["p_20200518.png has no coordinate reference system"], passed_over={"jpg": 1})
def pictures_with_world_files(folder: Path) -> None:
    raster(folder / "p_20200518.png", 40, driver="PNG")
    (folder / "p_20200518.pgw").write_text(WORLD)
    raster(folder / "preview.jpg", 40, driver="JPEG")


def placed_picture(name: str, driver: str) -> Callable[[Path], None]:
    """Return what writes a picture with georeferencing beside it."""

    def make(folder: Path) -> None:
        raster(folder / name, 40, driver=driver)
        (folder / f"{name}.aux.xml").write_text(
            f"<PAMDataset><SRS>{UTM}</SRS><GeoTransform>{GEOTRANSFORM}</GeoTransform></PAMDataset>"
        )

    make.__name__ = Path(name).suffix[1:]
    return make


for picture, driver in (("f_20200518.png", "PNG"), ("f_20200518.jpeg", "JPEG")):
    made = placed_picture(picture, driver)
    case({f"{made.__name__}:f_20200518": {"data": (None, 40)}})(made)


@case({"erdas:f_20200518": {"Layer_1": (None, 40)}})
def erdas(folder: Path) -> None:
    raster(folder / "f_20200518.img", 40, driver="HFA")


@case(refused=["f_20200518.img cannot be read: it leads to other files, by its .*DMS"])
def erdas_elsewhere(folder: Path) -> None:
    raster(folder / "f_20200518.img", 40, driver="HFA", USE_SPILL="YES")
    (folder / "f_20200518.ige").unlink()


@case({"ascii-grid:f_20200518": {"data": (None, 40)}})
def ascii_grid(folder: Path) -> None:
    raster(folder / "f_20200518.asc", 40, driver="AAIGrid")


@case({"zipped:a_20200518": {"data": (None, 5)}, "zipped:b_20200519": {"data": (None, 6)}})
def zipped(folder: Path) -> None:
    write_archive(folder)


def write_archive(folder: Path) -> None:
    with zipfile.ZipFile(folder_of(folder) / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, first in (("a_20200518.tif", 5), ("deep/b_20200519.tif", 6)):
            archive.write(tif(folder.parent / "loose" / name, first), name)
        archive.writestr("readme.txt", "None of these.")


@case({"a_20200518:a_20200518": {"data": (None, 5)}}, given="z.zip/a_20200518.tif")
def member_of_an_archive(folder: Path) -> None:
    write_archive(folder)


@case(refused=["z.zip/f.tif cannot be read: .*f.tif would be 67,108,864 bytes, packed in"], given="z.zip/f.tif")
def archive_that_blows_up(folder: Path) -> None:
    with zipfile.ZipFile(folder_of(folder) / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("f.tif", b"II*\0" + bytes((64 << 20) - 4))


@case(
    {
        "vrts:a_20200518": {"data": (None, 5)},
        "vrts:m_20200518": {"data": (None, 5)},
        "vrts:n_20200518": {"data": (None, 5)},
    }
)
def vrts(folder: Path) -> None:
    tif(folder / "a_20200518.tif", 5)
    vrt(folder / "m_20200518.vrt", "a_20200518.tif")
    vrt(folder / "n_20200518.vrt", str(folder / "m_20200518.vrt"), relative=False)


@case(
    refused=[
        "b.vrt cannot be read: the VRT names .*outside/a.tif, which lies outside of the folders allowed",
        "c.vrt cannot be read: the VRT names /vsicurl/https://example.com/a.tif, which is no local file",
        "d.vrt cannot be read: the VRT has a VRTRasterBand of subClass 'VRTDerivedRasterBand',",
        "e.vrt cannot be read: the VRT names <VRTDataset.*, which is no local file",
        "f.tif cannot be read: the VRT names .*outside/a.tif, which lies outside",
        "g.vrt cannot be read: VRTs are nested more than 3 deep",
    ],
    passed_over={"vrt": 1},
)
def vrts_elsewhere(folder: Path) -> None:
    outside = tif(folder.parent / "outside" / "a.tif", 5)
    vrt(folder / "b.vrt", "../outside/a.tif")
    vrt(folder / "c.vrt", "/vsicurl/https://example.com/a.tif", relative=False)
    derived = vrt(folder / "d.vrt", str(outside), relative=False)
    derived.write_text(derived.read_text().replace('band="1"', 'band="1" subClass="VRTDerivedRasterBand"'))
    vrt(folder / "e.vrt", derived.read_text(), relative=False)
    vrt(folder / "f.tif", "../outside/a.tif")
    vrt(folder / "g.vrt", "g.vrt")
    entity = vrt(folder / "h.vrt", "a.tif")
    entity.write_text('<!DOCTYPE a [<!ENTITY b SYSTEM "/etc/hostname">]>' + entity.read_text())


def folder_of(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


NDVI, EVI, DEM = noise(3, 6, 8, seed=1), noise(3, 6, 8, seed=2), noise(6, 8, seed=3)


def steps(product: str, stem: str) -> dict[str, Any]:
    """Return the images of three times, and that of none."""
    dates = ("20200101", "20200201", "20200301")
    timed = {
        f"{product}:{stem}_{date}": {"ndvi": (None, NDVI[at, 0, 0] / 100), "evi": (None, EVI[at, 0, 0] / 100)}
        for at, date in enumerate(dates)
    }
    return {**timed, f"{product}:{stem}": {"dem": (None, DEM[0, 0] / 100)}}


DATES = {f"netcdf:f_{date:%Y%m%d}": date for date in (datetime(2020, month, 1, tzinfo=UTC) for month in (1, 2, 3))}


@case(steps("netcdf", "f"), problems=["it is dated by the file's time of change"], dates=DATES)
def netcdf(folder: Path) -> None:
    netcdf_file(folder)


def netcdf_file(folder: Path) -> None:
    write_netcdf4(folder / "f.nc", {"ndvi": NDVI, "evi": EVI, "dem": DEM})


@case(steps("f", "f"), problems=["it is dated by"], given="f.nc")
def netcdf_given_alone(folder: Path) -> None:
    netcdf_file(folder)


@case({"f_20200518:f_20200518": {"dem": (None, DEM[0, 0] / 100)}}, given="f_20200518.nc:dem")
def variable_of_netcdf(folder: Path) -> None:
    write_netcdf4(folder / "f_20200518.nc", {"ndvi": NDVI, "dem": DEM})


@case({"netcdf-in-degrees:f_20200518": {"dem": (None, DEM[0, 0] / 100)}})
def netcdf_in_degrees(folder: Path) -> None:
    write_netcdf4(folder / "f_20200518.nc", {"dem": DEM}, lonlat=True)


@case(refused=["its times are of the calendar 360_day: standard, gregorian, proleptic_gregorian can be read"])
def netcdf_of_another_calendar(folder: Path) -> None:
    write_netcdf4(folder / "f.nc", {"ndvi": NDVI}, calendar="360_day")


@case({"p:i": {"data": (None, DEM[0, 0] / 100)}}, passed_over={})
def item_of_a_variable(folder: Path) -> None:
    write_netcdf4(folder / "f.nc", {"ndvi": NDVI, "dem": DEM})
    asset = {"href": "./f.nc:dem", "type": "application/netcdf"}
    write_json(folder / "i.json", item(assets={"data": asset}))


@case(steps("zarr", "f"), problems=["it is dated by"])
def zarr(folder: Path) -> None:
    write_zarr(folder / "f.zarr", {"ndvi": NDVI, "evi": EVI, "dem": DEM})


@case(steps("f", "f"), problems=["it is dated by"], given="f.zarr")
def zarr_given_alone(folder: Path) -> None:
    write_zarr(folder / "f.zarr", {"ndvi": NDVI, "evi": EVI, "dem": DEM})


@case({"z:a_20200518": {"data": (None, 5)}, "z:b_20200519": {"data": (None, 6)}}, given="z.zip")
def archive_given_alone(folder: Path) -> None:
    write_archive(folder)


@case(
    refused=[
        "a.nc cannot be read: its link is a link to another file, /etc/hostname",
        "b.h5 cannot be read: the data of its outside lie in other files",
        "c.h5 cannot be read: the data of its virtual lie in other files",
        "d.zarr cannot be read: its dem/0.0 is a link",
        "e.zarr cannot be read: its refs.json may lead to other stores",
    ]
)
def grids_elsewhere(folder: Path) -> None:
    with h5py.File(write_netcdf4(folder / "a.nc", {"dem": DEM}), "a") as file:
        file["link"] = h5py.ExternalLink("/etc/hostname", "/")
    with h5py.File(folder / "b.h5", "w") as file:
        file.create_dataset("outside", (6, 8), "u1", external=[("/etc/passwd", 0, 48)])
    with h5py.File(folder / "c.h5", "w") as file:
        layout = h5py.VirtualLayout((6, 8), "i2")
        layout[:] = h5py.VirtualSource(str(folder / "a.nc"), "dem", (6, 8))
        file.create_virtual_dataset("virtual", layout)
    chunk = write_zarr(folder / "d.zarr", {"dem": DEM}) / "dem" / "0.0"
    chunk.unlink()
    chunk.symlink_to("/etc/passwd")
    write_zarr(folder / "e.zarr", {"dem": DEM})
    (folder / "e.zarr" / "refs.json").write_text("{}")


@case(
    {"slow:a_20200518": {"data": (None, 0)}},
    problems=[r"slow to draw: 5,000 x 4,000 pixels without overviews.*-of COG"],
)
def slow(folder: Path) -> None:
    folder_of(folder)
    profile = {"width": 4000, "height": 5000, "count": 1, "dtype": "uint8", "crs": UTM, "transform": AT_BERLIN}
    with rasterio.open(folder / "a_20200518.tif", "w", driver="GTiff", tiled=True, SPARSE_OK=True, **profile):
        pass


@case({"webp:f_20200518": {"red": (None, 40), "green": (None, 40), "blue": (None, 40)}})
def webp(folder: Path) -> None:
    raster(folder / "f_20200518.webp", 40, 40, 40, driver="WEBP", LOSSLESS="YES")
    (folder / "f_20200518.webp.aux.xml").write_text(
        f"<PAMDataset><SRS>{UTM}</SRS><GeoTransform>{GEOTRANSFORM}</GeoTransform></PAMDataset>"
    )


@case({"grib:f_20200518": {'0[-] RESERVED="Reserved"': (None, 40)}})
def grib(folder: Path) -> None:
    raster(folder / "f_20200518.grb", 40, driver="GRIB", dtype="float64")


@case({"dted:f_20200518": {"data": (None, 40)}})
def dted(folder: Path) -> None:
    side = 1.0 / 1200
    degrees = rasterio.Affine(side, 0, 13 - side / 2, 0, -side, 53 + side / 2)
    raster(folder / "f_20200518.dt1", 40, driver="DTED", side=1201, dtype="int16", transform=degrees, crs="EPSG:4326")
