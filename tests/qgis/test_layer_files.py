"""QGIS and the layer definition files: a double click, and the layer is there."""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any

import pytest
from conftest import Open
from qgis.core import Qgis, QgsDateTimeRange, QgsLayerTreeGroup, QgsRasterLayer, QgsRectangle
from qgis.PyQt.QtCore import QDateTime, Qt
from screen import assert_at_their_places, from_lonlat, legend_of, render

READS_TIME = Qgis.QGIS_VERSION_INT >= 32800


def styles_of(group: QgsLayerTreeGroup) -> dict[str, QgsRasterLayer]:
    return {node.name(): node.layer() for node in group.children()}


def test_a_layer_comes_in_all_its_styles_of_which_one_is_shown(told: dict[str, Any], open_file: Open) -> None:
    [group] = open_file(f"{told['url']}/xyz/{told['colours']}/layer.qlr").children()
    styles = styles_of(group)
    assert (group.name(), list(styles)) == ("Colours", ["colours", "Default"])
    assert [node.isVisible() for node in group.children()] == [True, False]
    group.children()[1].setItemVisibilityChecked(True)
    assert [node.isVisible() for node in group.children()] == [False, True]

    layer = styles["colours"]
    assert layer.isValid(), layer.error().summary()
    expected = from_lonlat(layer.crs()).transformBoundingBox(QgsRectangle(*told["box"]))
    assert layer.extent().toString(1) == expected.toString(1)
    assert "Where <you> are" in layer.metadata().abstract()
    assert layer.dataProvider().supportsLegendGraphic()
    assert_at_their_places(layer, told)


@pytest.mark.parametrize("scales", ["[[5.5,11.5],[45,48]]", "%5B%5B5.5%2C%2011.5%5D%2C%5B45%2C48%5D%5D"])
def test_a_style_in_the_query_is_that_of_the_file(told: dict[str, Any], open_file: Open, scales: str) -> None:
    query = f"band=lon&band=lat&scales={scales}"
    [node] = open_file(f"{told['url']}/xyz/{told['colours']}/layer.qlr?{query}").children()
    assert (node.name(), node.layer().isValid()) == ("Colours", True)
    assert_at_their_places(node.layer(), told)


@pytest.mark.parametrize("credential", ["token", "link"])
def test_a_private_layer_carries_what_opens_it(told: dict[str, Any], open_file: Open, credential: str) -> None:
    key = {"token": "access_token", "link": "link"}[credential]
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{told['guarded']}/layer.qlr")
    [group] = open_file(f"{told['guarded']}/layer.qlr?{key}={told[credential]}").children()
    layer = styles_of(group)["colours"]
    assert layer.isValid(), layer.error().summary()
    assert group.name() == f"{told['title']} 1.0.0"
    assert layer.metadata().abstract() == told["title"]
    assert legend_of(layer).width() == 256
    assert_at_their_places(layer, told)


def test_times_are_left_to_the_temporal_controller(told: dict[str, Any], open_file: Open) -> None:
    [group] = open_file(f"{told['url']}/xyz/{told['months']}/layer.qlr").children()
    layer = styles_of(group)["plain"]
    assert layer.isValid(), layer.error().summary()
    assert layer.temporalProperties().isActive()
    ranges = layer.temporalProperties().allTemporalRanges(layer)
    assert len(ranges) == (4 if READS_TIME else 1)
    for month in (1, 3):
        days = QgsDateTimeRange(
            *(QDateTime.fromString(f"2020-0{start}-01T00:00:00Z", Qt.ISODate) for start in (month, month + 1))
        )
        image, _ = render(layer, told["box"], time=days)
        drawn = 20 * month + 2 if READS_TIME else 42
        assert image.pixelColor(image.width() // 2, image.height() // 2).getRgb() == (drawn, drawn, drawn, 255)
