"""Makes the README's pictures of QGIS: its desktop, on a virtual screen, shows layers of the demo."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import httpx2
from PIL import Image

import sdk as wf
from sdk.service.computation import Computation
from tests.server_fixture import running_server
from tileserver.demo.data import make_data
from tileserver.demo.layers import Demo, publish

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden"
PICTURES = ("qgis-add", "qgis-map")
SCREEN = "-screen 0 1400x900x24"
MONTH = {"min": "1", "max": "12", "step": "1", "default": "7"}
OWNER = "ada@example.com"


def main() -> None:
    """Publish the demo's layers, let QGIS show them, and keep what it drew, in 256 colours."""
    imagery = make_data(ROOT / ".graftile" / "demo" / "imagery")
    with tempfile.TemporaryDirectory() as temporary, running_server(Path(temporary) / "data", add=imagery) as url:
        with wf.Client(url) as client:
            workflows = [_publish(url, demo) for demo, _ in publish(client)]
        told = {"GRAFTILE_URL": url, "GRAFTILE_LAYER": workflows[0], "GRAFTILE_PICTURES": temporary}
        quiet = ["--nologo", "--noversioncheck", "--noplugins"]
        qgis = ["qgis", *quiet, "--profiles-path", temporary, "--code", str(Path(__file__).with_name("grab.py"))]
        command = ["xvfb-run", "-a", "-s", SCREEN, "timeout", "-k", "5", "120", *qgis]
        environment = {**os.environ, **told, "HOME": temporary, "XDG_RUNTIME_DIR": temporary, "QT_HASH_SEED": "0"}
        subprocess.run(command, check=True, env=environment)
        for name in PICTURES:
            with Image.open(Path(temporary) / f"{name}.png") as picture:
                whole = picture.convert("RGB")
            palette = whole.quantize(256, Image.Quantize.FASTOCTREE)
            whole.quantize(palette=palette).save(GOLDEN / f"{name}.png", optimize=True)


def _publish(url: str, demo: Demo) -> str:
    """Publish a demo as a workflow, whose month can be chosen; return its id."""
    version: dict[str, Any] = {
        "version": "1.0.0",
        **Computation.of(demo.computation).to_json(),
        "viz_options": [option.to_json() for option in demo.viz_options],
    }
    for parameter in version["parameters"]:
        parameter["int_slider"] = MONTH
    workflow = f"{OWNER}:{demo.name.lower().replace(' ', '-')}"
    body = {"title": demo.name, "description": demo.description, "versions": [version]}
    httpx2.put(f"{url}/api/workflows/{workflow}", json=body, timeout=60).raise_for_status()
    return workflow


if __name__ == "__main__":
    main()
