"""Methods of imagery that draw it in notebooks: `visualize` and `tile_layer`.

Importing this module gives them to the types; ipyleaflet is imported by their first call.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

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
    return WorkflowsLayer(self, *style, log_level, parameter_overrides, name=name or "")


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
    known = shown_on.find_layer(name)
    if isinstance(known, WorkflowsLayer):
        known.replace(self, *style, log_level, parameter_overrides)
        return known
    layer = WorkflowsLayer(self, *style, log_level, parameter_overrides, name=name)
    shown_on.show(layer)
    return layer


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


ImageCollection.tile_layer, ImageCollection.visualize = tile_layer, visualize  # type: ignore[attr-defined]
Image.tile_layer, Image.visualize = _image_tile_layer, _image_visualize  # type: ignore[attr-defined]
