"""Tiles of a layer in one file, as other programs read them."""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import morecantile
import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from pmtiles.reader import MmapSource, Reader

from tests.tileserver.conftest import Served, X, Y, Z
from tileserver.commands.main import cli

SCALES = "[[0, 1]]"
TILES = [(z, *(number >> (Z - z) for number in (X, Y))) for z in (8, 9, 10)]

GDAL = """
import sys, numpy, rasterio  # in a process of its own: a server leaves GDAL the drivers alone that it reads

with rasterio.open(sys.argv[1], driver="MBTiles") as dataset:
    assert dataset.crs.to_epsg() == 3857
    numpy.save(sys.argv[2], dataset.read()[:, :256, :256])
"""


DYING = """
import os, signal, sys
from tileserver.commands.archive import Archive
from tileserver.commands.main import cli

commit = Archive.commit

def commit_and_die(archive):
    commit(archive)
    if len(archive.tiles()) >= 50:
        os.kill(os.getpid(), signal.SIGKILL)

Archive.commit = commit_and_die
cli(sys.argv[1:])
"""


def seed(served: Served, *arguments: object) -> Result:
    return CliRunner().invoke(cli, ["seed", *map(str, arguments)], env={"GRAFTILE_URL": served.url})


def bounds_of(x: int, y: int, z: int) -> str:
    return ",".join(map(str, morecantile.tms.get("WebMercatorQuad").bounds(morecantile.Tile(x, y, z))))


def test_an_mbtiles_file_is_a_raster_of_the_same_pixels(served: Served, nir: str, tmp_path: Path) -> None:
    path = tmp_path / "nir.mbtiles"
    made = seed(served, nir, "--zooms", Z, "--scales", SCALES, "--bounds", bounds_of(X, Y, Z), "-o", path)
    assert made.exit_code == 0, made.output
    assert made.output.splitlines()[-1].startswith(f"{path}: 1 tiles, ")
    subprocess.run([sys.executable, "-c", GDAL, path, tmp_path / "pixels.npy"], check=True)
    drawn = np.load(tmp_path / "pixels.npy")
    tile = served.tile(nir, f"scales={SCALES}")
    expected = np.asarray(Image.open(io.BytesIO(tile.content)).convert("RGBA"))
    np.testing.assert_array_equal(np.moveaxis(drawn, 0, -1), expected)


def test_a_pmtiles_file_has_all_tiles_of_bounds_and_zooms(served: Served, nir: str, tmp_path: Path) -> None:
    path = tmp_path / "nir.pmtiles"
    place = ("--bounds", bounds_of(X, Y, Z), "--zooms", "8-10", "--colormap", "viridis", "--format", "webp")
    assert seed(served, nir, *place, "--scales", SCALES, "-o", path).exit_code == 0
    with path.open("rb") as file:
        reader = Reader(MmapSource(file))
        header = reader.header()
        assert (header["min_zoom"], header["max_zoom"], header["tile_type"].name) == (8, 10, "WEBP")
        assert header["addressed_tiles_count"] == len(TILES)
        for z, x, y in TILES:
            tile = served.get(f"/xyz/{nir}/{z}/{x}/{y}.webp?scales={SCALES}&colormap=viridis")
            assert reader.get(z, x, y) == tile.content
        assert reader.get(10, X + 1, Y) is None
    assert os.listdir(tmp_path) == ["nir.pmtiles"]


def test_without_scales_all_tiles_have_the_stretch_of_the_layer(served: Served, nir: str, tmp_path: Path) -> None:
    path = tmp_path / "nir.mbtiles"
    assert seed(served, nir, "--zooms", Z, "-o", path).exit_code == 0
    with sqlite3.connect(path) as database:
        rows = dict(database.execute("SELECT tile_column, tile_data FROM tiles WHERE tile_row = ?", (1023 - Y,)))
        fields = dict(database.execute("SELECT name, value FROM metadata"))
    assert set(rows) >= {X, X + 1}
    assert rows[X] == served.tile(nir, "scales=auto").content != served.tile(nir).content
    assert (fields["format"], fields["minzoom"], fields["maxzoom"]) == ("png", str(Z), str(Z))


def test_it_goes_on_after_a_kill(served: Served, nir: str, tmp_path: Path) -> None:
    path, part = tmp_path / "nir.pmtiles", tmp_path / "nir.pmtiles.part"
    words = ["seed", nir, "--zooms", "0-12", "--scales", SCALES, "--threads", "2", "-o", str(path)]
    environment = {**os.environ, "GRAFTILE_URL": served.url}
    killed = subprocess.run([sys.executable, "-c", DYING, *words], env=environment, timeout=180)
    assert killed.returncode == -signal.SIGKILL
    assert not path.exists()
    with sqlite3.connect(part) as database:
        [kept] = database.execute("SELECT count(*) FROM map").fetchone()
        # a tile that no server draws shows that it is not asked for again
        first = "(SELECT tile_id FROM map WHERE zoom_level = 0)"
        database.execute("UPDATE images SET tile_data = X'6b657074' WHERE tile_id IN " + first)
    again = seed(served, *words[1:])
    assert again.exit_code == 0, again.output
    with path.open("rb") as file:
        reader = Reader(MmapSource(file))
        assert reader.header()["addressed_tiles_count"] > kept
        assert reader.get(0, 0, 0) == b"kept"
        assert reader.get(Z, X, Y) == served.tile(nir, f"scales={SCALES}").content


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--zooms", "3", "-o", "x.tif"), "must end in .mbtiles or .pmtiles, not 'x.tif'"),
        (("--zooms", "5-3", "-o", "x.pmtiles"), "must be zooms from 0 to 30, as 0-12 or 7, not '5-3'"),
        (("--zooms", "12", "--bounds", "-180,-80,180,80", "-o", "x.pmtiles"), "more than 2,000,000 tiles"),
        (("--zooms", "3", "--bounds", "200,0,210,10", "-o", "x.pmtiles"), "longitude from -180 to 180"),
        (("--zooms", "3", "--bounds", "0,10,10,0", "-o", "x.pmtiles"), "the lower one first"),
        (("--zooms", "3", "-o", "there.pmtiles"), "there.pmtiles is there already"),
        (("--zooms", "3", "-o", "other.pmtiles"), "holds tiles of another layer or style"),
        (("--zooms", "3", "-o", "gone/x.pmtiles"), "gone/x.pmtiles.part cannot be written"),
        (("--zooms", "3", "--bands", "ultraviolet", "-o", "x.pmtiles"), "ultraviolet"),
    ],
)
def test_what_cannot_be_seeded_is_said(
    served: Served,
    nir: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("there.pmtiles").touch()
    with sqlite3.connect("other.pmtiles.part") as database:
        database.execute("CREATE TABLE metadata (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        database.execute("INSERT INTO metadata VALUES ('graftile:source', 'another')")
    refused = seed(served, nir, *arguments)
    assert refused.exit_code > 0
    assert message in refused.output
    assert "Traceback" not in refused.output
