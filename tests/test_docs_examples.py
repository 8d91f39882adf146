"""The documentation's programs run, and print what it says, on the demo's imagery."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import sdk as wf
from tests.server_fixture import running_server
from tileserver.demo.data import write_elevation
from tileserver.demo.landscape import invent
from tileserver.demo.series import SERIES, write_date
from tileserver.demo.stac import collect
from tileserver.demo.terrain import read_terrain

DOCS = Path(__file__).resolve().parents[1] / "docs"
SESSIONS = [path for path in sorted(DOCS.glob("*.md")) if "```pycon" in path.read_text()]
JULY, AUGUST = 6, 7  # numbers of dates


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the demo's elevation, and of two months of its series; the default one of `wf`."""
    folder = tmp_path_factory.mktemp("demo")
    write_elevation(folder / "elevation")
    landscape = invent(read_terrain())
    (folder / "series").mkdir()
    items = [item for number in (JULY, AUGUST) for item in write_date(folder / "series", landscape, number)]
    collect(folder / "series", SERIES, "Some of the series", "", "CC0-1.0", items)
    add = [folder / name / "collection.json" for name in ("elevation", "series")]
    with running_server(folder / "data", add=add) as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRAFTILE_URL", url)
        yield url


@pytest.mark.parametrize("page", SESSIONS, ids=lambda path: path.stem)
def test_sessions_print_what_the_page_says(page: Path, server: str) -> None:
    sessions = "\n".join(re.findall(r"```pycon\n(.*?)```", page.read_text(), re.DOTALL))
    names = {"wf": wf, "np": np}
    said: list[str] = []
    found = doctest.DocTestParser().get_doctest(sessions, names, page.name, str(page), 0)
    doctest.DocTestRunner(verbose=False).run(found, out=said.append)
    assert not said, "".join(said)
