"""A layer of a notebook's map: imagery that a server draws, and what can be changed about it."""

from __future__ import annotations

import html
import logging
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Any, Final, Literal

import ipyleaflet
import ipywidgets
import traitlets

from sdk.contract.cards import card
from sdk.contract.packed_query import read_query
from sdk.contract.parameters import read_parameters
from sdk.contract.viz_option import check_scales
from sdk.language.function import Function
from sdk.language.image import Image
from sdk.language.image_collection import ImageCollection
from sdk.notebook.parameters import ParameterSet
from sdk.notebook.reach import make_reachable
from sdk.notebook.updates import TileUpdates
from sdk.service.client import Client
from sdk.service.exceptions import BadRequest, GraftileError, Unprocessable
from sdk.service.log_stream import LogRecord
from sdk.service.logs import XYZLogListener
from sdk.service.tile_url import Scales
from sdk.service.xyz import XYZ

__all__ = ["WorkflowsLayer"]

STYLE: Final = ("colormap", "checkerboard", "reduction")
RANGES: Final = ("r_min", "r_max", "g_min", "g_max", "b_min", "b_max")
MAX_LOG_LINES: Final = 200
REFUSAL_SECONDS: Final = 3.0  # how long a mistake is waited for, to be told on the line that makes it
WORLD: Final = [-180.0, -90.0, 180.0, 90.0]
QUIET_SECONDS: Final = 0.15  # for which nothing is changed, before ranges are asked for anew

Bounds = tuple[float, float, float, float]


