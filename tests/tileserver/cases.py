"""Cases of imagery as it comes: for each kind of Item, document and folder, files to add and what is right of them.

    python -m tests.tileserver.cases FOLDER

writes them all. Pixels are noise of one seed; the first pixel of each band is what tells bands apart.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pystac
import rasterio
import rio_stac
import rustac
from rasterio.control import GroundControlPoint
from rasterio.enums import ColorInterp, Resampling
from rasterio.rpc import RPC

from tests.tileserver.rasters import AT_BERLIN, collection, item, write_json, write_tif
from tileserver.catalog import AddOptions, Overrides, read_pattern

SEED = 9
COG = "image/tiff; application=geotiff; profile=cloud-optimized"
RED, GREEN, BLUE, NIR = ({"name": name, "common_name": name} for name in ("red", "green", "blue", "nir"))
MOON = "+proj=longlat +R=1737400 +no_defs"
MARS = "+proj=longlat +R=3396190 +no_defs"

OF_BANDS = AddOptions(pattern=read_pattern("{scene}_{band}.tif"))

Bands = Mapping[str, tuple[str | None, float]]  # name -> alias, physical value of the first pixel


@dataclass(frozen=True)
class Case:
    """Files to add, and what is right: images with their bands, parts of what is said of the rest.

    `dates`, `nodata`, `masks`, `overviews` (how many are read), `ranges` and `places` (a longitude and a latitude
    within) are checked if they are given; `problems` and `refused` are parts of messages, in order.
    """

    name: str
    make: Callable[[Path], object]
    images: Mapping[str, Bands]
    problems: Sequence[str] = ()
    refused: Sequence[str] = ()
    dates: Mapping[str, datetime] = field(default_factory=dict)
    nodata: Mapping[str, float | None] = field(default_factory=dict)
    masks: Mapping[str, str | None] = field(default_factory=dict)
    overviews: Mapping[str, int] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    places: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    passed_over: Mapping[str, int] = field(default_factory=dict)
    options: AddOptions = field(default_factory=AddOptions)
    given: str = ""  # below the folder; the folder itself


CASES: list[Case] = []


def case(images: Mapping[str, Bands] = {}, **right: Any) -> Callable[[Callable[[Path], object]], object]:
    """Enter a function that writes files as a case, with what is right of them."""
    return lambda make: CASES.append(Case(make.__name__.strip("_").replace("_", "-"), make, images, **right))


def tif(path: Path, *firsts: float, dtype: str = "uint16", **options: Any) -> Path:
    """Write a GeoTIFF of noise whose bands begin with these values."""
    random = np.random.default_rng(SEED)
    data = random.integers(1, 100, (len(firsts), 6, 8)).astype(dtype)
    data[:, 0, 0] = firsts
    return write_tif(path, bands=len(firsts), dtype=dtype, data=data, **options)


def asset(href: str, *bands: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    told = {"eo:bands": list(bands)} if bands else {}
    return {"href": href, "type": COG, "roles": ["data"], **told, **fields}


def write_item(folder: Path, assets: Mapping[str, Any], **fields: Any) -> Path:
    return write_json(folder / "i.json", item(assets=assets, **fields))


def scaled(path: Path, scale: float, offset: float) -> None:
    with rasterio.open(path, "r+") as dataset:
        dataset.scales, dataset.offsets = [scale] * dataset.count, [offset] * dataset.count


# Items: twins, pictures, gaps


@case(
    {
        "p:i": {
            "red": ("red", 5),
            "nir": ("nir", 6),
            "visual_red": (None, 1),
            "visual_green": (None, 2),
            "visual_blue": (None, 3),
        }
    },
    problems=["unread twin of red: asset red-jp2: s3://archive/B04.jp2 cannot be read"],
)
def earth_search(folder: Path) -> None:
    tif(folder / "B04.tif", 5)
    tif(folder / "B08.tif", 6)
    tif(folder / "TCI.tif", 1, 2, 3, dtype="uint8")
    write_item(
        folder,
        {
            "red": asset("B04.tif", RED, roles=["data", "reflectance"]),
            "nir": asset("B08.tif", NIR, roles=["data", "reflectance"]),
            "visual": asset("TCI.tif", RED, GREEN, BLUE, roles=["visual"]),
            "red-jp2": asset("s3://archive/B04.jp2", RED, type="image/jp2", roles=["data", "reflectance"]),
            "thumbnail": {"href": "https://example.com/preview.jpg", "type": "image/jpeg", "roles": ["thumbnail"]},
            "tileinfo_metadata": {"href": "https://example.com/tileInfo.json", "type": "application/json"},
        },
    )


@case({"p:i": {"B04": ("red", 5), "visual_B04": (None, 1), "visual_B03": (None, 2), "visual_B02": (None, 3)}})
def planetary_computer(folder: Path) -> None:
    tif(folder / "B04.tif", 5)
    tif(folder / "TCI.tif", 1, 2, 3, dtype="uint8")
    names = [
        {"name": name, "common_name": common} for name, common in (("B04", "red"), ("B03", "green"), ("B02", "blue"))
    ]
    write_item(
        folder,
        {
            "B04": asset("B04.tif", names[0]),
            "visual": asset("TCI.tif", *names),
            "preview": asset("TCI.tif", roles=["thumbnail"]),
            "safe-manifest": {"href": "https://example.com/manifest.safe", "type": "application/xml"},
            "tilejson": {"href": "https://example.com/tilejson.json", "type": "application/json", "roles": ["tiles"]},
        },
    )


@case({"p:i": {"red": ("red", 5), "red-jp2_red": (None, 7)}})
def twin_of_another_format(folder: Path) -> None:
    tif(folder / "B04.tif", 5)
    tif(folder / "other.tif", 7)
    write_item(folder, {"red-jp2": asset("other.tif", RED, type="image/jp2"), "red": asset("B04.tif", RED)})


@case({"p:i": {"red": ("red", 1), "green": ("green", 2), "blue": ("blue", 3)}})
def picture_alone(folder: Path) -> None:
    tif(folder / "ortho.tif", 1, 2, 3, dtype="uint8")
    write_item(folder, {"visual": asset("ortho.tif", RED, GREEN, BLUE, roles=["visual"])})


@case(
    {"p:i": {"red": (None, 5)}},
    problems=[
        "asset green: .*B03.tif is not there",
        "asset blue: .*example.com is not allowed",
        "asset nir: .*the bucket s3://archive is not allowed",
    ],
)
def gaps(folder: Path) -> None:
    tif(folder / "B04.tif", 5)
    hrefs = {"red": "B04.tif", "green": "B03.tif", "blue": "https://example.com/B02.tif", "nir": "s3://archive/B08.tif"}
    write_item(folder, {key: asset(href) for key, href in hrefs.items()})


@case(refused=["asset green: .*B03.tif is not there"], options=AddOptions(strict=True))
def gaps_refused(folder: Path) -> None:
    tif(folder / "B04.tif", 5)
    write_item(folder, {"red": asset("B04.tif"), "green": asset("B03.tif")})


@case(
    {"p:i": {"good": (None, 5)}},
    problems=[
        "asset text: .*text.tif cannot be read: it is in no format",
        "asset complex: .*complex64 pixels",
    ],
)
def unreadable_assets(folder: Path) -> None:
    tif(folder / "good.tif", 5)
    tif(folder / "complex.tif", 1, dtype="complex64")
    (folder / "text.tif").write_text("<html>")
    write_item(folder, {key: asset(f"{key}.tif") for key in ("good", "text", "complex")})


@case({"p:i": {"good": (None, 5)}})
def assets_that_are_none(folder: Path) -> None:
    tif(folder / "good.tif", 5)
    write_item(folder, {"good": asset("good.tif"), "text": "good.tif", "nothing": {}, "null": {"href": None}})


@case(refused=["asset a: .*a.tif is not there; asset b: .*b.tif is not there"])
def nothing_readable(folder: Path) -> None:
    folder.mkdir()
    write_item(folder, {"a": asset("a.tif"), "b": asset("b.tif")})


# Items: bands told elsewhere


@case({"p:i": {"r": ("red", 1), "n": ("nir", 2)}})
def bands_of_the_properties(folder: Path) -> None:
    tif(folder / "a.tif", 1, 2)
    told = [{"name": "r", "common_name": "red"}, {"name": "n", "common_name": "nir"}]
    write_item(folder, {"data": asset("a.tif")}, properties={"datetime": "2020-05-18T00:00:00Z", "eo:bands": told})


@case(
    {"p:i": {"data_1": (None, 1), "data_2": (None, 2)}},
    problems=["Item properties eo:bands lists 3 bands, and no asset has as many"],
)
def bands_of_the_properties_that_do_not_fit(folder: Path) -> None:
    tif(folder / "a.tif", 1, 2)
    write_item(
        folder,
        {"data": asset("a.tif")},
        properties={"datetime": "2020-05-18T00:00:00Z", "eo:bands": [RED, GREEN, BLUE]},
    )


@case({"p:i": {"r": ("red", 0.5), "n": ("nir", 1.0)}}, given="i.json")
def bands_of_item_assets(folder: Path) -> None:
    tif(folder / "a.tif", 1, 2)
    told = [{"name": "r", "common_name": "red"}, {"name": "n", "common_name": "nir"}]
    template = {"data": {"eo:bands": told, "raster:bands": [{"scale": 0.5}, {"scale": 0.5}]}}
    write_json(folder / "c.json", collection(item_assets=template))
    write_item(folder, {"data": asset("a.tif")}, links=[{"rel": "collection", "href": "./c.json"}])


@case({"p:i": {"B4": ("red", 1), "B5": ("nir", 2)}})
def bands_of_the_collection(folder: Path) -> None:
    tif(folder / "4.tif", 1)
    tif(folder / "5.tif", 2)
    told = [{"name": "B4", "eo:common_name": "red"}, {"name": "B5", "eo:common_name": "nir"}]
    write_json(folder / "z.json", collection(stac_version="1.1.0", bands=told))
    assets = {name: asset(f"{name[1]}.tif", bands=[{"name": name}]) for name in ("B4", "B5")}
    write_item(folder, assets, stac_version="1.1.0")


@case({"p:i": {"red": ("red", 1), "nir": ("nir", 2)}})
def bands_of_the_summaries(folder: Path) -> None:
    tif(folder / "a.tif", 1, 2)
    write_json(folder / "z.json", collection(summaries={"eo:bands": [RED, NIR]}))
    write_item(folder, {"data": asset("a.tif")})


@case({"p:i": {"red": ("red", 1), "nir": ("nir", 2)}})
def bands_by_number(folder: Path) -> None:
    tif(folder / "4.tif", 1)
    tif(folder / "5.tif", 2)
    assets = {"a": asset("4.tif", **{"eo:bands": [0]}), "b": asset("5.tif", **{"eo:bands": [1]})}
    properties = {"datetime": "2020-05-18T00:00:00Z", "eo:bands": [RED, NIR]}
    write_item(folder, assets, stac_version="1.0.0-beta.2", properties=properties)


@case({"p:i": {"red": (None, 0.25)}})
def values_names_are_no_bands(folder: Path) -> None:
    tif(folder / "a.tif", 25)
    told = {"raster:bands": [{"name": "Red TOA reflectance", "scale": 0.01}]}
    write_item(folder, {"red": asset("a.tif", **told)})


# Items against files


@case(
    {"p:i": {"Red": ("red", 1), "Green": ("green", 2), "Blue": ("blue", 3), "NIR": ("nir", 4)}},
    problems=["the file calls band 4 alpha, the Item 'nir'"],
    masks={"NIR": None},
)
def near_infrared(folder: Path) -> None:
    colours = (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha)
    tif(folder / "m.tif", 1, 2, 3, 4, dtype="uint8", interpretation=colours)
    names = [{"name": name, "common_name": name.lower()} for name in ("Red", "Green", "Blue", "NIR")]
    write_item(folder, {"image": asset("m.tif", *names)})


@case({"p:i": {"r": (None, 1), "g": (None, 2), "b": (None, 3)}}, masks={"r": "alpha"})
def alpha_by_name(folder: Path) -> None:
    colours = (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha)
    tif(folder / "m.tif", 1, 2, 3, 255, dtype="uint8", interpretation=colours)
    write_item(folder, {"image": asset("m.tif", *({"name": name} for name in ("r", "g", "b", "alpha")))})


@case({"p:i": {"ndvi": (None, 2.001)}})
def scale_of_the_files_tags(folder: Path) -> None:
    scaled(tif(folder / "t.tif", 1, dtype="int16"), 0.001, 2.0)
    write_item(folder, {"ndvi": asset("t.tif")})


@case({"scale-of-a-plain-file:t_20200518": {"data": (None, 2.001)}})
def scale_of_a_plain_file(folder: Path) -> None:
    scaled(tif(folder / "t_20200518.tif", 1, dtype="int16"), 0.001, 2.0)


@case({"p:i": {"ndvi": (None, 0.1)}})
def scale_of_the_item(folder: Path) -> None:
    scaled(tif(folder / "t.tif", 1, dtype="int16"), 0.001, 2.0)
    write_item(folder, {"ndvi": asset("t.tif", **{"raster:bands": [{"scale": 0.1}]})})


@case(
    {"p:i": {"x": (None, 1)}},
    problems=["uint16 cannot hold the Item's nodata -1; the file's counts .0.0."],
    nodata={"x": 0},
)
def nodata_out_of_the_type(folder: Path) -> None:
    tif(folder / "n.tif", 1, nodata=0)
    write_item(folder, {"x": asset("n.tif", **{"raster:bands": [{"nodata": -1}]})})


@case({"p:i": {"x": (None, 1)}}, nodata={"x": float(np.float32(-3.4028235e38))})
def nodata_in_single_precision(folder: Path) -> None:
    tif(folder / "n.tif", 1, dtype="float32")
    write_item(folder, {"x": asset("n.tif", **{"raster:bands": [{"nodata": float(np.float32(-3.4028235e38))}]})})


@case({"p:i": {"red": (None, 0.05)}}, problems=["the offset -0.1 is in the pixels already, and is left out"])
def offset_applied(folder: Path) -> None:
    tif(folder / "a.tif", 500)
    told = {"raster:bands": [{"scale": 0.0001, "offset": -0.1}]}
    properties = {"datetime": "2024-05-01T10:00:00Z", "earthsearch:boa_offset_applied": True}
    write_item(folder, {"red": asset("a.tif", **told)}, properties=properties)


@case({"p:i": {"red": (None, 0.05)}})
def offset_not_applied(folder: Path) -> None:
    tif(folder / "a.tif", 1500)
    told = {"raster:bands": [{"scale": 0.0001, "offset": -0.1}]}
    properties = {"datetime": "2024-05-01T10:00:00Z", "earthsearch:boa_offset_applied": False}
    write_item(folder, {"red": asset("a.tif", **told)}, properties=properties)


@case({"p:i": {"x": (None, 1)}})
def crs_that_says_nothing(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    assets = {"x": asset("a.tif", **{"proj:code": "EPSG:None", "proj:epsg": None})}
    write_item(folder, assets, properties={"datetime": "2020-05-18T00:00:00Z", "proj:code": None})


@case(
    {"p:i": {"x": (None, 1)}},
    problems=["the Item says EPSG:32601, its file EPSG:32633", "proj:shape is not its file's"],
)
def grid_that_is_not_the_files(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    write_item(folder, {"x": asset("a.tif", **{"proj:code": "EPSG:32601", "proj:shape": [5, 5]})})


@case({"p:i": {"x": (None, 1)}})
def grid_that_is_the_files(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    told = {"proj:epsg": 32633, "proj:shape": [6, 8], "proj:transform": [*AT_BERLIN]}
    write_item(folder, {"x": asset("a.tif", **told)})


@case({"p:i": {"x": (None, 1)}}, nodata={"x": None})
def empty_fields(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    told: dict[str, Any] = {
        "eo:bands": [],
        "raster:bands": [{"nodata": None, "scale": None, "unit": ""}],
        "bands": None,
    }
    write_item(folder, {"x": asset("a.tif", title=None, **told)}, bbox=None)


@case({"p:i": {"x": (None, 1)}})
def statistics_of_text(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    told = {"raster:bands": [{"statistics": {"minimum": "nan", "maximum": "nan"}}]}
    write_item(folder, {"x": asset("a.tif", **told)})


# Times

MIDNIGHT = datetime(2022, 11, 1, tzinfo=UTC)


@case({"p:i": {"x": (None, 1)}}, dates={"p:i": MIDNIGHT})
def interval(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    times = {"datetime": None, "start_datetime": "2022-11-01T00:00:00Z", "end_datetime": "2022-11-08T00:00:00Z"}
    write_item(folder, {"x": asset("a.tif")}, properties=times)


@case(refused=["end_datetime .* lies before its start_datetime"])
def interval_backwards(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    times = {"datetime": None, "start_datetime": "2022-11-08T00:00:00Z", "end_datetime": "2022-11-01T00:00:00Z"}
    write_item(folder, {"x": asset("a.tif")}, properties=times)


@case({"p:i": {"x": (None, 1)}}, problems=["it has no date, and is dated by its name"], dates={"p:i": MIDNIGHT})
def undated(folder: Path) -> None:
    tif(folder / "a_20221101.tif", 1)
    write_item(folder, {"x": asset("a_20221101.tif")}, properties={})


@case({"p:i": {"x": (None, 1)}}, problems=["it has no date, and is dated by the file's time of change"])
def undated_as_its_file(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    write_item(folder, {"x": asset("a.tif")}, properties={"datetime": None})


@case({"p:i": {"x": (None, 1)}}, dates={"p:i": MIDNIGHT})
def naive_time(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    write_item(folder, {"x": asset("a.tif")}, properties={"datetime": "2022-11-01T00:00:00"})


@case({"p:i": {"x": (None, 1)}}, dates={"p:i": datetime(2022, 10, 31, 23, 0, 0, 123456, tzinfo=UTC)})
def nanoseconds_with_an_offset(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    write_item(folder, {"x": asset("a.tif")}, properties={"datetime": "2022-11-01T01:00:00.123456789+02:00"})


# Hrefs and ids


@case({"p:i": {"x": (None, 1)}})
def escaped_href(folder: Path) -> None:
    tif(folder / "2025 orthö #1.tif", 1)
    write_item(folder, {"x": asset("2025%20orth%C3%B6%20%231.tif")})


@case({"p:i": {"x": (None, 1), "y": (None, 2), "z": (None, 3)}})
def hrefs_as_written(folder: Path) -> None:
    names = {"x": "a b #1.tif", "y": "what?.tif", "z": "50%20.tif"}
    for first, name in enumerate(names.values(), 1):
        tif(folder / name, first)
    write_item(folder, {key: asset(name) for key, name in names.items()})


@case({"p:i": {"x": (None, 1)}})
def href_with_a_query(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    write_item(folder, {"x": asset("./a.tif?token=abc#page")})


@case(
    {"p:i": {"x": (None, 1)}},
    problems=[
        "asset y: https://example.com/b.tif: the host example.com is not allowed",
        "asset z: s3://bucket/c.tif cannot be read",
    ],
)
def paths_of_gdal(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    hrefs = {"x": "a.tif", "y": "/vsicurl/https://example.com/b.tif", "z": "/vsis3/bucket/c.tif"}
    write_item(folder, {key: asset(href) for key, href in hrefs.items()})


@case({"p:i": {"x": (None, 1)}})
def file_without_type_and_suffix(folder: Path) -> None:
    tif(folder / "a.tif", 1).rename(folder / "download")
    write_item(folder, {"x": {"href": "download"}})


@case({"p:i": {"x": (None, 1), "y": (None, 1)}})
def older_media_types(folder: Path) -> None:
    tif(folder / "a", 1)
    write_item(
        folder,
        {"x": asset("a", type="image/x.geotiff"), "y": asset("a", type="image/vnd.stac.geotiff; cloud-optimized=true")},
    )


@case({"p:urn%3Aogc%3Ascene/7": {"x": (None, 1)}, "p:50%25": {"x": (None, 1)}})
def ids_with_colons_and_slashes(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    for number, name in enumerate(("urn:ogc:scene/7", "50%")):
        write_json(folder / f"{number}.json", item(id=name, assets={"x": asset("a.tif")}))


# Places


@case(refused=["asset x: .*nothing leads from its coordinate reference system to the map"])
def mars(folder: Path) -> None:
    tif(folder / "a.tif", 1, crs=MARS, transform=rasterio.Affine(1, 0, 10, 0, -1, 50))
    write_item(folder, {"x": asset("a.tif")})


@case({"folder-with-one-bad:good_20200518": {"data": (None, 1)}}, refused=["moon.tif: nothing leads from"])
def folder_with_one_bad(folder: Path) -> None:
    tif(folder / "good_20200518.tif", 1)
    tif(folder / "moon.tif", 1, crs=MOON, transform=rasterio.Affine(1, 0, 10, 0, -1, 50))


@case({"corners-without-a-place:a_20200518": {"data": (None, 1)}})
def corners_without_a_place(folder: Path) -> None:
    side = rasterio.Affine(4.5e6, 0, -1.8e7, 0, -3e6, 9e6)
    tif(folder / "a_20200518.tif", 1, crs="ESRI:54030", transform=side)


@case({"p:i": {"x": (None, 1)}})
def disk_from_space(folder: Path) -> None:
    disk = "+proj=geos +h=35785831 +lon_0=0 +sweep=y +ellps=WGS84"
    tif(folder / "a.tif", 1, crs=disk, transform=rasterio.Affine(1.4e6, 0, -5.6e6, 0, -1.9e6, 5.7e6))
    write_item(folder, {"x": asset("a.tif")}, geometry=None, bbox=None)


@case(refused=["a.tif: its grid covers nothing on the map|a.tif: no part of its grid|a.tif: nothing leads"])
def metres_called_degrees(folder: Path) -> None:
    tif(folder / "a.tif", 1, crs="EPSG:4326", transform=rasterio.Affine(10, 0, 5e6, 0, -10, 5e6))


# Georeferencing

BERLIN = (12.495, 52.522)


def by_points(path: Path, count: int) -> None:
    """Write a GeoTIFF that is placed by control points alone, as Sentinel-1's are."""
    random = np.random.default_rng(SEED)
    places = [(float(row), float(col)) for row, col in random.integers(0, 7, (count, 2))]
    points = [GroundControlPoint(row, col, 13 + col * 1e-4, 52 - row * 1e-4) for row, col in places]
    path.parent.mkdir(parents=True, exist_ok=True)
    profile = {"driver": "GTiff", "width": 8, "height": 6, "count": 1, "dtype": "uint16"}
    with rasterio.open(path, "w", **profile, gcps=points, crs="EPSG:4326"):
        pass


