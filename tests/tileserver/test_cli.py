"""The command line adds, lists, shows, removes and serves, and says what went wrong in a line."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner, Result

from tests.tileserver.rasters import collection, item, write_json, write_tif
from tileserver.commands.main import cli


@pytest.fixture(autouse=True)
def own_data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GRAFTILE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GRAFTILE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "scenes"
    write_tif(folder / "a.tif", nodata=0, descriptions=["red"])
    write_json(folder / "i.json", item())
    write_json(folder / "collection.json", collection())
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def test_add_says_what_it_did(folder: Path) -> None:
    first, second = run("catalog", "add", folder), run("catalog", "add", folder)
    assert (first.exit_code, first.stdout) == (0, "added 1 image, updated 0, failed 0; products: p\n")
    assert (second.exit_code, second.output) == (0, "added 0 images, updated 0, unchanged 1, failed 0; products: p\n")


SUMMARY = "p: date from Item datetime; name from the asset's key{} (more: graftile catalog show p)"


def test_add_says_where_what_it_decided_is_from(folder: Path) -> None:
    assert run("catalog", "add", folder).stderr.splitlines() == [SUMMARY.format("; nodata from file tag")]
    assert run("catalog", "add", folder).stderr == ""


def test_a_failure_is_exit_status_1_and_the_rest_is_added(folder: Path, tmp_path: Path) -> None:
    write_json(folder / "j.json", item(id="j", assets={"x": {"href": "gone.tif", "type": "image/tiff"}}))
    result = run("catalog", "add", folder, tmp_path / "nothing")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"failed: p:j: asset x: {folder / 'gone.tif'} is not there",
        f"failed: {tmp_path / 'nothing'} is not there",
        SUMMARY.format("; nodata from file tag"),
    ]
    assert result.stdout == "added 1 image, updated 0, failed 2; products: p\n"


def test_list_is_a_table_of_products_or_of_one_products_images(folder: Path) -> None:
    run("catalog", "add", folder)
    products, images = run("catalog", "list"), run("catalog", "list", "p")
    assert [re.split("  +", line) for line in products.output.splitlines()] == [
        ["PRODUCT", "IMAGES", "FROM", "TO", "BANDS"],
        ["p", "1", "2020-05-18", "2020-05-18", "data"],
    ]
    assert [re.split("  +", line) for line in images.output.splitlines()] == [
        ["IMAGE", "DATE", "BANDS"],
        ["p:i", "2020-05-18 13:28", "data"],
    ]


@pytest.mark.parametrize("command", [("catalog", "list"), ("serve", "--port", "0")])
def test_a_data_folder_that_cannot_be_made_is_said_in_a_line(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "file").touch()
    result = run(*command, "--data-dir", tmp_path / "file" / "data")
    assert result.exit_code == 1
    assert result.stderr == f"Error: the data folder {tmp_path / 'file' / 'data'} cannot be made: Not a directory\n"


def test_an_empty_catalog_is_an_empty_table() -> None:
    result = run("catalog", "list")
    assert (result.exit_code, result.output) == (0, "PRODUCT  IMAGES  FROM  TO  BANDS\n")


def test_show_gives_the_details_of_a_product_or_an_image(folder: Path) -> None:
    run("catalog", "add", folder)
    product, image = run("catalog", "show", "p").output, run("catalog", "show", "p:i").output
    for line in (
        "title +Pea",
        "images +1",
        "start_datetime +2020-05-18T13:28:00Z",
        "bbox +12, 52, 13, 53",
        "bands +data",
    ):
        assert re.search(f"^{line}$", product, re.MULTILINE)
    for line in ("eo:cloud_cover +3.5", "date +2020-05-18T13:28:00Z", r"data +- +uint8 +0 +1 +0 +10, 10 +EPSG:32633"):
        assert re.search(f"^{line}$", image, re.MULTILINE)


def test_remove_takes_a_product_or_an_image_and_no_file(folder: Path) -> None:
    run("catalog", "add", folder)
    assert run("catalog", "remove", "p:i").output == "removed p:i: 1 image\n"
    assert run("catalog", "remove", "p").output == "removed p: 0 images\n"
    assert run("catalog", "list").output.count("\n") == 1
    assert (folder / "a.tif").is_file()


@pytest.mark.parametrize("command", [["show"], ["remove"]])
def test_what_is_not_there_is_an_error(folder: Path, command: list[str]) -> None:
    run("catalog", "add", str(folder))
    result = run("catalog", *command, "q")
    assert result.exit_code == 1
    assert result.output == "Error: there is no product 'q' in the catalog (`graftile catalog list`)\n"
    for name, meant in (("pp", "p"), ("p:ii", "p:i")):
        result = run("catalog", *command, name)
        assert result.exit_code == 1
        assert f"did you mean {meant!r}?" in result.output


def test_the_data_folder_can_be_chosen(folder: Path, tmp_path: Path) -> None:
    run("catalog", "add", folder, "--data-dir", tmp_path / "other")
    assert (tmp_path / "other" / "graftile.sqlite").is_file()
    assert "p " not in run("catalog", "list").output
    assert "p " in run("catalog", "list", "--data-dir", tmp_path / "other").output


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "x", "Error: wrong settings: port: .*not 'x'"),
        ("THREADS", "0", "Error: wrong settings: threads: .*greater than 0, not '0'"),
        ("CONFIG", "gone.toml", "Error: wrong settings: GRAFTILE_CONFIG names gone.toml, which is not there"),
        ("CONFIG", "broken.toml", r"Error: wrong settings: .*/broken\.toml is no TOML: Invalid value \(at line 1, "),
        ("CONFIG", "wrong.toml", r"Error: wrong settings: port: .*not 'x' \(from .*/wrong\.toml, line 2\)"),
        ("CONFIG", "unknown.toml", r"Error: wrong settings: prot: is no setting; did you mean 'port'\? .*line 1\)"),
        ("PROT", "1", r"Error: wrong settings: GRAFTILE_PROT is no setting; did you mean 'GRAFTILE_PORT'\?"),
        ("LIMITS__SCENS", "1", r"Error: wrong settings: limits\.scens: is no setting; did you mean 'scenes'\?"),
        ("DATABASE_URL", "mysql://a:secret@b/c", r"Error: wrong settings: database_url: must be like .*a:\*\*\*@b/c"),
        ("REDIS_URL", "http://a:secret@b/0", r"Error: wrong settings: redis_url: must be like .*a:\*\*\*@b/0"),
        ("SMTP_URL", "http://a:secret@b/c", r"Error: wrong settings: smtp_url: must be like .*a:\*\*\*@b/c"),
    ],
)
def test_wrong_settings_are_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    Path("broken.toml").write_text("port = \n")
    Path("wrong.toml").write_text("# a file\nport = 'x'")
    Path("unknown.toml").write_text("prot = 1")
    monkeypatch.setenv(f"GRAFTILE_{name}", value)
    result = run("catalog", "list")
    assert result.exit_code == 1
    assert re.match(message, result.output)
    assert result.output.count("\n") == 1


@pytest.mark.parametrize("command", [[sys.executable, "-m", "tileserver"], [Path(sys.executable).parent / "graftile"]])
def test_the_command_and_the_module_are_the_same(command: list[str]) -> None:
    result = subprocess.run([*command, "--version"], check=True, capture_output=True, text=True)
    assert re.fullmatch(r"graftile, version \d+\.\d+\.\d+\n", result.stdout)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def take_sigint() -> None:
    """Take SIGINT as a terminal's programs do: those of `nohup make test &` inherit that it is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Served:
    """`graftile serve` in a process of its own."""

    def __init__(self, *arguments: object) -> None:
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        command = [sys.executable, "-m", "tileserver", "serve", *map(str, arguments), "--port", str(port)]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=take_sigint,
        )  # fmt: skip

    def wait(self) -> None:
        """Wait until it answers."""
        end = time.monotonic() + 180
        while True:
            try:
                httpx2.get(f"{self.url}/healthz").raise_for_status()
                return
            except httpx2.HTTPError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(self.stop(signal.SIGKILL)[1]) from None
                time.sleep(0.05)

    def stop(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal, and return the exit status and all that was printed."""
        self.process.send_signal(number)
        output, _ = self.process.communicate(timeout=180)
        return self.process.returncode, output


@pytest.fixture
def serve() -> Iterator[type[Served]]:
    running: list[Served] = []

    class Kept(Served):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments)
            running.append(self)

    yield Kept
    for served in running:
        served.process.kill()
        served.process.communicate()


def test_serve_adds_a_folder_answers_and_stops_cleanly(folder: Path, serve: type[Served]) -> None:
    server = serve(folder)
    server.wait()
    products = httpx2.get(f"{server.url}/api/catalog/products").json()["products"]
    assert [product["id"] for product in products] == ["p"]
    returned, output = server.stop(signal.SIGINT)
    assert returned == 0
    assert "added 1 image" in output
    assert "Traceback" not in output
    assert "Warning" not in output


def test_serve_says_that_kernels_are_compiled_and_can_be_stopped_meanwhile(
    serve: type[Served], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    server = serve()
    assert server.process.stdout is not None
    assert server.process.stdout.readline() == "Compiling kernels, once for this installation …\n"
    _, output = server.stop(signal.SIGINT)
    assert "Traceback" not in output


def test_serving_other_machines_is_refused_while_nobody_signs_in() -> None:
    result = run("serve", "--host", "0.0.0.0")
    assert result.exit_code == 1
    assert "other machines reach 0.0.0.0, and nobody needs to sign in: choose auth = token or oidc" in result.stderr


def test_serving_other_machines_all_the_same_is_warned_of(serve: type[Served]) -> None:
    server = serve("--host", "0.0.0.0", "--allow-remote")
    server.wait()
    returned, output = server.stop(signal.SIGTERM)
    assert returned in (0, -signal.SIGTERM)  # of who watches several processes, of one
    assert "Warning: other machines reach 0.0.0.0, and nobody needs to sign in." in output
    assert "Traceback" not in output


def test_a_port_in_use_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = run("serve", "--port", port)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: 127.0.0.1 port {port}: Address already in use: stop what listens there")
    assert result.stderr.count("\n") == 1


def test_gaps_and_oddities_are_said_once_for_many_images(folder: Path) -> None:
    assets = {"data": {"href": "a.tif"}, "nir": {"href": "gone.tif"}}
    for name in ("j", "k"):
        write_json(folder / f"{name}.json", item(id=name, assets=assets))
    (folder / "photo.gif").write_bytes(b"GIF89a")
    result = run("catalog", "add", folder)
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        f"gap: p:j and 1 other image, band nir: asset nir: {folder / 'gone.tif'} is not there"
        " (to do: add it again once the file can be read)",
        "passed over, being no STAC document and no raster that is read: 1 gif",
        SUMMARY.format("; nodata from file tag"),
    ]
    assert result.stdout == "added 3 images (2 with gaps), updated 0, failed 0; products: p\n"
    shown = run("catalog", "show", "p:j").stdout
    assert re.search("gap +nir +asset nir: .* add it again once the file can be read", shown)
    strict = run("catalog", "add", "--strict", folder)
    assert strict.exit_code == 1
    assert strict.stdout == "added 0 images, updated 0, unchanged 1, failed 2; products: p\n"


def test_check_says_what_add_would_make(folder: Path) -> None:
    result = run("catalog", "check", folder)
    assert result.exit_code == 0
    assert "p:i  2020-05-18T13:28:00Z  from " in result.stdout
    assert re.search(r"data +- +uint8 +0 +1 +0 +- +8 x 6 +0 +EPSG:32633 +.*a.tif, band 1", result.stdout)
    assert re.search(r"^nodata +0 +file tag +all bands$", result.stdout, re.MULTILINE)
    assert re.search(r"^date +2020-05-18T13:28:00Z +Item datetime$", result.stdout, re.MULTILINE)
    assert run("catalog", "list").stdout.split() == ["PRODUCT", "IMAGES", "FROM", "TO", "BANDS"]
    (folder / "b.tif").write_text("no raster")
    assert run("catalog", "check", folder / "b.tif").exit_code == 1


def test_set_says_what_holds_instead(folder: Path) -> None:
    run("catalog", "add", "--offset", "0.5", folder)
    result = run("catalog", "set", "p", "--scale", "data=0.1", "--no-nodata", "--bands", "red")
    assert result.exit_code == 0
    assert re.search(r"red +- +uint8 +- +0.1 +0.5", run("catalog", "show", "p:i").stdout)
    assert re.search(r"^scale +0.1 +--scale +all bands$", run("catalog", "show", "p:i").stdout, re.MULTILINE)
    assert re.search(r"^offset +--offset +1 +red$", run("catalog", "show", "p").stdout, re.MULTILINE)
    assert '"offset": {"*": 0.5}' in run("catalog", "show", "p").stdout
    run("catalog", "set", "p", "--overview-from", "2", "--crs", "+init=epsg:25833")
    assert re.search(r"overview_from.*2.*EPSG:25833", run("catalog", "show", "p").stdout)
    assert run("catalog", "set", "p", "--reset").stdout == "p: as its Items and files say\n"
    assert re.search(r"data +- +uint8 +0 +1 +0", run("catalog", "show", "p:i").stdout)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["p"], "say what to set"),
        (["q", "--scale", "1"], "no product 'q'"),
        (["p", "--scale", "x"], "must be NUMBER or BAND=NUMBER, not 'x'"),
        (["p", "--nodata", "1", "--no-nodata"], "contradict"),
        (["p", "--bands", "a=b,c"], "must be NAME"),
        (["p", "--ignore-overviews", "--overview-from", "2"], "contradict"),
        (["p", "--overview-from", "0"], "0 is not in the range"),
        (["p", "--crs", "EPSG:x"], "must be a coordinate reference system, not 'EPSG:x'"),
        (["p", "--crs", "+proj=longlat +R=1737400"], "nothing leads from its coordinate reference system"),
    ],
)
def test_set_refuses_what_it_does_not_understand(folder: Path, arguments: list[str], reason: str) -> None:
    run("catalog", "add", folder)
    result = run("catalog", "set", *arguments)
    assert result.exit_code != 0
    assert reason in result.stderr


def test_a_pattern_groups_files_into_images(tmp_path: Path) -> None:
    for band in ("a", "b"):
        write_tif(tmp_path / "files" / f"x_20200518_{band}.tif")
    run("catalog", "add", tmp_path / "files", "--group-by", "{scene}_{band}.tif")
    assert run("catalog", "list", "files").stdout.splitlines()[1].split() == [
        "files:x_20200518",
        "2020-05-18",
        "00:00",
        "a",
        "b",
    ]
    assert "must have {scene} and {band}" in run("catalog", "add", tmp_path, "--group-by", "{scene}").stderr


def test_ctrl_c_keeps_what_was_added(tmp_path: Path) -> None:
    first = write_tif(tmp_path / "many" / "f0_20200518.tif")
    for number in range(1, 1500):
        shutil.copy(first, first.with_name(f"f{number}_20200518.tif"))
    environment = {**os.environ, "GRAFTILE_DATA_DIR": str(tmp_path / "data")}
    command = [sys.executable, "-m", "tileserver", "catalog", "add", str(first.parent)]
    pipe = subprocess.PIPE
    adding = subprocess.Popen(
        command, env=environment, stdout=pipe, stderr=pipe, text=True, preexec_fn=take_sigint, start_new_session=True
    )
    while adding.poll() is None and not images_in(tmp_path / "data" / "graftile.sqlite"):
        time.sleep(0.05)
    os.killpg(adding.pid, signal.SIGINT)  # as a terminal does
    output, errors = adding.communicate(timeout=180)
    said = "interrupted: what was added is kept, and passed over when it is added again\n"
    assert adding.returncode == 130
    assert said in errors
    kept = images_in(tmp_path / "data" / "graftile.sqlite")
    assert 0 < kept < 1500
    assert output.startswith(f"added {kept} images, updated 0, failed 0; products: many")


def images_in(database: Path) -> int:
    """Return how many images a catalog has, which may not be there yet."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM images").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
