"""What QGIS's desktop does for the pictures: adds the server, opens a layer definition file, and grabs its windows.

It runs inside of the desktop, which has no end of its own; `pictures.py` starts it.
"""

from __future__ import annotations

import os
import traceback
import urllib.request
from collections.abc import Callable

from qgis.core import QgsLayerDefinition, QgsProject, QgsSettings
from qgis.PyQt.QtCore import QAbstractItemModel, QEventLoop, QModelIndex, Qt, QTimer
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QPushButton, QSplitter, QTableWidget, QTreeView, QWidget
from qgis.utils import iface

URL, LAYER, FOLDER = (os.environ[f"GRAFTILE_{name}"] for name in ("URL", "LAYER", "PICTURES"))


def main() -> None:
    settings = QgsSettings()
    settings.setValue("qgis/connections-wms/graftile/url", f"{URL}/wmts/workflow/1.0.0/WMTSCapabilities.xml")
    settings.setValue("qgis/dataSourceManagerNonModal", True)
    iface.reloadConnections()
    iface.mainWindow().resize(1240, 760)
    iface.actionAddWmsLayer().trigger()
    later(1000, show_dialog)


def show_dialog() -> None:
    """Connect, in the dialog that adds WMTS layers, and grab what it offers."""
    [dialog] = [one for one in QApplication.topLevelWidgets() if one.objectName() == "QgsDataSourceManagerDialog"]
    [page] = [one for one in dialog.findChildren(QWidget) if one.metaObject().className() == "QgsWMSSourceSelect"]
    dialog.resize(1100, 520)
    dialog.findChild(QSplitter).setSizes([200, 900])
    page.findChild(QPushButton, "btnConnect").click()
    table = page.findChild(QTableWidget, "lstTilesets")
    wait_for("tile sets", table.rowCount)
    for column, width in enumerate((150, 80, 250, 110, 150)):
        table.setColumnWidth(column, width)
    [chosen] = [
        row
        for row in range(table.rowCount())
        if [table.item(row, column).text() for column in (2, 3, 4)]
        == ["Elevation by colormap 1.0.0", "terrain", "WebMercatorQuad"]
    ]
    table.selectRow(chosen)
    table.itemClicked.emit(table.item(chosen, 0))
    table.scrollToItem(table.item(chosen, 0), QTableWidget.PositionAtCenter)
    grab(dialog, "qgis-add")
    dialog.close()
    later(0, show_map)


def show_map() -> None:
    """Open a layer definition file, as a double click does, and grab the map, the legend and the browser."""
    path = f"{FOLDER}/layer.qlr"
    urllib.request.urlretrieve(f"{URL}/workflow/{LAYER}/1.0.0/layer.qlr", path)
    project = QgsProject.instance()
    opened, message = QgsLayerDefinition.loadLayerDefinition(path, project, project.layerTreeRoot())
    assert opened, message
    canvas, layer = iface.mapCanvas(), project.layerTreeRoot().findLayers()[0].layer()
    drawn = []
    canvas.mapCanvasRefreshed.connect(lambda: drawn.append(True))
    canvas.zoomToFeatureExtent(layer.extent())
    window = iface.mainWindow()
    window.resizeDocks(
        [window.findChild(QDockWidget, name) for name in ("Browser", "Layers")], [400, 400], Qt.Horizontal
    )
    browser = window.findChild(QDockWidget, "Browser").findChild(QTreeView)
    connection = ["WMS/WMTS", "graftile"]
    for path in (connection[:1], connection, [*connection, "Elevation by colormap 1.0.0"]):
        wait_for(f"{path} in the browser", lambda path=path: index_of(browser.model(), path).isValid())
        browser.expand(index_of(browser.model(), path))
        browser.scrollTo(index_of(browser.model(), ["WMS/WMTS"]), QTreeView.PositionAtTop)
    wait_for("map", lambda: drawn and not canvas.isDrawing())
    wait(3000)  # legends come after the map, and tell nobody
    grab(window, "qgis-map")
    os._exit(0)


def index_of(model: QAbstractItemModel, path: list[str]) -> QModelIndex:
    """Return where a path of names is in a tree; not valid while it is not there."""
    index = QModelIndex()
    for name in path:
        children = [model.index(row, 0, index) for row in range(model.rowCount(index))]
        index = next((child for child in children if child.data() == name), QModelIndex())
        if not index.isValid():
            break
    return index


def grab(window: QWidget, name: str) -> None:
    wait(500)
    window.grab().save(f"{FOLDER}/{name}.png")


def wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec_()


def wait_for(what: str, condition: Callable[[], object]) -> None:
    for _ in range(200):
        if condition():
            return
        wait(100)
    raise TimeoutError(f"no {what} after 20 seconds")


def later(milliseconds: int, action: Callable[[], None]) -> None:
    """Run what may open windows from the event loop; a failure ends the desktop, which would go on for ever."""

    def run() -> None:
        try:
            action()
        except BaseException:
            traceback.print_exc()
            os._exit(1)

    QTimer.singleShot(milliseconds, run)


later(1500, main)
