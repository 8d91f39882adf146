"""`graftile doctor` names faults that were put in on purpose, and says what to do; else it finds none."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import certifi
import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from tests.tileserver.conftest import Served, write_scene
from tileserver.catalog import Catalog
from tileserver.commands import checks
from tileserver.commands.main import cli
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database

Report = list[dict[str, Any]]


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a product of one image; whether kernels are compiled is looked at in one test alone."""
    monkeypatch.setattr(checks, "COMPILED", "")
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    (folder := tmp_path / "field").mkdir()
    write_scene(folder / "field_2020-01-01.tif", np.ones((4, 512, 512), np.float32))
    settings = Settings(data_dir=tmp_path / "data")
    create_schema(engine := open_database(settings.database))
    Catalog(engine, settings).add([str(folder)])
    engine.dispose()
    return tmp_path / "data"


def examine(data_dir: Path, **environment: str) -> Report:
    """Return what is found; the exit status says whether there is a fault."""
    chosen = {"GRAFTILE_PORT": "0", **environment}
    found = CliRunner().invoke(cli, ["doctor", "--json", "--data-dir", str(data_dir)], env=chosen)
    report: Report = json.loads(found.output)
    assert found.exit_code == any(one["level"] == "fault" for one in report)
    return report


def said(report: Report, check: str) -> str:
    """Return what is wrong by one check, with the advice; each has some."""
    wrong = [one for one in report if one["level"] != "ok"]
    assert all(one["advice"] for one in wrong)
    return "\n".join(f"{one['level']}: {one['text']} | {one['advice']}" for one in wrong if one["check"] == check)


def image_of(data_dir: Path) -> Path:
    return data_dir.parent / "field" / "field_2020-01-01.tif"


def test_nothing_is_wrong_where_nothing_is(data_dir: Path) -> None:
    report = examine(data_dir)
    assert [one for one in report if one["level"] == "fault"] == []
    assert {one["check"] for one in report} >= {"GDAL", "kernels", "database", "clock", "imagery"}
    printed = CliRunner().invoke(cli, ["doctor", "--data-dir", str(data_dir)], env={"GRAFTILE_PORT": "0"})
    assert "ok       imagery: field: 1 images, 1 files" in printed.output


def test_a_wrong_setting(data_dir: Path) -> None:
    [found] = examine(data_dir, GRAFTILE_PROT="1")
    assert found["text"] == "wrong settings: GRAFTILE_PROT is no setting; did you mean 'GRAFTILE_PORT'?"