@case(refused=["g.tif is placed by 9 ground control points alone; .* gdalwarp -order 2 -of COG g.tif g_warped.tif"])
def control_points(folder: Path) -> None:
    by_points(folder / "g.tif", 9)


@case(refused=["placed by 210 ground control points alone; .* gdalwarp -tps -of COG 'S1 A.tif' 'S1 A_warped.tif'"])
def many_control_points(folder: Path) -> None:
    by_points(folder / "S1 A.tif", 210)


@case(refused=["asset x: .*g.tif is placed by 4 ground control points alone; .* gdalwarp -order 1"])
def control_points_and_an_invented_transform(folder: Path) -> None:
    by_points(folder / "g.tif", 4)
    told = {"proj:epsg": 32633, "proj:shape": [6, 8], "proj:transform": [*AT_BERLIN]}
    write_item(folder, {"x": asset("g.tif", **told)})


@case(refused=["r.tif is placed by rational polynomial coefficients alone; .* gdalwarp -rpc -t_srs EPSG:4326 -of COG"])
def rational_polynomials(folder: Path) -> None:
    ones = [1.0] + [0.0] * 19
    numbers = {"height": 0, "lat": 52, "line": 3, "long": 13, "samp": 4}
    fields = {f"{name}_off": value for name, value in numbers.items()} | {f"{name}_scale": 1 for name in numbers}
    coefficients = {f"{axis}_{part}_coeff": ones for axis in ("line", "samp") for part in ("num", "den")}
    path = tif(folder / "r.tif", 1, crs=None, transform=None)
    with rasterio.open(path, "r+") as dataset:
        dataset.rpcs = RPC(**fields, **coefficients)


