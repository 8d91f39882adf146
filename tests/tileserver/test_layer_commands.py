"""Layers from the command line: listed, shown, renewed, deleted, their addresses, and their logs."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner, Result

import sdk as wf
from tests.tileserver.conftest import Served, X, Y, Z
from tileserver.commands.main import cli

OWNER = "desk@example.com"


def run(served: Served, *arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], env={"GRAFTILE_URL": served.url})


def records(served: Served, *arguments: object) -> dict[str, Any]:
    found = run(served, "layers", "list", "--json", *arguments)
    assert found.exit_code == 0, found.output
    return {record["layer"]: record for record in json.loads(found.output)}


@pytest.fixture(scope="module")
def version(served: Served) -> str:
    """A version of a workflow that takes an argument."""
    with wf.Client(served.url) as client:
        image = wf.ImageCollection.from_id("field").mosaic().pick_bands("nir") * wf.parameter("factor", wf.Float)
        wf.publish(f"{OWNER}:twice", "1.0.0", image, client=client)
    return f"{OWNER}:twice/1.0.0"


def test_layers_are_listed_with_workflows(served: Served, rgb: str, version: str) -> None:
    hidden = served.publish(wf.Int(1), public=False, name="Hidden")
    found = records(served)
    assert found[rgb]["name"] == "True colour"
    assert found[rgb]["url_template"] == f"{served.url}/xyz/{rgb}/{{z}}/{{x}}/{{y}}.png"
    assert (found[hidden]["public"], found[hidden]["type"]) == (False, "Int")
    assert (found[version]["user"], found[version]["expires_timestamp"]) == (OWNER, None)
    table = run(served, "layers", "list").output.splitlines()
    assert table[0].split() == ["LAYER", "NAME", "TYPE", "CREATED", "EXPIRES"]
    assert len(table) == 1 + len(found)


def test_layers_that_will_expire_are_listed_and_renewed(served: Served, version: str) -> None:
    soon = [served.publish(wf.Int(1), days_to_expiration=days) for days in (3, 1)]
    served.publish(wf.Int(1), days_to_expiration=30)
    listed = list(records(served, "--expiring", "4d"))
    assert [layer for layer in listed if layer in soon] == soon[::-1]
    assert version not in listed
    assert list(records(served, "--expiring", "26h"))[-1:] == soon[1:]
    renewed = run(served, "layers", "renew", soon[0], "--days", "30")
    assert renewed.exit_code == 0, renewed.output
    record = served.get(f"/api/xyz/{soon[0]}").json()
    kept = datetime.fromisoformat(record["expires_timestamp"]) - datetime.now(UTC)
    assert timedelta(days=30) - timedelta(minutes=1) <= kept <= timedelta(days=31)
    assert soon[0] not in records(served, "--expiring", "4d")


def test_what_is_kept_longer_is_not_kept_shorter_by_renewing(served: Served) -> None:
    with wf.Client(served.url) as client:
        xyz = wf.XYZ(wf.Int(1), days_to_expiration=40, client=client)
        before = xyz.expires_timestamp
        xyz.renew()
        assert xyz.expires_timestamp == before
        xyz.renew(36_500)
        assert wf.XYZ.get(xyz.id, client) == xyz
        assert (xyz.expires_timestamp - xyz.created_timestamp).days == 36_500


@pytest.mark.parametrize("body", [{"days_to_expiration": 0}, {"days_to_expiration": "3"}, {"days": 3}, []])
def test_a_wrong_renewal_is_refused(served: Served, body: object) -> None:
    layer = served.publish(wf.Int(1))
    assert served.post(f"/api/xyz/{layer}/renew", body).status_code == 400
    assert served.post(f"/api/xyz/{'0' * 48}/renew", {}).status_code == 404


def test_a_layer_is_shown(served: Served, rgb: str, version: str) -> None:
    assert f"layer         {rgb}" in run(served, "layers", "show", rgb).output.splitlines()
    shown = run(served, "layers", "show", version).output
    assert "arguments     factor" in shown.splitlines()
    latest = json.loads(run(served, "layers", "show", version.replace("1.0.0", "latest"), "--json").output)
    assert latest["record"]["version"] == "1.0.0"


def test_layers_are_deleted(served: Served) -> None:
    layer = served.publish(wf.Int(1))
    assert run(served, "layers", "delete", layer).output == f"deleted {layer}\n"
    assert served.get(f"/api/xyz/{layer}").status_code == 404
    with wf.Client(served.url) as client:
        wf.publish(f"{OWNER}:gone", "1.0.0", wf.Int(1), client=client)
    refused = run(served, "layers", "delete", f"{OWNER}:gone/1.0.0")
    assert refused.output == (f"Error: versions are immutable, and {OWNER}:gone/1.0.0 is one: delete {OWNER}:gone\n")
    assert run(served, "layers", "delete", f"{OWNER}:gone").exit_code == 0
    assert run(served, "layers", "show", f"{OWNER}:gone/1.0.0").exit_code == 1


def test_addresses_work(served: Served, nir: str, version: str) -> None:
    url = run(served, "layers", "url", nir, "--colormap", "viridis", "--scales", "[[0, 1]]").output.strip()
    tile = served.get(url.format(z=Z, x=X, y=Y))
    assert tile.content == served.tile(nir, "colormap=viridis&scales=[[0,1]]").content
    with_argument = run(served, "layers", "url", version, "factor=2", "--scales", "[[0, 2]]").output.strip()
    twice = served.get(with_argument.format(z=Z, x=X, y=Y))
    assert twice.content == served.tile(nir, "scales=[[0,1]]").content
    for kind in ("--page", "--wmts"):
        address = run(served, "layers", "url", version, "factor=2", kind).output.strip()
        assert served.get(address).status_code == 200, address


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "nothing"), "'nothing' names no layer: it must be the id of an XYZ object, or as bob@"),
        (("show", "0" * 48), "Error: 404 XYZ '000"),
        (("show", "bob@example.com:ndvi"), "a version of it is a layer: bob@example.com:ndvi/latest, or as"),
        (("url", "0" * 48, "--wmts", "--page"), "--wmts and --page contradict each other"),
        (("url", "bob@example.com:none/1.0.0"), "Error: "),
        (("list", "--expiring", "soon"), "must be a number of hours, days or weeks, as 12h, 7d or 2w, not 'soon'"),
        (("url", "0" * 48, "month"), "must be NAME=VALUE, not 'month'"),
        (("url", "0" * 48, "--scales", "0,1"), "must be auto or as [[0, 0.4]], not '0,1'"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(served: Served, arguments: tuple[str, ...], message: str) -> None:
    found = run(served, "layers", *arguments)
    assert found.exit_code > 0
    assert message in found.output
    assert "Traceback" not in found.output


def test_logs_are_followed(served: Served, nir: str, version: str) -> None:
    served.tile(nir, "session_id=desk")
    found = run(served, "logs", nir, "--session", "desk", "--limit", "1")
    assert f"DEBUG    tile {Z}/{X}/{Y}: " in found.output
    later = threading.Timer(0.5, served.get, (f"/workflow/{version}/{Z}/{X}/{Y}.png?session_id=later&factor=1",))
    later.start()
    followed = run(served, "logs", version, "--session", "later", "--level", "info", "--limit", "1", "--json")
    later.join()
    record = json.loads(followed.output)
    assert record["level"] == "INFO"
    assert record["message"].startswith(f"tile {Z}/{X}/{Y} served in ")
