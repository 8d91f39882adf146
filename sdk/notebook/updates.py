"""Updates of tiles in place, in the browser."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

__all__ = ["TileUpdates"]


class TileUpdates(anywidget.AnyWidget):
    """What keeps a layer's tiles painted while its URL changes, and gives up those that nobody waits for."""

    _esm = Path(__file__).with_suffix(".js")
    layer = traitlets.Unicode().tag(sync=True)  # id of its model
