"""`graftile config` shows each setting, its value, and where that is from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tileserver.commands.main import cli
from tileserver.settings import Settings


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """What the command says of settings from all sources."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "graftile.toml").write_text(
        'smtp_url = "smtp://bob:secret@mail"\nasset_hosts = "a.org, b.org"\nport = 1\n[limits]\nscenes = 9\n'
    )
    environment = {"GRAFTILE_CACHE_BYTES": "2GB", "GRAFTILE_LIMITS__STEPS": "7", "GRAFTILE_PORT": "2"}
    found = CliRunner().invoke(cli, ["config", "--json", "--data-dir", str(tmp_path / "data")], env=environment)
    assert found.exit_code == 0, found.output
    assert "secret" not in found.output
    return {row["name"]: row for row in json.loads(found.output)}


def test_every_setting_is_shown(shown: dict[str, dict[str, Any]]) -> None:
    assert {name for name in shown if "." not in name} == Settings.model_fields.keys() - {"limits"}
    assert shown["limits.scenes"]["value"] == 9


@pytest.mark.parametrize(
    ("name", "value", "origin"),
    [
        ("queue", 256, "default"),
        ("port", 2, "GRAFTILE_PORT"),
        ("cache_bytes", 2_000_000_000, "GRAFTILE_CACHE_BYTES"),
        ("limits.steps", 7, "GRAFTILE_LIMITS__STEPS"),
        ("limits.scenes", 9, "{here}/graftile.toml, line 5"),
        ("limits.string", 1 << 20, "default"),
        ("asset_hosts", ["a.org", "b.org"], "{here}/graftile.toml, line 2"),
        ("smtp_url", "smtp://bob:***@mail", "{here}/graftile.toml, line 1"),
        ("data_dir", "{here}/data", "--data-dir"),
    ],
)
def test_each_has_its_value_and_origin(
    shown: dict[str, dict[str, Any]], tmp_path: Path, name: str, value: object, origin: str
) -> None:
    value = value.format(here=tmp_path) if isinstance(value, str) else value
    assert shown[name] == {"name": name, "value": value, "from": origin.format(here=tmp_path)}


def test_the_table_may_leave_out_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = CliRunner().invoke(cli, ["config", "--changed"], env={"GRAFTILE_QUEUE": "9", "GRAFTILE_DATA_DIR": ""})
    assert found.output.splitlines()[0].split() == ["SETTING", "VALUE", "FROM"]
    assert "queue" in found.output
    assert "default" not in found.output
