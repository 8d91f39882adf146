"""The documentation's programs run, and print what it says, on the demo's imagery."""

from __future__ import annotations

import doctest
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
import rasterio
import xarray
import yaml
import zarr
from affine import Affine
from click.testing import CliRunner
from PIL import Image

import sdk as wf
from sdk.graft.op import OPERATIONS
from tests.object_store import running_s3
from tests.pictures import SIDE, demo_server, draw
from tileserver.commands.main import cli
from tileserver.reference import PICTURES
from tileserver.reference.pictured import PICTURED
from tileserver.settings import Settings

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = sorted(DOCS.glob("*.md"))
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
OF_HEIGHTS = [name for name, pair in PICTURED.items() if "dem" in pair.before.code]
NOT_TO_BE_SEEN = {  # what makes images, asks them, or changes no pixel
    "wf.Image.load", "wf.ImageCollection.from_id", "wf.ImageCollection.map_window",
    "wf.ImageCollection.map_window_ic", "wf.ImageCollectionGroupby.create", "wf.coords_to_index",
    "wf.index_to_coords", "wf.map_bands_imagery", "wf.nbands", "wf.pick_bands_list", "wf.rename_bands",
    "wf.rename_bands_positionally", "wf.value_at", "wf.with_bandinfo",
    "wf.with_properties", "wf.without_bandinfo", "wf.without_properties",
}  # fmt: skip
JULY, AUGUST = 6, 7  # numbers of dates
MOSAICS_PLACE = Affine(30, 0, 747_000, 0, -30, 4_050_000)
VARIABLES = {f"GRAFTILE_{name.upper()}" for name in Settings.model_fields}