def test_a_library_that_is_missing_or_old(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needed = ["numpy>=99", "no-such-library>=1", "server-thing; extra == 'other'", "click>=8"]
    monkeypatch.setattr(checks, "requires", lambda name: needed)
    found = said(examine(data_dir), "installation")
    assert found.startswith("fault: numpy is ")
    assert "not >=99; no-such-library is missing | pip install --upgrade" in found


def test_gdal_without_a_driver_and_proj_without_its_table(tmp_path: Path) -> None:
    environment = {**os.environ, "GDAL_SKIP": "GTiff", "PROJ_DATA": str(tmp_path), "PROJ_LIB": str(tmp_path)}
    program = (
        "from tileserver.commands.checks import check_gdal; from tileserver.settings import Settings\n"
        "for finding in check_gdal(Settings()): print(finding.level, finding.text, finding.advice, sep=' | ')"
    )
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    drivers, table = (line for line in run.stdout.splitlines() if line.startswith("fault"))
    assert drivers == "fault | GDAL lacks the drivers GTiff | unset GDAL_SKIP=GTiff"
    assert table.startswith("fault | PROJ knows no coordinate reference system: ")
    assert table.endswith(f" | unset PROJ_DATA={tmp_path} PROJ_LIB={tmp_path}")
    environment = {**os.environ, "GDAL_SKIP": "GTiff"}
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert "ok |" not in run.stdout


def test_kernels_that_are_not_compiled(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    found = said(examine(data_dir, NUMBA_CACHE_DIR=str(tmp_path / "empty")), "kernels")
    assert found.startswith("warning: they are not compiled, so that the first start takes half a minute | ")


def test_folders_that_are_not_there_or_cannot_be_written(data_dir: Path, tmp_path: Path) -> None:
    found = said(examine(data_dir, GRAFTILE_ASSET_ROOTS=f"{tmp_path}/gone"), "data folder")
    assert found.startswith(
        f"fault: asset_roots names {tmp_path}/gone, which is not there or cannot be read | mount it"
    )
    (tmp_path / "file").touch()
    assert f"{tmp_path}/file cannot be written" in said(examine(tmp_path / "file" / "data"), "data folder")


def test_sqlite_on_a_network_file_system(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        f"1 0 8:1 / / rw - ext4 /dev/sda rw\n2 1 0:50 / {data_dir} rw,relatime shared:1 - nfs4 server:/maps rw\n"
    )
    monkeypatch.setattr(checks, "MOUNTS", mounts)
    found = said(examine(data_dir), "file system")
    assert f"{data_dir}/graftile.sqlite lies on a network file system (nfs4), where SQLite's locks do not hold" in found


def test_a_damaged_database(data_dir: Path) -> None:
    place = data_dir / "graftile.sqlite"
    content = bytearray(place.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    place.write_bytes(content)
    assert f"fault: {place} is damaged: " in said(examine(data_dir), "database")
    place.write_bytes(b"no database" * 1000)
    assert f"fault: {place} is damaged: file is not a database" in said(examine(data_dir), "database")


def test_a_database_of_a_newer_release(data_dir: Path) -> None:
    engine = open_database(f"sqlite:///{data_dir / 'graftile.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert "its schema 9999 is of a newer release | update graftile" in said(examine(data_dir), "database")


def test_a_database_that_is_not_reached(data_dir: Path) -> None:
    report = examine(data_dir, GRAFTILE_DATABASE_URL="postgresql://bob:secret@127.0.0.1:1/maps")
    assert "fault: it cannot be used: connection failed" in said(report, "database")
    assert "secret" not in json.dumps(report)


def test_caches_larger_than_the_memory(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (limit := tmp_path / "memory.max").write_text("1000000000\n")
    monkeypatch.setattr(checks, "MEMORY_LIMITS", (limit,))
    found = said(examine(data_dir, GRAFTILE_CACHE_BYTES="700MB", GRAFTILE_INSPECT_BYTES="300MB"), "memory")
    assert "are 1.0 GB of 1.0 GB: filled, they end the process | set each to 250MB" in found


def test_a_port_that_another_program_has(data_dir: Path, served: Served) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        found = said(examine(data_dir, GRAFTILE_PORT=str(port)), "port")
    assert found.startswith(f"fault: 127.0.0.1 port {port}: Address already in use | stop what listens there, or")
    report = examine(data_dir, GRAFTILE_PORT=served.url.rpartition(":")[2])
    assert said(report, "port") == ""


def test_a_clock_that_is_behind(data_dir: Path) -> None:
    later = time.time() + 86_400
    os.utime(data_dir / "graftile.sqlite", (later, later))
    assert "when files were written | let NTP set it: timedatectl" in said(examine(data_dir), "clock")


def test_a_proxy_on_the_way_to_this_machine(data_dir: Path) -> None:
    found = said(examine(data_dir, HTTP_PROXY="http://proxy:3128", NO_PROXY=""), "proxies")
    assert found.startswith("fault: requests to this machine go through http://proxy:3128 | NO_PROXY=localhost,")
    trusted = said(examine(data_dir, GRAFTILE_TRUSTED_PROXIES="0.0.0.0/0"), "proxies")
    assert "anybody may choose the addresses in answers" in trusted


def test_certificates_that_are_not_there(data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.pem").write_text("nothing")
    [fine] = [one["text"] for one in examine(data_dir, SSL_CERT_FILE=certifi.where()) if one["check"] == "certificates"]
    assert f"SSL_CERT_FILE={certifi.where()}" in fine
    report = examine(data_dir, SSL_CERT_FILE=str(tmp_path / "gone.pem"), CURL_CA_BUNDLE=str(tmp_path / "broken.pem"))
    found = said(report, "certificates")
    assert f"fault: SSL_CERT_FILE names {tmp_path}/gone.pem: No such file or directory | unset SSL_CERT_FILE" in found
    assert f"fault: CURL_CA_BUNDLE names {tmp_path}/broken.pem: " in found


def test_imagery_that_is_missing_broken_or_changed(data_dir: Path) -> None:
    image = image_of(data_dir)
    write_scene(image, np.zeros((4, 512, 512), np.float32))
    assert f"warning: field: {image} has changed since it was added | graftile catalog add {image}" in said(
        examine(data_dir), "imagery"
    )
    image.write_bytes(b"no raster")
    assert f"fault: field: {image} cannot be read | " in said(examine(data_dir), "imagery")
    image.unlink()
    assert f"fault: field: {image} is missing | put it back, or graftile catalog remove field" in said(
        examine(data_dir), "imagery"
    )


def test_imagery_without_overviews(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tileserver.commands.data_checks.SMALL", 256)
    found = said(examine(data_dir), "imagery")
    assert found.startswith(f"warning: field: {image_of(data_dir)} has no overviews | gdaladdo -r average ")
