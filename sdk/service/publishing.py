"""Publishing of objects, and use of published ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, overload

from sdk.contract.versions import check_version
from sdk.contract.viz_option import VizOption
from sdk.language.proxy import Proxy
from sdk.service import tile_url
from sdk.service.client import Client, default_client
from sdk.service.versioned_graft import VersionedGraft
from sdk.service.workflow import Decorator, Workflow

__all__ = ["publish", "use", "wmts_url"]


@overload
def publish(
    id: str,
    version: str,
    obj: None = None,
    title: str = "",
    description: str = "",
    labels: Mapping[str, str] | None = None,
    tags: Sequence[str] | None = None,
    docstring: str = "",
    version_labels: Mapping[str, str] | None = None,
    viz_options: Sequence[VizOption] | None = None,
    client: Client | None = None,
) -> Decorator: ...
@overload
def publish(
    id: str,
    version: str,
    obj: Proxy,
    title: str = "",
    description: str = "",
    labels: Mapping[str, str] | None = None,
    tags: Sequence[str] | None = None,
    docstring: str = "",
    version_labels: Mapping[str, str] | None = None,
    viz_options: Sequence[VizOption] | None = None,
    client: Client | None = None,
) -> Workflow: ...
def publish(
    id: str,
    version: str,
    obj: Proxy | None = None,
    title: str = "",
    description: str = "",
    labels: Mapping[str, str] | None = None,
    tags: Sequence[str] | None = None,
    docstring: str = "",
    version_labels: Mapping[str, str] | None = None,
    viz_options: Sequence[VizOption] | None = None,
    client: Client | None = None,
) -> Any:
    """Publish an object as a version of a workflow, and return the workflow as it is saved then.

    A workflow of this id gets one more version, and keeps the title, description, labels and tags that are not
    given. An object that depends on parameters is turned into a `Function` of them first. Without an object, this
    is a decorator that takes a Python function with annotations, whose docstring becomes the version's if none
    is given, and gives a `Function`. Raises what `Workflow.set_version` and `Workflow.save` raise.

        @wf.publish("bob@gmail.com:ndvi", "0.0.1")
        def ndvi(img: wf.Image) -> wf.Image:
            "Compute the NDVI of an Image"
            nir, red = img.unpack_bands("nir red")
            return (nir - red) / (nir + red)
    """
    if isinstance(version, Proxy):
        raise TypeError(
            f'publish() takes a version before the object: publish({id!r}, "1.0.0", …), not {type(version).__name__}'
        )
    check_version(version)
    workflow = Workflow(id, title, description, labels, tags, client)
    given = {name: value for name, value in workflow.metadata().items() if value}
    if obj is not None:
        workflow.set_version(version, obj, docstring, version_labels, viz_options)
        return workflow._store(given)

    def publish_function(function: Callable[..., Any]) -> Any:
        traced = workflow.set_version(version, None, docstring, version_labels, viz_options)(function)
        workflow._store(given)
        return traced

    return publish_function


def use(workflow_id: str, version: str, client: Client | None = None) -> Any:
    """Return the object of a published version; `version` may be an alias or `latest`, too.

    Raises ValueError for what cannot name a version, `NotFound` if there is none.

        ndvi = wf.use("bob@gmail.com:ndvi", "0.0.1")
        ndvi(wf.Image.from_id("field:a"))
    """
    return VersionedGraft.get(workflow_id, version, client).object


def wmts_url(
    tile_matrix_sets: str | Sequence[str] | None = None,
    dimensions: bool | None = None,
    client: Client | None = None,
    *,
    access_token: str | None = None,
) -> str:
    """Return the URL of the WMTS service whose layers are all workflows that the caller may read.

    QGIS and other maps are such a caller with an `access_token` of theirs; whoever sees the URL has it, too.

    >>> wmts_url(client=Client("https://maps.example.org"))
    'https://maps.example.org/wmts/workflow/1.0.0/WMTSCapabilities.xml'
    """
    template = f"{(client or default_client()).url}/wmts/workflow/1.0.0/WMTSCapabilities.xml"
    return tile_url.wmts_url(template, tile_matrix_sets, dimensions, access_token)
