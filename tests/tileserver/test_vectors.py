"""Vector products are found by place as Shapely finds them, whatever file they come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from click.testing import CliRunner
from shapely.geometry import box, mapping
from sqlalchemy import Engine

import sdk as wf
from graft_eval import evaluate, parse
from graft_eval.errors import LimitExceeded, NotInCatalog
from graft_eval.grid import Grid
from graft_eval.limits import Limits
from graft_eval.scope import Scope
from tests.graft_eval.fake import graft
from tests.oracle.planes import NumpyEngine
from tileserver.catalog import Catalog
from tileserver.catalog.vectors import VectorFileError
from tileserver.commands.main import cli
from tileserver.settings import Settings

SQUARES = [box(x, y, x + 0.8, y + 0.8) for x in range(-5, 5) for y in range(-5, 5)]
NAMES = [f"square {i}" for i in range(len(SQUARES))]


def write_geojson(path: Path) -> Path:
    features = [
        {"type": "Feature", "geometry": mapping(square), "properties": {"name": name, "n": i, "none": None}}
        for i, (square, name) in enumerate(zip(SQUARES, NAMES, strict=True))
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def write_ogr(path: Path, crs: str = "OGC:CRS84") -> Path:
    geometries = shapely.to_wkb(np.array(SQUARES, object))
    columns: list[Any] = [np.array(NAMES, object), np.arange(len(NAMES))]
    pyogrio.raw.write(path, geometries, columns, ["name", "n"], geometry_type="Polygon", crs=crs)
    return path


def write_parquet(path: Path) -> Path:
    columns = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}, "version": "1.1.0"}
    geometries = pa.array([bytes(shapely.to_wkb(square)) for square in SQUARES], pa.binary())
    table = pa.table({"geometry": geometries, "name": NAMES, "n": range(len(NAMES))})
    pyarrow.parquet.write_table(table.replace_schema_metadata({"geo": json.dumps(columns)}), path)
    return path


@pytest.fixture
def catalog(engine: Engine, tmp_path: Path) -> Catalog:
    return Catalog(engine, Settings(data_dir=tmp_path))


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp", "parquet"])
def test_features_of_a_file_are_found_where_they_lie(catalog: Catalog, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"squares.{suffix}"
    write = {"geojson": write_geojson, "parquet": write_parquet}.get(suffix, write_ogr)
    assert catalog.add_vectors(write(path), "squares") == len(SQUARES)
    area = shapely.Point(0.9, 0.9).buffer(1.0)
    found = catalog.features("squares", limit=100, area=area)
    expected = [i for i, square in enumerate(SQUARES) if square.intersects(area)]
    assert [properties["n"] for _, properties in found] == expected
    assert all(geometry.equals(SQUARES[i]) for (geometry, _), i in zip(found, expected, strict=True))
    assert [properties["name"] for _, properties in found] == [NAMES[i] for i in expected]
    assert len(catalog.features("squares", limit=100, area=None)) == len(SQUARES)


def test_other_coordinates_become_longitude_and_latitude(catalog: Catalog, tmp_path: Path) -> None:
    path = write_ogr(tmp_path / "metres.gpkg", "EPSG:3857")
    catalog.add_vectors(path, "metres")
    geometry, _ = catalog.features("metres", limit=100, area=None)[-1]
    np.testing.assert_allclose(geometry.bounds, np.array(SQUARES[-1].bounds) / 111319.49079327358, rtol=1e-6)


def test_adding_again_replaces_and_removing_removes(catalog: Catalog, tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "squares.geojson")
    before = catalog.revision()
    catalog.add_vectors(path, "squares", "Squares")
    catalog.add_vectors(path, "squares", "Squares")
    assert catalog.vector_records() == [
        {"id": "squares", "title": "Squares", "features": 100, "bbox": [-5.0, -5.0, 4.8, 4.8]}
    ]
    assert catalog.revision() > before
    assert catalog.remove_vectors("squares")
    with pytest.raises(NotInCatalog, match="there is no vector product 'squares'"):
        catalog.features("squares", limit=10, area=None)


def test_too_many_features_are_refused_with_their_number(catalog: Catalog, tmp_path: Path) -> None:
    catalog.add_vectors(write_geojson(tmp_path / "squares.geojson"), "squares")
    with pytest.raises(LimitExceeded, match=r"100 features of squares .* the limits are 99"):
        catalog.features("squares", limit=99, area=None)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", b"{}", "must end with one of .geojson"),
        ("a.gpkg", b"<OGRVRTDataSource/>", "is no .gpkg file by what it holds"),
        ("a.geojson", b"<OGRVRTDataSource/>", "is no .geojson file by what it holds"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "holds no features with a geometry"),
        ("a.geojson", b'{"type": "Nonsense"}', "cannot be read"),
        ("a.parquet", b"PAR1 nonsense", "cannot be read"),
    ],
    ids=["suffix", "gpkg", "xml", "empty", "nonsense", "parquet"],
)
def test_what_is_no_vector_file_is_refused_and_leaves_what_is_there(
    catalog: Catalog, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    catalog.add_vectors(write_geojson(tmp_path / "squares.geojson"), "squares")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(VectorFileError, match=message):
        catalog.add_vectors(tmp_path / name, "squares")
    assert len(catalog.features("squares", limit=100, area=None)) == 100


def test_a_computation_finds_the_features_of_its_grid(catalog: Catalog, tmp_path: Path) -> None:
    catalog.add_vectors(write_geojson(tmp_path / "squares.geojson"), "squares")
    grid = Grid((0.0, 0.0, 2.0, 2.0), "EPSG:4326", (8, 8))
    scope = Scope(catalog, NumpyEngine(), grid)
    found = wf.FeatureCollection.from_vector_id("squares")
    names = found.map(lambda feature: feature.properties["n"])
    value = evaluate(parse(graft(names), Limits()), scope)
    assert value == [i for i, square in enumerate(SQUARES) if square.intersects(box(0, 0, 2, 2))]
    drawn: Any = evaluate(parse(graft(found.rasterize("n")), Limits()), scope)
    raster = scope.compute(drawn.planes)
    assert raster.data[0, 6, 1] == SQUARES.index(box(0, 0, 0.8, 0.8))


def test_the_command_adds_lists_and_removes(tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "squares.geojson")
    run = CliRunner()
    place = ["--data-dir", str(tmp_path / "data")]
    added = run.invoke(cli, ["catalog", "add-vectors", *place, str(path), "--id", "squares"])
    assert (added.exit_code, added.output) == (0, "added squares: 100 features\n"), added.output
    assert "squares" in run.invoke(cli, ["catalog", "list", *place]).output
    assert run.invoke(cli, ["catalog", "remove", *place, "squares"]).output == "removed squares\n"
    refused = run.invoke(cli, ["catalog", "add-vectors", *place, str(tmp_path / "data" / "graftile.db"), "--id", "x"])
    assert refused.exit_code != 0
