"""Each field of an image says where it is from: which list of the Item or its Collection, which tag, which option."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasterio.enums import ColorInterp

from tests.tileserver.cases import asset, scaled, tif, write_item
from tests.tileserver.rasters import collection, item, write_json
from tileserver.catalog import AddOptions, Catalog, Overrides
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database

RGBA = (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    engine = open_database(f"sqlite:///{tmp_path / 'graftile.sqlite'}")
    create_schema(engine)
    return Catalog(engine, Settings(data_dir=tmp_path))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "scenes"


def added(catalog: Catalog, folder: Path, image: str = "p:i", options: AddOptions = AddOptions()) -> Any:  # noqa: B008
    report = catalog.add([str(folder)], options)
    assert (report.added, report.failed) == ([image], [])
    return catalog.image_record(image)


BANDS = {"eo:bands": [{"name": "red", "common_name": "red"}]}
VALUES = {"raster:bands": [{"scale": 0.1, "nodata": 7, "statistics": {"minimum": 1, "maximum": 2}}]}
NIR = ({"name": name} for name in ("r", "g", "b", "nir"))

ITEMS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, tuple[object, str]]]] = {
    "lists of the asset": (BANDS | VALUES, {}, {
        "name": ("red", "Item eo:bands"), "common_name": ("red", "Item eo:bands"),
        "scale": (0.1, "Item raster:bands"), "offset": (0.0, "said nowhere"), "nodata": (7.0, "Item raster:bands"),
        "data_range": ([1.0, 2.0], "Item raster:bands"), "crs": ("EPSG:32633", "file"),
    }),
    "fields of the asset": ({"bands": [{"name": "b"}], "raster:scale": 0.2, "nodata": 3}, {}, {
        "name": ("b", "Item bands"), "scale": (0.2, "Item raster:scale"), "nodata": (3.0, "Item nodata"),
    }),
    "tags": ({}, {}, {
        "name": ("x", "the asset's key"), "scale": (0.5, "file tag"), "offset": (2.0, "file tag"),
        "nodata": (0.0, "file tag"), "mask": (None, "no mask band, no alpha"),
        "data_range": ([0.0, 65535.0], "data type"),
    }),
    "nodata that the type cannot hold": ({"nodata": -1}, {}, {"nodata": (0.0, "file tag")}),
    "the Item's properties": ({}, {"properties": {"datetime": "2020-05-18T00:00:00Z", **BANDS}}, {
        "name": ("red", "Item properties eo:bands"), "common_name": ("red", "Item properties eo:bands"),
    }),
    "an offset applied": (
        {"raster:bands": [{"scale": 0.1, "offset": -0.1}]},
        {"properties": {"datetime": "2020-05-18T00:00:00Z", "earthsearch:boa_offset_applied": True}},
        {"offset": (0.0, "Item earthsearch:boa_offset_applied"), "scale": (0.1, "Item raster:bands")},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "own", "right"), ITEMS.values(), ids=ITEMS)
def test_fields_of_items(
    catalog: Catalog, folder: Path, fields: Any, own: Any, right: dict[str, tuple[object, str]]
) -> None:
    scaled(tif(folder / "a.tif", 1, nodata=0), 0.5, 2.0)
    write_item(folder, {"x": asset("a.tif", **fields)}, **own)
    record = added(catalog, folder)
    [band] = record["bands"]
    assert {what: (band[what], band["origins"][what]) for what in right} == right
    assert record["origins"] == {"date": "Item datetime", "footprint": "Item geometry"}


def test_fields_of_collections(catalog: Catalog, folder: Path) -> None:
    tif(folder / "a.tif", 1)
    write_json(folder / "c.json", collection(item_assets={"x": BANDS}, summaries=VALUES))
    write_item(folder, {"x": asset("a.tif")})
    [band] = added(catalog, folder)["bands"]
    origins = band["origins"]
    assert origins["name"] == "Collection item_assets eo:bands"
    assert (band["scale"], origins["scale"]) == (0.1, "Collection summaries raster:bands")


def test_fields_of_plain_files(catalog: Catalog, folder: Path) -> None:
    tif(folder / "a_20200518.tif", 1, 2, 3, 255, dtype="uint8", interpretation=RGBA)
    record = added(catalog, folder, "scenes:a_20200518")
    assert record["origins"] == {"date": "file name", "footprint": "the outline of the file's grid"}
    assert [band["origins"]["name"] for band in record["bands"]] == ["file colour interpretation"] * 3
    assert {(band["mask"], band["origins"]["mask"]) for band in record["bands"]} == {
        ("alpha", "file colour interpretation")
    }


def test_alpha_that_the_item_calls_a_band(catalog: Catalog, folder: Path) -> None:
    tif(folder / "a.tif", 1, 2, 3, 4, dtype="uint8", interpretation=RGBA)
    write_item(folder, {"x": asset("a.tif", *NIR)})
    assert added(catalog, folder)["bands"][3]["origins"]["mask"] == "Item, against the file's alpha"


def test_dates(catalog: Catalog, folder: Path) -> None:
    tif(folder / "a_20221101.tif", 1)
    times = {"datetime": None, "start_datetime": "2022-11-01T00:00:00Z", "end_datetime": "2022-11-08T00:00:00Z"}
    for name, properties in {"j": times, "k": {}}.items():
        document = item(id=name, assets={"x": asset("a_20221101.tif")}, properties=properties, geometry=None, bbox=None)
        write_json(folder / f"{name}.json", document)
    catalog.add([str(folder)])
    origins = [catalog.image_record(f"p:{name}")["origins"] for name in ("j", "k")]
    assert [one["date"] for one in origins] == ["Item start_datetime", "file name"]
    assert origins[0]["footprint"] == "the outline of the file's grid"


def test_options_are_where_a_field_is_from_then(catalog: Catalog, folder: Path) -> None:
    for name in ("a", "b"):
        tif(folder / f"{name}.tif", 1)
    write_item(folder, {name: asset(f"{name}.tif") for name in ("a", "b")})
    overrides = Overrides(scale={"a": 0.5}, offset={"*": 1.0}, bands={"b": "red"}, mask="none")
    origins = [band["origins"] for band in added(catalog, folder, options=AddOptions(overrides=overrides))["bands"]]
    assert [one["name"] for one in origins] == ["the asset's key", "--bands"]
    assert [one["scale"] for one in origins] == ["--scale", "said nowhere"]
    assert {(one["offset"], one["mask"]) for one in origins} == {("--offset", "--mask")}


def test_a_product_counts_what_is_alike(catalog: Catalog, folder: Path) -> None:
    tif(folder / "a.tif", 1)
    tif(folder / "b.tif", 1, nodata=0)
    for name, path in {"i": "a.tif", "j": "a.tif", "k": "b.tif"}.items():
        assets = {"red": asset(path), "nir": asset("gone.tif")}
        write_json(folder / f"{name}.json", item(id=name, assets=assets))
    catalog.add([str(folder)])
    account = catalog.product_account("p")
    found = {(one["what"], one["from"]): (one["images"], one["bands"]) for one in account["origins"]}
    assert found["nodata", "said nowhere"] == (2, ["red"])
    assert found["nodata", "file tag"] == (1, ["red"])
    assert found["date", "Item datetime"] == (3, [])
    [gap] = account["problems"]
    assert (gap["level"], gap["band"], gap["images"], gap["first"]) == ("gap", "nir", 3, "p:i")
    assert gap["advice"] == "add it again once the file can be read"
