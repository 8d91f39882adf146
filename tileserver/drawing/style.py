"""Styles: how a request wants imagery drawn, and the arguments of the layer's function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final, Literal

from graft_eval.errors import GraftError
from graft_eval.graft.jsontext import load_json
from graft_eval.limits import Limits
from sdk.contract.colormaps import check_colormap
from sdk.contract.packed_query import is_packed, unpack_query
from sdk.contract.parameters import Parameter
from sdk.contract.viz_option import GAMMAS, REDUCTIONS, check_gamma, check_scales
from sdk.graft.near import near
from tileserver.drawing.classes import Colours
from tileserver.drawing.colormaps import find_colormap, find_near_colormap
from tileserver.http.errors import MAX_SHOWN, BadQuery
from tileserver.layers.arguments import Arguments, load_arguments

__all__ = ["AUTO", "CREDENTIALS", "LAYER", "MAX_BANDS", "SWITCHES", "Scales", "Style", "read_colormap"]

AUTO: Final = "auto"  # the percentiles of the layer
LAYER: Final = "layer"  # the same, but 0 to 255 for bytes that are drawn as files have them
Scales = tuple[tuple[float, float] | tuple[None, None], ...]

MAX_BANDS: Final = 3
MAX_SCALES: Final = 1024
MAX_COLORMAPS: Final = 256
MAX_STYLES: Final = 256
CREDENTIALS: Final = frozenset({"access_token", "link"})
SINGLE: Final = frozenset({"session_id", "colormap", "scales", "reduction", "checkerboard", "viz"}) | CREDENTIALS
VENDOR: Final = frozenset({"_", "t", "v", "token", "cache", "apikey"})  # of page authors, who break caches with them
GAMMA: Final = "gamma"  # no reserved name: of a layer with such a parameter it is the argument
SWITCHES: Final[Mapping[str, bool]] = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Style:
    """The style of a layer: `bands` to pick (none: the layer's leading ones), then as in `Paint`.

    Equal styles draw equal pictures. An empty `colormap` switches off the colours of classes, None leaves them.
    `is_values` asks for the numbers instead of a picture, of all bands if none are picked.
    """

    bands: tuple[str, ...] = ()
    scales: Scales | Literal["auto", "layer"] | None = None
    colormap: str | Colours | None = None
    reduction: str = "mosaic"
    checkerboard: bool = False
    arguments: Arguments = field(default_factory=Arguments)
    is_values: bool = False
    gamma: float = 1.0

    @classmethod
    def from_query(
        cls,
        query: Iterable[tuple[str, str]],
        *,
        parameters: Sequence[Parameter] = (),
        viz_options: Sequence[Mapping[str, Any]] = (),
        limits: Limits | None = None,
    ) -> Style:
        """Return the style that a query asks for, over the defaults of the layer's VizOption that it names.

        `parameters` and `viz_options` are those of the layer. Raises `BadQuery`, which names the key.

        >>> Style.from_query([("band", "nir"), ("scales", "[[0, 0.5]]"), ("colormap", "magma")]).scales
        ((0.0, 0.5),)
        """
        pairs, limits = tuple(query), limits or Limits()
        keys = {key for key, _ in pairs}
        if parameters or (viz_options and "viz" in keys) or not CREDENTIALS.isdisjoint(keys):
            return _read_style(pairs, parameters, viz_options, limits)
        return _read_common_style(pairs, limits)

    def of_layer(self) -> Style:
        """Return the style that documents name: without scales, all tiles of the layer have the same.

        >>> Style().of_layer().scales, Style(("nir",), ((0.0, 1.0),)).of_layer().scales
        ('layer', ((0.0, 1.0),))
        """
        given = self.scales is not None or isinstance(self.colormap, Colours)
        return self if given else replace(self, scales=LAYER)

    def of_values(self) -> Style:
        """Return the style of the numbers that pictures in this one are drawn from."""
        return Style(self.bands, reduction=self.reduction, arguments=self.arguments, is_values=True)

    @property
    def shows_classes(self) -> bool:
        """True if a band of classes is drawn in their colours: nothing else was asked for."""
        return self.colormap is None and not isinstance(self.scales, tuple)

    def check_bands(self, bands: Sequence[str]) -> None:
        """Raise `BadQuery` when this many bands cannot be drawn in this style; none can always."""
        if not bands or self.is_values:
            return
        listed = ", ".join(bands[:10]) + (", …" if len(bands) > 10 else "")
        if len(bands) > MAX_BANDS:
            drawn = f"up to {MAX_BANDS} bands can be drawn at once, not {len(bands)} ({listed})"
            raise BadQuery("band", f"must choose some: {drawn}, as in band={bands[0]}")
        if self.colormap and len(bands) != 1:
            drawn = f"colours one band, not {len(bands)} ({listed})"
            name = self.colormap if isinstance(self.colormap, str) else "of one's own"
            raise BadQuery("colormap", f"{name} {drawn}: choose one (band={bands[0]}), or none (colormap=)")
        if isinstance(self.scales, tuple) and len(self.scales) != len(bands):
            pairs = "a single pair" if len(bands) == 1 else f"{len(bands)} pairs"
            expected = f"{pairs}, one for each band ({listed})"
            raise BadQuery.of("scales", expected, [list(pair) for pair in self.scales])


@lru_cache(MAX_STYLES)  # all tiles of a map say the same: 40 µs each
def _read_common_style(query: tuple[tuple[str, str], ...], limits: Limits) -> Style:
    """Return the style of a query that needs nothing of the layer."""
    return _read_style(query, (), (), limits)


def _read_style(
    query: Iterable[tuple[str, str]],
    parameters: Sequence[Parameter],
    viz_options: Sequence[Mapping[str, Any]],
    limits: Limits,
) -> Style:
    names = [parameter.name for parameter in parameters]
    given = _unpack(_group_query(query, names), names)
    style = Style()
    if "viz" in given:
        style = _style_of_viz(given["viz"][0], viz_options)
    changes: dict[str, Any] = {}
    if "band" in given:
        changes["bands"] = _read_bands(given["band"])
    if "scales" in given:
        changes["scales"] = _read_scales(given["scales"][0], limits)
    if "colormap" in given:
        changes["colormap"] = _read_colormap(given["colormap"][0], limits)
    if "reduction" in given:
        changes["reduction"] = _read_choice("reduction", given["reduction"][0], REDUCTIONS)
    if "checkerboard" in given:
        changes["checkerboard"] = SWITCHES[_read_choice("checkerboard", given["checkerboard"][0], SWITCHES)]
    if GAMMA in given and GAMMA not in names:
        changes["gamma"] = _read_gamma(given[GAMMA][0])
    texts = {name: given[name][0] for name in names if name in given}
    style = replace(style, arguments=load_arguments(texts, parameters, limits), **changes)
    if isinstance(style.colormap, Colours):
        style = replace(style, scales=None)  # each value has its colour
    style.check_bands(style.bands)
    return style


def _group_query(query: Iterable[tuple[str, str]], arguments: Iterable[str] = ()) -> dict[str, list[str]]:
    """Return the values of each key; raises `BadQuery` for an unknown key and a single-valued one given twice."""
    single = SINGLE.union(arguments, {GAMMA})
    ignored = VENDOR - single
    given: dict[str, list[str]] = {}
    for key, value in query:
        if key in ignored:
            continue
        if key not in single and key != "band":
            known = sorted(single - CREDENTIALS | {"band"})
            takes = f"which takes {', '.join(known)}{near(key, known)}"
            raise BadQuery(key[:MAX_SHOWN], f"is no key of this query, {takes}")
        given.setdefault(key, []).append(value)
        if key in single and len(given[key]) > 1:
            raise BadQuery(key, "must be given once")
    return given


def _unpack(given: dict[str, list[str]], arguments: Iterable[str]) -> dict[str, list[str]]:
    """Return the values of each key, those that `viz` packs among them; what stands in the query itself wins."""
    packed = given.get("viz", [""])[0]
    if not is_packed(packed):
        return given
    try:
        unpacked = _group_query(unpack_query(packed), arguments)
    except ValueError as exc:
        raise BadQuery.of(
            "viz", "a VizOption's id, or a query packed as documents of the server do it", packed
        ) from exc
    if is_packed(unpacked.get("viz", [""])[0]):
        raise BadQuery("viz", "must not pack what is packed already")
    return {**unpacked, **{key: values for key, values in given.items() if key != "viz"}}


def _style_of_viz(wanted: str, options: Sequence[Mapping[str, Any]]) -> Style:
    for option in options:
        if option["id"] == wanted:
            scales = option.get("scales")
            return Style(
                tuple(option["bands"]),
                None if scales is None else tuple(check_scales(scales)),
                read_colormap(colormap) if (colormap := option.get("colormap")) else None,
                option.get("reduction", "mosaic"),
                option.get("checkerboard", False),
                gamma=option.get(GAMMA, 1.0),
            )
    known = ", ".join(option["id"] for option in options) or "left away: the layer has no VizOptions"
    raise BadQuery.of("viz", f"one of {known}" if options else known, wanted)


def _read_bands(names: Sequence[str]) -> tuple[str, ...]:
    if "" in names:
        raise BadQuery.of("band", "the name of a band", "")
    if len(names) > MAX_BANDS:
        raise BadQuery("band", f"can be given up to {MAX_BANDS} times, not {len(names)} ({', '.join(names[:10])})")
    return tuple(names)


@lru_cache(MAX_SCALES)  # all tiles of a map say the same: 30 µs each
def _read_scales(text: str, limits: Limits) -> Scales | Literal["auto"] | None:
    if text == AUTO:
        return AUTO
    expected = "a pair [low, high] or [null, null] for each band, like [[0.0, 1.0]], or null, or auto"
    try:
        value = load_json(text.encode(), limits)
        return None if value is None else tuple(check_scales(value))
    except (GraftError, TypeError, ValueError) as exc:
        raise BadQuery.of("scales", f"{expected} ({exc})", text) from exc


def read_colormap(colormap: str | Mapping[str, Any] | Sequence[Any]) -> str | Colours:
    """Return a colormap by its name, or colours by their JSON; raises TypeError and ValueError that say what is wrong.

    >>> read_colormap("Viridis"), read_colormap([[0, 1, "red"]]).classes[0].css
    ('viridis', '#ff0000')
    """
    checked = check_colormap(colormap)
    if not isinstance(checked, str):
        return Colours.from_json(checked)
    if not checked:
        return ""
    if (found := find_colormap(checked)) is None:
        like = find_near_colormap(checked) or "viridis, RdYlGn or terrain"
        raise ValueError(f"must be the name of a colormap of matplotlib, like {like}, or JSON of colours of one's own")
    return found


@lru_cache(MAX_COLORMAPS)
def _read_colormap(text: str, limits: Limits) -> str | Colours:
    """Return the colormap that a query's value names, or the colours that it is JSON of."""
    try:
        given: Any = load_json(text.encode(), limits) if text[:1] in ("{", "[") else text
        return read_colormap(given)
    except (GraftError, TypeError, ValueError) as exc:
        reason = str(exc).removeprefix("must be ")
        expected = reason if reason != str(exc) else f"a name, or JSON of colours of one's own ({exc})"
        raise BadQuery.of("colormap", expected, text) from exc


def _read_gamma(text: str) -> float:
    try:
        return check_gamma(float(text))
    except ValueError as exc:
        low, high = GAMMAS
        raise BadQuery.of(GAMMA, f"a number from {low:g} to {high:g}", text) from exc


def _read_choice(key: str, value: str, choices: Iterable[str]) -> str:
    if value not in choices:
        raise BadQuery.of(key, f"one of {', '.join(choices)}", value)
    return value
