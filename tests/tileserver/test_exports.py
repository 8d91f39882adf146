"""GeoTIFFs of layers through jobs, read by rasterio, against the files and the pictures' own values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.io import MemoryFile

import sdk as wf
from tests.server_fixture import running_server
from tests.tileserver.conftest import BANDS, PIXEL, SIDE, Served
from tests.tileserver.rasters import write_tif
from tests.tileserver.test_jobs import wait
from tests.tileserver.test_values import place


@pytest.fixture(scope="module")
def field(served: Served) -> str:
    return served.publish(
        wf.ImageCollection.from_id("field"), viz_options=[{"id": "green", "bands": ["green"], "reduction": "max"}]
    )


def export(served: Served, layer: str, query: str = "") -> tuple[NDArray[np.float64], dict[str, Any], tuple[str, ...]]:
    """Return the pixels, the profile and the names of bands of the file that the job saves."""
    made = served.http.post(f"/xyz/{layer}/geotiff?{query}")
    assert made.status_code == 202, made.text
    assert made.headers["Location"] == f"/api/jobs/{made.json()['id']}"
    job = wait(served, made.json())
    assert job["stage"] == "SUCCEEDED", job
    answer = served.get(job["result_url"].removeprefix(served.url))
    assert answer.headers["Content-Type"].startswith("image/tiff")
    with MemoryFile(answer.content) as file, file.open() as dataset:
        return dataset.read(masked=True).filled(np.nan), dict(dataset.profile), dataset.descriptions


def test_the_whole_layer_has_the_files_own_pixels(served: Served, field: str) -> None:
    pixels, profile, bands = export(served, field)
    early, late = served.pixels.values()
    np.testing.assert_array_equal(pixels, np.where(late.mask, early.filled(np.nan), late.filled(np.nan)))
    assert bands == BANDS
    with rasterio.open(next(served.folder.glob("*.tif"))) as dataset:
        assert profile["crs"] == dataset.crs
        assert profile["transform"].almost_equals(dataset.transform, 1e-6)


def test_a_part_of_some_bands_is_reduced_as_the_style_says(served: Served, field: str) -> None:
    (west, north), (east, south) = place(100, 40), place(228, 296)
    box = f"bounds={west!r},{south!r},{east!r},{north!r}"
    early, late = served.pixels.values()
    stack = np.ma.stack([early, late])[:, :, 100:228, 40:296]
    for query, expected in {
        "band=nir&band=red&reduction=mean": stack[:, [3, 0]].mean(axis=0),
        "viz=green": stack[:, [1]].max(axis=0),
    }.items():
        pixels, _, _ = export(served, field, f"{box}&{query}")
        np.testing.assert_allclose(pixels, expected.filled(np.nan), rtol=1e-6)


def test_a_view_has_the_pixels_of_its_canvas(served: Served, field: str) -> None:
    (west, north), (east, south) = place(100, 40), place(228, 296)
    query = f"bounds={west!r},{south!r},{east!r},{north!r}&width=128&height=64&band=nir"
    pixels, profile, _ = export(served, field, query)
    with MemoryFile(served.get(f"/xyz/{field}/preview.tif?{query}").content) as file, file.open() as dataset:
        np.testing.assert_array_equal(pixels, dataset.read().astype(np.float32))
        assert profile["transform"].almost_equals(dataset.transform, 1e-6)
        assert profile["crs"] == dataset.crs == "EPSG:3857"


@pytest.mark.parametrize("shape", ["a parameter", "a function"])
def test_arguments_are_those_of_the_query(served: Served, shape: str) -> None:
    gain = wf.parameter("gain", wf.Float)
    nir = wf.Image.from_id("field:field_2020-01-01").pick_bands("nir")
    function = wf.Function[{"gain": wf.Float}, wf.Image]  # type: ignore[type-arg]
    layer = served.publish(nir * gain if shape == "a parameter" else function(lambda gain: nir * gain))
    pixels, _, _ = export(served, layer, "gain=3&width=8")
    once, _, _ = export(served, layer, "gain=1&width=8")
    np.testing.assert_allclose(pixels, 3 * once, rtol=1e-6)
    missing = served.http.post(f"/xyz/{layer}/geotiff")
    assert (missing.status_code, missing.json()["key"]) == (400, "gain")


def test_a_workflow_is_saved_as_a_layer_is(served: Served) -> None:
    nir = wf.Image.from_id("field:field_2020-01-01").pick_bands("nir")
    client = wf.Client(served.url)
    flow = wf.publish("local@localhost:exported", "1.0.0", nir, client=client)
    made = served.http.post(f"/workflow/{flow.id}/1.0.0/geotiff?width=16")
    assert wait(served, made.json())["stage"] == "SUCCEEDED"


REFUSED: dict[str, tuple[int, str]] = {
    "band=none": (400, "band must name bands of the layer"),
    "bounds=0,0,1,1": (400, "bounds must be where the layer has images"),
    "width=5000": (413, "width must be at most 4096 pixels"),
    "height=x": (400, "height must be a whole number"),
    "resolution=10": (400, "resolution is no key of this query"),
}


@pytest.mark.parametrize("query", REFUSED)
def test_what_cannot_be_saved_is_refused_at_once(served: Served, field: str, query: str) -> None:
    status, message = REFUSED[query]
    answer = served.http.post(f"/xyz/{field}/geotiff?{query}")
    assert (answer.status_code, message in answer.json()["message"]) == (status, True), answer.text
    assert served.http.post(f"/xyz/{'0' * 48}/geotiff").status_code == 404
    number = served.publish(wf.Float(1.5))
    assert served.http.post(f"/xyz/{number}/geotiff").json()["error"] == "no_imagery"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of files on both sides of the antimeridian, whose jobs may save 200 pixels."""
    folder = tmp_path_factory.mktemp("imagery")
    for name, west in (("east", 179.2), ("west", -180.0)):
        write_tif(
            folder / "fiji" / f"{name}.tif", transform=rasterio.Affine(0.1, 0, west, 0, -0.1, -17), crs="EPSG:4326"
        )
    with (
        running_server(folder / "data", add=[folder / "fiji"], job_pixels=200) as url,
        Served(url, folder, folder, {}) as served,
    ):
        yield served