class WorkflowsLayer(ipyleaflet.TileLayer):  # type: ignore[misc]
    """Imagery as a layer of a map, stored on the server as an `XYZ` that is not public.

    `imagery` may be set anew, and so may `colormap`, `checkerboard`, `reduction` and the ranges `r_min` to `b_max`;
    the tiles follow, each painted until what replaces it has come. `value` is the imagery with the arguments that it
    is drawn with, `image_value` one image of that. `autoscale_progress` tells `own_ranges`, those of the layer's own
    values where none are set, or why it cannot be drawn. `parameters` has the values of the arguments that the imagery
    depends on, each a trait. `log` lines of the tiles, from `log_level` on, go to `log_output`.
    """

    imagery = traitlets.Any()
    xyz_obj: Any = traitlets.Instance(XYZ, allow_none=True, read_only=True)
    session_id = traitlets.Unicode(read_only=True)
    log_level = traitlets.Int(logging.DEBUG, allow_none=True)
    log_output: Any = traitlets.Instance(ipywidgets.Output, allow_none=True)
    autoscale_progress: Any = traitlets.Instance(ipywidgets.HTML, read_only=True)
    own_ranges: Any = traitlets.Tuple(read_only=True)
    clear_on_update = traitlets.Bool(True)

    colormap = traitlets.Unicode(None, allow_none=True)
    checkerboard = traitlets.Bool(None, allow_none=True)
    reduction = traitlets.Unicode(None, allow_none=True)
    parameters: Any = traitlets.Instance(ParameterSet, allow_none=True, read_only=True)
    r_min = traitlets.Float(None, allow_none=True)
    r_max = traitlets.Float(None, allow_none=True)
    g_min = traitlets.Float(None, allow_none=True)
    g_max = traitlets.Float(None, allow_none=True)
    b_min = traitlets.Float(None, allow_none=True)
    b_max = traitlets.Float(None, allow_none=True)

    def __init__(
        self,
        imagery: Image | ImageCollection,
        scales: Scales | None = None,
        colormap: str | None = None,
        checkerboard: bool | None = None,
        reduction: str | None = None,
        log_level: int | None = logging.DEBUG,
        parameter_overrides: Mapping[str, Any] | None = None,
        client: Client | None = None,
        **kwargs: Any,
    ) -> None:
        """Store the imagery on the server, and draw it; `scales` as in `XYZ.url`, None for the layer's own range.

        Raises `BadRequest` for a style that it cannot be drawn in, `Unprocessable` for what cannot be computed.
        """
        self._client = client
        self._updates: TileUpdates | None = None
        self._held = 1
        self._listener: XYZLogListener | None = None
        self._extent: Bounds | None = None
        self._asking: Thread | None = None
        self._refusal: GraftileError | None = None
        super().__init__(max_zoom=22, **kwargs)
        self.set_trait("session_id", uuid.uuid4().hex)
        self.set_trait("autoscale_progress", ipywidgets.HTML())
        self._updates = TileUpdates(layer=self.model_id)
        self.replace(imagery, scales, colormap, checkerboard, reduction, log_level, parameter_overrides)
        self._held = 0
        self._update_url()
        self._raise_refusal()
        self.observe(self._update_url, (*STYLE, *RANGES, "session_id"))
        self.observe(self._listen, ("log_output", "log_level"))

    def replace(
        self,
        imagery: Image | ImageCollection,
        scales: Scales | None,
        colormap: str | None,
        checkerboard: bool | None,
        reduction: str | None,
        log_level: int | None,
        parameter_overrides: Mapping[str, Any] | None,
    ) -> None:
        """Draw other imagery in another style; all is as when a layer is made."""
        with self.hold_url_updates():
            self.set_imagery(imagery, **(parameter_overrides or {}))
            self.checkerboard, self.reduction, self.log_level = checkerboard, reduction, log_level
            self.set_scales(scales, colormap)
        self._raise_refusal()

    def set_imagery(self, imagery: Image | ImageCollection, **parameter_overrides: Any) -> None:
        """Draw other imagery; arguments that it depends on are given by name, and keep their values where not."""
        if not isinstance(imagery, (Image, ImageCollection)):
            raise TypeError(f"a layer draws an Image or an ImageCollection, not {imagery!r}")
        xyz = XYZ(imagery, name=self.name or "", public=False, client=self._client)
        described = read_parameters(xyz._record["parameters"])
        known = self.parameters.to_dict() if self.parameters is not None else {}
        kept = {each.name: known[each.name] for each in described if each.name in known}
        parameters = ParameterSet(list(described), {**kept, **parameter_overrides})
        make_reachable(xyz._client.url)
        with self.hold_url_updates():
            self.set_trait("xyz_obj", xyz)
            self.set_trait("parameters", parameters)
            parameters.observe(self._update_url)
            self.imagery = imagery
            self._find_extent()
        self._listen()
        self._raise_refusal()

    @property
    def value(self) -> Any:
        """The imagery, with the arguments that it is drawn with in place of its parameters."""
        values = self.parameters.to_dict()
        return Function.from_object(self.imagery)(**values) if values else self.imagery

    @property
    def image_value(self) -> Any:
        """One image of `value`: that of its reduction, if it is a collection."""
        value = self.value
        if not isinstance(value, ImageCollection):
            return value
        return value.reduction(self.reduction or "mosaic", axis="images")

    @traitlets.observe("imagery")
    def _replace_imagery(self, change: Any) -> None:
        if self._held == 0:
            self.set_imagery(change["new"])

    def get_scales(self) -> list[list[float | None]] | None:
        """Return the range of each band that has one, of a colormap's alone; None if none has."""
        pairs = [[getattr(self, f"{band}_{edge}") for edge in ("min", "max")] for band in "rgb"]
        pairs = pairs[:1] if self.colormap else [pair for pair in pairs if pair != [None, None]]
        return None if pairs in ([], [[None, None]]) else pairs

    def set_scales(self, scales: Scales | None, new_colormap: str | Literal[False] | None = False) -> None:
        """Set the ranges of red, green and blue, or of a colormap, which may be set, too; None frees them."""
        pairs = () if scales is None or scales == "auto" else check_scales(scales)
        with self.hold_url_updates():
            if new_colormap is not False:
                self.colormap = new_colormap
            for i, band in enumerate("rgb"):
                low, high = pairs[i] if i < len(pairs) else (None, None)
                setattr(self, f"{band}_min", low)
                setattr(self, f"{band}_max", high)

    def make_url(self) -> str:
        """Return the URL template of the tiles as they are drawn now."""
        values = self.parameters.to_dict()
        url: str = self.xyz_obj.url(
            session_id=self.session_id,
            colormap=self.colormap,
            scales=self.get_scales() or "auto",
            reduction=self.reduction,
            checkerboard=self.checkerboard,
            **values,
        )
        return url

    @contextmanager
    def hold_url_updates(self) -> Iterator[None]:
        """Change several things, and draw once."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            self._update_url()

    def clear_logs(self) -> None:
        """Empty `log_output`."""
        if self.log_output is not None:
            self.log_output.outputs = ()

    def forget_logs(self) -> None:
        """Stop to show what the tiles do."""
        if self._listener is not None:
            self._listener.stop(0)
            self._listener = None

    def close(self) -> None:
        """Take the layer from all maps, and stop to follow its log."""
        self.forget_logs()
        if self._updates is not None:
            self._updates.close()
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        scales = self.get_scales()
        rows = {"colormap": self.colormap, "scales": scales, "reduction": self.reduction, "id": self.xyz_obj.id}
        text = "wf.map shows the layers that are visualized, unless on a map of their own"
        shown = ipywidgets.HTML(card(f"WorkflowsLayer: {self.name}", rows, text, page=self.xyz_obj._page))
        return ipywidgets.VBox([shown, self.parameters.widget])._repr_mimebundle_(**kwargs)

    def __repr__(self) -> str:
        return f"<WorkflowsLayer {self.name!r}: {self.url}>"

    def _query(self, *kept: str) -> list[tuple[str, str]]:
        """Return the arguments, and some of what else the URL of the tiles says."""
        names = {*kept, *self.parameters.to_dict()}
        return [pair for pair in read_query(self.make_url()) if pair[0] in names]

    def _find_extent(self) -> None:
        """Ask where the imagery lies, and whose it is; elsewhere no tiles are asked for."""
        try:
            tilejson = self.xyz_obj._client.get(f"/{self.xyz_obj._layer}/tilejson.json", self._query())
        except GraftileError:
            tilejson = {}  # what is wrong with it is told where its ranges are asked for
        west, south, east, north = tilejson.get("bounds", WORLD)
        self._extent = None if [west, south, east, north] == WORLD else (west, south, east, north)
        self.bounds = [[south, west], [north, east]] if self._extent and west < east else None
        self.attribution = tilejson.get("attribution", "")

    def _update_url(self, change: Any = None) -> None:
        if self._held == 0 and self.xyz_obj is not None:
            if self.clear_on_update:
                self.clear_logs()
            self.url = self.make_url()
            self._tell_range(change)

    def _tell_range(self, change: Any) -> None:
        """Fill `autoscale_progress` without holding up the kernel; nothing is told once the tiles are others."""
        self.autoscale_progress.value, self._refusal = "", None
        self.set_trait("own_ranges", ())
        if change is None or change["owner"] is self or self.get_scales() is None:
            seconds = 0 if change is None else QUIET_SECONDS
            self._asking = Thread(target=self._ask_for_range, args=(self.url, seconds), name="autoscale", daemon=True)
            self._asking.start()

    def _ask_for_range(self, url: str, seconds: float = 0) -> None:
        time.sleep(seconds)
        if url != self.url:
            return
        automatic, told = self.get_scales() is None, ""
        ranges: list[tuple[str, Sequence[float] | None]] = []
        try:
            query = self._query("band", "colormap", "reduction", "scales")
            legend = self.xyz_obj._client.get(f"/{self.xyz_obj._layer}/legend.json", query)
            ranges = [(band["name"], band["scale"]) for band in legend["bands"]]
            told = ", ".join(f"{name} {_range(scale)}" for name, scale in ranges) or "there is nothing to draw"
        except GraftileError as error:
            told, automatic, self._refusal = str(error), True, error
        if url == self.url and automatic:
            self.autoscale_progress.value = html.escape(f"{self.name}: {told}")
            self.set_trait("own_ranges", tuple(ranges))

    def _raise_refusal(self) -> None:
        """Raise what the server says against the layer as it is, if it says so soon."""
        if self._held == 0 and self._asking is not None:
            self._asking.join(REFUSAL_SECONDS)
            if isinstance(self._refusal, (BadRequest, Unprocessable)):
                raise self._refusal.with_traceback(None)

    def _listen(self, change: Any = None) -> None:
        self.forget_logs()
        if self.log_output is not None and self.xyz_obj is not None:
            self._listener = self.xyz_obj.log_listener()
            self._listener.add_callback(self._show)
            self._listener.listen(self.session_id, level=self.log_level)

    def _show(self, record: LogRecord) -> None:
        line = {"output_type": "stream", "name": "stdout", "text": f"{record.level}: {record.message}\n"}
        self.log_output.outputs = (*self.log_output.outputs, line)[-MAX_LOG_LINES:]


def _range(scale: Sequence[float] | None) -> str:
    return "its own in each tile" if scale is None else f"{scale[0]:g} to {scale[1]:g}"