@case(refused=["a.tif has no coordinate reference system: --crs EPSG:CODE says which it is"])
def no_crs(folder: Path) -> None:
    tif(folder / "a.tif", 1, crs=None)


@case(
    {"crs-said:a_20200518": {"data": (None, 1)}},
    options=AddOptions(overrides=Overrides(crs="EPSG:32633")),
    places={"crs-said:a_20200518": BERLIN},
)
def crs_said(folder: Path) -> None:
    tif(folder / "a_20200518.tif", 1, crs=None)


@case(refused=["a.tif is not georeferenced: .* world file .* gdal_translate -a_srs EPSG:CODE -a_ullr"])
def no_place(folder: Path) -> None:
    tif(folder / "a.tif", 1, crs=None, transform=None)


@case(
    {"world-file:A_20200518": {"data": (None, 1)}},
    options=AddOptions(overrides=Overrides(crs="EPSG:32633")),
    places={"world-file:A_20200518": BERLIN},
)
def world_file(folder: Path) -> None:
    tif(folder / "A_20200518.TIF", 1, crs=None, transform=None)
    (folder / "A_20200518.TFW").write_text("10\n0\n0\n-10\n330005\n5822035\n")


@case(
    {"place-beside-the-file:a_20200518": {"data": (None, 1)}},
    places={"place-beside-the-file:a_20200518": BERLIN},
)
def place_beside_the_file(folder: Path) -> None:
    tif(folder / "a_20200518.tif", 1, crs=None, transform=None)
    written = ", ".join(f"{number:.0f}" for number in AT_BERLIN.to_gdal())
    (folder / "a_20200518.tif.aux.xml").write_text(
        f"<PAMDataset><SRS>EPSG:32633</SRS><GeoTransform>{written}</GeoTransform></PAMDataset>"
    )


