"""Points and statistics, against rasterio and NumPy on the files themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import rasterio
from pyproj import Transformer

import sdk as wf
from graft_eval.scene import Asset
from tests.server_fixture import running_server
from tests.tileserver.conftest import BANDS, PIXEL, WORLD, Served, X, Y
from tests.tileserver.rasters import write_tif
from tileserver.drawing.native import area_grid, pixel_at
from tileserver.drawing.values import MAX_SAMPLES, describe
from wmts import LonLatBox

LONLAT = Transformer.from_crs("EPSG:3857", "OGC:CRS84", always_xy=True)
LEFT, TOP = X * 256 * PIXEL - WORLD, WORLD - Y * 256 * PIXEL


def place(row: float, col: float) -> tuple[float, float]:
    """Return longitude and latitude of a place in the rasters, in pixels from their upper left corner."""
    lon, lat = LONLAT.transform(LEFT + col * PIXEL, TOP - row * PIXEL)
    return float(lon), float(lat)


@pytest.fixture(scope="module")
def field(served: Served) -> str:
    """A layer of all bands of both scenes."""
    return served.publish(wf.ImageCollection.from_id("field"))


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of files in degrees, on both sides of the antimeridian, in two zones, of the largest numbers."""
    folder = tmp_path_factory.mktemp("imagery")
    degrees = rasterio.Affine(0.25, 0, 10, 0, -0.25, 50)
    write_tif(folder / "degrees" / "a.tif", bands=2, dtype="int16", crs="EPSG:4326", transform=degrees, nodata=5)
    for name, west in (("east", 179.2), ("west", -180.0)):
        at = rasterio.Affine(0.1, 0, west, 0, -0.1, -17)
        write_tif(folder / "fiji" / f"{name}.tif", transform=at, crs="EPSG:4326")
    for zone, left in ((32, 700_000), (33, 300_000)):
        at = rasterio.Affine(100, 0, left, 0, -100, 5_800_000)
        write_tif(folder / "zones" / f"z{zone}.tif", transform=at, crs=f"EPSG:326{zone}")
    largest = np.where(np.arange(48).reshape(1, 6, 8) % 2, 1.7e308, -1.7e308)
    write_tif(folder / "large" / "a.tif", dtype="float64", data=largest, crs="EPSG:4326", transform=degrees)
    products = [path for path in folder.iterdir() if path.is_dir()]
    with running_server(folder / "data", add=products) as url, Served(url, folder, folder / "data", {}) as served:
        yield served


@pytest.mark.parametrize(("row", "col"), [(3, 7), (0, 0), (511, 511), (200, 300), (13, 490)])
def test_a_point_has_the_value_of_the_pixel_around_it(served: Served, field: str, row: int, col: int) -> None:
    lon, lat = place(row + 0.3, col + 0.8)
    found = served.get(f"/xyz/{field}/point?lon={lon!r}&lat={lat!r}").json()
    dates = {
        date: [None if value is np.ma.masked else float(value) for value in pixels[:, row, col]]
        for date, pixels in served.pixels.items()
    }
    assert (found["lon"], found["lat"]) == (lon, lat)
    assert [image["date"] for image in found["images"]] == ["2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z"]
    assert [image["id"] for image in found["images"]] == ["field:field_2020-01-01", "field:field_2020-02-01"]
    for image, values in zip(found["images"], dates.values(), strict=True):
        assert image["values"] == dict(zip(BANDS, values, strict=True))
    early, late_values = dates.values()
    on_top = [one if two is None else two for one, two in zip(early, late_values, strict=True)]
    assert found["values"] == dict(zip(BANDS, on_top, strict=True))


def test_a_point_of_an_image_lists_no_images_and_bands_can_be_chosen(served: Served, field: str) -> None:
    layer = served.publish(wf.ImageCollection.from_id("field").mean(axis="images"))
    lon, lat = place(20.5, 30.5)
    found = served.get(f"/xyz/{layer}/point?lon={lon!r}&lat={lat!r}&band=nir").json()
    assert found.keys() == {"lon", "lat", "values"}
    expected = np.ma.stack([pixels[3, 20, 30] for pixels in served.pixels.values()]).mean()
    assert found["values"]["nir"] == pytest.approx(float(expected))
    reduced = served.get(f"/xyz/{field}/point?lon={lon!r}&lat={lat!r}&band=nir&reduction=max").json()
    assert reduced["values"] == {"nir": max(float(pixels[3, 20, 30]) for pixels in served.pixels.values())}


def test_a_point_beyond_the_data_has_no_values(served: Served, field: str) -> None:
    found = served.get(f"/xyz/{field}/point?lon=0&lat=-60").json()
    assert found == {"lon": 0.0, "lat": -60.0, "values": {}, "images": []}


