"""What the README says is so."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import httpx2
import pytest

from tests.conftest import IMAGERY
from tests.server_fixture import running_server
from tileserver.settings import Settings

README = (Path(__file__).resolve().parents[1] / "README.md").read_text()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with running_server(tmp_path, add=[IMAGERY / "landsat-rocky"]) as url:
        monkeypatch.setenv("GRAFTILE_URL", url)
        yield url


def test_the_main_job_works_as_written(server: str) -> None:
    program = re.search(r"```python\n(import sdk as wf.*?)```", README, re.DOTALL)
    assert program is not None
    names: dict[str, object] = {}
    with redirect_stdout(io.StringIO()) as printed:
        exec(program[1], names)
        url = printed.getvalue().strip()
        tile = httpx2.get(url.format(z=14, x=3325, y=6185), timeout=60)
        assert (tile.status_code, tile.headers["content-type"]) == (200, "image/png")
        ends = time.monotonic() + 10
        while "served" not in printed.getvalue() and time.monotonic() < ends:
            time.sleep(0.05)
        names["listener"].stop()  # type: ignore[attr-defined]
    assert re.search(r"^DEBUG tile 14/3325/6185: 55 scenes found, 55 used$", printed.getvalue(), re.MULTILINE)
    assert re.search(r"^INFO tile 14/3325/6185 served in \d+ ms$", printed.getvalue(), re.MULTILINE)


def test_every_setting_stands_in_its_table() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", README, re.MULTILINE)
    assert dict(rows) == {name: field.description for name, field in Settings.model_fields.items()}


@pytest.mark.parametrize("path", sorted(set(re.findall(r"^ *\d+ +([a-z_]+/[\w/.]+)", README, re.MULTILINE))))
def test_files_in_the_flow_of_a_tile_exist(path: str) -> None:
    assert (Path(__file__).resolve().parents[1] / path).exists()
