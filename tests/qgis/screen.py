"""What QGIS shows: the layers of a connection, and pictures of layers with the place of each pixel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsDataItem,
    QgsDateTimeRange,
    QgsLayerItem,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsSettings,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEventLoop, QSize, Qt
from qgis.PyQt.QtGui import QImage

__all__ = ["assert_at_their_places", "browse", "from_lonlat", "legend_of", "render"]

SIZE = QSize(480, 240)
CONNECTIONS = ("qgis/connections-wms/it", "connections/ows/items/wms/connections/items/it")  # before 3.30, and since
AROUND = 0.2  # degrees shown around a box

Place = tuple[tuple[float, float], tuple[int, int, int, int]]


def browse(url: str) -> dict[tuple[str, ...], str]:
    """Return what the browser offers of the capabilities document at `url`: sources of layers by where they stand."""
    settings = QgsSettings()
    for connection in CONNECTIONS:
        settings.setValue(f"{connection}/url", url)
    [provider] = [one for one in QgsApplication.dataItemProviderRegistry().providers() if one.name() == "WMS"]
    found = dict(_leaves(provider.createDataItem("", None), ()))
    return {path[2:]: source for path, source in found.items()}


def _leaves(item: QgsDataItem, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    sip.transferto(item, None)  # the parent owns it, which the bindings do not know
    item.populate(True)
    path = (*path, item.name())
    if isinstance(item, QgsLayerItem):
        yield path, item.uri()
    for child in item.children():
        yield from _leaves(child, path)


def from_lonlat(crs: QgsCoordinateReferenceSystem) -> QgsCoordinateTransform:
    """Return what makes longitude and latitude coordinates of `crs`."""
    return QgsCoordinateTransform(QgsCoordinateReferenceSystem("OGC:CRS84"), crs, QgsProject.instance())


def render(
    layer: QgsRasterLayer, box: list[float], crs: str = "EPSG:3857", time: QgsDateTimeRange | None = None
) -> tuple[QImage, QgsMapSettings]:
    """Return a picture of `box` (west, south, east, north), of the time that the temporal controller is at."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    settings.setBackgroundColor(Qt.transparent)
    settings.setOutputSize(SIZE)
    settings.setExtent(from_lonlat(settings.destinationCrs()).transformBoundingBox(QgsRectangle(*box)))
    if time is not None:
        settings.setTemporalRange(time)
        settings.setIsTemporal(True)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    assert not job.errors(), [error.message for error in job.errors()]
    return job.renderedImage().convertToFormat(QImage.Format_ARGB32), settings


def legend_of(layer: QgsRasterLayer) -> QImage:
    """Return the picture that the layer tree shows."""
    waiting, found = QEventLoop(), []
    fetcher = layer.dataProvider().getLegendGraphicFetcher(QgsMapSettings())
    fetcher.finish.connect(lambda image: (found.append(QImage(image)), waiting.quit()))
    fetcher.error.connect(lambda message: (found.append(message), waiting.quit()))
    fetcher.start()
    waiting.exec_()
    [image] = found
    assert isinstance(image, QImage), image
    return image


def assert_at_their_places(layer: QgsRasterLayer, told: dict[str, Any], crs: str = "EPSG:3857") -> None:
    """Check each pixel of a picture: its colour says where it is, and what is outside is transparent."""
    west, south, east, north = told["box"]
    pixel = (east - west + 2 * AROUND) / SIZE.width()
    near_lon, near_lat = (near + 2 * pixel for near in told["near"])
    seen = 0
    for (lon, lat), (red, green, _, alpha) in _pixels(layer, told["box"], crs):
        inside = min(lon - west, east - lon, lat - south, north - lat)
        decoded = west + red / 255 * (east - west), south + green / 255 * (north - south)
        if inside < -3 * pixel:
            assert alpha == 0, (lon, lat)
        elif inside > 3 * pixel:
            assert alpha == 255, (lon, lat)
            assert abs(decoded[0] - lon) <= near_lon, (lon, lat, decoded)
            assert abs(decoded[1] - lat) <= near_lat, (lon, lat, decoded)
            seen += 1
    assert seen > SIZE.width() * SIZE.height() / 3


def _pixels(layer: QgsRasterLayer, box: list[float], crs: str) -> Iterator[Place]:
    """Yield longitude and latitude of each pixel around a box, and its colour: red, green, blue, alpha."""
    west, south, east, north = box
    image, settings = render(layer, [west - AROUND, south - AROUND, east + AROUND, north + AROUND], crs)
    extent, size, to_crs = settings.visibleExtent(), settings.mapUnitsPerPixel(), from_lonlat(settings.destinationCrs())
    for row in range(image.height()):
        for col in range(image.width()):
            point = QgsPointXY(extent.xMinimum() + (col + 0.5) * size, extent.yMaximum() - (row + 0.5) * size)
            place = to_crs.transform(point, QgsCoordinateTransform.ReverseTransform)
            yield (place.x(), place.y()), image.pixelColor(col, row).getRgb()
