"""Items and files become scenes as the language's rules on ids and metadata say."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
import rasterio.shutil
import rasterio.warp
from rasterio.enums import ColorInterp
from shapely.geometry import box, shape

from graft_eval.scene import Scene
from tests.tileserver.rasters import item, write_json, write_tif
from tileserver.catalog import AddReport, Catalog
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    engine = open_database(f"sqlite:///{tmp_path / 'graftile.sqlite'}")
    create_schema(engine)
    return Catalog(engine, Settings(data_dir=tmp_path))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "scenes"


def add_item(catalog: Catalog, folder: Path, **fields: Any) -> Scene:
    """Add one Item and return its scene."""
    report = catalog.add([str(write_json(folder / "i.json", item(**fields)))])
    assert report.failed == []
    [scene_id] = report.added
    return catalog.scene(scene_id)


def refuse_item(catalog: Catalog, folder: Path, document: dict[str, Any]) -> str:
    """Add one Item that is refused, and return the reason."""
    report = catalog.add([str(write_json(folder / "i.json", document))])
    assert (report.added, report.updated) == ([], [])
    [(_, reason)] = report.failed
    return reason


def asset(href: str, **fields: Any) -> dict[str, Any]:
    return {"href": href, "type": "image/tiff"} | fields


def names(scene: Scene) -> list[str]:
    return [band.name for band in scene.bands]


def test_a_scene_is_what_its_item_says(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif")
    scene = add_item(catalog, folder, id="I.1-a_b", collection="landsat:LC08:T1")
    assert (scene.id, scene.product) == ("landsat:LC08:T1:I.1-a_b", "landsat:LC08:T1")
    assert scene.date == datetime(2020, 5, 18, 13, 28, tzinfo=UTC)
    assert scene.properties == {"datetime": "2020-05-18T13:28:00Z", "eo:cloud_cover": 3.5}
    assert scene.footprint.equals(box(12, 52, 13, 53))


def test_the_grid_is_the_files(catalog: Catalog, folder: Path) -> None:
    path = folder / "a.tif"
    profile = {"count": 1, "dtype": "int16", "crs": "EPSG:32621", "transform": rasterio.Affine(30, 0, 5, 0, -30, -7)}
    tiles = {"tiled": True, "blockxsize": 64, "blockysize": 32}
    folder.mkdir()
    with rasterio.open(path, "w", driver="GTiff", width=301, height=203, **profile, **tiles) as dataset:
        dataset.write(np.zeros((1, 203, 301), "int16"))
        dataset.build_overviews([2, 4])
    [band] = add_item(catalog, folder).bands
    with rasterio.open(path, overview_level=0) as first, rasterio.open(path, overview_level=1) as second:
        assert band.asset.overviews == (first.shape, second.shape)
    assert band.asset.href == str(path)
    assert band.asset.crs == "EPSG:32621"
    assert band.asset.transform == (30, 0, 5, 0, -30, -7)
    assert (band.asset.shape, band.asset.block, band.dtype) == ((203, 301), (32, 64), "int16")


def test_a_crs_without_a_code_is_kept_whole(catalog: Catalog, folder: Path) -> None:
    own = "+proj=tmerc +lat_0=1.5 +lon_0=12.34 +k=0.9 +x_0=7 +y_0=8 +ellps=GRS80 +units=m"
    write_tif(folder / "a.tif", crs=own)
    [band] = add_item(catalog, folder).bands
    assert rasterio.crs.CRS.from_user_input(band.asset.crs) == rasterio.crs.CRS.from_string(own)


def test_the_fingerprint_changes_when_the_file_does(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif")
    before = add_item(catalog, folder).bands[0].asset.fingerprint
    write_tif(folder / "a.tif", dtype="uint16")
    catalog.add([str(folder / "i.json")])
    assert catalog.scene("p:i").bands[0].asset.fingerprint != before


@pytest.mark.parametrize(
    ("properties", "date"),
    [
        ({"datetime": "2020-05-18T15:28:00+02:00"}, datetime(2020, 5, 18, 13, 28, tzinfo=UTC)),
        ({"datetime": None, "start_datetime": "2020-05-01T00:00:00Z"}, datetime(2020, 5, 1, tzinfo=UTC)),
        (
            {"datetime": None, "start_datetime": "2020-05-01T00:00:00Z", "end_datetime": "2020-05-31T00:00:00Z"},
            datetime(2020, 5, 1, tzinfo=UTC),
        ),
        (
            {"datetime": "2020-05-18T00:00:00.25Z", "start_datetime": "2020-05-01T00:00:00Z"},
            datetime(2020, 5, 18, 0, 0, 0, 250_000, tzinfo=UTC),
        ),
    ],
)
def test_the_date_is_the_datetime_else_the_start(
    catalog: Catalog, folder: Path, properties: dict[str, Any], date: datetime
) -> None:
    write_tif(folder / "a.tif")
    scene = add_item(catalog, folder, properties=properties)
    assert scene.date == date
    assert scene.properties == properties


EO = [{"name": "red", "common_name": "red"}, {"name": "B8", "common_name": "nir"}]
STAC_1_1 = [{"name": "red", "eo:common_name": "red"}, {"name": "B8", "eo:common_name": "nir"}]


@pytest.mark.parametrize(
    ("bands", "descriptions", "fields", "expected"),
    [
        (2, [], {"eo:bands": EO}, ["red", "B8"]),
        (2, [], {"bands": STAC_1_1}, ["red", "B8"]),
        (2, ["x", "y"], {"eo:bands": EO}, ["red", "B8"]),
        (1, ["x"], {}, ["data"]),
        (2, ["x", "y"], {}, ["x", "y"]),
        (2, ["x", ""], {}, ["data_1", "data_2"]),
        (2, ["x", "x"], {}, ["data_1", "data_2"]),
        (2, [], {}, ["data_1", "data_2"]),
        (2, [], {"raster:bands": [{}, {}]}, ["data_1", "data_2"]),
        (1, [], {"bands": [{"eo:common_name": "nir"}]}, ["data"]),
    ],
)
def test_bands_are_named_by_the_item_else_the_asset_or_file(
    catalog: Catalog,
    folder: Path,
    bands: int,
    descriptions: tuple[str, ...],
    fields: dict[str, Any],
    expected: list[str],
) -> None:
    write_tif(folder / "a.tif", bands=bands, descriptions=descriptions)
    scene = add_item(catalog, folder, assets={"data": asset("a.tif", **fields)})
    assert names(scene) == expected
    assert [band.index for band in scene.bands] == list(range(1, bands + 1))


@pytest.mark.parametrize("fields", [{"eo:bands": EO}, {"bands": STAC_1_1}])
def test_common_names_are_kept(catalog: Catalog, folder: Path, fields: dict[str, Any]) -> None:
    write_tif(folder / "a.tif", bands=2)
    scene = add_item(catalog, folder, assets={"data": asset("a.tif", **fields)})
    assert [band.common_name for band in scene.bands] == ["red", "nir"]


def test_a_clash_between_assets_gets_the_assets_key_in_front(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif", bands=2)
    write_tif(folder / "b.tif")
    assets = {"fine": asset("a.tif", **{"eo:bands": EO}), "coarse": asset("b.tif", **{"eo:bands": EO[:1]})}
    assert names(add_item(catalog, folder, assets=assets)) == ["fine_red", "B8", "coarse_red"]


def test_what_holds_no_bands_is_left_out(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif")
    mask = asset("a.tif", roles=["metadata"], type="image/tiff; application=geotiff; profile=cloud-optimized")
    scene = add_item(
        catalog,
        folder,
        assets={
            "B1": asset("a.tif"),
            "untyped": {"href": "./a.tif"},
            "mask": mask,
            "thumbnail": asset("missing.tif", roles=["thumbnail"]),
            "overview": asset("missing.tif", roles=["overview", "visual"]),
            "picture": {"href": "missing.png", "type": "image/png"},
            "metadata": {"href": "missing.xml", "type": "application/xml", "roles": ["metadata"]},
            "page": {"href": "https://example.com/"},
        },
    )
    assert names(scene) == ["B1", "untyped", "mask"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (5.0, 2.0, 3.0)),
        ({"raster:bands": [{"scale": 0.1}]}, (5.0, 0.1, 0.0)),
        ({"raster:bands": [{"nodata": 7, "scale": 0.1, "offset": -2}]}, (7.0, 0.1, -2.0)),
        ({"bands": [{"nodata": 7, "raster:scale": 0.1, "raster:offset": -2}]}, (7.0, 0.1, -2.0)),
        ({"nodata": 7, "raster:scale": 0.1, "raster:offset": -2, "bands": [{"name": "x"}]}, (7.0, 0.1, -2.0)),
        ({"nodata": 7, "bands": [{"nodata": 8}]}, (8.0, 2.0, 3.0)),
        ({"raster:bands": [{"nodata": "-inf"}]}, (5.0, 2.0, 3.0)),
        ({"raster:bands": [{"nodata": None}]}, (5.0, 2.0, 3.0)),
    ],
)
def test_nodata_and_scale_are_the_items_else_the_files(
    catalog: Catalog, folder: Path, fields: dict[str, Any], expected: tuple[float, float, float]
) -> None:
    path = write_tif(folder / "a.tif", nodata=5)
    with rasterio.open(path, "r+") as dataset:
        dataset.scales, dataset.offsets = (2.0,), (3.0,)
    [band] = add_item(catalog, folder, assets={"data": asset("a.tif", **fields)}).bands
    assert (band.nodata, band.scale, band.offset) == expected


def test_nodata_that_is_no_number_comes_back(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif", dtype="float32", nodata=np.nan)
    [band] = add_item(catalog, folder).bands
    assert band.nodata is not None
    assert np.isnan(band.nodata)
    assert catalog.image_record("p:i")["bands"][0]["nodata"] is None


@pytest.mark.parametrize(
    ("dtype", "fields", "expected"),
    [
        ("int16", {"raster:bands": [{"statistics": {"minimum": -5, "maximum": 9.5}}]}, (-5.0, 9.5)),
        ("int16", {"bands": [{"statistics": {"minimum": -5, "maximum": 9.5}}]}, (-5.0, 9.5)),
        ("int16", {"raster:bands": [{"statistics": {"mean": 3}}]}, (-32768.0, 32767.0)),
        ("uint8", {}, (0.0, 255.0)),
        ("float32", {}, (0.0, 1.0)),
    ],
)
def test_the_data_range_is_the_statistics_else_the_types(
    catalog: Catalog, folder: Path, dtype: str, fields: dict[str, Any], expected: tuple[float, float]
) -> None:
    write_tif(folder / "a.tif", dtype=dtype)
    [band] = add_item(catalog, folder, assets={"data": asset("a.tif", **fields)}).bands
    assert band.data_range == expected


def test_further_fields_become_bandinfo(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif", descriptions=("of the file",))
    fields = {
        "eo:bands": [{"name": "nir", "common_name": "nir", "center_wavelength": 0.85}],
        "raster:bands": [{"unit": "1", "statistics": {"minimum": 0, "maximum": 1}, "histogram": {"count": 0}}],
    }
    [band] = add_item(catalog, folder, assets={"data": asset("a.tif", **fields)}).bands
    assert band.info == {
        "description": "of the file",
        "common_name": "nir",
        "center_wavelength": 0.85,
        "unit": "1",
    }


@pytest.mark.parametrize("listed", [3, 4])
def test_an_alpha_band_is_the_mask_and_no_band(catalog: Catalog, folder: Path, listed: int) -> None:
    colours = (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha)
    write_tif(folder / "a.tif", bands=4, interpretation=colours)
    entries = [{"name": name} for name in ("r", "g", "b", "a")][:listed]
    scene = add_item(catalog, folder, assets={"data": asset("a.tif", **{"eo:bands": entries})})
    assert names(scene) == ["r", "g", "b"]
    assert {band.mask for band in scene.bands} == {"alpha"}


def test_a_files_own_mask_is_noted(catalog: Catalog, folder: Path) -> None:
    path = write_tif(folder / "a.tif")
    write_tif(folder / "b.tif")
    with rasterio.open(path, "r+") as dataset, rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        dataset.write_mask(np.eye(6, 8, dtype=bool))
    scene = add_item(catalog, folder, assets={"a": asset("a.tif"), "b": asset("b.tif")})
    assert [band.mask for band in scene.bands] == ["dataset", None]


LONLAT = {"crs": "EPSG:4326", "transform": rasterio.Affine(0.25, 0, 179, 0, -1, 6)}
UTM_60_CROSSING = {"crs": "EPSG:32660", "transform": rasterio.Affine(10_000, 0, 790_000, 0, -10_000, 60_000)}


@pytest.mark.parametrize(
    ("geometry", "bbox", "file"),
    [
        ([[179, 0], [-179, 0], [-179, 10], [179, 10]], [179, 0, -179, 10], {}),
        ([[179, 0], [-179, 0], [-179, 10], [179, 10]], [-179, 0, 179, 10], {}),
        ([[179, 0], [181, 0], [181, 10], [179, 10]], [179, 0, 181, 10], {}),
        ([[179, 0], [-179, 0], [-179, 10], [179, 10]], [179, 0, -179, 10], LONLAT),
    ],
)
def test_footprints_are_cut_at_the_antimeridian(
    catalog: Catalog, folder: Path, geometry: list[list[float]], bbox: list[float], file: dict[str, Any]
) -> None:
    write_tif(folder / "a.tif", **file)
    ring = {"type": "Polygon", "coordinates": [[*geometry, geometry[0]]]}
    scene = add_item(catalog, folder, geometry=ring, bbox=bbox)
    assert scene.footprint.equals(box(179, 0, 180, 10).union(box(-180, 0, -179, 10)))
    assert catalog.image_record("p:i")["bbox"] == [179, 0, -179, 10]


def test_a_wide_grid_of_longitudes_crosses_nothing(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif", crs="EPSG:4326", transform=rasterio.Affine(40, 0, -179, 0, -1, 3))
    ring = [[-179, 0], [179, 0], [179, 10], [-179, 10], [-179, 0]]
    scene = add_item(catalog, folder, geometry={"type": "Polygon", "coordinates": [ring]}, bbox=[-179, 0, 179, 10])
    assert scene.footprint.equals(box(-179, 0, 179, 10))


@pytest.mark.parametrize("geometry", [None, {"type": "Point", "coordinates": [12, 52]}])
def test_without_a_geometry_the_footprint_is_the_files_outline(
    catalog: Catalog, folder: Path, geometry: dict[str, Any] | None
) -> None:
    write_tif(folder / "a.tif")
    scene = add_item(catalog, folder, geometry=geometry, bbox=None)
    corners = rasterio.warp.transform_geom(
        "EPSG:32633", "EPSG:4326", {"type": "Polygon", "coordinates": [[
            (330000, 5822040), (330080, 5822040), (330080, 5821980), (330000, 5821980), (330000, 5822040),
        ]]},
    )  # fmt: skip
    assert scene.footprint.symmetric_difference(shape(corners)).area < 1e-11


def without(key: str) -> dict[str, Any]:
    document = item()
    del document[key]
    return document


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (item(id=""), "id"),
        (item(id=7), "id"),
        (item(id="a\nb"), "id"),
        (item(collection=7), "collection"),
        (item(properties={"datetime": "yesterday"}), "datetime is no date"),
        (item(properties={"datetime": None, "start_datetime": "yesterday"}), "start_datetime is no date"),
        (item(properties=[]), "no properties"),
        (without("properties"), "no properties"),
        (without("id"), "its id must be a printable string, not None"),
        (without("stac_version"), "no valid Item"),
        (item(assets={}), "none of its assets is a raster of a kind that is read: it has none"),
        (item(assets={"thumb": {"href": "a.png", "type": "image/png"}}), r"a kind that is read: thumb \(image/png\)"),
        (item(assets=[]), "no valid Item"),
        (item(assets={"data": "a.tif"}), "none of its assets is a raster of a kind that is read: data"),
        (item(geometry={"type": "Polygon", "coordinates": "x"}), "geometry"),
        (item(geometry="POLYGON"), "geometry"),
        (item(assets={"data": asset("a\0.tif")}), r"asset data: .*a\\x00.tif' has characters that no file's name"),
        (item(assets={"data": asset("file:///a%00.tif")}), "asset data: file:///a%00.tif holds NUL"),
        (item(assets={"data": asset("loop.tif")}), "asset data: .*loop.tif cannot be read: .*symbolic links"),
        (item(properties={"datetime": "9999-12-31T23:59:59-12:00"}), "datetime is no date: '9999-12-31T"),
        (item(properties={"datetime": "0001-01-01T00:00:00+14:00"}), "datetime is no date: '0001-01-01T"),
        (item(assets={"data": asset("missing.tif")}), "asset data: .*missing.tif is not there"),
        (item(assets={"data": asset("../../elsewhere.tif")}), "asset data: .*outside of the folders allowed"),
        (item(assets={"data": asset("/etc/hostname")}), "asset data: .*outside of the folders allowed"),
        (item(assets={"data": asset("s3://bucket/a.tif")}), "asset data: .*the bucket s3://bucket is not allowed"),
        (item(assets={"data": asset("https://example.com/a.tif")}), "asset data: .*example.com is not allowed"),
        (item(assets={"data": asset("text.tif")}), "asset data: .*text.tif cannot be read: it is in no format"),
        (item(assets={"data": asset("a.vrt")}), "asset data: .*a.vrt cannot be read"),
        (item(assets={"data": asset("bare.tif")}), "asset data: .*no coordinate reference system"),
        (item(assets={"data": asset("placeless.tif")}), "asset data: .*not georeferenced"),
        (item(assets={"data": asset("complex.tif")}), "asset data: .*complex64 pixels"),
    ],
)  # fmt: skip
def test_broken_items_are_refused_with_the_reason(
    catalog: Catalog, folder: Path, document: dict[str, Any], reason: str
) -> None:
    write_tif(folder / "a.tif")
    write_tif(folder / "two.tif", bands=2)
    write_tif(folder / "bare.tif", crs=None)
    write_tif(folder / "complex.tif", dtype="complex64")
    (folder / "text.tif").write_text("no raster")
    (folder / "loop.tif").symlink_to("loop.tif")
    (folder / "a.vrt").write_text('<VRTDataset rasterXSize="8" rasterYSize="6"></VRTDataset>')
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        write_tif(folder / "placeless.tif", transform=rasterio.Affine.identity())
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(refuse_item(catalog, folder, document))


@pytest.mark.parametrize(
    "fields", [{"type": 7}, {"type": ["image/tiff"]}, {"roles": 7}, {"roles": [{}, 7, "data"]}], ids=str
)
def test_an_asset_whose_fields_are_of_another_type_is_told_by_its_name(
    catalog: Catalog, folder: Path, fields: dict[str, Any]
) -> None:
    write_tif(folder / "a.tif")
    assert names(add_item(catalog, folder, assets={"data": {**asset("a.tif"), **fields}})) == ["data"]


def test_a_folder_with_all_that_items_may_hold_ends_in_no_traceback(catalog: Catalog, folder: Path) -> None:
    """Files that Items name are looked for among those of the folder before any Item is read."""
    write_tif(folder / "a.tif")
    (folder / "loop").symlink_to(folder)
    for number, href in enumerate(("a\0.tif", "file:///a%00.tif", "file://[", "http://[", "", "a" * 5000, "a.tif")):
        write_json(folder / f"{number}.json", item(id=str(number), assets={"data": asset(href)}))
    report = catalog.add([str(folder)])
    assert len(report.added) == 1
    assert not [text for _, text in report.failed if "defect" in text]


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ({"eo:bands": EO}, "asset data lists 2 eo:bands, its file has 1: they are left out"),
        ({"eo:bands": 7}, "asset data: eo:bands must be a list of objects, and is left out"),
        ({"eo:bands": [7]}, "asset data: eo:bands must be a list of objects, and is left out"),
        ({"eo:bands": [{"name": 7}]}, "asset data: the name of a band must be a string, not 7"),
        ({"raster:bands": [{"scale": "1"}]}, "asset data: scale must be a number, not '1', and is left out"),
        ({"raster:bands": [{"nodata": [1]}]}, "asset data: nodata must be a number, not [1], and is left out"),
    ],
)
def test_what_is_odd_about_bands_is_left_out_with_a_warning(
    catalog: Catalog, folder: Path, fields: dict[str, Any], warning: str
) -> None:
    write_tif(folder / "a.tif")
    report = catalog.add([str(write_json(folder / "i.json", item(assets={"data": asset("a.tif", **fields)})))])
    assert [(name, problem.level, problem.text) for name, problem in report.problems] == [("p:i", "warning", warning)]
    [band] = catalog.scene("p:i").bands
    assert (band.name, band.scale, band.nodata) == ("data", 1.0, None)


def test_bands_of_one_name_are_numbered(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif", bands=2)
    assets = {"data": asset("a.tif", **{"eo:bands": [{"name": "x"}] * 2})}
    assert names(add_item(catalog, folder, assets=assets)) == ["x", "x_2"]


def test_the_report_calls_items_by_their_id(catalog: Catalog, folder: Path) -> None:
    path = write_json(folder / "i.json", item(id="broken"))
    nameless = write_json(folder / "j.json", without("id"))
    assert catalog.add([str(path), str(nameless)]) == AddReport(
        failed=[
            ("p:broken", f"asset data: {folder / 'a.tif'} is not there"),
            (str(nameless), "its id must be a printable string, not None"),
        ]
    )


def test_outlines_that_cross_themselves_everywhere_are_refused_from_a_sample(catalog: Catalog, folder: Path) -> None:
    """Mending one of 500 vertices takes minutes, and one of 100,000 all memory."""
    write_tif(folder / "a.tif")
    ring = np.random.default_rng(1).uniform((10, 49), (11, 50), (3000, 2)).tolist()
    document = item(geometry={"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, assets={"a": asset("a.tif")})
    started = time.process_time()
    assert re.search(r"crosses itself some [\d,]+ times; at most 2,000", refuse_item(catalog, folder, document))
    assert time.process_time() - started < 20


def test_a_bow_tie_is_mended(catalog: Catalog, folder: Path) -> None:
    write_tif(folder / "a.tif")
    bow = [[10, 49], [11, 50], [11, 49], [10, 50], [10, 49]]
    scene = add_item(catalog, folder, geometry={"type": "Polygon", "coordinates": [bow]}, assets={"a": asset("a.tif")})
    assert scene.footprint.area == pytest.approx(0.5)
