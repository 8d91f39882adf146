"""Jobs from the command line, and computations without a server."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import termios
from pathlib import Path

import numpy as np
import pytest
import rasterio
from click.testing import CliRunner, Result

import sdk as wf
from tests.tileserver.conftest import Served
from tests.tileserver.test_jobs import FAILING, body, geoctx, start, wait
from tileserver.commands.main import cli

PROGRAM = """
import sdk as wf
image = wf.Image.from_id("field:field_2020-01-01").pick_bands("red nir")
number = wf.Int(20) + 1
text = "no object"
"""


def run(served: Served, *arguments: object) -> Result:
    environment = {"GRAFTILE_URL": served.url, "GRAFTILE_DATA_DIR": str(served.data_dir), "GRAFTILE_JOB_PROCESSES": "1"}
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], env=environment)


def test_jobs_are_listed_and_shown(served: Served) -> None:
    job = wait(served, start(served, body(wf.Int(5))))
    listed = run(served, "jobs", "list", "--json", "--limit", "1")
    assert json.loads(listed.output) == [job], listed.output
    table = run(served, "jobs", "list", "--stage", "succeeded").output.splitlines()
    assert table[0].split() == ["ID", "STAGE", "DONE", "RUNTIME", "CREATED", "TYPE"]
    assert table[1].startswith(f"{job['id']}  SUCCEEDED  1 of 1")
    shown = run(served, "jobs", "show", job["id"])
    assert f"result   {job['result_url']}" in shown.output
    assert run(served, "jobs", "cancel", job["id"], "--json").output == json.dumps(job, indent=2) + "\n"


def test_waiting_ends_with_the_job_and_its_error(served: Served) -> None:
    job = start(served, FAILING)
    waited = run(served, "jobs", "wait", job["id"])
    assert waited.exit_code == 1
    assert "error    INVALID: wf.Int.cast: " in waited.output
    assert run(served, "jobs", "wait", start(served, body(wf.Int(1)))["id"]).exit_code == 0
    missing = run(served, "jobs", "show", "0" * 48)
    assert (missing.exit_code, missing.output.startswith("Error: ")) == (1, True)


def test_a_terminal_shows_how_far_a_job_is(served: Served) -> None:
    job = start(served, body(wf.Int(2)))
    terminal, stderr = os.openpty()
    termios.tcsetwinsize(stderr, (24, 120))
    command = [sys.executable, "-m", "tileserver", "jobs", "wait", job["id"]]
    environment = {**os.environ, "GRAFTILE_URL": served.url}
    waited = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True, check=True)
    os.close(stderr)
    drawn = os.read(terminal, 65_536).decode()
    os.close(terminal)
    assert re.search(r"succeeded: 100%.* 1/1 ", drawn), drawn
    assert "stage    SUCCEEDED" in waited.stdout


def test_a_stage_that_is_none_is_told() -> None:
    refused = CliRunner().invoke(cli, ["jobs", "list", "--stage", "RUNING"])
    assert refused.exit_code == 2
    assert "'RUNING' is not one of" in refused.output


def test_an_image_is_computed_without_a_server(served: Served, tmp_path: Path) -> None:
    program, output = tmp_path / "program.py", tmp_path / "out.tif"
    program.write_text(PROGRAM)
    bounds = ",".join(map(str, geoctx()["bounds"]))
    place = ("--bounds", bounds, "--bounds-crs", "EPSG:3857", "--shape", 512, 512)
    computed = run(served, "compute", program, "--object", "image", *place, "-o", output, "--progress")
    assert computed.exit_code == 0, computed.output
    assert re.search(r"succeeded: 100%.* 1/1 .*block.* 1 scenes, \d+\.\d MB/s", computed.stderr), computed.stderr
    with rasterio.open(output) as dataset:
        pixels = np.ma.masked_invalid(dataset.read())
    expected = served.pixels["2020-01-01"][[0, 3]]
    np.testing.assert_array_equal(np.ma.getmaskarray(pixels), np.ma.getmaskarray(expected))
    np.testing.assert_array_equal(pixels.filled(0), expected.filled(0))
    quiet = run(served, "compute", program, "--object", "number", "-o", tmp_path / "number.json")
    assert quiet.stderr == ""
    assert json.loads((tmp_path / "number.json").read_text()) == 21


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--object", "text", "-o", "out.tif"), "has no object 'text' that can be computed"),
        (("--object", "number", "-o", "out.xyz"), "out.xyz tells no format"),
        (("--object", "image", "-o", "out.tif"), "needs pixels, and so a geocontext"),
        (("--object", "image", "-o", "out.tif", "--bounds", "1,2,3"), "must be four numbers"),
        (("--object", "image", "-o", "out.tif", "--bounds", "1,2,3,4"), "a resolution or a shape"),
    ],
)
def test_what_cannot_be_computed_ends_with_a_message(
    served: Served, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    computed = run(served, "compute", program, *arguments)
    assert computed.exit_code > 0
    assert message in computed.output
    assert not (tmp_path / "out.tif").exists()
