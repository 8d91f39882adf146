"""What is drawn of a layer when a request does not choose: its bands, and scales taken from all of it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
import rasterio
from PIL import Image

import sdk as wf
from graft_eval.plane import Constant
from graft_eval.values.image import Image as EvaluatedImage
from tests.server_fixture import running_server
from tests.tileserver.conftest import Served, X, Y, Z
from tileserver.drawing.drawable import leading_bands

GEOSTATIONARY = "+proj=geos +h=35785831 +lon_0=0 +sweep=y +datum=WGS84 +units=m"
DISC = 5_568_000.0  # metres from its middle to the edge of the view


def image(names: Sequence[str], common: Sequence[str | None] = ()) -> EvaluatedImage:
    info = {name: {"common_name": alias} for name, alias in zip(names, common or names, strict=True)}
    return EvaluatedImage(tuple(names), tuple(Constant(0.0) for _ in names), {}, info)


@pytest.mark.parametrize(
    ("names", "common", "leading"),
    [
        (["nir", "blue", "green", "red"], [], ["red", "green", "blue"]),
        (["B8", "B2", "B3", "B4"], ["nir", "blue", "green", "red"], ["B4", "B3", "B2"]),
        (["a", "b", "c", "red"], [], ["a", "b", "c"]),
        (["blue", "red"], [], ["blue", "red"]),
        ([], [], []),
    ],
    ids=["by name", "by common name", "no colours", "few", "none"],
)
def test_more_than_three_bands_are_drawn_by_their_colours_or_else_the_first_three(
    names: list[str], common: list[str | None], leading: list[str]
) -> None:
    assert list(leading_bands(image(names, common))) == leading


def test_a_layer_of_four_bands_is_drawn_alike_by_every_address(served: Served) -> None:
    layer = served.publish(wf.ImageCollection.from_id("field").pick_bands("nir blue green red"))
    expected = served.tile(layer, "band=red&band=green&band=blue&scales=auto").content
    default = served.tile(layer, "scales=auto").content
    assert default == expected
    legend = served.get(f"/xyz/{layer}/legend.json").json()
    assert [band["name"] for band in legend["bands"]] == ["red", "green", "blue"]
    wmts = "SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&STYLE=default&FORMAT=image/png&TILEMATRIXSET=EPSG:3857"
    place = f"LAYER={layer}&TILEMATRIX={Z}&TILEROW={Y}&TILECOL={X}"
    assert served.get(f"/wmts/xyz/{layer}?{wmts}&{place}").content == default
    assert served.get(f"/ogc/xyz/{layer}/collections/{layer}/map/tiles/WebMercatorQuad/{Z}/{Y}/{X}").content == default


def test_the_session_is_told_which_of_more_bands_are_shown(served: Served) -> None:
    layer = served.publish(wf.ImageCollection.from_id("field"))
    served.tile(layer, "session_id=many")
    with served.http.stream("GET", f"/xyz/{layer}/logs?session_id=many&level=INFO") as answer:
        first = next(line for line in answer.iter_lines() if line.startswith("data:"))
    assert f"tile {Z}/{X}/{Y} shows the bands red, green, blue of 4: band= chooses others" in first


@pytest.fixture(scope="module")
def disc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of a satellite's view of the whole disc, whose corners look past the earth."""
    folder, data_dir = tmp_path_factory.mktemp("discs") / "disc", tmp_path_factory.mktemp("data")
    folder.mkdir()
    side = 64
    transform = rasterio.Affine(2 * DISC / side, 0, -DISC, 0, -2 * DISC / side, DISC)
    profile = {"crs": GEOSTATIONARY, "transform": transform, "width": side, "height": side, "count": 1}
    values = np.linspace(200, 300, side * side, dtype="float32").reshape(1, side, side)
    with rasterio.open(folder / "a_2024-01-01.tif", "w", driver="GTiff", dtype="float32", **profile) as dataset:
        dataset.write(values)
    with running_server(data_dir, add=[folder]) as url, Served(url, folder, data_dir, {}) as found:
        yield found


def test_a_view_of_the_whole_disc_has_automatic_scales(disc: Served) -> None:
    layer = disc.publish(wf.ImageCollection.from_id("disc"))
    legend = disc.get(f"/xyz/{layer}/legend.json?scales=auto").json()
    low, high = legend["bands"][0]["scale"]
    assert 200 < low < 210
    assert 290 < high < 300
    answer = disc.get(f"/xyz/{layer}/1/0/0.png?scales=auto")
    assert answer.status_code == 200, answer.text
    picture = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))
    assert (picture[..., 3] > 0).mean() > 0.05
