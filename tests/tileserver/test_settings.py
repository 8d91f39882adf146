"""Settings come from code, the environment and a TOML file, in this order, and wrong ones are named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from graft_eval.limits import Limits
from tileserver.setting_values import is_loopback
from tileserver.settings import Settings


@pytest.fixture(autouse=True)
def bare_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("GRAFTILE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.chdir(tmp_path)


def test_defaults_are_those_of_the_documentation(tmp_path: Path) -> None:
    settings = Settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.data_dir == tmp_path / "share" / "graftile"
    assert settings.database == f"sqlite:///{tmp_path}/share/graftile/graftile.sqlite"
    assert (settings.tile_seconds, settings.inspect_seconds, settings.body_bytes) == (30, 60, 16 * 1024**2)
    assert settings.limits == Limits()


def test_the_environment_sets_every_kind_of_field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PORT": "9000",
        "DATA_DIR": str(tmp_path / "kept"),
        "ASSET_ROOTS": f"{tmp_path / 'a'}{os.pathsep}{tmp_path / 'b'}",
        "ASSET_HOSTS": "example.com,localhost:9000",
        "LIMITS__SCENES": "7",
        "PUBLIC_URL": "https://maps.example.com/",
        "URL": "for the client",
    }.items():
        monkeypatch.setenv(f"GRAFTILE_{name}", value)
    settings = Settings()
    assert settings.port == 9000
    assert settings.database == f"sqlite:///{tmp_path}/kept/graftile.sqlite"
    assert settings.asset_roots == (tmp_path / "a", tmp_path / "b")
    assert settings.asset_hosts == ("example.com", "localhost:9000")
    assert settings.limits == Limits(scenes=7)
    assert settings.public_url == "https://maps.example.com"


def test_code_wins_over_the_environment_and_that_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "graftile.toml").write_text("port = 1\nqueue = 1\nthreads = 1\n[limits]\nscenes = 9\n")
    monkeypatch.setenv("GRAFTILE_PORT", "2")
    monkeypatch.setenv("GRAFTILE_QUEUE", "2")
    settings = Settings(port=3)
    assert (settings.port, settings.queue, settings.threads, settings.limits.scenes) == (3, 2, 1, 9)


def test_the_file_is_the_named_one_else_the_data_folders_else_the_current_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for number, path in enumerate((tmp_path / "named.toml", data / "graftile.toml", tmp_path / "graftile.toml")):
        path.write_text(f"port = {number}")
    assert Settings().port == 2
    assert Settings(data_dir=data).port == 1
    monkeypatch.setenv("GRAFTILE_DATA_DIR", str(data))
    assert Settings().port == 1
    monkeypatch.setenv("GRAFTILE_CONFIG", str(tmp_path / "named.toml"))
    assert Settings().port == 0


def test_a_named_file_that_is_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAFTILE_CONFIG", "elsewhere.toml")
    with pytest.raises(ValueError, match=r"GRAFTILE_CONFIG names elsewhere\.toml, which is not there"):
        Settings()


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("prot = 1", "prot"),
        ("port = 'x'", "port"),
        ("port = 70000", "port"),
        ("threads = 0", "threads"),
        ("tile_seconds = -1", "tile_seconds"),
        ("public_url = 'maps.example.com'", "public_url"),
        ("[limits]\nscens = 1", "limits.scens"),
        ("[limits]\nscenes = 0", "limits"),
    ],
)
def test_wrong_and_unknown_settings_are_named(tmp_path: Path, toml: str, named: str) -> None:
    (tmp_path / "graftile.toml").write_text(toml)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert [".".join(map(str, error["loc"])) for error in caught.value.errors()] == [named]


def test_every_field_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost"])
def test_loopback_addresses_are(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.com", "localhost.example.com", ""])
def test_all_other_addresses_are_not(host: str) -> None:
    assert not is_loopback(host)


def test_a_variable_that_is_no_setting_is_refused_with_the_near_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAFTILE_CACHE_BYTE", "1")
    with pytest.raises(ValueError, match=r"^GRAFTILE_CACHE_BYTE is no setting; did you mean 'GRAFTILE_CACHE_BYTES'\?$"):
        Settings()


@pytest.mark.parametrize(
    ("written", "bytes"),
    [("2GB", 2 * 10**9), ("512MiB", 512 << 20), ("1.5 gb", 15 * 10**8), ("1000", 1000), ("4k", 4000)],
)
def test_sizes_have_units(monkeypatch: pytest.MonkeyPatch, written: str, bytes: int) -> None:
    for name in ("CACHE_BYTES", "INSPECT_BYTES", "BODY_BYTES"):
        monkeypatch.setenv(f"GRAFTILE_{name}", written)
    settings = Settings()
    assert {settings.cache_bytes, settings.inspect_bytes, settings.body_bytes} == {bytes}


@pytest.mark.parametrize("written", ["-1", "0", "much", "2XB", "2GB or so"])
def test_what_is_no_size_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match="body_bytes"):
        Settings(body_bytes=written)  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["/a,/b", "/a:/b", "/a, /b,", '["/a", "/b"]'])
def test_lists_are_taken_as_they_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("GRAFTILE_ASSET_ROOTS", written)
    (tmp_path / "graftile.toml").write_text("""asset_hosts = "a.org, b.org"\nexport_roots = ["/a", "/b"]""")
    settings = Settings()
    assert settings.asset_roots == settings.export_roots == (Path("/a"), Path("/b"))
    assert settings.asset_hosts == ("a.org", "b.org")


def test_a_broken_file_is_named_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "graftile.toml").write_text("port = 1\nhost = \n")
    with pytest.raises(ValueError, match=rf"^{tmp_path}/graftile\.toml is no TOML: .*line 2, column 8"):
        Settings()


@pytest.mark.parametrize("url", ["mysql://a:b@c/d", "ftp://a/b", "maps.sqlite"])
def test_a_database_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match=r"must be like postgresql://"):
        Settings(database_url=url)


@pytest.mark.parametrize(("cores", "workers"), [(1, 1), (2, 2), (4, 4), (8, 4), (16, 8)])
def test_a_process_serves_for_each_core_up_to_4_then_for_each_2(
    monkeypatch: pytest.MonkeyPatch, cores: int, workers: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(cores)))
    assert Settings().workers == workers


def test_a_thread_evaluates_for_each_core_that_the_process_may_use() -> None:
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, [min(allowed)])
        assert (Settings().threads, Settings().job_processes) == (1, 1)
    finally:
        os.sched_setaffinity(0, allowed)
    assert Settings().threads == len(allowed)
