"""QGIS and the capabilities documents: what it lists, draws, identifies, and makes of dimensions."""

from __future__ import annotations

from typing import Any

import pytest
from qgis.core import (
    Qgis,
    QgsDateTimeRange,
    QgsPointXY,
    QgsRaster,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QDateTime, Qt
from screen import assert_at_their_places, browse, from_lonlat, legend_of, render

READS_TIME = Qgis.QGIS_VERSION_INT >= 32800  # the dimension, which moves with the temporal controller
READS_FEATURES = Qgis.QGIS_VERSION_INT >= 34000  # of answers whose header names are in lower case
MONTHS = ("2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z", "2020-03-01T00:00:00Z", "2020-04-01T00:00:00Z")
DEFAULT = 42  # February, with a gain of 2


def document(told: dict[str, Any], layer: str, query: str = "") -> str:
    return f"{told['url']}/wmts/xyz/{told[layer]}/1.0.0/WMTSCapabilities.xml{query}"


def opened(source: str) -> QgsRasterLayer:
    layer = QgsRasterLayer(source, "it", "wms")
    assert layer.isValid(), layer.error().summary()
    return layer


def grey(layer: QgsRasterLayer, told: dict[str, Any], time: QgsDateTimeRange | None = None) -> int:
    """Return the level of a layer that is the same all over."""
    image, _ = render(layer, told["box"], time=time)
    red, green, blue, alpha = image.pixelColor(image.width() // 2, image.height() // 2).getRgb()
    assert (red, red, 255) == (green, blue, alpha)
    return red


def from_month(month: int) -> QgsDateTimeRange:
    return QgsDateTimeRange(*(QDateTime.fromString(MONTHS[index], Qt.ISODate) for index in (month - 1, month)))


def test_each_style_is_offered_in_each_set(told: dict[str, Any]) -> None:
    offered = browse(document(told, "colours"))
    assert set(offered) == {("Colours", style, name) for style in ("Default", "colours") for name in told["sets"]}
    for source in offered.values():
        opened(source)


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4326", "OGC:CRS84", "EPSG:3035"])
@pytest.mark.parametrize("name", ["WebMercatorQuad", "WebMercatorQuadx2", "WorldCRS84Quad", "EPSG:4326"])
def test_every_pixel_is_at_its_place(told: dict[str, Any], name: str, crs: str) -> None:
    layer = opened(browse(document(told, "colours"))["Colours", "colours", name])
    assert_at_their_places(layer, told, crs)


@pytest.mark.parametrize("name", ["WebMercatorQuad", "WorldCRS84Quad", "EPSG:4326"])
def test_the_extent_is_that_of_the_data(told: dict[str, Any], name: str) -> None:
    layer = opened(browse(document(told, "colours"))["Colours", "Default", name])
    expected = from_lonlat(layer.crs()).transformBoundingBox(QgsRectangle(*told["box"]))
    assert layer.extent().toString(1) == expected.toString(1)


@pytest.mark.parametrize("name", ["WebMercatorQuad", "WorldCRS84Quad", "EPSG:4326"])
def test_identify_gives_the_values_of_all_bands(told: dict[str, Any], name: str) -> None:
    layer = opened(browse(document(told, "colours"))["Colours", "Default", name])
    lon, lat = 8.123, 46.789
    point = from_lonlat(layer.crs()).transform(QgsPointXY(lon, lat))
    for form in (QgsRaster.IdentifyFormatText, QgsRaster.IdentifyFormatHtml):
        result = layer.dataProvider().identify(point, form, layer.extent(), 600, 300)
        [text] = result.results().values()
        assert result.isValid()
        assert "lon" in text
        assert "46.7" in text

    result = layer.dataProvider().identify(point, QgsRaster.IdentifyFormatFeature, layer.extent(), 600, 300)
    assert result.isValid() == READS_FEATURES
    for [store] in result.results().values():
        [feature] = store.features()
        values = dict(zip(feature.fields().names(), map(float, feature.attributes()), strict=True))
        assert values == pytest.approx({"lon": lon, "lat": lat}, abs=0.02)
        assert feature.geometry().asPoint().distance(point) < layer.extent().width() / 300


def test_the_legend_is_that_of_the_style(told: dict[str, Any]) -> None:
    layer = opened(browse(document(told, "colours"))["Colours", "colours", "WebMercatorQuad"])
    assert layer.dataProvider().supportsLegendGraphic()
    legend = legend_of(layer)
    assert (legend.width(), legend.height()) == (256, 64)
    assert len({legend.pixel(col, 30) for col in range(256)}) > 2


def test_values_of_dimensions_are_offered_and_drawn(told: dict[str, Any]) -> None:
    offered = {
        path[1:-2]: source
        for path, source in browse(document(told, "months")).items()
        if path[-2:] == ("plain", "WebMercatorQuad")
    }
    gains = {("gain", str(gain)): 40 + gain for gain in (1, 2, 3)}
    months = {("when", moment): 20 * month + 2 for month, moment in enumerate(MONTHS, 1)}
    months = {} if READS_TIME else months  # as the temporal controller offers them
    assert {path: grey(opened(source), told) for path, source in offered.items()} == gains | months


def test_the_dialog_asks_for_all_dimensions_at_once(told: dict[str, Any]) -> None:
    source = f"tileDimensions=Time%3D{MONTHS[2]};gain%3D3&{plain(told)}"
    assert grey(opened(source), told) == 63


def test_times_are_those_of_the_temporal_controller(told: dict[str, Any]) -> None:
    layer = opened(plain(told))
    capabilities = layer.dataProvider().temporalCapabilities()
    assert capabilities.hasTemporalCapabilities() == READS_TIME
    if READS_TIME:
        moments = [each.begin().toString("yyyy-MM-ddThh:mm:ssZ") for each in capabilities.allAvailableTemporalRanges()]
        assert tuple(moments) == MONTHS
    for month in (1, 2, 3):
        assert grey(layer, told, from_month(month)) == (20 * month + 2 if READS_TIME else DEFAULT)


def test_without_dimensions_each_combination_is_a_layer(told: dict[str, Any]) -> None:
    offered = browse(document(told, "months", "?dimensions=false"))
    assert {path[0] for path in offered} == {
        f"Months (when {moment}, gain {gain})" for moment in MONTHS for gain in (1, 2, 3)
    }
    source = offered[f"Months (when {MONTHS[3]}, gain 1)", "plain", "WebMercatorQuad"]
    assert grey(opened(source), told) == 81


def plain(told: dict[str, Any]) -> str:
    """Return the source of the months' layer with no word of dimensions."""
    return (
        f"crs=EPSG:3857&format=image/png&layers={told['months']}&styles=plain&tileMatrixSet=WebMercatorQuad"
        f"&url={document(told, 'months')}"
    )
