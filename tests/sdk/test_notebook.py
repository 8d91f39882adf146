"""Imagery on the maps of notebooks: layers whose tiles follow what is changed about them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import httpx2
import ipyleaflet
import ipywidgets
import jupyter_loopback
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from PIL import Image
from pyproj import Transformer

import sdk as wf
from sdk.contract.packed_query import read_query
from sdk.notebook import reach
from sdk.service.exceptions import BadRequest, Unprocessable

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
    said: dict[str, list[str]] = {}
    for key, value in read_query(layer.url):
        said.setdefault(key, []).append(value)
    return said


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
    with pytest.raises(TypeError, match=r"no option or argument 'm'.* it takes n"):
        (RED + wf.parameter("n", wf.Int)).tile_layer("Sum", n=1, m=2)
    with pytest.raises(TypeError, match="an Image or an ImageCollection"):
        wf.WorkflowsLayer(wf.Int(1))  # type: ignore[arg-type]


MISTAKES: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "no name": (lambda: WRONG.visualize(), TypeError, r"Image.visualize\(\) missing .* 'name'"),
    "scales for a name": (
        lambda: WRONG.visualize([(0, 1)]),
        TypeError,
        "the name of a layer must be text, .* not list",
    ),
    "a map for a name": (lambda: WRONG.tile_layer(wf.Map()), TypeError, "the name of a layer must be text, .* not Map"),
    "cmap": (lambda: WRONG.tile_layer(cmap="bone"), TypeError, "'cmap'; did you mean 'colormap'"),
    "colourmap": (lambda: WRONG.tile_layer(colourmap="bone"), TypeError, "'colourmap'; did you mean 'colormap'"),
    "vmin": (lambda: WRONG.tile_layer(vmin=1), TypeError, r"'vmin': ranges are scales=\[\(low, high\)\]"),
    "bands": (lambda: WRONG.tile_layer(bands="red"), TypeError, r"picked before, by .pick_bands\(…\)"),
    "colormap": (lambda: WRONG.tile_layer(colormap="virids"), ValueError, "did you mean 'viridis'"),
    "scales": (lambda: WRONG.tile_layer(scales=5), TypeError, r"scales must be a list of pairs like \[\(0, 1\)"),
    "a number": (lambda: WRONG.mean().visualize("a"), AttributeError, "an Image or an ImageCollection is drawn"),
    "center": (lambda: wf.Map(center=(-107, 40)), ValueError, r"\(latitude, longitude\): no latitude is -107"),
    "slider": (lambda: wf.widgets.slider("n", 5, 1), ValueError, "min of a slider must not be above its max, as 5 is"),
}
WRONG: Any = wf.Image.from_id("field:a")  # whose mistakes no checker shall find here


@pytest.mark.parametrize(("make", "error", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_where_it_is_made(make: Callable[[], object], error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        make()


def test_imagery_is_added_to_any_map_of_ipyleaflet() -> None:
    any_map = ipyleaflet.Map()
    any_map.add(RED)
    layer = any_map.layers[-1]
    assert isinstance(layer, wf.WorkflowsLayer)
    assert "reduction" not in query(layer)
    any_map.add(COLLECTION)
    assert query(any_map.layers[-1])["reduction"] == ["mosaic"]
    for each in any_map.layers:
        each.close()


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
    for options in ({}, {"resolution": 10.0}):
        with pytest.raises(RuntimeError, match="not shown yet"):
            shown_on.geocontext(**options)
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


def test_a_layer_with_a_text_is_drawn_and_asked_about(shown_on: Any) -> None:
    image: Any = RED * wf.ifelse(wf.parameter("text", wf.Str) == "50 % #1", 0, 1)
    layer: Any = image.visualize("Text", map=shown_on, text="50 % #1")
    assert not set(layer.url) & set("#%+")
    assert httpx2.get(layer.url.format(z=14, x=8874, y=5892)).status_code == 200
    layer._ask_for_range(layer.url)
    assert layer.autoscale_progress.value == "Text: red 0 to 0"
    layer.parameters.text = "other"
    layer._ask_for_range(layer.url)
    assert layer.autoscale_progress.value == "Text: red 0 to 23"


def test_controls_of_layers_follow_them_and_they_follow(shown_on: Any) -> None:
    rows = wf.interactive.MapApp(shown_on).children[2]
    first: Any = RED.visualize("first", map=shown_on)
    second: Any = (RED * wf.widgets.slider("n", 1, 9)).visualize("second", map=shown_on)
    assert [row.layer for row in rows.children] == [second, first]
    row = rows.children[1]
    visible, opacity, colormap, ranges, show, up, down, remove, _parameters = row.children
    ((low, high),) = (pair.children for pair in ranges.children)
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
    assert colormap.value == "magma"
    shown_on.zoom = 3
    show.click()
    assert shown_on.zoom == 18
    up.click()
    assert [each.layer for each in rows.children] == [first, second]
    assert rows.children[0] is row
    down.click()
    assert wf.interactive.LayerController(shown_on).layer is second
    remove.click()
    assert [each.layer for each in rows.children] == [second]
    with pytest.raises(ValueError, match="no layer of imagery"):
        wf.interactive.LayerController(wf.Map())


def test_bands_that_are_colours_have_a_range_each(shown_on: Any) -> None:
    three: Any = wf.Image.from_id("field:a").pick_bands("red nir red")
    rows = wf.interactive.MapApp(shown_on).children[2]
    layer: Any = three.visualize("three", scales=[(0, 10), (20, 30), (0, 5)], map=shown_on)
    assert query(layer)["scales"] == ["[[0.0,10.0],[20.0,30.0],[0.0,5.0]]"]
    ranges = rows.children[0].children[3]
    assert [[edge.value for edge in pair.children] for pair in ranges.children] == [
        ["0", "10"],
        ["20", "30"],
        ["0", "5"],
    ]
    ranges.children[1].children[1].value = "40"
    assert query(layer)["scales"] == ["[[0.0,10.0],[20.0,40.0],[0.0,5.0]]"]
    three.visualize("three", map=shown_on)
    low, high = layer.own_ranges[0][1]
    assert [edge.placeholder for edge in ranges.children[0].children] == [f"{low:g}", f"{high:g}"]
    ranges.children[0].children[0].value = "1"
    assert layer.get_scales()[0] == [1, float(f"{high:g}")]
    assert len(layer.get_scales()) == 3


def test_colormaps_are_named_as_servers_take_them(shown_on: Any) -> None:
    rows = wf.interactive.MapApp(shown_on).children[2]
    RED.visualize("Red", colormap="Viridis", map=shown_on)
    colormap = rows.children[0].children[2]
    assert colormap.value == "viridis"
    colormap.value = ""
    assert shown_on.find_layer("Red").colormap is None
    assert colormap.label.startswith("grey")


def test_the_map_goes_to_the_first_layer_unless_it_is_told_where_to_be(
    shown_on: Any, place: tuple[float, float]
) -> None:
    (RED * wf.parameter("n", wf.Int)).visualize("first", map=shown_on, n=2)
    assert np.allclose(shown_on.center, place, atol=1e-3)
    assert shown_on.zoom == 18
    shown_on.center = [0.0, 0.0]
    RED.visualize("second", map=shown_on)
    assert shown_on.center == [0.0, 0.0]
    for options in ({"center": (1.0, 2.0)}, {"zoom": 4}, {"zoom_start": 2}):
        told = wf.Map(**options)
        before = told.center, told.zoom
        RED.visualize("Red", map=told).close()
        assert (told.center, told.zoom) == before


@pytest.mark.parametrize(
    ("extent", "centre", "zoom"),
    [
        ((0.0, -45.0, 90.0, 45.0), (0.0, 45.0), 2),
        ((170.0, -10.0, -170.0, 10.0), (0.0, 180.0), 4),
        ((-180.0, -80.0, 180.0, 80.0), (0.0, 0.0), 1),
        ((10.0, 50.0, 10.0, 50.0), (50.0, 10.0), 18),
    ],
    ids=["a quarter", "across the antimeridian", "most of the Earth", "a point"],
)
def test_a_map_shows_all_of_an_extent(
    shown_on: Any, extent: tuple[float, ...], centre: tuple[float, float], zoom: int
) -> None:
    layer: Any = RED.tile_layer("Red")
    layer._extent = extent
    shown_on.zoom_to_layer(layer)
    assert np.allclose(shown_on.center, centre)
    assert shown_on.zoom == zoom
    layer._extent = None
    shown_on.zoom_to_layer(layer)
    assert np.allclose(shown_on.center, centre)


def test_tiles_are_asked_for_where_the_imagery_lies(place: tuple[float, float]) -> None:
    layer: Any = RED.tile_layer("Red")
    (south, west), (north, east) = layer.bounds
    assert south < place[0] < north < south + 0.01
    assert west < place[1] < east < west + 0.01
    layer.set_imagery(wf.Image.from_id(wf.parameter("id", wf.Str)).pick_bands("red"), id="field:a")
    assert layer.bounds is None
    layer.close()


@pytest.mark.parametrize(
    ("draw", "error", "sentence"),
    [
        (lambda: wf.Image.from_id("field:a").tile_layer("a", [(0, 1)] * 3), BadRequest, "scales must be 2 pairs"),
        (lambda: wf.Image.from_id("field:a").tile_layer("a", None, "bone"), BadRequest, "bone colours one band, not 2"),
        (lambda: wf.Image.from_id("feild:a").tile_layer("a"), Unprocessable, "no image 'feild:a'"),
        (lambda: wf.ImageCollection.from_id("feild").tile_layer("a"), Unprocessable, "did you mean 'field'?"),
        (lambda: wf.Image.from_id("field:a").pick_bands("rad").tile_layer("a"), Unprocessable, "did you mean 'red'?"),
    ],
    ids=["scales", "colormap", "image", "product", "band"],
)  # fmt: skip
def test_what_cannot_be_drawn_is_told_where_it_is_visualized(
    draw: Callable[[], object], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error) as told:
        draw()
    assert sentence in str(told.value)


def test_what_a_control_makes_undrawable_is_told_below_the_map(shown_on: Any) -> None:
    layer: Any = wf.Image.from_id("field:a").visualize("both", map=shown_on)
    layer.colormap = "bone"
    layer._asking.join()
    assert "both: 400 colormap bone colours one band, not 2" in layer.autoscale_progress.value
    layer.colormap = None
    layer._asking.join()
    assert layer.autoscale_progress.value.startswith("both: red ")


def test_a_layer_shows_what_it_is_and_its_arguments() -> None:
    layer: Any = (RED * wf.widgets.slider("n", 1, 9)).tile_layer("Times", colormap="bone")
    bundle = layer._repr_mimebundle_()
    view = bundle["application/vnd.jupyter.widget-view+json"]
    told, arguments = _instances[view["model_id"]].children
    assert f"<a href='{layer.xyz_obj._page}'" in told.value
    assert "bone" in told.value
    assert [each.description for each in arguments.children] == ["n"]
    assert repr(layer) == f"<WorkflowsLayer 'Times': {layer.url}>"
    layer.close()


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