def test_points_of_files_in_degrees_and_of_several_zones_are_those_of_rasterio(others: Served) -> None:
    degrees = others.publish(wf.ImageCollection.from_id("degrees").mosaic())
    with rasterio.open(others.folder / "degrees" / "a.tif") as dataset:
        for lon, lat in ((10.01, 49.99), (11.2, 49.3), (11.99, 48.51)):
            expected = [None if value == 5 else float(value) for value in next(dataset.sample([(lon, lat)]))]
            found = others.get(f"/xyz/{degrees}/point?lon={lon}&lat={lat}").json()
            assert list(found["values"].values()) == expected
    zones = others.publish(wf.ImageCollection.from_id("zones").mosaic())
    for zone in (32, 33):
        with rasterio.open(others.folder / "zones" / f"z{zone}.tif") as dataset:
            x, y = dataset.xy(2, 3)
            lon, lat = Transformer.from_crs(dataset.crs, "OGC:CRS84", always_xy=True).transform(x, y)
            found = others.get(f"/xyz/{zones}/point?lon={lon!r}&lat={lat!r}").json()
            assert list(found["values"].values()) == [float(dataset.read(1)[2, 3])]


def check_statistics(found: dict[str, Any], values: np.ma.MaskedArray[Any, Any]) -> None:
    valid = values.compressed()
    assert (found["count"], found["valid_percent"]) == (valid.size, pytest.approx(100 * valid.size / values.size))
    for name in ("min", "max", "mean", "std", "median"):
        assert found[name] == pytest.approx(float(getattr(np, name)(valid)), rel=1e-12), name
    assert found["percentiles"] == pytest.approx(
        dict(zip(("2", "98"), map(float, np.percentile(valid, [2, 98])), strict=True))
    )
    counts, edges = found["histogram"]
    assert counts == np.histogram(valid, edges)[0].tolist()
    assert sum(counts) == valid.size


def test_statistics_of_a_layer_are_those_of_all_its_pixels(served: Served, field: str) -> None:
    found = served.get(f"/xyz/{field}/statistics").json()["bands"]
    early, late = served.pixels.values()
    merged: np.ma.MaskedArray[Any, Any] = np.ma.where(late.mask, early, late)
    assert list(found) == list(BANDS)
    for band, name in enumerate(BANDS):
        check_statistics(found[name], merged[band])


def test_statistics_of_bounds_are_those_of_the_pixels_within(served: Served, field: str) -> None:
    (west, north), (east, south) = place(100, 40), place(228, 296)
    query = f"bounds={west!r},{south!r},{east!r},{north!r}&band=nir&reduction=min"
    found = served.get(f"/xyz/{field}/statistics?{query}").json()["bands"]
    stack = np.ma.stack([pixels[3, 100:228, 40:296] for pixels in served.pixels.values()])
    assert list(found) == ["nir"]
    check_statistics(found["nir"], stack.min(axis=0))


def test_statistics_follow_the_arguments(served: Served) -> None:
    gain = wf.parameter("gain", wf.Float)
    layer = served.publish(wf.ImageCollection.from_id("field").mosaic().pick_bands("nir") * gain)
    one, three = (served.get(f"/xyz/{layer}/statistics?gain={n}").json()["bands"]["nir"] for n in (1, 3))
    assert three["max"] == pytest.approx(3 * one["max"])


def test_statistics_around_the_antimeridian_are_of_both_sides(others: Served) -> None:
    layer = others.publish(wf.ImageCollection.from_id("fiji").mosaic())
    found = others.get(f"/xyz/{layer}/statistics").json()["bands"]["data"]
    assert (found["min"], found["max"], found["valid_percent"]) == (0, 47, 100)
    bounds = others.get(f"/xyz/{layer}/statistics?bounds=179.9,-17.1,-179.9,-17.0").json()["bands"]["data"]
    assert (bounds["count"], bounds["mean"]) == (2, 3.5)


def test_statistics_of_the_largest_numbers_are_numbers_or_null(others: Served) -> None:
    layer = others.publish(wf.ImageCollection.from_id("large").mosaic())
    found = others.get(f"/xyz/{layer}/statistics").json()["bands"]["data"]
    assert (found["min"], found["max"], found["std"]) == (-1.7e308, 1.7e308, None)
    assert found["histogram"] == [[48], [-1.7e308, 1.7e308]]
    legend = others.get(f"/xyz/{layer}/legend.svg?colormap=gray")
    assert (legend.status_code, "1.7e+308" in legend.text) == (200, True)
    assert others.get(f"/xyz/{layer}/legend.json?colormap=gray").json()["colors"][::255] == ["#000000", "#ffffff"]


def test_of_nothing_there_are_no_statistics(served: Served, field: str) -> None:
    assert served.get(f"/xyz/{field}/statistics?bounds=0,0,1,1").json() == {"bands": {}}
    assert describe(np.empty(0), 9) == {
        **dict.fromkeys(("min", "max", "mean", "std", "median")), "percentiles": {"2": None, "98": None},
        "count": 0, "valid_percent": 0.0, "histogram": [[], []],
    }  # fmt: skip