# Plain files


@case(
    {"landsat-files:LC08_L2SP_193024_20230715": {"B4": (None, 4), "B5": (None, 5), "QA_PIXEL": (None, 1)}},
    dates={"landsat-files:LC08_L2SP_193024_20230715": datetime(2023, 7, 15, tzinfo=UTC)},
)
def landsat_files(folder: Path) -> None:
    scene = "LC08_L2SP_193024_20230715"
    for band, first in {"SR_B4": 4, "SR_B5": 5, "QA_PIXEL": 1}.items():
        tif(folder / scene / f"{scene}_{band}.TIF", first)


@case({"IMG_DATA:T33UUU_20170216T102101": {"B02": (None, 2), "B05": (None, 5)}}, given="IMG_DATA")
def sentinel_2_files(folder: Path) -> None:
    for path, first in {"R10m/{}_B02_10m": 2, "R20m/{}_B02_20m": 9, "R20m/{}_B05_20m": 5}.items():
        tif(folder / "IMG_DATA" / f"{path.format('T33UUU_20170216T102101')}.tif", first)


@case(
    {"grouped:s_20200518": {"a": (None, 1), "b": (None, 2)}},
    options=AddOptions(pattern=read_pattern("{scene}_{band}.tif")),
)
def grouped(folder: Path) -> None:
    tif(folder / "s_20200518_a.tif", 1)
    tif(folder / "s_20200518_b.tif", 2)


