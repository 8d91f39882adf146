"""Adding: seconds that the catalog takes for many Items, each with a file of its own, and for many plain files."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np
import rasterio

from benchmarks.report import machine, table
from tileserver.catalog import Catalog
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database

__all__ = ["adding"]

FOLDERS = 50
HEADS = ("what", "added, s", "unchanged, s")
OUTLINE = {"type": "Polygon", "coordinates": [[[12, 52], [13, 52], [13, 53], [12, 53], [12, 52]]]}


@click.command()
@click.option("--items", default=10_000, help="Items, each with a file of its own.")
@click.option("--files", default=2_000, help="Plain files.")
def adding(items: int, files: int) -> None:
    """Seconds to add Items and files, and to add them again unchanged."""
    rows = []
    for what, count in (("Items", items), ("files", files)):
        with TemporaryDirectory() as name:
            folder = Path(name)
            _write(folder / "imagery", count, with_items=what == "Items")
            rows.append((f"{count:,} {what}", *_measure(folder, count)))
    click.echo(table(HEADS, rows))
    click.echo(machine())


def _measure(folder: Path, count: int) -> tuple[str, str]:
    settings = Settings(data_dir=folder / "data")
    engine = open_database(settings.database)
    create_schema(engine)
    catalog, seconds = Catalog(engine, settings), []
    for _ in range(2):
        start = time.perf_counter()
        report = catalog.add([str(folder / "imagery")])
        seconds.append(f"{time.perf_counter() - start:.1f}")
    if (len(report.unchanged), report.failed) != (count, []):
        raise click.ClickException(f"{len(report.unchanged)} of {count} were unchanged; failed: {report.failed[:3]}")
    engine.dispose()
    return seconds[0], seconds[1]


def _write(folder: Path, count: int, *, with_items: bool) -> None:
    first = folder / "0" / "f0_20200518.tif"
    for number in range(FOLDERS):
        (folder / str(number)).mkdir(parents=True)
    grid = rasterio.Affine(10, 0, 330_000, 0, -10, 5_822_040)
    profile = {"width": 8, "height": 6, "count": 1, "dtype": "uint8", "crs": "EPSG:32633", "transform": grid}
    with rasterio.open(first, "w", driver="GTiff", **profile) as dataset:
        dataset.write(np.arange(48, dtype="uint8").reshape(1, 6, 8))
    for number in range(count):
        path = folder / str(number % FOLDERS) / f"f{number}_20200518.tif"
        if number:
            shutil.copy(first, path)
        if with_items:
            band = {"name": "red", "common_name": "red"}
            asset = {"href": path.name, "type": "image/tiff", "roles": ["data"], "eo:bands": [band]}
            document = {
                "type": "Feature", "stac_version": "1.0.0", "id": f"i{number}", "collection": "p", "links": [],
                "geometry": OUTLINE, "bbox": [12, 52, 13, 53], "assets": {"x": asset},
                "properties": {"datetime": "2020-05-18T13:28:00Z"},
            }  # fmt: skip
            path.with_name(f"i{number}.json").write_text(json.dumps(document))
