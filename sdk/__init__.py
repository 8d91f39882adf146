"""Builds computations from proxy objects and talks to a server: `import sdk as wf`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING
from typing import Any as _Any

from sdk import language, numpy, scenes, widgets
from sdk.graft.errors import ProxyTypeError
from sdk.graft.near import near as _near
from sdk.graft.types import TYPES
from sdk.language.convolution import conv2d
from sdk.language.ellipses import Ellipsis
from sdk.language.features import load_geojson, load_geojson_file
from sdk.language.functions import (
    arccos,
    arcsin,
    arctan,
    arctan2,
    concat,
    cos,
    exp,
    ifelse,
    log,
    log1p,
    log2,
    log10,
    normalized_difference,
    range,
    sin,
    sqrt,
    square,
    tan,
    where,
    zip,
)
from sdk.language.parameter import parameter
from sdk.language.primitives import e, inf, nan, pi
from sdk.language.proxify import proxify
from sdk.language.proxy import TYPES as PROXIES
from sdk.notebook import methods as _drawing  # noqa: F401  gives imagery `visualize` and `tile_layer`
from sdk.service import methods as _methods  # noqa: F401  gives every proxy `compute`, `inspect` and others

if TYPE_CHECKING:
    from sdk.contract.viz_option import VizOption
    from sdk.service import exceptions
    from sdk.service.client import Client
    from sdk.service.inspection import inspect
    from sdk.service.job import Job, compute
    from sdk.service.local_server import open, serve
    from sdk.service.logs import XYZLogListener
    from sdk.service.publishing import publish, use, wmts_url
    from sdk.service.readers import AllAuthenticatedUsers, Anybody, Organization, UserEmail
    from sdk.service.versioned_graft import VersionedGraft
    from sdk.service.workflow import Workflow
    from sdk.service.xyz import XYZ

for _module in iter_modules(language.__path__):  # each enters its types into the table
    import_module(f"{language.__name__}.{_module.name}")
globals().update((name, PROXIES[name]) for name in TYPES)

__all__ = [
    *sorted(TYPES),
    "AllAuthenticatedUsers", "Anybody", "Client", "Ellipsis", "Job", "Organization", "ProxyTypeError", "UserEmail",
    "VersionedGraft", "VizOption", "Workflow", "XYZ", "XYZLogListener", "arccos", "arcsin", "arctan", "arctan2",
    "compute", "concat", "conv2d", "cos", "e", "exceptions", "exp", "ifelse", "inf", "inspect", "load_geojson",
    "load_geojson_file", "log", "log10", "log1p", "log2", "nan", "normalized_difference", "numpy", "open", "parameter",
    "pi", "proxify", "publish", "range", "scenes", "serve", "sin", "sqrt", "square", "tan", "use", "where", "widgets",
    "wmts_url", "zip",
]  # fmt: skip

# What talks to a server is imported when it is first used: HTTP takes longer to import than all of the language.
_LAZY = {
    "AllAuthenticatedUsers": "sdk.service.readers",
    "Anybody": "sdk.service.readers",
    "Client": "sdk.service.client",
    "Job": "sdk.service.job",
    "Map": "sdk.notebook.map",
    "Organization": "sdk.service.readers",
    "UserEmail": "sdk.service.readers",
    "VersionedGraft": "sdk.service.versioned_graft",
    "VizOption": "sdk.contract.viz_option",
    "Workflow": "sdk.service.workflow",
    "WorkflowsLayer": "sdk.notebook.layer",
    "XYZ": "sdk.service.xyz",
    "XYZLogListener": "sdk.service.logs",
    "compute": "sdk.service.job",
    "inspect": "sdk.service.inspection",
    "open": "sdk.service.local_server",
    "publish": "sdk.service.publishing",
    "serve": "sdk.service.local_server",
    "use": "sdk.service.publishing",
    "wmts_url": "sdk.service.publishing",
}


def __dir__() -> list[str]:
    return list(__all__)


def __getattr__(name: str) -> _Any:
    if name == "exceptions":
        return import_module("sdk.service.exceptions")
    if name in ("interactive", "models", "result_types", "types"):
        return import_module(f"sdk.{name}")
    if name == "map":
        return import_module("sdk.interactive").map
    if name not in _LAZY:
        raise AttributeError(f"module 'sdk' has no attribute {name!r}{_near(name, [*__all__, *_LAZY])}")
    value = getattr(import_module(_LAZY[name]), name)
    globals()[name] = value  # before the submodule of the same name is bound, and after
    return value