@case({"ndvi:2022_ndvi_a_20200518": {"data": (None, 1)}, "ndvi:2023_ndvi_a_20200518": {"data": (None, 2)}})
def folders_of_one_name(folder: Path) -> None:
    for first, year in enumerate(("2022", "2023"), 1):
        tif(folder / year / "ndvi" / "a_20200518.tif", first)


@case({"colours:a_20200518": {"red": (None, 1), "green": (None, 2), "blue": (None, 3)}})
def colours(folder: Path) -> None:
    tif(
        folder / "a_20200518.tif",
        1,
        2,
        3,
        dtype="uint8",
        interpretation=(ColorInterp.red, ColorInterp.green, ColorInterp.blue),
    )


@case({"descriptions:a_20200518": {"red band": (None, 1), "red band_2": (None, 2), "B 3/é": (None, 3)}})
def descriptions(folder: Path) -> None:
    tif(folder / "a_20200518.tif", 1, 2, 3, descriptions=("red band", "red band", "B 3/é"))


@case({"undated-file:a": {"data": (None, 1)}}, problems=["it is dated by the file's time of change"])
def undated_file(folder: Path) -> None:
    tif(folder / "a.tif", 1)


@case({"alpha-only:a_20200518": {"data": (None, 9)}}, masks={"data": None})
def alpha_only(folder: Path) -> None:
    tif(folder / "a_20200518.tif", 9, dtype="uint8", interpretation=(ColorInterp.alpha,))


@case(
    {"other-kinds:a_20200518": {"data": (None, 1)}, "other-kinds:b_20200518": {"data": (None, 2)}},
    passed_over={"vrt": 1, "zip": 1, "without a suffix": 1},
)
def other_kinds(folder: Path) -> None:
    tif(folder / "a_20200518.tif", 1)
    tif(folder / "b_20200518.geotiff", 2)
    for name in ("x.vrt", "x.zip", "LICENSE", "a_20200518.tif.aux.xml", ".hidden.tif", "readme.txt"):
        (folder / name).write_text("x")


