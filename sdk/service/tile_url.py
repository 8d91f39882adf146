"""URLs of tiles and of WMTS, with the style and the arguments in their query."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from typing import Any, Final, Literal

from sdk.contract.colormaps import Colormap, check_colormap, check_name
from sdk.contract.packed_query import NEVER_PACKED, keep_whole
from sdk.contract.viz_option import VizOption, check_bands, check_gamma, check_reduction, check_scales
from sdk.graft.near import near
from sdk.language.function import Function
from sdk.language.generic import type_name
from sdk.language.proxy import Proxy
from sdk.service.computation import Computation, arguments_json

__all__ = ["QUERY_NAMES", "Scales", "switch", "tile_url", "wmts_url"]

Scales = Sequence[float | Sequence[float | None] | None] | Literal["auto"]

DRAWN: Final = ("Image", "ImageCollection", "Any")
QUERY_NAMES: Final = NEVER_PACKED | {"colormap", "band", "scales", "reduction", "checkerboard", "viz"}
Query = Mapping[str, str | Sequence[str] | None]  # None for what is left to the server
MAX_SESSION_ID: Final = 128


def tile_url(
    template: str,
    computation: Computation,
    viz_options: Sequence[VizOption],
    arguments: Mapping[str, object],
    *,
    session_id: str | None = None,
    colormap: Colormap | None = None,
    bands: str | Sequence[str] | None = None,
    scales: Scales | None = None,
    reduction: str | None = None,
    checkerboard: bool | None = None,
    viz: str | VizOption | None = None,
    access_token: str | None = None,
    link: str | None = None,
) -> str:
    """Return the URL template of a layer's tiles in a style; None leaves a choice to the layer.

    An argument `gamma` that the object does not take is that of the style. With an `access_token`, or the key of a
    signed `link`, in it, the URL works where no headers can be sent. The style and the arguments are written as the
    server's documents do it, without characters at which programs cut.

    Raises TypeError for scales of another form and for arguments that are missing, unknown or of another type,
    ValueError for what cannot be drawn.
    """
    arguments, gamma = _apart(computation, arguments)
    given = _arguments(computation, arguments)  # first: what an argument is called decides what the others mean
    names = None if bands is None else check_bands(bands)
    query: Query = {
        "session_id": _checked_session(session_id),
        "colormap": _colormap_text(colormap),
        "band": names,
        "scales": _scales_json(scales, None if names is None else len(names)),
        "gamma": None if gamma is None else _json_text(check_gamma(gamma)),
        "reduction": None if reduction is None else check_reduction(reduction),
        "checkerboard": None if checkerboard is None else switch(checkerboard),
        "viz": _checked_viz(viz, viz_options),
        "access_token": access_token,
        "link": link,
        **{name: _json_text(value) for name, value in given.items()},
    }
    return _with_query(template, query)


def wmts_url(
    template: str,
    tile_matrix_sets: str | Sequence[str] | None,
    dimensions: bool | None,
    access_token: str | None = None,
    link: str | None = None,
) -> str:
    """Return the URL of a WMTS service that offers these tile matrix sets, with or without dimensions."""
    query: Query = {
        "tile_matrix_sets": tile_matrix_sets,
        "dimensions": None if dimensions is None else switch(dimensions),
        "access_token": access_token,
        "link": link,
    }
    return _with_query(template, query, apart=query)


def switch(value: bool) -> str:
    """Return a truth value as queries write it."""
    if not isinstance(value, bool):
        raise TypeError(f"True or False is needed, not {value!r}")
    return "true" if value else "false"


def _apart(computation: Computation, arguments: Mapping[str, object]) -> tuple[dict[str, object], object]:
    """Return the arguments of an object without the style's gamma, and that; None if there is none."""
    types, _ = _signature(type(computation.object))
    own = {name: value for name, value in arguments.items() if name != "gamma" or name in types}
    return own, None if "gamma" in own else arguments.get("gamma")


def _colormap_text(colormap: Colormap | None) -> str | None:
    if colormap is None or isinstance(colormap, str):
        return colormap and check_name(colormap)
    return _json_text(check_colormap(colormap))


def _with_query(template: str, query: Query, apart: Container[str] = NEVER_PACKED) -> str:
    pairs = [
        (key, one)
        for key, value in query.items()
        if value is not None
        for one in ([value] if isinstance(value, str) else value)
    ]
    text = keep_whole(pairs, apart)
    return f"{template}?{text}" if text else template


def _json_text(value: object) -> str:
    """Return JSON without blanks, which an address cannot have as they are."""
    return json.dumps(value, separators=(",", ":"))


def _arguments(computation: Computation, given: Mapping[str, object]) -> dict[str, Any]:
    """Return the JSON of a tile's arguments; TypeError if they are not those that the object takes."""
    types, drawn = _signature(type(computation.object))
    if type_name(drawn) not in DRAWN:
        raise TypeError(f"an Image or an ImageCollection can be drawn, not {type_name(type(computation.object))}")
    if taken := sorted({*QUERY_NAMES, "bands"}.intersection(types)):
        raise TypeError(f"an argument cannot be called {', '.join(taken)}, a name that the URL itself uses: rename it")
    options = sorted(QUERY_NAMES - {"band"} | {"bands", "gamma"})
    for unknown in given.keys() - types.keys():
        takes = f"the layer's arguments are {', '.join(types)}" if types else "the layer takes no arguments"
        raise TypeError(
            f"there is no option or argument {unknown!r}{near(unknown, [*options, *types])}; options are "
            f"{', '.join(options)}; {takes}"
        )
    arguments = arguments_json(types, given)
    missing = [name for name in computation.required if name not in arguments]
    if missing:
        raise TypeError(f"missing arguments: {', '.join(f'{name} ({type_name(types[name])})' for name in missing)}")
    return arguments


def _signature(kind: type[Proxy]) -> tuple[Mapping[str, type[Proxy]], type[Proxy]]:
    """Return the types of an object's arguments, and of its result."""
    if not issubclass(kind, Function):
        return {}, kind
    if kind.arg_types:
        raise TypeError(f"{type_name(kind)} takes arguments without names, which a URL cannot give")
    return kind.kwarg_types, kind.return_type


def _checked_session(session_id: str | None) -> str | None:
    if session_id is not None and not (isinstance(session_id, str) and 1 <= len(session_id) <= MAX_SESSION_ID):
        raise ValueError(f"session_id must be a string of 1 to {MAX_SESSION_ID} characters, not {session_id!r}")
    return session_id


def _checked_viz(viz: str | VizOption | None, options: Sequence[VizOption]) -> str | None:
    if viz is None:
        return None
    wanted = viz.id if isinstance(viz, VizOption) else viz
    ids = [option.id for option in options]
    if wanted not in ids:
        raise ValueError(f"there is no VizOption {wanted!r}; there {'are ' + ', '.join(ids) if ids else 'is none'}")
    return wanted


def _scales_json(scales: Scales | None, bands: int | None) -> str | None:
    if scales is None or (isinstance(scales, str) and scales == "auto"):
        return scales
    return _json_text(check_scales(scales, bands))
