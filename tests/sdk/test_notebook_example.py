"""The example notebook runs from its first cell to its last, on a product of a STAC API."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import matplotlib
import nbformat
import numpy as np
import pytest
import rasterio
from nbclient import NotebookClient
from PIL import Image

import sdk as wf
from tests.server_fixture import running_server
from tests.stac_api import MONTHS, TILE, pixels_of, running_stac_api
from tileserver.catalog import Catalog
from tileserver.settings import Settings
from tileserver.store import create_schema, open_database

NOTEBOOK = Path(__file__).resolve().parents[2] / "docs" / "examples" / "ndvi.ipynb"


class Executed(NamedTuple):
    notebook: Any
    folder: Path
    client: wf.Client

    def output(self, source: str) -> Any:
        """Return the outputs of the cell that has this in it, by media type."""
        (cell,) = [cell for cell in self.notebook.cells if cell.cell_type == "code" and source in cell.source]
        return {type_: data for output in cell.outputs for type_, data in output.get("data", {}).items()}


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executed]:
    folder = tmp_path_factory.mktemp("notebook")
    with running_stac_api(folder / "stac") as api, pytest.MonkeyPatch.context() as patch:
        settings = Settings(data_dir=folder / "data", asset_hosts=(api.host,))
        database = open_database(settings.database)
        create_schema(database)
        assert not Catalog(database, settings).add_api(api.url, api.collection).failed
        database.dispose()
        with running_server(folder / "data", asset_hosts=(api.host,)) as url, wf.Client(url) as client:
            patch.setenv("GRAFTILE_URL", url)
            patch.setenv("IPYTHONDIR", str(folder / "ipython"))
            notebook = nbformat.read(NOTEBOOK, 4)
            resources = {"metadata": {"path": str(folder)}}
            NotebookClient(notebook, timeout=120, resources=resources, store_widget_state=True).execute()
            yield Executed(notebook, folder, client)


def ndvi_of(month: int) -> Any:
    """The NDVI of a month's files, from their numbers."""
    nir, red = (np.ma.masked_equal(pixels_of(month, band), 0) * 0.0001 for band in ("nir", "red"))
    return (nir - red) / (nir + red)


def test_it_is_kept_without_what_it_gave() -> None:
    notebook = nbformat.read(NOTEBOOK, 4)
    assert all(not cell.outputs for cell in notebook.cells if cell.cell_type == "code")


def test_a_collection_is_shown(executed: Executed) -> None:
    html = executed.output("collection = ")["text/html"]
    assert html.startswith("<div")
    assert "&quot;sentinel-2-l2a&quot;" in html
    assert ".map_imagery(lambda image:" in html


def test_the_map_has_a_slider_and_tiles_of_its_month(executed: Executed) -> None:
    assert "application/vnd.jupyter.widget-view+json" in executed.output("map_ = ")
    (widgets,) = executed.notebook.metadata.widgets.values()
    states = [each["state"] for each in widgets["state"].values()]
    (slider,) = [each for each in states if each.get("_model_name") == "IntSliderModel" and each["max"] == 4]
    assert (slider["description"], slider["min"], slider["value"]) == ("month", 1, 1)
    (layer,) = [each for each in states if each.get("name") == "NDVI"]
    zoom, col, row = TILE
    url = layer["url"].format(z=zoom, x=col, y=row)
    for month in MONTHS:
        tile = httpx2.get(url.replace("month=1", f"month={month}"))
        with Image.open(io.BytesIO(tile.content)) as picture:
            drawn = np.asarray(picture.convert("RGBA"))
        want = ndvi_of(month)[:256, :256]
        levels = np.floor(255 * want.clip(0, 1) + 0.5).filled(0).astype(int)
        colours = matplotlib.colormaps["RdYlGn"](levels, bytes=True)
        valid = ~np.ma.getmaskarray(want)
        np.testing.assert_array_equal(drawn[valid], colours[valid])


def test_layers_of_notebooks_are_private_and_listed(executed: Executed) -> None:
    assert "NDVI" in {xyz.name for xyz in wf.XYZ.list(public=False, client=executed.client)}
    assert "NDVI" not in {xyz.name for xyz in wf.XYZ.list(public=True, client=executed.client)}


def test_there_is_a_chart(executed: Executed) -> None:
    assert "image/png" in executed.output("plt.plot")


def test_a_version_is_published(executed: Executed) -> None:
    workflow = wf.Workflow.get("you@example.org:ndvi", executed.client)
    assert workflow.version_names == ("1.0.0",)
    html = executed.output("wf.publish")["text/html"]
    assert "month=1" in html
    assert "<img alt='thumbnail'" in html


def test_the_geotiff_has_the_greatest_of_the_files_values(executed: Executed) -> None:
    with rasterio.open(executed.folder / "greenest.tif") as dataset:
        assert dataset.descriptions == ("ndvi",)
        found, grid = dataset.read(1, masked=True), dataset.transform
    with rasterio.open(next((executed.folder / "stac" / "files").glob("*_red.tif"))) as dataset:
        source = dataset.transform
    rows = (grid.f + grid.e * (np.arange(found.shape[0]) + 0.5) - source.f) // source.e
    cols = (grid.c + grid.a * (np.arange(found.shape[1]) + 0.5) - source.c) // source.a
    want = np.ma.stack([ndvi_of(month) for month in MONTHS]).max(axis=0)[np.ix_(rows.astype(int), cols.astype(int))]
    np.testing.assert_array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(want))
    np.testing.assert_allclose(found.compressed(), want.compressed(), rtol=1e-6)
    assert re.search(r"<th[^>]*>bands</th><td[^>]*>ndvi", executed.output("result = ")["text/html"])


def test_dates_of_the_chart_are_those_of_the_items(executed: Executed) -> None:
    dates = wf.ImageCollection.from_id("sentinel-2-l2a").properties.map(lambda each: each["date"])
    place = wf.GeoContext.from_xyz_tile(TILE[1], TILE[2], TILE[0])
    found: list[datetime] = wf.inspect(dates, place, client=executed.client)
    assert [date.month for date in found] == list(MONTHS)