@case(refused=["a.tif cannot be read: .*(got|end|read|size)"])
def truncated(folder: Path) -> None:
    profile = {"crs": "EPSG:32633", "transform": AT_BERLIN, "tiled": True, "blockxsize": 128, "blockysize": 128}
    folder.mkdir()
    path = folder / "a.tif"
    with rasterio.open(path, "w", driver="GTiff", width=256, height=256, count=1, dtype="uint8", **profile) as dataset:
        dataset.write(np.random.default_rng(SEED).integers(0, 255, (1, 256, 256)).astype("uint8"))
    path.write_bytes(path.read_bytes()[:40_000])


@case({"a_20200518:a_20200518": {"data": (None, 1)}}, given="a_20200518")
def _one_file(folder: Path) -> None:
    tif(folder / "a_20200518", 1)


# Masks


def masked(path: Path, internal: bool, *firsts: float, **options: Any) -> Path:
    tif(path, *firsts, **options)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=internal), rasterio.open(path, "r+") as dataset:
        dataset.write_mask(np.where(np.arange(6)[:, None] < 3, 255, 0).astype("uint8").repeat(8, 1))
    return path


@case({"mask-wins:m_20200518": {"data": (None, 0)}}, nodata={"data": None}, masks={"data": "dataset"})
def mask_wins(folder: Path) -> None:
    masked(folder / "m_20200518.tif", True, 0, nodata=0)


@case({"mask-beside-the-file:m_20200518": {"data": (None, 0)}}, nodata={"data": None}, masks={"data": "dataset"})
def mask_beside_the_file(folder: Path) -> None:
    masked(folder / "m_20200518.tif", False, 0, nodata=0)


@case({"p:i": {"x": (None, 0)}}, nodata={"x": None}, masks={"x": "dataset"})
def mask_wins_over_the_items_nodata(folder: Path) -> None:
    masked(folder / "m.tif", True, 0)
    write_item(folder, {"x": asset("m.tif", **{"raster:bands": [{"nodata": 0}]})})


@case(
    {"alpha-wins:a_20200518": {"red": (None, 0), "green": (None, 2), "blue": (None, 3)}},
    nodata={"red": None},
    masks={"red": "alpha"},
)
def alpha_wins(folder: Path) -> None:
    colours = (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha)
    tif(folder / "a_20200518.tif", 0, 2, 3, 255, dtype="uint8", nodata=0, interpretation=colours)


# Overviews


def with_overviews(path: Path, pixels: np.ndarray[Any, Any], how: Resampling, **options: Any) -> Path:
    """Write a GeoTIFF with overviews 2, 4 and 8 times coarser."""
    path.parent.mkdir(parents=True, exist_ok=True)
    profile = {"crs": "EPSG:32633", "transform": AT_BERLIN, "tiled": True, "blockxsize": 128, "blockysize": 128}
    rows, cols = pixels.shape
    shape = {"width": cols, "height": rows, "count": 1, "dtype": pixels.dtype.name}
    with rasterio.open(path, "w", driver="GTiff", **(shape | profile | options)) as dataset:
        dataset.write(pixels, 1)
    with rasterio.open(path, "r+") as dataset:
        dataset.build_overviews([2, 4, 8], how)
    return path


def field_with_a_gap(nodata: float) -> np.ndarray[Any, Any]:
    random = np.random.default_rng(SEED)
    pixels = (random.normal(500, 20, (300, 300))).astype("float32")
    pixels[150:, 77:] = nodata
    pixels[0, 0] = 500
    return pixels


@case({"averages:a_20200518": {"data": (None, 500)}}, overviews={"data": 3})
def averages(folder: Path) -> None:
    with_overviews(folder / "a_20200518.tif", field_with_a_gap(-9999), Resampling.average, nodata=-9999)


@case(
    {"averages-before-nodata:a_20200518": {"data": (None, 500)}},
    problems=["overview 1, 2, 3 holds values outside of the full resolution's range .*--ignore-overviews"],
    overviews={"data": 3},
)
def averages_before_nodata(folder: Path) -> None:
    path = with_overviews(folder / "a_20200518.tif", field_with_a_gap(-9999), Resampling.average)
    with rasterio.open(path, "r+") as dataset:
        dataset.nodata = -9999


@case(
    {"p:i": {"x": (None, 500)}},
    problems=["overview 1, 2, 3 holds values outside of the full resolution's range"],
    overviews={"x": 3},
)
def averages_before_the_items_nodata(folder: Path) -> None:
    with_overviews(folder / "a.tif", field_with_a_gap(0), Resampling.bilinear)
    write_item(folder, {"x": asset("a.tif", **{"raster:bands": [{"nodata": 0}]})})


@case(
    {"ringing:a_20200518": {"data": (None, 0)}},
    problems=["overview 1, 2, 3 holds values outside of the full resolution's range"],
    overviews={"data": 3},
)
def ringing(folder: Path) -> None:
    pixels = np.where(np.arange(300) < 153, 0, 1000).astype("float32")[None].repeat(300, 0)
    with_overviews(folder / "a_20200518.tif", pixels, Resampling.lanczos)


@case(
    {"p:i": {"x": (None, 500)}},
    problems=["its overviews cannot be compared with its pixels: .*(got|end|read|size)"],
    overviews={"x": 3},
)
def overviews_cut_off(folder: Path) -> None:
    path = with_overviews(folder / "a.tif", field_with_a_gap(0), Resampling.nearest)
    path.write_bytes(path.read_bytes()[:-500])
    write_item(folder, {"x": asset("a.tif")})


@case({"nodata-beyond-the-type:a_20200518": {"data": (None, 241)}}, ranges={"data": (241, 241)})
def nodata_beyond_the_type(folder: Path) -> None:
    path = with_overviews(folder / "a_20200518.tif", np.full((300, 300), 241, "uint8"), Resampling.nearest)
    path.with_name(path.name + ".aux.xml").write_text(
        '<PAMDataset><PAMRasterBand band="1"><NoDataValue>-15</NoDataValue></PAMRasterBand></PAMDataset>'
    )


def classes() -> np.ndarray[Any, Any]:
    random = np.random.default_rng(SEED)
    pixels = np.kron(random.integers(1, 5, (25, 25)), np.ones((13, 13))).astype("uint8") * 10
    pixels[0, 0] = 20
    return pixels


