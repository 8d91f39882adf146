"""Layers in documents: their places, styles, legends, dimensions, and the sets that they are shown in."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import morecantile
import numpy as np
import pytest
from pyproj import CRS

import sdk as wf
from tests.server_fixture import running_server
from tests.tileserver.conftest import Served
from tests.tileserver.wmts_client import Wmts, report, rgba, texts

BOX = (13.359375, 52.2681573737682, 14.0625, 52.6963610782745)  # of the four tiles at zoom 10 that the scenes fill
GAINS = {"min": "1", "max": "3", "step": "1", "default": "2"}
SLIDER = {"name": "gain", "typespec": {"type": "Int"}, "int_slider": GAINS}
SWITCH = {"name": "half", "typespec": {"type": "Bool"}, "checkbox": {}}
STEPS = {"default": "2020-02-01T00:00:00Z", "min": "2020-01-01T00:00:00Z", "max": "2020-03-01T00:00:00Z", "step": "P1M"}
DATE = {"name": "start", "typespec": {"type": "Datetime"}, "date": STEPS}
UNIT = {"id": "unit", "bands": ["nir"], "scales": [[0, 3]]}


def field() -> wf.ImageCollection:
    return wf.ImageCollection.from_id("field").pick_bands("nir")


@pytest.fixture(scope="session")
def chosen(served: Served) -> Wmts:
    """A layer with two dimensions: three gains, and half of it or not."""
    factor = wf.ifelse(wf.parameter("half", wf.Bool), 0.5, 1.0)
    image = field() * wf.parameter("gain", wf.Int) * factor
    layer = served.publish(image, name="Gain", parameters=[SLIDER, SWITCH], viz_options=[UNIT])
    return Wmts(served.http, f"xyz/{layer}")


def layers(service: Wmts, query: str = "") -> list[str]:
    return texts(service.document(query), "//w:Layer/o:Identifier")


def dimensions(service: Wmts) -> dict[str, tuple[str, list[str]]]:
    found = service.document().findall(".//{*}Dimension")
    return {texts(one, "o:Identifier")[0]: (texts(one, "w:Default")[0], texts(one, "w:Value")) for one in found}


def test_the_place_of_a_layer_is_that_of_what_it_loads(served: Served, nir: str) -> None:
    root = Wmts(served.http, f"xyz/{nir}").document()
    corners = " ".join(texts(root, "//o:WGS84BoundingBox/*")).split()
    assert [float(corner) for corner in corners] == pytest.approx(BOX, abs=1e-9)
    served_levels = texts(root, "//w:TileMatrixSetLink[w:TileMatrixSet='WebMercatorQuad']//w:TileMatrix")
    assert served_levels == [str(level) for level in range(11)]  # the scenes have the pixels of zoom 10


def test_a_layer_that_loads_nothing_is_everywhere(served: Served) -> None:
    layer = served.publish(wf.ImageCollection.from_id(wf.Str("fie") + "ld"))
    root = Wmts(served.http, f"xyz/{layer}").document()
    assert texts(root, "//o:WGS84BoundingBox/*") == ["-180 -90", "180 90"]


def test_parameters_with_values_that_can_be_listed_are_dimensions(chosen: Wmts) -> None:
    assert dimensions(chosen) == {"gain": ("2", ["1", "2", "3"]), "half": ("false", ["false", "true"])}


def test_req_30_dimensions_choose_the_arguments(chosen: Wmts, served: Served) -> None:
    [layer] = layers(chosen)
    for asked, arguments in (
        ({}, "gain=2&half=false"),
        ({"gain": "default"}, "gain=2&half=false"),
        ({"GAIN": "3"}, "gain=3&half=false"),
        ({"gain": "3", "half": "true"}, "gain=3&half=true"),
    ):
        expected = served.tile(layer, f"viz=unit&{arguments}")
        np.testing.assert_array_equal(rgba(chosen.tile(layer, style="unit", **asked)), rgba(expected))
    assert report(chosen.tile(layer, gain="4")) == (400, "InvalidParameterValue", "gain")


def test_req_35_dimensions_stand_in_the_address(chosen: Wmts) -> None:
    [layer] = layers(chosen)
    [template] = texts(chosen.document(), "//w:ResourceURL[@resourceType='tile']/@template")
    assert "/{Style}/{gain}/{half}/{TileMatrixSet}/" in template
    answer = chosen.rest(f"{layer}/unit/3/default/WebMercatorQuad/10/335/550.png")
    assert answer.content == chosen.tile(layer, style="unit", gain=3).content
    assert report(chosen.rest(f"{layer}/unit/4/default/WebMercatorQuad/10/335/550.png"))[0] == 404


def test_without_dimensions_there_is_a_layer_for_each_combination(chosen: Wmts) -> None:
    [whole] = layers(chosen)
    root = chosen.document("dimensions=false")
    found = dict(zip(texts(root, "//w:Layer/o:Title"), texts(root, "//w:Layer/o:Identifier"), strict=True))
    assert len(found) == 6
    assert "Gain (gain 3, half true)" in found
    assert root.find(".//{*}Dimension") is None
    one = chosen.tile(found["Gain (gain 3, half true)"], style="unit")
    assert one.content == chosen.tile(whole, style="unit", gain=3, half="true").content
    [url] = texts(root, "/*/w:ServiceMetadataURL/@x:href")
    assert url.endswith("?dimensions=false")


def test_more_than_200_combinations_are_the_one_of_the_defaults(served: Served) -> None:
    sliders = [
        {"name": name, "typespec": {"type": "Int"}, "int_slider": {"max": "14", "default": "1"}} for name in ("a", "b")
    ]
    image = field() * wf.parameter("a", wf.Int) * wf.parameter("b", wf.Int)
    service = Wmts(served.http, f"xyz/{served.publish(image, parameters=sliders)}")
    root = service.document("dimensions=false")
    assert len(texts(root, "//w:Layer")) == 1
    assert "225" in texts(root, "//w:Layer/o:Abstract")[0]
    assert rgba(service.tile(texts(root, "//w:Layer/o:Identifier")[0])).any()


def test_dates_with_a_step_are_the_dimension_time(served: Served) -> None:
    start = wf.parameter("start", wf.Datetime)
    image = wf.ImageCollection.from_id("field", start_datetime=start).pick_bands("nir").min(axis="images")
    service = Wmts(served.http, f"xyz/{served.publish(image, parameters=[DATE], viz_options=[UNIT])}")
    assert dimensions(service) == {
        "Time": ("2020-02-01T00:00:00Z", [f"2020-0{month}-01T00:00:00Z" for month in (1, 2, 3)])
    }
    assert texts(service.document(), "//w:Dimension/w:Current") == ["true"]
    [layer] = layers(service)
    default = service.tile(layer, style="unit")
    first = service.tile(layer, style="unit", TIME="2020-01-01T00:00:00.000")
    assert default.content != first.content
    assert default.content == service.tile(layer, style="unit", Time="2020-02-01").content
    assert not rgba(service.tile(layer, style="unit", time="current")).any()  # no scene since March
    between = service.tile(layer, style="unit", TIME="2020-02-14T00:00:00.000Z")
    assert (between.content, between.headers["Graftile-Time"]) == (default.content, "2020-02-01T00:00:00Z")


@pytest.mark.parametrize(
    ("widget", "values"),
    [
        ({"typespec": {"type": "Str"}, "string_select": {"options": ["a b", "ä"]}}, ["a--20b", "--C3--A4"]),
        ({"typespec": {"type": "Float"}, "float_select": {"options": [0.5, 1], "default": 0.5}}, ["0.5", "1.0"]),
        ({"typespec": {"type": "Int"}, "int_slider": {"max": "99"}}, [str(value) for value in range(100)]),
    ],
    ids=["texts", "numbers", "a hundred"],
)
def test_what_can_be_a_dimension(served: Served, widget: dict[str, Any], values: list[str]) -> None:
    kind = {"Str": wf.Str, "Float": wf.Float, "Int": wf.Int}[widget["typespec"]["type"]]
    parameter = wf.parameter("p", kind)
    image = field() + wf.ifelse(parameter == parameter, 0, 1)
    service = Wmts(served.http, f"xyz/{served.publish(image, parameters=[{'name': 'p', **widget}])}")
    assert dimensions(service)["p"][1] == values


def test_of_names_that_differ_in_case_alone_the_first_is_a_dimension(served: Served) -> None:
    widgets = [{**SWITCH, "name": name} for name in ("half", "HALF")]
    image = field() * wf.ifelse(wf.parameter("half", wf.Bool) & wf.parameter("HALF", wf.Bool), 0.5, 1.0)
    assert list(dimensions(Wmts(served.http, f"xyz/{served.publish(image, parameters=widgets)}"))) == ["half"]


def test_other_parameters_keep_their_defaults(served: Served) -> None:
    slider = {"name": "p", "typespec": {"type": "Float"}, "float_slider": {"max": 1.0, "default": 0.5}}
    image = field() * wf.parameter("p", wf.Float)
    layer = served.publish(image, parameters=[slider], viz_options=[UNIT])
    service = Wmts(served.http, f"xyz/{layer}")
    assert dimensions(service) == {}
    assert service.tile(layer, style="unit").content == served.tile(layer, "viz=unit&p=0.5").content


@pytest.mark.parametrize("made", ["number", "needs an argument"])
def test_what_no_map_can_show_is_left_out_with_a_line_in_the_log(
    served: Served, made: str, caplog: pytest.LogCaptureFixture
) -> None:
    image = field() * wf.parameter("gain", wf.Float) if made == "needs an argument" else wf.Int(1)
    layer = served.publish(image)
    with caplog.at_level(logging.WARNING):
        assert layers(Wmts(served.http, f"xyz/{layer}")) == []
    assert f"xyz/{layer} is left out of WMTS" in caplog.text


def test_values_of_a_pixel_are_those_of_the_tile_that_is_drawn(served: Served) -> None:
    image = field().max(axis="images")
    service = Wmts(served.http, f"xyz/{served.publish(image - image.min(), name='Above the least')}")
    [layer] = layers(service)
    early, late = (pixels[3, :256, :256] for pixels in served.pixels.values())
    expected = np.ma.stack([early, late]).max(axis=0)
    row, col = np.argwhere(~early.mask & ~late.mask)[500]
    [feature] = json.loads(service.info(layer, I=col, J=row).content)["features"]
    [value] = feature["properties"].values()
    assert value == pytest.approx(expected[row, col] - expected.min())


def test_a_legend_has_the_colours_of_the_tiles(served: Served) -> None:
    layer = served.publish(field(), viz_options=[{**UNIT, "colormap": "magma"}])
    picture = rgba(served.get(f"/xyz/{layer}/legend.png?viz=unit"))
    tile = rgba(served.tile(layer, "viz=unit"))
    bar = picture[30, 12:-12]
    seen = {tuple(colour) for colour in tile[tile[..., 3] == 255]}
    assert len(np.unique(bar, axis=0)) > 200
    numbers = served.get(f"/xyz/{layer}/legend.json?viz=unit").json()
    assert numbers["bands"] == [{"name": "nir", "scale": [0.0, 3.0]}]
    assert {f"#{r:02x}{g:02x}{b:02x}" for r, g, b, _ in seen} <= set(numbers["colors"])
    assert {f"#{r:02x}{g:02x}{b:02x}" for r, g, b, _ in bar} <= set(numbers["colors"])


def test_a_legend_of_a_composite_has_a_swatch_for_each_band(served: Served, rgb: str) -> None:
    picture = rgba(served.get(f"/xyz/{rgb}/legend.png?scales=[[0,1],[0,1],[0,1]]"))
    colours = [tuple(picture[row, 16][:3]) for row in (10, 30, 50)]
    assert colours == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    numbers = served.get(f"/xyz/{rgb}/legend.json?scales=[[0,1],[0,1],[0,1]]").json()
    assert [band["channel"] for band in numbers["bands"]] == ["red", "green", "blue"]
    assert served.get(f"/xyz/{rgb}/legend.png?bogus=1").status_code == 400


@pytest.mark.parametrize("name", ["EPSG:3857", "GoogleMapsCompatible"])
def test_other_names_of_web_mercator_give_its_tiles(served: Served, nir: str, name: str) -> None:
    service = Wmts(served.http, f"xyz/{nir}")
    assert texts(service.document(f"tile_matrix_sets={name}"), "//w:TileMatrixSet/o:Identifier") == [name]
    np.testing.assert_array_equal(rgba(service.tile(nir, TileMatrixSet=name)), rgba(service.tile(nir)))


@pytest.fixture(scope="module")
def with_sets(tmp_path_factory: pytest.TempPathFactory, scenes: Path) -> Iterator[Served]:
    """A server with a set of its operator's: UTM zone 33 in tiles of 5 km."""
    folder = tmp_path_factory.mktemp("sets")
    extent = [400_000.0, 5_700_000.0, 600_000.0, 5_900_000.0]
    made = morecantile.TileMatrixSet.custom(extent, CRS("EPSG:32633"), id="Utm33", maxzoom=8)
    (folder / "utm33.json").write_text(made.model_dump_json(exclude_none=True))
    data_dir = tmp_path_factory.mktemp("data")
    with (
        running_server(data_dir, add=[scenes], tile_matrix_sets=(folder,)) as url,
        Served(url, scenes, data_dir, {}) as found,
    ):
        yield found


