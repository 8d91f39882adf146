"""Methods of every proxy that talk to a server: `compute`, `estimate`, `inspect` and `publish`.

The language knows no server; importing this module gives its base type these methods. Whatever speaks HTTP is
imported by their first call.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from sdk.language.proxy import Proxy

if TYPE_CHECKING:
    from sdk.contract.viz_option import VizOption
    from sdk.service.client import Client
    from sdk.service.estimates import Estimate
    from sdk.service.workflow import Workflow

__all__ = ["compute", "estimate", "inspect", "publish"]


def compute(
    self: Proxy,
    geoctx: object = None,
    format: str | Mapping[str, object] = "pyarrow",
    destination: str | Mapping[str, object] = "download",
    file: str | os.PathLike[str] | BinaryIO | None = None,
    timeout: float | None = None,
    block: bool = True,
    progress_bar: bool | None = None,
    cache: bool = True,
    client: Client | None = None,
    num_retries: int | None = None,
    **arguments: Any,
) -> Any:
    """Compute the value as a job of the server, as `wf.compute` does."""
    from sdk.service import job

    how = format, destination, file, timeout, block, progress_bar, cache, client, num_retries
    return job.compute(self, geoctx, *how, **arguments)


def estimate(self: Proxy, geoctx: object = None, client: Client | None = None, **arguments: Any) -> Estimate:
    """Return what it would take to compute the value, before anything runs."""
    from sdk.service import estimates

    return estimates.estimate(self, geoctx, client, **arguments)


def inspect(
    self: Proxy,
    geoctx: object = None,
    format: str | Mapping[str, object] = "pyarrow",
    file: str | os.PathLike[str] | BinaryIO | None = None,
    cache: bool = True,
    timeout: float | None = 60,
    client: Client | None = None,
    **arguments: Any,
) -> Any:
    """Compute the value now, on the server, as `wf.inspect` does."""
    from sdk.service import inspection

    return inspection.inspect(self, geoctx, format, file, cache, timeout, client, **arguments)


def publish(
    self: Proxy,
    id: str,
    version: str,
    title: str = "",
    description: str = "",
    labels: Mapping[str, str] | None = None,
    tags: Sequence[str] | None = None,
    docstring: str = "",
    version_labels: Mapping[str, str] | None = None,
    viz_options: Sequence[VizOption] | None = None,
    client: Client | None = None,
) -> Workflow:
    """Publish the object as a version of a workflow, as `wf.publish` does."""
    from sdk.service import publishing

    about = title, description, labels, tags, docstring, version_labels, viz_options
    return publishing.publish(id, version, self, *about, client)


def _repr_html_(self: Proxy) -> str:
    """Return what notebooks show: the type, the parameters, the computation, and a thumbnail of imagery."""
    from sdk.service import cards

    return cards.proxy_card(self)


for _method in (compute, estimate, inspect, publish, _repr_html_):
    setattr(Proxy, _method.__name__, _method)