@case({"modes:a_20200518": {"data": (None, 20)}}, overviews={"data": 3})
def modes(folder: Path) -> None:
    with_overviews(folder / "a_20200518.tif", classes(), Resampling.mode)


@case(
    {"averages-of-classes:a_20200518": {"data": (None, 20)}},
    problems=["overview 1, 2, 3 averages classes, and none is read: .*gdaladdo -r mode"],
    overviews={"data": 0},
)
def averages_of_classes(folder: Path) -> None:
    with_overviews(folder / "a_20200518.tif", classes(), Resampling.average)


@case(
    {"p:i": {"x": (None, 20)}},
    problems=["overview 1, 2, 3 averages classes, and none is read"],
    overviews={"x": 0},
)
def averages_of_many_classes(folder: Path) -> None:
    pixels = np.kron(np.arange(100).reshape(10, 10), np.ones((31, 31))).astype("uint8") * 2 + 20
    with_overviews(folder / "a.tif", pixels, Resampling.average)
    named = [{"value": value, "name": f"class {value}"} for value in range(20, 220, 2)]
    write_item(folder, {"x": asset("a.tif", **{"raster:bands": [{"classification:classes": named}]})})


@case(
    {"overviews-without-the-mask:a_20200518": {"data": (None, 20)}},
    problems=["the mask is not in overview 1, 2, 3, and none is read"],
    overviews={"data": 0},
    masks={"data": "dataset"},
)
def overviews_without_the_mask(folder: Path) -> None:
    path = with_overviews(folder / "a_20200518.tif", classes(), Resampling.mode)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as dataset:
        dataset.write_mask(np.where(np.arange(325)[:, None] < 160, 255, 0).astype("uint8").repeat(325, 1))


# Types


def of_type(path: Path, first: float, dtype: str, **options: Any) -> Path:
    """Write a GeoTIFF of a type or of few bits, beginning with this value."""
    pixels = np.full((6, 8), first, dtype)
    path.parent.mkdir(parents=True, exist_ok=True)
    profile = {"driver": "GTiff", "width": 8, "height": 6, "count": 1, "crs": "EPSG:32633", "transform": AT_BERLIN}
    with rasterio.open(path, "w", **profile, dtype=dtype, **options) as dataset:
        dataset.write(pixels, 1)
    return path


TYPES = {
    "i1": ("int8", -7), "u1": ("uint8", 7), "i2": ("int16", -7), "u2": ("uint16", 7), "i4": ("int32", -(2**31)),
    "u4": ("uint32", 2**32 - 1), "i8": ("int64", -(2**53)), "u8": ("uint64", 2**53), "f4": ("float32", 0.5),
    "f8": ("float64", 1e-9),
}  # fmt: skip


@case({"types:20200518": {name: (None, value) for name, (_, value) in TYPES.items()}}, options=OF_BANDS)
def types(folder: Path) -> None:
    for name, (dtype, value) in TYPES.items():
        of_type(folder / f"20200518_{name}.tif", value, dtype)


@case(
    {"p:i": {f"b{bits}": (None, 1) for bits in (1, 2, 4, 7, 12, 20)}},
    ranges={f"b{bits}": (0, 2**bits - 1) for bits in (1, 2, 4, 7, 12, 20)},
)
def few_bits(folder: Path) -> None:
    for bits, dtype in ((1, "uint8"), (2, "uint8"), (4, "uint8"), (7, "uint8"), (12, "uint16"), (20, "uint32")):
        of_type(folder / f"b{bits}.tif", 1, dtype, nbits=bits)
    write_item(folder, {path.stem: asset(path.name) for path in sorted(folder.glob("b*.tif"))})


@case({"half-precision:h_20200518": {"data": (None, 0.5)}})
def half_precision(folder: Path) -> None:
    of_type(folder / "h_20200518.tif", 0.5, "float32", nbits=16)


@case(
    {"large-integers:20200518": {"i": (None, 2**60), "u": (None, 2**63)}},
    problems=["int64 pixels beyond 2..53 lose digits .* value_at", "uint64 pixels beyond 2..53 lose digits"],
    options=OF_BANDS,
)
def large_integers(folder: Path) -> None:
    of_type(folder / "20200518_i.tif", 2**60, "int64")
    of_type(folder / "20200518_u.tif", 2**63, "uint64")


@case(
    refused=[
        "c2.tif holds complex_int16 pixels: .*gdal_calc.py -A c2.tif",
        "holds complex64",
        "holds complex128",
    ]
)
def complex_numbers(folder: Path) -> None:
    for name, dtype in {"c4": "complex64", "c8": "complex128"}.items():
        of_type(folder / f"{name}.tif", 1, dtype)
    profile = {"driver": "GTiff", "width": 8, "height": 6, "count": 1, "crs": "EPSG:32633", "transform": AT_BERLIN}
    with rasterio.open(folder / "c2.tif", "w", **profile, dtype="complex_int16"):
        pass


@case({"p:i": {"x": (None, float(np.float32(-3.4e38)))}}, nodata={"x": -3.4e38})
def nodata_of_few_digits(folder: Path) -> None:
    of_type(folder / "a.tif", -3.4e38, "float32")
    write_item(folder, {"x": asset("a.tif", **{"raster:bands": [{"nodata": -3.4e38}]})})


# Documents


