"""Objects of Python files published from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sdk as wf
from tests.tileserver.conftest import Served
from tileserver.commands.main import cli

PROGRAM = """
import sdk as wf

image = wf.ImageCollection.from_id("field").mosaic()
nir, red = image.unpack_bands("nir red")
ndvi = (nir - red) / (nir + red)
text = "no object"

def scaled(image: wf.Image, factor: wf.Float) -> wf.Image:
    return image * factor
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


def publish(served: Served, *arguments: object) -> Result:
    words = ["publish", *map(str, arguments)]
    return CliRunner().invoke(cli, words, env={"GRAFTILE_URL": served.url})


def test_objects_become_layers(served: Served, program: Path) -> None:
    made = publish(served, program, "--object", "ndvi", "--object", "nir", "--private", "--days", "2")
    assert made.exit_code == 0, made.output
    with wf.Client(served.url) as client:
        for line, name in zip(made.output.splitlines(), ("ndvi", "nir"), strict=True):
            layer, page = line.split()
            xyz = wf.XYZ.get(layer, client)
            assert (xyz.name, xyz.public, page) == (name, False, f"{served.url}/xyz/{layer}")
            assert (xyz.expires_timestamp - xyz.created_timestamp).days == 2
        assert xyz.object.graft == wf.ImageCollection.from_id("field").mosaic().pick_bands("nir").graft


def test_an_object_becomes_a_version(served: Served, program: Path) -> None:
    published = publish(served, program, "--object", "scaled", "--as", "desk@example.com:scaled", "--version", "1.2.0")
    assert published.output == (f"desk@example.com:scaled/1.2.0  {served.url}/workflow/desk@example.com:scaled/1.2.0\n")
    with wf.Client(served.url) as client:
        version = wf.Workflow.get("desk@example.com:scaled", client)["1.2.0"]
        assert [param.__class__ for param in version.params] == [wf.Image, wf.Float]
    again = publish(served, program, "--object", "nir", "--as", "desk@example.com:scaled", "--version", "1.2.0")
    assert (again.exit_code, "versions are immutable" in again.output) == (1, True)


def test_without_names_it_is_the_only_object_or_what_all_says(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "one.py"
    path.write_text("import sdk as wf\none = wf.Int(1)\n")
    assert publish(served, path).exit_code == 0
    path.write_text("import sdk as wf\n__all__ = ['b', 'a']\na, b, c = wf.Int(1), wf.Int(2), wf.Int(3)\n")
    assert len(publish(served, path).output.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "has several objects or none (image, nir, red, ndvi): choose by --object, or by __all__ in it"),
        (("--object", "ndiv"), "has no object 'ndiv' that can be computed; did you mean 'ndvi'?"),
        (("--object", "text"), "has no object 'text' that can be computed"),
        (("--object", "nir", "--as", "desk@example.com:a"), "--as and --version go together"),
        (("--object", "nir", "--as", "nobody", "--version", "1.0.0"), "Error: "),
        (("--object", "nir", "--as", "desk@example.com:a", "--version", "one"), "Error: "),
        (("--object", "nir", "--object", "red", "--as", "a@example.com:a", "--version", "1.0.0"), "of one object"),
    ],
)
def test_what_cannot_be_published_is_said(
    served: Served, program: Path, arguments: tuple[str, ...], message: str
) -> None:
    refused = publish(served, program, *arguments)
    assert refused.exit_code > 0
    assert message in refused.output
    assert "Traceback" not in refused.output


def test_an_error_of_the_program_is_told_by_its_line(served: Served, tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("def broken():\n    return 1 / 0\n\nbroken()\n")
    refused = publish(served, path)
    assert refused.exit_code == 1
    assert refused.output.startswith(f'Error: {path} cannot be run:\n  File "{path}", line 4')
    assert refused.output.endswith("ZeroDivisionError: division by zero\n")
