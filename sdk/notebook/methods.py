"""Methods of imagery that draw it in notebooks: `visualize` and `tile_layer`.

Importing this module gives them to the types; ipyleaflet is imported by their first call.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from sdk.language.image import Image
from sdk.language.image_collection import ImageCollection
from sdk.service.tile_url import Scales

if TYPE_CHECKING:
    from sdk.notebook.layer import WorkflowsLayer
    from sdk.notebook.map import Map

__all__ = ["tile_layer", "visualize"]


def tile_layer(
    self: Image | ImageCollection,
    name: str | None = None,
    scales: Scales | None = None,
    colormap: str | None = None,
    reduction: str | None = "mosaic",
    checkerboard: bool = True,
    log_level: int = logging.DEBUG,
    **parameter_overrides: Any,
) -> WorkflowsLayer:
    """Return the imagery as a layer for a map of ipyleaflet, made one image of by the reduction.

    `scales` are as in `XYZ.url`; without them all tiles have the layer's own range. `parameter_overrides` are the
    values of the parameters that the imagery depends on.
    """
    from sdk.notebook.layer import WorkflowsLayer

    style = scales, colormap, checkerboard, reduction
    layer_name = "" if name is None else _checked_name(name)
    return WorkflowsLayer(self, *style, log_level, parameter_overrides, name=layer_name)


def visualize(
    self: Image | ImageCollection,
    name: str,
    scales: Scales | None = None,
    colormap: str | None = None,
    reduction: str | None = "mosaic",
    checkerboard: bool = True,
    log_level: int = logging.DEBUG,
    map: Map | None = None,
    **parameter_overrides: Any,
) -> WorkflowsLayer:
    """Draw the imagery on a map, `wf.map` by default, as the layer of a name: a new one, or what it shows now.

    The rest is as in `tile_layer`.
    """
    from sdk.notebook.layer import WorkflowsLayer
    from sdk.notebook.map import default_map

    style = scales, colormap, checkerboard, reduction
    shown_on = default_map() if map is None else map
    known = shown_on.find_layer(_checked_name(name))
    if isinstance(known, WorkflowsLayer):
        known.replace(self, *style, log_level, parameter_overrides)
        return known
    layer = WorkflowsLayer(self, *style, log_level, parameter_overrides, name=name)
    shown_on.show(layer)
    return layer


def _checked_name(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"the name of a layer must be text, as in visualize('NDVI', …), not {type(name).__name__}")
    return name


def _as_leaflet_layer(self: Image | ImageCollection) -> WorkflowsLayer:
    """Return the imagery as a layer, as maps of ipyleaflet ask for it in `map.add(image)`."""
    return tile_layer(self, reduction="mosaic" if isinstance(self, ImageCollection) else None)


def _image_tile_layer(
    self: Image,
    name: str | None = None,
    scales: Scales | None = None,
    colormap: str | None = None,
    checkerboard: bool = True,
    log_level: int = logging.DEBUG,
    **parameter_overrides: Any,
) -> WorkflowsLayer:
    """Return the image as a layer for a map of ipyleaflet.

    `scales` are as in `XYZ.url`; without them all tiles have the layer's own range. `parameter_overrides` are the
    values of the parameters that the image depends on.
    """
    return tile_layer(self, name, scales, colormap, None, checkerboard, log_level, **parameter_overrides)


def _image_visualize(
    self: Image,
    name: str,
    scales: Scales | None = None,
    colormap: str | None = None,
    checkerboard: bool = True,
    log_level: int = logging.DEBUG,
    map: Map | None = None,
    **parameter_overrides: Any,
) -> WorkflowsLayer:
    """Draw the image on a map, `wf.map` by default, as the layer of a name: a new one, or what it shows now.

    The rest is as in `tile_layer`.
    """
    return visualize(self, name, scales, colormap, None, checkerboard, log_level, map, **parameter_overrides)


_METHODS: Final = {
    ImageCollection: {"tile_layer": tile_layer, "visualize": visualize},
    Image: {"tile_layer": _image_tile_layer, "visualize": _image_visualize},
}
for _type, _methods in _METHODS.items():
    for _name, _method in {**_methods, "as_leaflet_layer": _as_leaflet_layer}.items():
        setattr(_type, _name, _method)
_image_tile_layer.__qualname__, _image_visualize.__qualname__ = "Image.tile_layer", "Image.visualize"
tile_layer.__qualname__, visualize.__qualname__ = "ImageCollection.tile_layer", "ImageCollection.visualize"