@case({"p:1": {"x": (None, 1)}, "p:2": {"x": (None, 1)}})
def item_collection(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    features = [item(id=str(number), assets={"x": asset("a.tif")}) for number in (1, 2)]
    write_json(folder / "items.json", {"type": "FeatureCollection", "features": features, "links": []})


@case(
    {"p:1": {"x": (None, 1)}, "p:2": {"x": (None, 1)}},
    refused=["line 2 of .*items.ndjson is no JSON"],
    given="items.ndjson",
)
def lines_with_a_bad_one(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    lines = [json.dumps(item(id=str(number), assets={"x": asset("a.tif")})) for number in (1, 2)]
    (folder / "items.ndjson").write_text("\n".join([lines[0], "{", lines[1], ""]))


@case({"p:1": {"red": ("red", 0.5)}, "p:2": {"red": ("red", 0.5)}})
def geoparquet(folder: Path) -> None:
    tif(folder / "a.tif", 5)
    assets = {"x": asset("a.tif", RED, **{"raster:bands": [{"scale": 0.1}]})}
    items = [item(id=str(number), assets=assets) for number in (1, 2)]
    rustac.write_sync(str(folder / "items.parquet"), items)


@case({"p:i": {"x": (None, 1)}}, given="catalog.json", refused=["missing.json is not there"])
def nested_catalogs(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    deep = folder
    for level in range(12):
        links = [{"rel": "child", "href": "sub dir/catalog.json"}, {"rel": "root", "href": "/catalog.json"}]
        if level == 11:
            links = [{"rel": "item", "href": "./i.json"}, {"rel": "item", "href": "missing.json"}]
        catalog = {"type": "Catalog", "stac_version": "1.0.0", "id": f"c{level}", "description": "", "links": links}
        write_json(deep / "catalog.json", catalog)
        last, deep = deep, deep / "sub dir"
    write_item(last, {"x": asset(str(folder / "a.tif"))})


@case(
    {"p:i": {"x": (None, 1)}},
    refused=["no valid Item: it has no properties", "'stac_version' is missing", "its id must be"],
)
def broken_items_beside_a_good_one(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    good = item(assets={"x": asset("a.tif")})
    features: list[dict[str, Any]] = [
        {**good, "properties": None},
        {name: value for name, value in good.items() if name != "stac_version"},
        {**good, "id": None},
        good,
    ]
    write_json(folder / "items.json", {"type": "FeatureCollection", "features": features})


# Items as archives and libraries write them


@case({"landsat-c2l2-sr:LC08_x_SR": {"OLI_B4": ("red", 0.6), "qa_pixel": (None, 1)}}, nodata={"OLI_B4": 0})
def usgs(folder: Path) -> None:
    tif(folder / "B4.TIF", 29_091, dtype="uint16", nodata=0)
    tif(folder / "QA.TIF", 1)
    kind = "image/vnd.stac.geotiff; application=geotiff; cloud-optimized=true"
    band = {"name": "OLI_B4", "common_name": "red", "gsd": 30, "center_wavelength": 0.65}
    values = {"raster:bands": [{"scale": 2.75e-05, "offset": -0.2, "nodata": 0, "data_type": "uint16"}]}
    other = {
        "alternate": {"s3": {"href": "s3://usgs-landsat/B4.TIF", "storage:platform": "AWS"}},
        "file:checksum": "1340",
    }
    assets = {
        "thumbnail": {"type": "image/jpeg", "roles": ["thumbnail"], "href": "https://example.com/small.jpeg"},
        "reduced_resolution_browse": {
            "type": "image/jpeg",
            "roles": ["overview"],
            "href": "https://example.com/large.jpeg",
        },
        "index": {"type": "text/html", "roles": ["metadata"], "href": "https://example.com/i"},
        "red": {"type": kind, "roles": ["data"], "eo:bands": [band], "href": "B4.TIF", **values, **other},
        "qa_pixel": {"type": kind, "roles": ["cloud", "cloud-shadow"], "href": "QA.TIF"},
        "MTL.xml": {"type": "application/xml", "roles": ["metadata"], "href": "https://example.com/MTL.xml"},
    }
    write_item(folder, assets, id="LC08_x_SR", collection="landsat-c2l2-sr", bbox=[12, 52, 13, 53])


@case({"HLSS30_2.0:HLS.S30.T33UUU.2024122T101559.v2.0": {"B04": (None, 5), "Fmask": (None, 1)}})
def nasa_cmr(folder: Path) -> None:
    name = "HLS.S30.T33UUU.2024122T101559.v2.0"
    for band, first in {"B04": 5, "Fmask": 1}.items():
        tif(folder / f"{name}.{band}.tif", first)
    assets = {band: {"href": f"{name}.{band}.tif", "title": f"Download {name}.{band}.tif"} for band in ("B04", "Fmask")}
    assets["browse"] = {"href": "https://example.com/x.jpg", "type": "image/jpeg", "title": "Download x.jpg"}
    assets["metadata"] = {"href": "https://example.com/x.xml", "type": "application/xml"}
    times = {"datetime": "2024-05-01T10:15:59.123Z", "start_datetime": "2024-05-01T10:15:59.123Z"}
    times["end_datetime"] = "2024-05-01T10:15:59.123Z"
    links = [{"rel": "collection", "href": "https://example.com/stac/LPCLOUD/collections/HLSS30_2.0"}]
    write_item(folder, assets, id=name, collection="HLSS30_2.0", properties=times, links=links)


@case({"p:r": {"b1": (None, 1), "b2": (None, 2)}})
def rio_stac_items(folder: Path) -> None:
    path = tif(folder / "a.tif", 1, 2, descriptions=("a", "b"))
    made = rio_stac.create_stac_item(
        str(path), input_datetime=MIDNIGHT, collection="p", id="r", with_proj=True, with_raster=True, with_eo=True
    )
    write_json(folder / "r.json", made.to_dict(include_self_link=False))


@case({"p:s": {"B4": ("red", 1)}}, dates={"p:s": MIDNIGHT})
def pystac_items(folder: Path) -> None:
    tif(folder / "a.tif", 1)
    outline = item()["geometry"]
    made = pystac.Item("s", outline, [12, 52, 13, 53], MIDNIGHT, {}, collection="p")
    bands = {"bands": [{"name": "B4", "eo:common_name": "red"}]}
    made.add_asset("x", pystac.Asset("./a.tif", media_type=pystac.MediaType.COG, roles=["data"], extra_fields=bands))
    write_json(folder / "s.json", made.to_dict(include_self_link=False))


if __name__ == "__main__":
    for one in CASES:
        one.make(Path(sys.argv[1], one.name))
    print(f"{len(CASES)} cases in {sys.argv[1]}")
