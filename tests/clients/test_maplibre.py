"""The style of a layer, by MapLibre's own specification."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.clients.conftest import BOX, Published

VALIDATE = Path(__file__).parent / "node_modules" / ".bin" / "gl-style-validate"


def check(path: Path) -> subprocess.CompletedProcess[str]:
    assert VALIDATE.exists(), "npm packages are missing: npm ci --prefix tests/clients"
    return subprocess.run([VALIDATE, path], capture_output=True, text=True)


@pytest.mark.parametrize(
    "query", ["", "viz=colours", 'colormap={"1":["%23ff0000","A+b"]}&band=lon&access_token=secret']
)
def test_the_style_is_valid_and_its_tiles_are_there(published: Published, query: str, tmp_path: Path) -> None:
    here = f"{published.url}/xyz/{published.layer}"
    answer = httpx2.get(f"{here}/style.json?{query}")
    style = answer.json()
    path = tmp_path / "style.json"
    path.write_text(answer.text)
    run = check(path)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    [source] = style["sources"].values()
    tilejson = httpx2.get(f"{here}/tilejson.json?{query}").json()
    assert {name: source[name] for name in ("tiles", "bounds", "minzoom", "maxzoom", "scheme")} == {
        name: tilejson[name] for name in ("tiles", "bounds", "minzoom", "maxzoom", "scheme")
    }
    assert (style["name"], source["tileSize"]) == ("Colours", 256)
    assert style["center"] == pytest.approx([(BOX[0] + BOX[2]) / 2, (BOX[1] + BOX[3]) / 2])
    [template] = source["tiles"]
    assert not set("#%+") & set(template)
    assert ("access_token=secret" in template) == ("access_token" in query)
    tile = httpx2.get(template.format(z=6, x=33, y=22))
    assert (tile.status_code, tile.headers["Content-Type"]) == (200, "image/png")
    assert urlsplit(template).path == f"/xyz/{published.layer}/{{z}}/{{x}}/{{y}}.png"


def test_the_check_finds_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "style.json"
    path.write_text(json.dumps({"version": 8, "sources": {}, "layers": [{"id": "a", "type": "raster", "source": "b"}]}))
    assert check(path).returncode != 0
