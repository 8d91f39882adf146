"""The documentation's programs run, and print what it says, on the demo's imagery."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import sdk as wf
from sdk.graft.op import OPERATIONS
from tests.pictures import SIDE, demo_server, draw
from tileserver.reference import PICTURES
from tileserver.reference.pictured import PICTURED

DOCS = Path(__file__).resolve().parents[1] / "docs"
SESSIONS = [path for path in sorted(DOCS.glob("*.md")) if "```pycon" in path.read_text()]
OF_HEIGHTS = [name for name, pair in PICTURED.items() if "dem" in pair.before.code]
NOT_TO_BE_SEEN = {  # what makes images, asks them, or changes no pixel
    "wf.Image.load", "wf.ImageCollection.from_id", "wf.ImageCollection.map_window",
    "wf.ImageCollection.map_window_ic", "wf.ImageCollectionGroupby.create", "wf.coords_to_index",
    "wf.index_to_coords", "wf.map_bands_imagery", "wf.nbands", "wf.pick_bands_list", "wf.rename_bands",
    "wf.rename_bands_positionally", "wf.value_at", "wf.with_bandinfo",
    "wf.with_properties", "wf.without_bandinfo", "wf.without_properties",
}  # fmt: skip
JULY, AUGUST = 6, 7  # numbers of dates


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the demo's elevation, and of two months of its series; the default one of `wf`."""
    folder = tmp_path_factory.mktemp("demo")
    with demo_server(folder, (JULY, AUGUST)) as url, pytest.MonkeyPatch.context() as patch:
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


@pytest.mark.parametrize("builtin", OF_HEIGHTS)
def test_pictures_of_the_reference_are_what_is_drawn(builtin: str, server: str) -> None:
    with wf.Client(server) as client:
        drawn = np.asarray(draw(builtin, client).convert("RGB"), float)
    kept = np.asarray(Image.open(PICTURES / f"{builtin}.webp").convert("RGB"), float)
    assert kept.shape == (SIDE, drawn.shape[1], 3)
    assert np.abs(drawn - kept).mean() < 12  # of 255: WebP loses some


def test_each_operation_on_pixels_has_its_picture() -> None:
    assert {path.stem for path in PICTURES.iterdir()} == PICTURED.keys()
    imagery = {name for name, row in OPERATIONS.items() if row.owner in ("Imagery", "Image", "ImageCollection")}
    assert imagery - PICTURED.keys() == NOT_TO_BE_SEEN
