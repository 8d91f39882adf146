"""Builds computations from proxy objects and talks to a server: `import sdk as wf`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING
from typing import Any as _Any

from sdk import numpy
from sdk.any_ import Any
from sdk.containers import List
from sdk.datetimes import Datetime, Timedelta
from sdk.dicts import Dict, KnownDict
from sdk.errors import ProxyTypeError
from sdk.function import Function
from sdk.functions import (
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
from sdk.geocontext import GeoContext
from sdk.groupby import ImageCollectionGroupby
from sdk.image import Image
from sdk.image_collection import ImageCollection
from sdk.parameter import parameter
from sdk.primitives import Bool, Float, Int, NoneType, e, inf, nan, pi
from sdk.proxify import proxify
from sdk.strings import Str
from sdk.tuples import Tuple

if TYPE_CHECKING:
    from sdk import exceptions
    from sdk.client import Client
    from sdk.inspection import inspect
    from sdk.logs import XYZLogListener
    from sdk.publishing import publish, use, wmts_url
    from sdk.readers import AllAuthenticatedUsers, Anybody, Organization, UserEmail
    from sdk.versioned_graft import VersionedGraft
    from sdk.viz_option import VizOption
    from sdk.workflow import Workflow
    from sdk.xyz import XYZ

__all__ = [
    "XYZ", "AllAuthenticatedUsers", "Any", "Anybody", "Bool", "Client", "Datetime", "Dict", "Float", "Function",
    "GeoContext", "Image", "ImageCollection", "ImageCollectionGroupby", "Int", "KnownDict", "List", "NoneType",
    "Organization", "ProxyTypeError", "Str", "Timedelta", "Tuple", "UserEmail", "VersionedGraft", "VizOption",
    "Workflow", "XYZLogListener", "arccos", "arcsin", "arctan", "arctan2", "concat", "cos", "e", "exceptions", "exp",
    "ifelse", "inf", "inspect", "log", "log1p", "log2", "log10", "nan", "normalized_difference", "numpy", "parameter",
    "pi", "proxify", "publish", "range", "sin", "sqrt", "square", "tan", "use", "where", "wmts_url", "zip",
]  # fmt: skip

# What talks to a server is imported when it is first used: HTTP takes longer to import than all of the language.
_LAZY = {
    "AllAuthenticatedUsers": "sdk.readers",
    "Anybody": "sdk.readers",
    "Client": "sdk.client",
    "Organization": "sdk.readers",
    "UserEmail": "sdk.readers",
    "VersionedGraft": "sdk.versioned_graft",
    "VizOption": "sdk.viz_option",
    "Workflow": "sdk.workflow",
    "XYZ": "sdk.xyz",
    "XYZLogListener": "sdk.logs",
    "inspect": "sdk.inspection",
    "publish": "sdk.publishing",
    "use": "sdk.publishing",
    "wmts_url": "sdk.publishing",
}


def __getattr__(name: str) -> _Any:
    if name == "exceptions":
        return import_module("sdk.exceptions")
    if name not in _LAZY:
        raise AttributeError(f"module 'sdk' has no attribute {name!r}")
    value = getattr(import_module(_LAZY[name]), name)
    globals()[name] = value  # before the submodule of the same name is bound, and after
    return value