def test_sets_of_files_are_served_in_their_own_crs(with_sets: Served) -> None:
    layer = with_sets.publish(field(), viz_options=[UNIT])
    service = Wmts(with_sets.http, f"xyz/{layer}")
    root = service.document("tile_matrix_sets=Utm33")
    assert texts(root, "//w:TileMatrixSet/o:SupportedCRS") == ["urn:ogc:def:crs:EPSG::32633"]
    [*_, finest] = root.iter("{*}TileMatrixLimits")
    matrix, min_row, max_row, min_col, max_col = (int(child.text or "") for child in finest)
    row, col = (min_row + max_row) // 2, (min_col + max_col) // 2
    asked = {"TileMatrixSet": "Utm33", "TileMatrix": matrix, "TileRow": row, "TileCol": col}
    [feature] = json.loads(service.info(layer, I=100, J=100, **asked).content)["features"]
    west, south, east, north = BOX
    lon, lat = feature["geometry"]["coordinates"]
    assert west < lon < east
    assert south < lat < north
    picture = rgba(service.tile(layer, style="unit", **asked))
    value = feature["properties"]["nir"]
    assert picture[100, 100, 3] == (0 if value is None else 255)
    if value is not None:
        assert picture[100, 100, 0] == np.floor(255 * np.clip(value / 3, 0, 1) + 0.5)
