"""Draws the pictures of the language's reference from the demo's imagery: `make pictures`."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx2
from PIL import Image

import sdk as wf
from tests.server_fixture import running_server
from tileserver.demo.data import write_elevation
from tileserver.demo.landscape import invent
from tileserver.demo.series import SERIES, write_date
from tileserver.demo.stac import collect
from tileserver.demo.terrain import read_terrain
from tileserver.reference import PICTURES
from tileserver.reference.pictured import PICTURED, SETTING, Shown

__all__ = ["demo_server", "draw"]

DATES: Final = (1, 6, 10, 18, 19, 22)  # months from January 2023
SIDE: Final = 144
GAP: Final = 6
TILE: Final = (12, 1089, 1600)


@contextmanager
def demo_server(
    folder: Path, dates: tuple[int, ...] = DATES, add: Sequence[Path] = (), **settings: Any
) -> Iterator[str]:
    """Serve the demo's elevation, some dates of its series, and what is added besides."""
    write_elevation(folder / "elevation")
    (folder / "series").mkdir()
    landscape = invent(read_terrain())
    items = [item for number in dates for item in write_date(folder / "series", landscape, number)]
    collect(folder / "series", SERIES, "Some of the series", "", "CC0-1.0", items)
    collections = [folder / name / "collection.json" for name in ("elevation", "series")]
    with running_server(folder / "data", add=[*collections, *add], **settings) as url:
        yield url


def draw(builtin: str, client: wf.Client) -> Image.Image:
    """Return the picture of an operation: before it at the left, after it at the right."""
    pair = PICTURED[builtin]
    picture = Image.new("RGBA", (2 * SIDE + GAP, SIDE))
    picture.paste(_tile(pair.before, client), (0, 0))
    picture.paste(_tile(pair.after, client), (SIDE + GAP, 0))
    return picture


def _tile(shown: Shown, client: wf.Client) -> Image.Image:
    names: dict[str, Any] = {"wf": wf}
    exec(SETTING, names)
    layer = wf.XYZ(eval(shown.code, names), public=False, client=client)
    query = {key: value if isinstance(value, str) else json.dumps(value) for key, value in shown.query.items()}
    z, x, y = TILE
    address = layer.url().partition("?")[0].format(z=z, x=x, y=y)
    answer = httpx2.get(address, params={**query, "checkerboard": "true"}, timeout=60)
    if answer.status_code != 200:
        raise RuntimeError(f"{shown.code} cannot be drawn: {answer.text}")
    corner = (256 - SIDE) // 2
    tile: Image.Image = Image.open(io.BytesIO(answer.content)).convert("RGBA")
    return tile.crop((corner, corner, corner + SIDE, corner + SIDE))


def main() -> None:
    """Write all pictures anew."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demo_server(Path(folder)) as url, wf.Client(url) as client:
        for builtin in PICTURED:
            draw(builtin, client).save(PICTURES / f"{builtin}.webp", quality=60, method=6)


if __name__ == "__main__":
    main()