def test_across_the_antimeridian_it_is_one_file_of_both_sides(small: Served) -> None:
    layer = small.publish(wf.ImageCollection.from_id("fiji").mosaic())
    pixels, profile, _ = export(small, layer)
    assert pixels.shape[1:] == (6, 15), "pixels that are squares on the ground are wider in degrees"
    assert (pixels[0, 0, 0], pixels[0, 0, -1], pixels[0, -1, 0]) == (0, 7, 40)
    assert np.isfinite(pixels).all()
    left, right = profile["transform"][2], profile["transform"][2] + 15 * profile["transform"][0]
    assert (profile["crs"], left, right) == ("EPSG:4326", pytest.approx(179.2), pytest.approx(180.8))


def test_more_pixels_than_a_job_may_save_are_refused_with_the_number(small: Served) -> None:
    layer = small.publish(wf.ImageCollection.from_id("fiji").mosaic())
    refused: httpx2.Response = small.http.post(f"/xyz/{layer}/geotiff?width=20&height=11")
    assert (refused.status_code, refused.json()["error"]) == (413, "too_large")
    assert refused.json()["message"].startswith("20 x 11 pixels of 1 bands are 220, more than a job may save, 200")


def test_the_size_of_pixels_is_that_of_the_files(served: Served, field: str) -> None:
    _, profile, _ = export(served, field, "band=red")
    assert (profile["width"], profile["height"], profile["transform"][0]) == (SIDE, SIDE, pytest.approx(PIXEL))
