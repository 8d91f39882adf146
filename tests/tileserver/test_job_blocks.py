"""Images of jobs are computed in blocks, whose pixels are those of the whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

import sdk as wf
from sdk.contract import arrow
from tests.tileserver.conftest import Served
from tests.tileserver.test_jobs import body, geoctx, start, wait

WIDE = (200, 4500)  # three blocks, or five of two bands


def wide() -> dict[str, Any]:
    """The grid of the field's first 200 rows, each pixel 4500 / 512 times."""
    whole = geoctx()
    left, _, right, top = whole["bounds"]
    size = (right - left) / 512
    return {**whole, "bounds": [left, top - 200 * size, right, top], "shape": list(WIDE)}


def saved(served: Served, folder: Path, image: wf.Image, **fields: Any) -> tuple[dict[str, Any], np.ma.MaskedArray]:
    """Compute an image as a GeoTIFF, and return the job and the file's pixels."""
    job = wait(served, start(served, body(image, format="geotiff", geoctx=wide(), cache=False, **fields)))
    assert job["stage"] == "SUCCEEDED", job
    path = folder / "result.tif"
    path.write_bytes(served.get(f"/api/jobs/{job['id']}/result").content)
    with rasterio.open(path) as dataset:
        assert (dataset.count, dataset.shape, dataset.crs) == (len(dataset.indexes), WIDE, "EPSG:3857")
        return job, np.ma.masked_invalid(dataset.read())


def inspected(served: Served, image: wf.Image) -> np.ma.MaskedArray:
    answer = served.http.post(
        "/api/inspect", json=body(image, geoctx=wide()), headers={"Accept": "application/vnd.pyarrow"}
    )
    assert answer.status_code == 200, answer.text
    return arrow.read(answer.content).ndarray


def test_blocks_have_the_pixels_of_the_files_and_are_gone_when_the_job_is_done(served: Served, tmp_path: Path) -> None:
    job, pixels = saved(served, tmp_path, wf.Image.from_id("field:field_2020-01-01").pick_bands("red nir"))
    columns = ((np.arange(WIDE[1]) + 0.5) * 512 / WIDE[1]).astype(int)
    expected = served.pixels["2020-01-01"][[0, 3], :200][:, :, columns]
    np.testing.assert_array_equal(np.ma.getmaskarray(pixels), np.ma.getmaskarray(expected))
    np.testing.assert_array_equal(pixels.filled(0), expected.filled(0))
    assert job["progress"] == {"waiting": 0, "ready": 0, "running": 0, "finished": 5}
    assert job["read"]["scenes"] == 1
    assert [path.name for path in (served.data_dir / "jobs" / job["id"]).iterdir()] == ["result"]


@pytest.mark.parametrize(
    "image",
    [
        wf.conv2d(wf.ImageCollection.from_id("field").median("images"), wf.Kernel((3, 3), [1.0 / 9] * 9)),
        wf.ImageCollection.from_id("field").mean("images").scale_values(0, 255),
        wf.ImageCollection.from_id("field").pick_bands("red").mosaic() > 0.5,
    ],
    ids=["neighbourhood", "the whole's extremes", "boolean"],
)
def test_blocks_have_no_seams(served: Served, tmp_path: Path, image: wf.Image) -> None:
    _, pixels = saved(served, tmp_path, image)
    expected = inspected(served, image)
    if expected.dtype == bool:
        pixels = np.ma.masked_equal(pixels, 255)
    assert not np.ma.getmaskarray(pixels).all()
    np.testing.assert_array_equal(np.ma.getmaskarray(pixels), np.ma.getmaskarray(expected))
    np.testing.assert_allclose(pixels.filled(0), expected.filled(0), rtol=1e-6)


def test_what_is_no_imagery_cannot_be_a_geotiff(served: Served) -> None:
    job = wait(served, start(served, {"graft": {"a": 1, "returns": "a"}, "format": "geotiff"}))
    assert (job["stage"], job["error"]["code"]) == ("FAILED", "SERIALIZATION")
    assert "Int 1 cannot be saved as geotiff" in job["error"]["message"]


def test_imagery_needs_a_grid(served: Served) -> None:
    image = wf.Image.from_id("field:field_2020-01-01")
    job = wait(served, start(served, body(image, format="geotiff")))
    assert (job["stage"], job["error"]["code"]) == ("FAILED", "INVALID")
    assert job["error"]["message"] == "needs pixels, and so a geocontext: give a geoctx"


def test_more_pixels_than_one_may_save_are_refused_before_they_are_computed(served: Served) -> None:
    image = wf.Image.from_id("field:field_2020-01-01")
    million = {**geoctx(), "shape": [1_000_000, 1_000_000]}
    job = wait(served, start(served, body(image, format="geotiff", geoctx=million)))
    assert (job["stage"], job["error"]["code"]) == ("FAILED", "INVALID")
    assert "4 bands of 1,000,000 x 1,000,000 pixels are 4,000,000,000,000" in job["error"]["message"]
    assert not (served.data_dir / "jobs" / job["id"]).exists()


def test_a_number_is_computed_of_more_pixels_than_an_inspect_takes(served: Served) -> None:
    mean = wf.Image.from_id("field:field_2020-01-01").pick_bands("red nir").mean("pixels")
    place = {**geoctx(), "shape": [8192, 2560]}
    refused = served.http.post("/api/inspect", json=body(mean, geoctx=place))
    assert (refused.status_code, refused.json()["error"]) == (413, "limit_exceeded")
    job = wait(served, start(served, body(mean, geoctx=place, format="json")))
    assert job["stage"] == "SUCCEEDED", job
    expected = served.pixels["2020-01-01"][[0, 3]].astype(np.float64).mean(axis=(1, 2))
    found = served.get(f"/api/jobs/{job['id']}/result").json()
    assert [found["red"], found["nir"]] == pytest.approx(expected.tolist())


@pytest.mark.parametrize("format", ["pyarrow", "msgpack", "json"])
def test_what_is_not_computed_in_blocks_is_refused_with_the_formats_that_are(served: Served, format: str) -> None:
    image = wf.Image.from_id("field:field_2020-01-01")
    large = {**geoctx(), "shape": [8192, 8192]}
    job = wait(served, start(served, body(image.pick_bands("red"), geoctx=large, format=format)))
    assert (job["stage"], job["error"]["code"]) == ("FAILED", "INVALID")
    said = f"{format} is made of all pixels at once: geotiff, zarr and netcdf are computed in blocks"
    assert job["error"]["message"].endswith(said)