@pytest.mark.parametrize(
    "values",
    [[1.0, np.nextafter(1.0, 2)], [2.0**60, 2.0**60 + 9984], [2.0**60], [4.0, 4.0], [0.0]],
    ids=["near", "ids of 39 floats", "large", "equal", "one"],
)
def test_a_histogram_counts_all(values: list[float]) -> None:
    counts, edges = describe(np.array(values), 2)["histogram"]
    assert (sum(counts), len(edges)) == (len(values), len(counts) + 1)


def asset(crs: str, pixel: float, shape: tuple[int, int], left: float = 0.0, top: float = 0.0) -> Asset:
    return Asset(f"{crs}{pixel}", crs, (pixel, 0.0, left, 0.0, -pixel, top), shape, (), (256, 256), "")


def test_samples_are_bounded() -> None:
    for shape in ((40_000, 50_000), (1, 9_000_000), (9_000_000, 1)):
        rows, cols = area_grid(None, [asset("EPSG:32633", 10, shape, 300_000, 6_000_000)], MAX_SAMPLES).shape
        assert rows * cols <= MAX_SAMPLES
        assert min(rows, cols) >= 1


def test_grids_are_those_of_the_finest_file() -> None:
    files = [asset("EPSG:32633", 60, (100, 100), 300_000, 6_000_000), asset("EPSG:32633", 10, (30, 30), 303_000, 6e6)]
    assert area_grid(None, files, MAX_SAMPLES).shape == (600, 600)
    lon, lat = Transformer.from_crs("EPSG:32633", "OGC:CRS84", always_xy=True).transform(303_014.0, 5_999_987.0)
    assert pixel_at(lon, lat, files).bounds == (303_010.0, 5_999_980.0, 303_020.0, 5_999_990.0)
    mixed = [*files, asset("EPSG:32632", 10, (10, 10), 700_000, 6_000_000)]
    assert pixel_at(13.0, 52.0, mixed).crs == area_grid(LonLatBox(12, 51, 13, 52), mixed, 100).crs == "OGC:CRS84"


BAD = {
    "point": "lon is missing",
    "point?lon=1": "lat is missing",
    "point?lat=1": "lon is missing",
    "point?lon=181&lat=1": "lon must be a number from -180 to 180, not '181'",
    "point?lon=x&lat=1": "lon must be a number from -180 to 180, not 'x'",
    "point?lon=1_0&lat=1": "lon must be a number from -180 to 180, not '1_0'",
    "point?lon=1&lat=nan": "lat must be a number from -90 to 90, not 'nan'",
    "point?lon=1&lat=2&lat=3": "lat must be given once",
    "point?lon=1&lat=2&bounds=1,2,3,4": "bounds is no key of this query",
    "point?lon=13.4&lat=52.5&band=gree": "band must name bands of the layer: there is no band 'gree'",
    "statistics?bounds=1,2,3": "bounds must be west,south,east,north in degrees",
    "statistics?bounds=1,2,3,x": "bounds must be",
    "statistics?bounds=1,2,3,inf": "bounds must be",
    "statistics?bounds=1,3,2,2": "bounds must be",
    "statistics?bounds=1,2,1,3": "bounds must be",
    "statistics?bounds=-181,2,1,3": "bounds must be",
    "statistics?geometry=[1e999]": "geometry must be a polygon as GeoJSON has it (not JSON: the number 1e999",
    "statistics?lon=1": "lon is no key of this query",
    "statistics?reduction=best": "reduction must be one of mosaic",
}


@pytest.mark.parametrize("path", BAD)
def test_bad_queries_are_told_so(served: Served, field: str, path: str) -> None:
    answer = served.get(f"/xyz/{field}/{path}")
    assert answer.status_code == 400, answer.text
    assert BAD[path] in answer.json()["message"]


def test_values_of_a_public_layer_may_be_kept_and_of_a_private_one_by_its_reader(served: Served, field: str) -> None:
    lon, lat = place(5, 5)
    path = f"/xyz/{field}/point?lon={lon!r}&lat={lat!r}"
    assert served.get(path).headers["Cache-Control"] == "public, max-age=3600"
    private = served.publish(wf.ImageCollection.from_id("field"), public=False)
    assert served.get(f"/xyz/{private}/statistics?band=nir").headers["Cache-Control"] == "private"


def test_errors_are_in_the_log_of_the_session(served: Served) -> None:
    layer = served.publish(wf.Float(1.5))
    assert served.get(f"/xyz/{layer}/point?lon=1&lat=2&session_id=s").status_code == 422
    with served.http.stream("GET", f"/xyz/{layer}/logs?session_id=s") as events:
        lines = (line for line in events.iter_lines() if line.startswith("data:"))
        assert "point failed: a layer must be an Image" in next(lines)
