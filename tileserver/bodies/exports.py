"""Exports as bodies of jobs: the layer's graft, called, reduced, its bands picked, on a grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tileserver.drawing.exports import Export
from tileserver.drawing.style import Style
from tileserver.layers.layers import Layer

__all__ = ["export_body"]

LONLAT: Final = {"OGC:CRS84": "EPSG:4326"}  # the same coordinates, under the name that files have for it
LAYER, FUNCTION, IMAGERY, IMAGE, PICKED = ".layer", ".function", ".imagery", ".image", ".picked"


def export_body(layer: Layer, style: Style, export: Export) -> dict[str, Any]:
    """Return the body of the job that saves the values of a layer as a GeoTIFF."""
    grid, parameters = export.grid, [parameter.name for parameter in layer.parameters]
    crs = LONLAT.get(grid.crs, grid.crs)
    return {
        "graft": _graft(layer.document, parameters, style, export),
        "typespec": {"type": "Any"},
        "type": "Any",
        "parameters": [{"name": one.name, "typespec": dict(one.typespec)} for one in layer.parameters],
        "arguments": dict(style.arguments.documents),
        "geoctx": {
            "bounds": list(grid.bounds), "bounds_crs": crs, "crs": crs, "shape": list(grid.shape),
            "align_pixels": False,
        },
        "format": {"type": "geotiff"},
    }  # fmt: skip


def _graft(document: Mapping[str, Any], parameters: Sequence[str], style: Style, export: Export) -> dict[str, Any]:
    """Return the graft of a layer as one image of the bands of a style; its keys begin with a dot, as none else do."""
    named = {name: name for name in parameters}
    graft: dict[str, Any] = {"parameters": list(parameters)} if parameters else {}
    graft[LAYER] = document
    if "parameters" in document or not parameters:
        graft[IMAGERY] = [LAYER, named] if named else [LAYER]
    else:  # it gives the function
        graft |= {FUNCTION: [LAYER], IMAGERY: [FUNCTION, named]}
    graft |= {".no": False, ".axis": "images", ".bands": [list(style.bands)]}
    if not export.is_collection:
        graft["returns"] = IMAGERY
    elif style.reduction == "mosaic":
        graft |= {IMAGE: ["wf.mosaic", IMAGERY, {"reverse": ".no"}], "returns": IMAGE}
    else:
        graft |= {IMAGE: [f"wf.{style.reduction}", IMAGERY, ".axis"], "returns": IMAGE}
    if style.bands:
        graft[PICKED] = ["wf.pick_bands_list", graft["returns"], ".bands", {"allow_missing": ".no"}]
        graft["returns"] = PICKED
    return graft
