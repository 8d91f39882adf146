"""Layers as a capabilities document lists them, and what a request for one of them draws."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Final
from urllib.parse import quote

from graft_eval.limits import Limits
from sdk.contract.packed_query import keep_whole
from tileserver.drawing.style import Style
from tileserver.http.errors import BadQuery
from tileserver.layers.arguments import read_arguments
from tileserver.layers.coverage import Coverage
from tileserver.layers.layers import Layer
from tileserver.wmts.choices import Choice, choices_of
from wmts import LayerInfo, Legend, MatrixSet, StyleInfo, encode, layer_identifier, link_layer

__all__ = ["MAX_COMBINATIONS", "Offer", "Unfit", "offer"]

MAX_COMBINATIONS: Final = 200
DEFAULT_STYLE: Final = "default"
DRAWN: Final = ("Image", "ImageCollection", "Any")


class Unfit(Exception):
    """A layer that no map can show, with the reason."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A layer under a name in documents, where its data is, and those of its VizOptions that can be drawn.

    It is not settled if there was no time to find out whether all of them can.
    """

    name: str
    layer: Layer
    coverage: Coverage
    choices: tuple[Choice, ...]
    viz_options: Sequence[Mapping[str, Any]]
    is_settled: bool = True

    def list(self, root: str, sets: tuple[MatrixSet, ...], dimensions: bool) -> Iterator[LayerInfo]:
        """Yield its layers: one with dimensions, or else one for each combination of their values.

        If there are more than `MAX_COMBINATIONS`, only the combination of the defaults. None if no set shows it.
        """
        if dimensions or not self.choices:
            infos = [self.describe(root, sets, None)]
        elif (count := prod(len(choice.documents) for choice in self.choices)) > MAX_COMBINATIONS:
            named = ", ".join(choice.title for choice in self.choices)
            note = (
                f"Of the {count:,} combinations of {named}, more than {MAX_COMBINATIONS}, just the default is listed."
            )
            defaults = {choice.identifier: choice.default for choice in self.choices}
            infos = [self.describe(root, sets, defaults, note)]
        else:
            names = [choice.identifier for choice in self.choices]
            combinations = product(*(choice.documents for choice in self.choices))
            infos = [self.describe(root, sets, dict(zip(names, values, strict=True))) for values in combinations]
        yield from (info for info in infos if info is not None)

    def describe(
        self, root: str, sets: tuple[MatrixSet, ...], values: Mapping[str, str] | None, note: str = ""
    ) -> LayerInfo | None:
        """Return the layer with dimensions, or that of one combination of values, by dimension; None in no set."""
        links = link_layer(self.coverage.bounds, self.coverage.metres, sets)
        if not links:
            return None
        shown = "" if values is None else ", ".join(f"{c.title} {values[c.identifier]}" for c in self.choices)
        _, _, version = self.name.partition("/")
        title = " ".join(part for part in (self.layer.title or self.name, version) if part)
        return LayerInfo(
            layer_identifier(self.name, values),
            self.coverage.bounds,
            _styles(self, root, {} if values is None else self.documents(values)),
            links,
            title=f"{title} ({shown})" if shown else title,
            abstract="\n\n".join(text for text in (self.layer.description, note, *self.coverage.credits) if text),
            dimensions=() if values is not None else tuple(choice.dimension for choice in self.choices),
        )

    def has(self, values: Mapping[str, str]) -> bool:
        """Return whether these are a value of each dimension, or none at all."""
        known = {choice.identifier: choice.documents for choice in self.choices}
        return not values or (values.keys() == known.keys() and all(values[name] in known[name] for name in known))

    def documents(self, values: Mapping[str, str]) -> dict[str, object]:
        """Return the JSON of each argument, by parameter, that the values of dimensions stand for."""
        return {
            choice.parameter: choice.documents[values[choice.identifier]]
            for choice in self.choices
            if choice.identifier in values
        }

    def style(
        self, identifier: str, values: Mapping[str, str], limits: Limits, query: Iterable[tuple[str, str]] = ()
    ) -> Style:
        """Return what draws a style of these values of the dimensions, and of further keys of a tile's query.

        Without scales all of its tiles and maps have those of the layer.
        """
        wanted = [("viz", viz["id"]) for viz in self.viz_options if _identifier(viz) == identifier]
        arguments = [(name, json.dumps(document)) for name, document in self.documents(values).items()]
        style = Style.from_query(
            [*wanted[:1], *arguments, *query],
            parameters=self.layer.parameters,
            viz_options=self.layer.viz_options,
            limits=limits,
        )
        return style.of_layer()


def offer(name: str, layer: Layer, coverage: Coverage, limits: Limits) -> Offer:
    """Return the offer of a layer; raises `Unfit` for what is no imagery, or needs arguments that no client gives."""
    kind = layer.type
    if not (kind in DRAWN or (kind.startswith("Function[") and kind.endswith(tuple(f", {drawn}]" for drawn in DRAWN)))):
        raise Unfit(f"it is a {kind[:80]}, not an image or a collection of images")
    try:
        read_arguments({}, layer.parameters, limits)
    except BadQuery as exc:
        raise Unfit(f"its parameters need defaults: {exc}") from exc
    return Offer(name, layer, coverage, choices_of(layer.parameters), layer.viz_options)


def _styles(offer: Offer, root: str, arguments: Mapping[str, object]) -> tuple[StyleInfo, ...]:
    layer = offer.layer
    query = {name: json.dumps(document) for name, document in arguments.items()}
    default = StyleInfo(DEFAULT_STYLE, "Default", "As the layer is drawn by itself", _legend(layer, root, query), True)
    options = [
        StyleInfo(
            _identifier(viz), viz["id"], viz.get("description", ""), _legend(layer, root, {"viz": viz["id"], **query})
        )
        for viz in offer.viz_options
    ]
    return default, *options


def _identifier(viz: Mapping[str, Any]) -> str:
    return encode(viz["id"], {DEFAULT_STYLE})


def _legend(layer: Layer, root: str, query: Mapping[str, str]) -> Legend:
    text = keep_whole(query.items())
    url = f"{root}/{quote(layer.path, safe='/@:')}/legend.png"
    return Legend(f"{url}?{text}" if text else url)