BLOCK = re.compile(r"^```(python|pycon)\n(.*?)^```", re.MULTILINE | re.DOTALL)
WITH_PROGRAMS = [page for page in PAGES if BLOCK.search(page.read_text())]
NOTEBOOKS = "notebooks"  # whose program starts a server of its own
GIVEN = """
images = wf.ImageCollection.from_id("demo-synthetic-s2", "2023-07-01", "2023-09-01")
col = images.pick_bands("red green blue nir")
img = col.median(axis="images")
ndvi = images.spectral_index("NDVI")
dem = wf.Image.from_id("demo-elevation:jacksboro").pick_bands("elevation")
classes = images.pick_bands("scl").mosaic()
xyz = wf.XYZ(img)
geoctx = wf.GeoContext(bounds=(-84.27, 36.55, -84.24, 36.57), crs="EPSG:32616", resolution=30.0)
"""  # what a page whose first program has no import speaks of
FIELD = {"type": "Polygon", "coordinates": [[[-84.26, 36.58], [-84.22, 36.57], [-84.24, 36.55], [-84.26, 36.58]]]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the programs run in, with the files that they name, and imagery and shapes for a server."""
    folder = tmp_path_factory.mktemp("programs")
    (folder / "field.geojson").write_text(json.dumps(FIELD))
    (folder / "mosaics").mkdir()
    profile = {"driver": "GTiff", "width": 64, "height": 64, "count": 4, "dtype": "uint16", "crs": "EPSG:32616"}
    with rasterio.open(folder / "mosaics" / "april.tif", "w", **profile, transform=MOSAICS_PLACE) as dataset:
        dataset.descriptions = ("red", "green", "blue", "nir")
        dataset.write(np.ones((4, 64, 64), np.uint16))
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Iterator[str]:
    """A server of the demo's elevation, of two months of its series, of mosaics and a field; the default one of `wf`.

    Its jobs may write to a bucket.
    """
    data = tmp_path_factory.mktemp("demo")
    with (
        running_s3("results"),
        demo_server(data, (JULY, AUGUST), add=[folder / "mosaics"], export_urls=("s3://results/maps",)) as url,
        pytest.MonkeyPatch.context() as patch,
    ):
        added = CliRunner().invoke(
            cli,
            ["catalog", "add-vectors", str(folder / "field.geojson"), "--id", "fields", "--data-dir", f"{data}/data"],
        )
        assert added.exit_code == 0, added.output
        patch.setenv("GRAFTILE_URL", url)
        yield url


@pytest.mark.parametrize("page", [page for page in WITH_PROGRAMS if page.stem != NOTEBOOKS], ids=lambda path: path.stem)
def test_programs_run_and_print_what_the_page_says(
    page: Path, server: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {"wf": wf, "np": np, "xarray": xarray, "zarr": zarr}
    blocks = BLOCK.findall(page.read_text())
    if not blocks[0][1].startswith("import"):
        exec(GIVEN, names)
    if page.stem == "formats":
        for kind, file in (("zarr", "out.zarr.zip"), ("netcdf", "out.nc")):
            wf.inspect(names["img"], names["geoctx"], format=kind, file=file)
    said: list[str] = []
    for kind, code in blocks:
        if kind == "pycon":
            session = doctest.DocTestParser().get_doctest(code, names, page.name, str(page), 0)
            doctest.DocTestRunner(verbose=False).run(session, out=said.append, clear_globs=False)
            names |= session.globs
        else:
            exec(code, names)
    assert not said, "".join(said)


def test_the_program_of_notebooks_starts_a_server_of_its_own(server: str, folder: Path, tmp_path: Path) -> None:
    [(_, code)] = BLOCK.findall((DOCS / f"{NOTEBOOKS}.md").read_text())
    with rasterio.open(folder / "mosaics" / "april.tif") as dataset:
        profile = dataset.profile | {"count": 1, "photometric": "minisblack"}
        with rasterio.open(tmp_path / "dem.tif", "w", **profile) as heights:
            heights.write(dataset.read(1), 1)
    program = f"{code}\nassert [layer.name for layer in wf.map.layers][-1:] == ['elevation']\n"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GRAFTILE_")}
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_commands_have_their_options(page: Path) -> None:
    for given, line in re.findall(r"^((?:\w+=\S+ )*)(?:\S*/)?graftile (.*)$", _shell(page.read_text()), re.MULTILINE):
        assert {one.partition("=")[0] for one in given.split()} <= VARIABLES
        command: click.Command | None = cli
        words = shlex.split(line, comments=True)
        while isinstance(command, click.Group):
            command = command.get_command(click.Context(command), words.pop(0))
        assert command is not None, line
        command.make_parser(click.Context(command)).parse_args(words)


HERE = ("catalog check", "catalog add ", "catalog list", "user add", "token create", "backup", "restore", "migrate")


@pytest.mark.parametrize("page", ["how-to", "deployment"])
def test_commands_that_need_no_server_do_what_they_say(
    page: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each in turn, on one data folder: folders of the server and of the user are below a temporary one."""
    for made in ("imagery", "srv/imagery", "srv/backup", "srv/graftile"):
        (tmp_path / made).mkdir(parents=True)
    for imagery in ("imagery", "srv/imagery"):
        shutil.copy(folder / "mosaics" / "april.tif", tmp_path / imagery)
    monkeypatch.setenv("GRAFTILE_DATA_DIR", str(tmp_path / "data"))
    lines = [line for line in _shell((DOCS / f"{page}.md").read_text()).splitlines() if line.startswith("graftile ")]
    lines = [line for line in lines if line.removeprefix("graftile ").startswith(HERE)]
    assert len(lines) >= 3
    for line in lines:
        words = shlex.split(line.replace("~/", f"{tmp_path}/").replace("/srv/", f"{tmp_path}/srv/"))[1:]
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 0, f"{line}: {done.output}"


def test_what_is_said_to_be_called_otherwise_here_is(server: str) -> None:
    names = {"wf": wf, "a": "2020-01-01", "b": "2021-01-01", "id": "a", "start": None, "end": None, "bands": "red nir"}
    names |= {"col": wf.ImageCollection.from_id("a"), "img": wf.Image.from_id("a:b"), "f": lambda image: image + 1}
    names |= dict.fromkeys(("m", "mask", "dem", "nir", "red", "test", "other"), names["img"])
    names |= {"kernel": wf.Kernel((1, 3), [1, 0, 1]), "dims": (1, 3), "data": [1, 0, 1]}
    names["region"] = names["polygon"] = wf.Geometry("Polygon", [[[0, 0], [1, 0], [1, 1], [0, 0]]])
    names["features"] = wf.FeatureCollection([wf.Feature(names["region"], {})])
    remap = {"img.remap(a, b)": "img.remap([1], [2])"}
    rows = re.findall(r"^\| .* \| (.*) \|$", (DOCS / "coming-from.md").read_text(), re.MULTILINE)
    codes = [code for row in rows for code in re.findall(r"`((?:wf|img|col|dem)\.[^`]*\))`", row)]
    for code in codes:
        if "…" not in code and "geoctx" not in code:
            eval(remap.get(code, code), dict(names))
    assert len(codes) > 30


def _shell(text: str) -> str:
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def test_the_settings_of_the_deployment_are_settings() -> None:
    text = (DOCS / "deployment.md").read_text()
    [toml] = re.findall(r"^```toml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert Settings(**tomllib.loads(toml)).auth == "token"


def test_the_unit_starts_a_command_there_is() -> None:
    unit = (DOCS / "deploy" / "graftile.service").read_text()
    read = ConfigParser(interpolation=None)
    read.optionxform = str  # type: ignore[assignment]
    read.read_string(unit)
    program, *words = shlex.split(read["Service"]["ExecStart"])
    assert Path(program).name == "graftile"
    command = cli.get_command(click.Context(cli), words.pop(0))
    assert command is not None
    command.make_parser(click.Context(command)).parse_args(words)


def test_prometheus_finds_the_port_of_a_server() -> None:
    [text] = re.findall(r"^```yaml\n(.*?)^```", (DOCS / "how-to.md").read_text(), re.MULTILINE | re.DOTALL)
    [job] = yaml.safe_load(text)["scrape_configs"]
    assert job["static_configs"] == [{"targets": [f"127.0.0.1:{Settings.model_fields['port'].default}"]}]


def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    path = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert path, "nginx is not installed: apt-get install nginx-light"
    [server] = re.findall(r"^```nginx\n(.*?)^```", (DOCS / "deployment.md").read_text(), re.MULTILINE | re.DOTALL)
    temporary = "".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in TEMPORARY)
    config = tmp_path / "nginx.conf"
    body = server.replace("listen 80", f"listen unix:{tmp_path}/nginx.sock")
    config.write_text(f"pid {tmp_path}/pid; events {{}} http {{ access_log off; {temporary} {body} }}")
    command = [path, "-t", "-q", "-e", str(tmp_path / "error.log"), "-c", str(config)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("builtin", OF_HEIGHTS)
def test_pictures_of_the_reference_are_what_is_drawn(builtin: str, server: str) -> None:
    with wf.Client(server) as client:
        drawn = np.asarray(draw(builtin, client).convert("RGB"), float)
    kept = np.asarray(Image.open(PICTURES / f"{builtin}.webp").convert("RGB"), float)
    assert kept.shape == (SIDE, drawn.shape[1], 3)
    assert np.abs(drawn - kept).mean() < 12  # of 255: WebP loses some


def test_each_operation_on_pixels_has_its_picture() -> None:
    assert {path.stem for path in PICTURES.iterdir()} == PICTURED.keys()
    imagery = {name for name, row in OPERATIONS.items() if row.owner in ("Imagery", "Image", "ImageCollection")}
    assert imagery - PICTURED.keys() == NOT_TO_BE_SEEN
