"""The demo's layers, published as any user would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sdk as wf
from graft_eval.graft.syntax import parse
from graft_eval.limits import Limits
from tileserver.demo.data import ELEVATION, SERIES

__all__ = ["Demo", "publish"]

EXPIRATION_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Demo:
    """A layer of the demo: what it computes, how it is drawn, and the arguments of the URL that is printed."""

    name: str
    description: str
    computation: wf.Image
    viz_options: list[wf.VizOption]
    arguments: dict[str, Any] = field(default_factory=dict)


def publish(client: wf.Client) -> Iterator[tuple[Demo, wf.XYZ]]:
    """Yield the demo's layers and where they are; those that an earlier demo published are used again."""
    published = list(wf.XYZ.list(public=True, client=client))
    for demo in (_elevation(), _true_colour(), _vegetation()):
        yield demo, next((xyz for xyz in published if _is_same(xyz, demo)), None) or _publish(demo, client)


def _publish(demo: Demo, client: wf.Client) -> wf.XYZ:
    return wf.XYZ(
        demo.computation,
        name=demo.name,
        description=demo.description,
        viz_options=demo.viz_options,
        days_to_expiration=EXPIRATION_DAYS,
        client=client,
    )


def _is_same(xyz: wf.XYZ, demo: Demo) -> bool:
    ours = wf.Function.from_object(demo.computation) if demo.arguments else demo.computation
    return (
        (xyz.name, xyz.description) == (demo.name, demo.description)
        and [option.to_json() for option in xyz.viz_options] == [option.to_json() for option in demo.viz_options]
        and parse(xyz.object.graft, Limits()).hash == parse(ours.graft, Limits()).hash
    )


def _elevation() -> Demo:
    elevation = wf.Image.from_id(f"{ELEVATION}:jacksboro", resampler="cubic").pick_bands("elevation")
    return Demo(
        "Elevation by colormap",
        "Real elevation around the Jacksboro fault, Tennessee, in metres (SRTM, from matplotlib's sample data).",
        elevation,
        [
            wf.VizOption("terrain", "elevation", colormap="gist_earth", scales=[(-150, 1100)]),
            wf.VizOption("grey", "elevation", scales=[(230, 1080)]),
        ],
    )


def _true_colour() -> Demo:
    images = _without_clouds(wf.ImageCollection.from_id(SERIES))
    return Demo(
        "Cloud-free median in true colour",
        "SYNTHETIC imagery: the median of the clear pixels of 24 dates, drawn as red, green and blue.",
        images.pick_bands("red green blue").median(axis="images"),
        [wf.VizOption("true colour", "red green blue", scales=[(0, 0.14)] * 3)],
    )


def _vegetation() -> Demo:
    month = wf.widgets.slider("month", min=1, max=12, default=7, label="Month")
    images = wf.ImageCollection.from_id(SERIES).filter(lambda image: image.properties["date"].month == month)
    nir, red = _without_clouds(images).unpack_bands("nir red")
    ndvi = wf.normalized_difference(nir, red).rename_bands("ndvi").median(axis="images")
    return Demo(
        "NDVI by month",
        "SYNTHETIC imagery: the median vegetation index of a month's clear pixels, of two years. "
        "Where clouds hid the ground both times, nothing is known.",
        ndvi,
        [wf.VizOption("NDVI", "ndvi", colormap="RdYlGn", scales=[(0, 1)], checkerboard=True)],
        {"month": 7},
    )


def _without_clouds(images: wf.ImageCollection) -> wf.ImageCollection:
    """Mask the pixels that are neither vegetation, bare ground nor water: clouds and their shadows."""
    classes = images.pick_bands("scl")
    clear: wf.ImageCollection = images.mask((classes < 4) | (classes > 6))
    return clear
