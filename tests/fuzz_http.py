"""Attacks every route by its definition: `python -m tests.fuzz_http SCHEMATHESIS EXAMPLES`, or `make fuzz-http`.

Half of the requests name a layer that is there, so that styles and places are fuzzed, not ids alone.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import sdk as wf
from sdk.service.client import Client
from tests.server_fixture import running_server
from tests.tileserver.conftest import BANDS, make_pixels, write_scene

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
CONFIG = """
[[operations]]
include-path-regex = "^/(xyz|ogc/xyz|api/xyz)/"
parameters = {{ "path.id" = "{layer}", "path.collection" = "{layer}" }}
"""


def main(program: str, examples: str) -> int:
    """Serve a layer, attack the server, and return whether anything was found."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scene = folder / "field" / "field_2020-01-01.tif"
        scene.parent.mkdir()
        write_scene(scene, make_pixels(1)[: len(BANDS)])
        with running_server(folder / "data", add=[scene.parent]) as url:
            layer = wf.XYZ(wf.ImageCollection.from_id("field"), client=Client(url)).id
            config = folder / "schemathesis.toml"
            config.write_text(CONFIG.format(layer=layer))
            command = [program, "--config-file", str(config), "run", f"{url}/openapi.json", "--checks", CHECKS]
            options = ["--max-examples", examples, "--phases", "examples,coverage,fuzzing", "--seed", "1"]
            return subprocess.run([*command, *options, "--exclude-method", "DELETE"]).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
