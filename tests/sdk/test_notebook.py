"""Imagery on the maps of notebooks: layers whose tiles follow what is changed about them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import ipyleaflet
import ipywidgets
import jupyter_loopback
import numpy as np
import pytest
from PIL import Image

import sdk as wf
from sdk.notebook import reach

pytestmark = [
    pytest.mark.usefixtures("default"),
    pytest.mark.filterwarnings("ignore:.*zmq.*:RuntimeWarning"),
]


@pytest.fixture
def shown_on() -> Iterator[Any]:
    shown_on = wf.Map()
    yield shown_on
    for layer in shown_on.layers:
        layer.close()


def query(layer: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(layer.url).query)


RED = wf.Image.from_id("field:a").pick_bands("red")
COLLECTION = wf.ImageCollection.from_id("field").pick_bands("red")


def test_an_image_is_shown_on_a_map(shown_on: Any) -> None:
    layer: Any = RED.visualize("Red", scales=[(0, 23)], colormap="viridis", map=shown_on)
    assert isinstance(layer, ipyleaflet.TileLayer)
    assert shown_on.find_layer("Red") is layer
    said = query(layer)
    assert said["colormap"] == ["viridis"]
    assert said["scales"] == ["[[0.0,23.0]]"]
    assert said["checkerboard"] == ["true"]
    assert said["session_id"] == [layer.session_id]
    assert not layer.xyz_obj.public
    assert layer.xyz_obj.id in {xyz.id for xyz in wf.XYZ.list(public=False)}
    x, y, z = 8874, 5892, 14  # where the file lies
    tile = httpx2.get(layer.url.format(z=z, x=x, y=y))
    assert tile.status_code == 200
    assert np.asarray(Image.open(io.BytesIO(tile.content))).shape[:2] == (256, 256)


def test_showing_a_name_again_changes_the_layer_in_its_place(shown_on: Any) -> None:
    layer: Any = RED.visualize("Red", colormap="viridis", map=shown_on)
    xyz, count = layer.xyz_obj.id, len(shown_on.layers)
    again: Any = (RED + 1).visualize("Red", map=shown_on)
    assert again is layer
    assert len(shown_on.layers) == count
    assert layer.xyz_obj.id != xyz
    assert layer.xyz_obj.id in layer.url
    assert "colormap" not in query(layer)
    assert query(layer)["scales"] == ["auto"]


def test_tiles_follow_what_is_changed() -> None:
    layer: Any = COLLECTION.tile_layer("Mosaic")
    assert query(layer)["reduction"] == ["mosaic"]
    layer.colormap = "magma"
    layer.reduction = "max"
    layer.set_scales((0, 10))
    assert query(layer)["colormap"] == ["magma"]
    assert query(layer)["reduction"] == ["max"]
    assert query(layer)["scales"] == ["[[0.0,10.0]]"]
    assert layer.get_scales() == [[0, 10]]
    seen: list[str] = []
    layer.observe(lambda change: seen.append(change["new"]), "url")
    with layer.hold_url_updates():
        layer.checkerboard = False
        layer.r_max = 20
    assert len(seen) == 1
    layer.imagery = COLLECTION.max(axis="images")
    assert len(seen) == 2
    layer.close()


def test_parameters_are_traits_and_widgets() -> None:
    threshold: Any = wf.widgets.slider("threshold", min=0, max=20, default=5)
    inverse = wf.widgets.checkbox("inverse", default=False)
    since = wf.widgets.date("since", default=date(2020, 1, 1))
    band: Any = wf.widgets.select("of", ["red", "nir"])
    image = wf.Image.from_id("field:a").pick_bands(band)
    image = image.mask((image > threshold) | inverse) + since.month
    layer: Any = image.tile_layer("High", threshold=7)
    assert query(layer)["threshold"] == ["7"]
    layer.parameters.threshold = 9
    assert query(layer)["threshold"] == ["9"]
    widgets = {each.description: each for each in layer.parameters.widget.children}
    assert isinstance(widgets["threshold"], ipywidgets.IntSlider)
    assert isinstance(widgets["inverse"], ipywidgets.Checkbox)
    assert isinstance(widgets["of"], ipywidgets.Dropdown)
    assert (widgets["threshold"].min, widgets["threshold"].max, widgets["threshold"].value) == (0, 20, 9)
    widgets["threshold"].value = 11
    widgets["inverse"].value = True
    widgets["since"].value = date(2020, 3, 1)
    said = query(layer)
    assert (said["threshold"], said["inverse"], said["of"]) == (["11"], ["true"], ['"red"'])
    assert httpx2.get(layer.url.format(z=0, x=0, y=0)).status_code == 200
    layer.close()


def test_what_is_missing_or_unknown_is_named() -> None:
    with pytest.raises(TypeError, match="missing the argument 'n'"):
        (RED + wf.parameter("n", wf.Int)).tile_layer("Sum")
    with pytest.raises(TypeError, match="no argument 'm': it takes n"):
        (RED + wf.parameter("n", wf.Int)).tile_layer("Sum", n=1, m=2)
    with pytest.raises(TypeError, match="an Image or an ImageCollection"):
        wf.WorkflowsLayer(wf.Int(1))  # type: ignore[arg-type]


def test_layers_are_moved_and_removed(shown_on: Any) -> None:
    first, second = (RED.visualize(name, map=shown_on) for name in ("first", "second"))
    base = shown_on.layers[0]
    assert shown_on.layers == (base, first, second)
    shown_on.move_layer_down(second)
    assert shown_on.layers == (base, second, first)
    shown_on.move_layer_up(second)
    shown_on.move_layer(second, 1)
    assert shown_on.layers == (base, second, first)
    shown_on.remove_layer("second")
    with pytest.raises(ValueError, match=r"no layer 'third': there are .*'first'"):
        shown_on.remove_layer("third")
    shown_on.clear_layers()
    assert shown_on.layers == (base,)


def test_a_map_is_a_grid(shown_on: Any) -> None:
    with pytest.raises(RuntimeError, match="not shown yet"):
        shown_on.geocontext()
    for edge, value in {"west": 9.0, "south": 47.0, "east": 10.0, "north": 48.0}.items():
        shown_on.set_trait(edge, value)
    for edge, value in {"left": 0.0, "top": 10.0, "right": 640.0, "bottom": 490.0}.items():
        shown_on.set_trait(edge, value)
    assert shown_on.map_dimensions() == (640, 480)
    assert wf.inspect(shown_on.geocontext().arr_shape) == (480, 640)
    assert wf.inspect(shown_on.geocontext(resolution=0.1, crs="EPSG:4326").arr_shape) == (10, 10)


def test_the_log_goes_to_an_output(shown_on: Any) -> None:
    layer: Any = RED.visualize("Red", map=shown_on)
    httpx2.get(layer.url.format(z=0, x=0, y=0))
    for record in layer.xyz_obj.iter_tile_logs(layer.session_id):
        if "served in" in record.message:
            break
    layer.forget_logs()
    layer._show(record)
    assert "served in" in shown_on.logs.outputs[-1]["text"]
    layer.clear_logs()
    assert shown_on.logs.outputs == ()


def test_a_loopback_server_is_reached_through_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(reach, "_in_kernel", lambda: True)
    monkeypatch.setattr(jupyter_loopback, "enable_comm_bridge", lambda: None)
    monkeypatch.setattr(jupyter_loopback, "intercept_localhost", asked.append)
    reach._bridge.cache_clear()
    for url in (
        "http://127.0.0.1:8001",
        "http://localhost:8002/x",
        "http://[::1]:8003",
        "https://maps.example.org:443",
    ):
        reach.make_reachable(url)
    reach.make_reachable("http://127.0.0.1:8001")
    assert asked == [8001, 8002, 8003]
