"""Values of pixels that are clicked on a map."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from threading import Thread
from typing import Any

import ipyleaflet
import ipywidgets

from sdk.notebook.layer import WorkflowsLayer
from sdk.service.exceptions import GraftileError

__all__ = ["Inspector"]


class Inspector:
    """A map's clicks, answered by a popup with the values there of all layers that are shown."""

    def __init__(self, map: ipyleaflet.Map) -> None:
        self._map = map
        self._popup: ipyleaflet.Popup | None = None
        map.on_interaction(self._answer)

    def close(self) -> None:
        """Ask for nothing any more."""
        self._map.on_interaction(self._answer, remove=True)
        self._drop()

    def inspect(self, lat: float, lon: float) -> None:
        """Show the values of a place."""
        layers = [each for each in reversed(self._map.layers) if isinstance(each, WorkflowsLayer) and each.visible]
        table = ipywidgets.HTML(_table(lat, lon, ((layer.name, _values(layer, lat, lon)) for layer in layers)))
        self._drop()
        self._popup = ipyleaflet.Popup(location=(lat, lon), child=table, close_on_escape_key=True, max_width=400)
        self._map.add(self._popup)

    def _answer(self, **event: Any) -> None:
        if event.get("type") == "click":
            # The kernel handles no other message, of another click say, before this one is done with.
            Thread(target=self.inspect, args=event["coordinates"], name="inspector", daemon=True).start()

    def _drop(self) -> None:
        if self._popup is not None and self._popup in self._map.layers:
            self._map.remove(self._popup)
        self._popup = None


def _values(layer: WorkflowsLayer, lat: float, lon: float) -> Mapping[str, object] | str:
    """Return the values of a layer's bands at a place, or why there are none."""
    query = layer._query("band", "reduction")
    path = f"/{layer.xyz_obj._layer}/point"
    try:
        values: Mapping[str, object] = layer.xyz_obj._client.get(path, [("lon", str(lon)), ("lat", str(lat)), *query])[
            "values"
        ]
    except GraftileError as error:
        return str(error)
    return values


def _table(lat: float, lon: float, rows: Iterable[tuple[str, Mapping[str, object] | str]]) -> str:
    lines = [f"<strong>{lat:.5f}, {lon:.5f}</strong><table>"]
    for name, values in rows:
        told = values if isinstance(values, str) else ", ".join(f"{band} {_number(v)}" for band, v in values.items())
        lines.append(f"<tr><th>{html.escape(name)}</th><td>{html.escape(told or 'nothing')}</td></tr>")
    return "".join([*lines, "</table>"])


def _number(value: object) -> str:
    return "missing" if value is None else f"{value:g}" if isinstance(value, (int, float)) else str(value)
