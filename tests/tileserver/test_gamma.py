"""Gammas: pictures, legends and styles of WMTS against NumPy, as keys of a query and as fields of VizOptions."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import sdk as wf
from graft_eval.scope import Raster
from tests.tileserver.conftest import Served, X, Y, Z
from tests.tileserver.wmts_client import rgba
from tileserver.drawing.render import scale_to_bytes

OPTION = {"id": "bright", "bands": ["nir"], "scales": [[0, 1]], "gamma": 2.2}


def bent(values: NDArray[np.float64], gamma: float, low: float = 0, high: float = 1) -> NDArray[np.float64]:
    return np.floor(255 * np.clip((values - low) / (high - low), 0, 1) ** (1 / gamma) + 0.5)


@pytest.mark.parametrize("gamma", [0.01, 0.5, 1, 2.2, 100])
def test_scaled_values_are_raised_to_the_inverse(gamma: float) -> None:
    values = np.array([-np.inf, -1, 0, 1e-300, 1e-6, 0.001, 0.25, 0.5, 0.99, 1, 7, np.nan, 0.5]).reshape(1, 1, -1)
    mask = np.zeros(values.shape, bool)
    mask[..., -1] = True
    levels, missing = scale_to_bytes(Raster(values, mask), [(0.0, 1.0)], gamma)
    shown = ~missing[0]
    np.testing.assert_array_equal(missing[0], ~np.isfinite(values[0, 0]) | mask[0, 0])
    np.testing.assert_array_equal(levels[0, 0, shown], bent(values[0, 0, shown], gamma))
    flat, _ = scale_to_bytes(Raster(values[..., 5:11], mask[..., 5:11]), [(0.5, 0.5)], gamma)
    assert flat[0, 0].tolist() == [0, 0, 0, 255, 255, 255]


@pytest.fixture(scope="module")
def layer(served: Served) -> str:
    return served.publish(wf.ImageCollection.from_id("field").pick_bands("nir"), viz_options=[OPTION])


def test_tiles_and_previews_are_bent(served: Served, layer: str) -> None:
    early, late = served.pixels.values()
    values = np.ma.where(late.mask, early, late)[3, :256, :256]
    straight = served.tile(layer, "scales=[[0,1]]")
    for query in ("scales=[[0,1]]&gamma=2.2", "viz=bright", "viz=~c2NhbGVzPSU1QiU1QjAlMkMxJTVEJTVEJmdhbW1hPTIuMg"):
        answer = served.tile(layer, query)
        picture = rgba(answer)
        np.testing.assert_array_equal(picture[..., 0][~values.mask], bent(values.compressed(), 2.2))
        assert answer.headers["ETag"] != straight.headers["ETag"]
    np.testing.assert_array_equal(rgba(served.tile(layer, "viz=bright&gamma=1")), rgba(straight))
    one, other = (
        rgba(served.get(f"/xyz/{layer}/preview.png?width=64&scales=[[0,1]]{more}")) for more in ("", "&gamma=3")
    )
    shown = one[..., 3] > 0
    steps = one[..., 0][shown] / 255
    assert np.abs(other[..., 0][shown] - 255 * steps ** (1 / 3)).max() <= 255 * (0.5 / 255) ** (1 / 3)


def test_colours_of_a_legend_are_bent_and_its_scale_is_not(served: Served, layer: str) -> None:
    found = served.get(f"/xyz/{layer}/legend.json?viz=bright").json()
    greys = [int(colour[1:3], 16) for colour in found["colors"]]
    assert greys == bent(np.linspace(0, 1, 256), 2.2).tolist()
    assert found["bands"] == [{"name": "nir", "scale": [0.0, 1.0]}]


def test_styles_of_wmts_and_documents_carry_it(served: Served, layer: str) -> None:
    query = f"layer={layer}&style=bright&tilematrixset=WebMercatorQuad&tilematrix={Z}&tilerow={Y}&tilecol={X}"
    tile = served.get(f"/wmts/xyz/{layer}?service=WMTS&version=1.0.0&request=GetTile&format=image/png&{query}")
    np.testing.assert_array_equal(rgba(tile), rgba(served.tile(layer, "viz=bright")))
    [template] = served.get(f"/xyz/{layer}/tilejson.json?scales=[[0,1]]&gamma=2.2").json()["tiles"]
    assert template.endswith("?scales=[[0,1]]&gamma=2.2")


@pytest.mark.parametrize("gamma", ["", "0", "-1", "nan", "inf", "1e9", "two", "[1,2]"])
def test_other_gammas_are_refused(served: Served, layer: str, gamma: str) -> None:
    answer = served.tile(layer, f"gamma={gamma}")
    assert (answer.status_code, answer.json()["key"]) == (400, "gamma")
    assert "gamma must be a number from 0.01 to 100, not" in answer.json()["message"]


def test_a_parameter_of_the_name_is_an_argument(served: Served) -> None:
    gamma = wf.parameter("gamma", wf.Float)
    layer = served.publish(wf.ImageCollection.from_id("field").pick_bands("nir").mosaic() * gamma)
    one, two = (rgba(served.tile(layer, f"scales=[[0,{top}]]&gamma={top}")) for top in (1, 1000))
    assert np.abs(one.astype(int) - two).max() <= 1


def test_the_client_puts_it_into_addresses(served: Served) -> None:
    client, nir = wf.Client(served.url), wf.ImageCollection.from_id("field").pick_bands("nir")
    xyz = wf.XYZ(nir, client=client)
    assert xyz.url(gamma=2).endswith("?gamma=2.0")
    picture = rgba(served.get(xyz.url(scales=(0, 1), gamma=2.2).format(z=Z, x=X, y=Y)))
    np.testing.assert_array_equal(picture, rgba(served.tile(xyz.id, "scales=[[0,1]]&gamma=2.2")))
    with pytest.raises(ValueError, match="gamma must be from"):
        xyz.url(gamma=-1)
    own = wf.XYZ(nir.mosaic() * wf.parameter("gamma", wf.Float), client=client)
    assert own.url(gamma=-1).endswith("?gamma=-1.0")


def test_a_viz_option_has_the_field_only_where_it_says_something() -> None:
    option = wf.VizOption("bright", "nir", gamma=2)
    assert option.to_json()["gamma"] == option.gamma == 2.0
    assert wf.VizOption.from_json(option.to_json()) == option != wf.VizOption("bright", "nir")
    assert repr(option).endswith("gamma=2.0\n)")
    assert "gamma" not in wf.VizOption("plain", "nir").to_json()
    with pytest.raises(ValueError, match=r"gamma must be from 0\.01 to 100, not 0"):
        wf.VizOption("none", "nir", gamma=0)
    with pytest.raises(TypeError, match="gamma must be a number, not True"):
        wf.VizOption("none", "nir", gamma=True)
