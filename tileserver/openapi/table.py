"""What each endpoint takes and answers: a row for every one that a route names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pydantic import BaseModel

from sdk.contract.formats import MEDIA_TYPES as RESULTS
from tileserver.bodies.area import AreaBody
from tileserver.bodies.inspection import InspectBody
from tileserver.bodies.jobs import JobBody
from tileserver.bodies.sharing import AliasBody, LinkBody
from tileserver.bodies.workflows import WorkflowBody
from tileserver.bodies.xyz import RenewBody, XYZBody
from tileserver.drawing.animation import FORMATS
from tileserver.drawing.encoding import MEDIA_TYPES as PICTURES
from tileserver.layers.qgis import MEDIA_TYPE as QLR

__all__ = ["DESCRIBED", "UNDESCRIBED", "Described"]

JSON: Final = ("application/json",)
HTML: Final = ("text/html",)
EVENTS: Final = ("text/event-stream",)
ANY: Final = ("*/*",)
STYLE: Final = ("session_id", "colormap", "band", "scales", "gamma", "reduction", "checkerboard", "viz")


@dataclass(frozen=True, slots=True)
class Described:
    """An endpoint: the group that it stands in, keys of its query, its body, and media types by status."""

    tag: str
    answers: Mapping[int, Sequence[str]]
    query: Sequence[str] = ()
    body: type[BaseModel] | None = None
    takes_arguments: bool = False


def _read(tag: str, *query: str, types: Sequence[str] = JSON) -> Described:
    return Described(tag, {200: types}, query)


def _drawn(types: Sequence[str], *query: str) -> Described:
    return Described("Layers", {200: types, 304: ()}, (*STYLE, *query), takes_arguments=True)


def _removed(tag: str) -> Described:
    return Described(tag, {204: ()})


UNDESCRIBED: Final = Described("Other", {200: ANY})
"""The row of a route without one, which a test forbids, and a server survives."""

DESCRIBED: Final[Mapping[str, Described]] = MappingProxyType(
    {
        "tiles.get_tile": _drawn([*PICTURES.values()]),
        "legends.get_picture": _drawn(["image/png"]),
        "legends.get_svg": _drawn(["image/svg+xml"]),
        "legends.get_numbers": _drawn(JSON),
        "previews.get_preview": _drawn([*PICTURES.values()], "bounds", "width", "height"),
        "previews.get_animation": _drawn([*FORMATS.values()], "bounds", "width", "height", "over", "seconds"),
        "values.get_point": _drawn(JSON, "lon", "lat"),
        "values.get_statistics": _drawn(JSON, "bounds", "geometry"),
        "values.post_statistics": Described("Layers", {200: JSON}, STYLE, AreaBody, takes_arguments=True),
        "tilejson.get_tilejson": _drawn(JSON),
        "tilejson.get_style": _drawn(JSON),
        "qgis.get_definition": _drawn([QLR]),
        "logs.get_logs": _read("Layers", "session_id", "level", "start_datetime", types=EVENTS),
        "objects.create": Described("XYZ objects", {201: JSON}, body=XYZBody),
        "objects.list_page": _read("XYZ objects", "public", "after"),
        "objects.read": _read("XYZ objects"),
        "objects.renew": Described("XYZ objects", {200: JSON}, body=RenewBody),
        "objects.delete": _removed("XYZ objects"),
        "workflows.search": _read("Workflows", "email", "name", "tags", "after"),
        "workflows.read": _read("Workflows"),
        "workflows.save": Described("Workflows", {200: JSON, 201: JSON}, body=WorkflowBody),
        "workflows.delete": _removed("Workflows"),
        "workflows.read_version": _read("Workflows"),
        "sharing.list_readers": _read("Sharing"),
        "sharing.add_reader": Described("Sharing", {200: JSON, 201: JSON}),
        "sharing.remove_reader": _removed("Sharing"),
        "sharing.set_alias": Described("Workflows", {200: JSON, 201: JSON}, body=AliasBody),
        "sharing.remove_alias": _removed("Workflows"),
        "links.create": Described("Sharing", {201: JSON}, body=LinkBody),
        "links.list_links": _read("Sharing"),
        "links.revoke": _removed("Sharing"),
        "scales.forget": _removed("Layers"),
        "inspect.inspect": Described("Results", {200: [*RESULTS.values()]}, body=InspectBody),
        "inspect.estimate_cost": Described("Results", {200: JSON}, body=InspectBody),
        "jobs.create": Described("Results", {202: JSON}, body=JobBody),
        "jobs.create_geotiff": Described(
            "Results", {202: JSON}, (*STYLE, "bounds", "width", "height"), takes_arguments=True
        ),
        "jobs.list_page": _read("Results", "stage", "since", "after"),
        "jobs.read": _read("Results"),
        "jobs.cancel": Described("Results", {200: JSON}),
        "jobs.events": _read("Results", types=EVENTS),
        "jobs.logs": _read("Results", "level", "after"),
        "jobs.result": _read("Results", types=ANY),
        "catalog.list_products": _read("Catalog", "after"),
        "catalog.read_product": _read("Catalog"),
        "catalog.list_vectors": _read("Catalog"),
        "catalog.read_image": _read("Catalog"),
        "catalog.list_operations": _read("Language"),
        "health.alive": _read("Server"),
        "health.ready": Described("Server", {200: JSON, 503: JSON}),
        "metrics.get_metrics": _read("Server", types=["text/plain"]),
        "openapi.get_definition": _read("Server"),
        "openapi.show_definition": _read("Server", types=HTML),
        "wmts.get": _read("Standards", types=ANY),
        "ogc.get": Described("Standards", {200: ANY, 304: ()}, ["f"]),
        "ogc.get_map": Described("Standards", {200: ["image/png"], 304: ()}, ["f", *STYLE], takes_arguments=True),
        "ogc.get_tile": Described("Standards", {200: ["image/png"], 304: ()}, ["f", *STYLE], takes_arguments=True),
        "home.show_home": _read("Pages", "q", "kind", "after", "workflows_after", types=HTML),
        "home.find_layers": _read("Pages", "q"),
        "pages.show_colormaps": _read("Pages", types=["image/png"]),
        "pages.show_layer": _read("Pages", types=HTML),
        "jobs.show_jobs": _read("Pages", "after", types=HTML),
        "products.show_product": _read("Pages", types=HTML),
        "pages.favicon": _read("Pages", types=["image/svg+xml"]),
        "reference.show_builtin": Described("Language", {302: ()}),
        "reference.show_index": _read("Language", types=HTML),
        "reference.show_page": _read("Language", types=HTML),
    }
)
"""Rows by the names of endpoints: the file in which each stands, and its function."""
