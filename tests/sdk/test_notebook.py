"""Imagery on the maps of notebooks: layers whose tiles follow what is changed about them."""

from __future__ import annotations

import io
import re
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
from pyproj import Transformer

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


RED: Any = wf.Image.from_id("field:a").pick_bands("red")
COLLECTION: Any = wf.ImageCollection.from_id("field").pick_bands("red")


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


@pytest.fixture
def place() -> tuple[float, float]:
    """Latitude and longitude in the upper left pixel of the product's files."""
    lon, lat = Transformer.from_crs("EPSG:32633", "EPSG:4326", always_xy=True).transform(500005, 4999995)
    return lat, lon


def test_a_click_shows_the_values_of_the_layers_there(shown_on: Any, place: tuple[float, float], field: Any) -> None:
    wf.Image.from_id("field:a").visualize("both <b>", map=shown_on)
    (RED * wf.widgets.slider("n", 1, 9)).visualize("times", map=shown_on, n=3)
    RED.visualize("hidden", map=shown_on).visible = False
    shown_on._handle_leaflet_event(None, click(place), None)
    assert popups(shown_on) == []
    shown_on.inspecting_pixels = True
    shown_on._inspector.inspect(*place)
    (popup,) = popups(shown_on)
    assert popup.location == list(place)
    red, nir = field[:, 0, 0]
    assert f"<tr><th>times</th><td>red {3 * red:g}</td></tr>" in popup.child.value
    assert f"<tr><th>both &lt;b&gt;</th><td>red {red:g}, nir {nir:g}</td></tr>" in popup.child.value
    assert "hidden" not in popup.child.value
    shown_on._inspector.inspect(0.0, 0.0)
    (popup,) = popups(shown_on)
    assert "red missing" in popup.child.value
    shown_on.inspecting_pixels = False
    assert popups(shown_on) == []


def popups(shown_on: Any) -> list[Any]:
    return [layer for layer in shown_on.layers if isinstance(layer, ipyleaflet.Popup)]


def click(place: tuple[float, float]) -> dict[str, Any]:
    return {"event": "interaction", "type": "click", "coordinates": list(place)}


def test_a_layer_s_value_has_its_arguments(geoctx: wf.GeoContext, field: Any) -> None:
    layer: Any = (COLLECTION * wf.widgets.slider("n", 1, 9)).tile_layer("Times", reduction="max", n=2)
    assert isinstance(layer.value, wf.ImageCollection)
    assert isinstance(layer.image_value, wf.Image)
    layer.parameters.n = 3
    assert layer.image_value.max(axis="pixels").inspect(geoctx) == {"red": 3.0 * (field[0].max() + 100)}
    assert RED.tile_layer("Red").value is RED
    layer.close()


def test_ranges_that_a_layer_takes_itself_are_told(shown_on: Any) -> None:
    layer: Any = RED.visualize("Red", map=shown_on)
    assert shown_on.autoscale_outputs.children == (layer.autoscale_progress,)
    layer._ask_for_range(layer.url)
    assert re.fullmatch(r"Red: red [\d.]+ to [\d.]+", layer.autoscale_progress.value)
    layer.set_scales((0, 5))
    assert layer.autoscale_progress.value == ""
    layer._ask_for_range("of before")
    assert layer.autoscale_progress.value == ""


def test_controls_of_layers_follow_them_and_they_follow(shown_on: Any) -> None:
    rows = wf.interactive.MapApp(shown_on).children[2]
    first: Any = RED.visualize("first", map=shown_on)
    second: Any = (RED * wf.widgets.slider("n", 1, 9)).visualize("second", map=shown_on)
    assert [row.layer for row in rows.children] == [second, first]
    row = rows.children[1]
    visible, opacity, colormap, low, high, up, down, remove, _parameters = row.children
    visible.value, opacity.value, colormap.value = False, 0.5, "magma"
    assert (first.visible, first.opacity, query(first)["colormap"]) == (False, 0.5, ["magma"])
    low.value, high.value = "0", "10"
    assert query(first)["scales"] == ["[[0.0,10.0]]"]
    first.set_scales((1, 5))
    assert (low.value, high.value) == ("1", "5")
    high.value = "ten"
    assert "could not convert" in shown_on.output_log.outputs[0]["text"]
    low.value = high.value = ""
    assert query(first)["scales"] == ["auto"]
    up.click()
    assert [each.layer for each in rows.children] == [first, second]
    assert rows.children[0] is row
    down.click()
    assert wf.interactive.LayerController(shown_on).layer is second
    remove.click()
    assert [each.layer for each in rows.children] == [second]
    with pytest.raises(ValueError, match="no layer of imagery"):
        wf.interactive.LayerController(wf.Map())


def test_the_map_of_the_session_is_one_with_controls() -> None:
    assert wf.map is wf.interactive.map
    layer = RED.visualize("Red")
    assert wf.map.find_layer("Red") is layer
    wf.map.center = (47.0, 9.0)
    assert wf.map.map.center == [47.0, 9.0]
    wf.map.remove_layer("Red")
    with pytest.raises(AttributeError, match="nothing"):
        wf.map.nothing  # noqa: B018


def test_published_workflows_are_found_and_drawn(shown_on: Any) -> None:
    grey = wf.VizOption("grey", "red", colormap="bone", scales=[(0, 9)])
    wf.publish("somebody@example.org:browsed", "1.0.0", wf.Image.from_id("field:a"), "Browsed", viz_options=[grey])
    wf.publish("somebody@example.org:browsed", "1.1.0", wf.Int(1))
    flows = wf.interactive.WorkflowsBrowser(shown_on)
    flows.search.value = "no such name"
    assert flows.told.value == "no workflow found"
    flows.add.click()
    assert flows.told.value == "choose a workflow first"
    flows.search.value = "brow"
    ((title, workflow),) = flows.workflows.options
    assert title == "Browsed (somebody@example.org:browsed)"
    flows.workflows.value = workflow
    assert flows.version.options == ("1.1.0", "1.0.0")
    flows.version.value = "1.1.0"
    flows.add.click()
    assert "no imagery, but Int" in flows.told.value
    flows.version.value = "1.0.0"
    flows.add.click()
    assert query(shown_on.find_layer("Browsed"))["colormap"] == ["bone"]
    assert query(shown_on.find_layer("Browsed"))["scales"] == ["[[0.0,9.0]]"]
    workflow.delete()
