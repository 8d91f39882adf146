"""Mistakes of newcomers: each is told on the line that makes it, with what to write instead."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import httpx2
import numpy as np
import pytest
from matplotlib import colormaps

import sdk as wf
from sdk.language.colormaps import COLORMAPS

wf_: Any = wf  # whose mistakes no checker shall find here
IMAGE: Any = wf.Image.from_id("product:scene")
COLLECTION: Any = wf.ImageCollection.from_id("product")
WHERE = "wf.where(c, a, b), or .mask(~c)"
CHAIN = "`a < x < b` is written as (a < x) & (x < b)"
COMPUTED = "is only known when it is computed: .inspect(geoctx) returns it"


def _unpack(imagery: Any) -> None:
    _nir, _red = imagery.unpack_bands("nir")


def _geoctx(**fields: Any) -> wf.GeoContext:
    return wf.GeoContext(crs="EPSG:4326", resolution=0.1, **fields)


POINT = {"type": "Point", "coordinates": [39.0, -107.0]}

MISTAKES: dict[str, tuple[Callable[[], object], type[Exception], tuple[str, ...]]] = {
    "if": (lambda: 1 if IMAGE > 3 else 0, TypeError, (WHERE, CHAIN)),
    "and": (lambda: (IMAGE > 3) and 1, TypeError, (WHERE, "instead of `and`, `or`, `not` use &, |, ~")),
    "chain": (lambda: 0.1 < IMAGE < 0.3, TypeError, (WHERE, CHAIN)),
    "if of a number": (lambda: 1 if wf.Int(1) > 0 else 0, TypeError, ("wf.ifelse(c, a, b)",)),
    "np.where": (lambda: np.where(IMAGE > 3, 1, 0), TypeError, ("wf.where(c, a, b)",)),
    "ifelse": (lambda: wf.ifelse(IMAGE > 3, IMAGE, IMAGE), wf.ProxyTypeError, ("wf.where(c, a, b)",)),
    "by number": (lambda: IMAGE[0], TypeError, (".pick_bands('red')", "not [0];")),
    "by name": (lambda: IMAGE["nir"], TypeError, (".pick_bands('nir')",)),
    "attribute": (lambda: IMAGE.red, AttributeError, ('.pick_bands("red")',)),
    "shape": (lambda: IMAGE.shape, AttributeError, (".inspect(geoctx).ndarray.shape",)),
    "plot": (lambda: COLLECTION.plot, AttributeError, (".inspect(geoctx).plot()",)),
    "near attribute": (lambda: IMAGE.pick_band, AttributeError, ("did you mean 'pick_bands'?",)),
    "near name": (lambda: wf_.ImageColection, AttributeError, ("did you mean 'ImageCollection'?",)),
    "near text": (lambda: wf.Image.from_id("a:b", "bilnear"), ValueError, ("did you mean 'bilinear'?",)),
    "np.mean": (lambda: np.mean(IMAGE), TypeError, ("np.mean does not take an Image: use .mean(axis=…)",)),
    "np.percentile": (lambda: np.percentile(IMAGE, 2), TypeError, ("use .percentile",)),
    "np.cumprod": (lambda: np.cumprod(IMAGE), TypeError, (".inspect(geoctx)",)),
    "np.array": (lambda: np.array(IMAGE), TypeError, (".inspect(geoctx)", ".ndarray")),
    "float": (lambda: float(IMAGE.mean()), TypeError, (COMPUTED,)),
    "int": (lambda: int(wf_.Int(1)), TypeError, (COMPUTED,)),
    "round": (lambda: round(wf_.Float(1.5)), TypeError, (COMPUTED,)),
    "math": (lambda: math.sqrt(wf_.Float(1.5)), TypeError, (COMPUTED,)),
    "format": (lambda: f"{IMAGE.mean():.2f}", TypeError, (COMPUTED,)),
    "unpack": (lambda: _unpack(COLLECTION), TypeError, ("'nir' names one band", "name as many")),
    "date": (lambda: wf.ImageCollection.from_id("p", "01.05.2009"), ValueError, ("ISO 8601", "'01.05.2009'")),
    "month": (lambda: wf.ImageCollection.from_id("p", None, "2009-13-01"), ValueError, ("end_datetime", "month")),
    "period": (
        lambda: wf.ImageCollection.from_id("p", "2010-01-01", "2009-01-01"),
        ValueError,
        ("2010-01-01 does after 2009-01-01",),
    ),
    "bounds": (lambda: _geoctx(bounds=(39, -107, 40, -106)), ValueError, ("longitude before latitude", "-107")),
    "geometry": (lambda: _geoctx(geometry=POINT), ValueError, ("[longitude, latitude]", "-107")),
    "box": (lambda: IMAGE.inspect((39, -107, 40, -106)), ValueError, ("longitude before latitude",)),
    "version": (lambda: wf_.publish("a@b.org:x", IMAGE), TypeError, ("a version before the object", '"1.0.0"')),
    "no version": (lambda: wf.publish("a@b.org:x", "first"), ValueError, ("semantic version",)),
    "colormap": (lambda: IMAGE.colormap("virids"), ValueError, ("did you mean 'viridis'?",)),
    "VizOption": (lambda: wf.VizOption("a", "red", colormap="virids"), ValueError, ("did you mean 'viridis'?",)),
}


@pytest.mark.parametrize(("make", "error", "sentences"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_where_it_is_made(
    make: Callable[[], object], error: type[Exception], sentences: tuple[str, ...]
) -> None:
    with pytest.raises(error) as told:
        make()
    for sentence in sentences:
        assert sentence in str(told.value)


def test_what_is_right_is_no_mistake() -> None:
    assert f"{IMAGE}" == "<Image>"
    for name in ("Viridis", "rdylgn_r"):
        assert wf.VizOption("a", "red", colormap=name).colormap == name
    wf.ImageCollection.from_id("p", "2010-01-01", "2010-01-01T00:00:00+00:00")
    wf.ImageCollection.from_id("p", wf.parameter("start", wf.Datetime), "2009-01-01")
    _geoctx(bounds=(-180, -91, 180, 91))
    _geoctx(bounds=(170, -20, 190, 20))
    _geoctx(bounds=(500000, 0, 500010, 10), bounds_crs="EPSG:32633")


def test_the_names_of_colormaps_are_those_that_servers_draw() -> None:
    assert set(COLORMAPS) == set(colormaps)


@pytest.mark.usefixtures("default")
def test_what_a_layer_s_address_does_not_take_is_told() -> None:
    xyz = wf.XYZ(IMAGE * wf.widgets.slider("month", 1, 12))
    with pytest.raises(TypeError, match=r"no option or argument 'cmap'; did you mean 'colormap'\?; options are "):
        xyz.url(cmap="magma")
    with pytest.raises(TypeError, match=r"did you mean 'month'\?.* the layer's arguments are month"):
        xyz.url(moth=7)
    with pytest.raises(ValueError, match="did you mean 'viridis'"):
        xyz.url(colormap="virids")


@pytest.mark.usefixtures("default")
@pytest.mark.parametrize(
    ("make", "sentences"),
    [
        (lambda: wf.ImageCollection.from_id("feild").mosaic(), ("no product 'feild'", "did you mean 'field'?")),
        (lambda: wf.Image.from_id("field:z"), ("no image 'field:z'", "did you mean 'field:")),
        (lambda: wf.Image.from_id("field:a").rename_bands("a b"), ("names one by one, unlike pick_bands",)),
        (lambda: wf.Image.from_id("field:a").pick_bands("rad"), ("did you mean 'red'?",)),
    ],
    ids=["product", "image", "rename_bands", "band"],
)  # fmt: skip
def test_a_mistake_that_the_server_knows_is_told(make: Any, sentences: tuple[str, ...], geoctx: wf.GeoContext) -> None:
    with pytest.raises(wf.exceptions.Unprocessable) as told:
        make().inspect(geoctx)
    for sentence in sentences:
        assert sentence in str(told.value)


@pytest.mark.usefixtures("default")
def test_an_empty_period_is_told_with_the_one_that_there_is(geoctx: wf.GeoContext) -> None:
    collection = wf.ImageCollection.from_id("field", "1990-01-01", "1991-01-01")
    with pytest.warns(UserWarning, match="is empty: .*: field has images from 2020-01-01 to 2020-02-01") as told:
        assert len(collection.inspect(geoctx)) == 0
    assert told[0].filename == __file__
    xyz = wf.XYZ(collection)
    httpx2.get(xyz.url(session_id="empty").format(z=14, x=8874, y=5892))
    said = next(record.message for record in xyz.iter_tile_logs("empty") if "no images" in record.message)
    assert said.endswith(": it has images from 2020-01-01 to 2020-02-01")


@pytest.mark.usefixtures("default")
def test_a_layer_that_has_expired_is_told() -> None:
    with pytest.raises(wf.exceptions.NotFound, match="or has expired: layers live 10 days unless days_to_expiration"):
        wf.XYZ.get("0" * 48)


def test_https_of_a_server_without_it_is_told(server_url: str) -> None:
    with pytest.raises(wf.exceptions.ServerUnreachable, match=f"does not speak TLS: is it {server_url}"):
        wf.Client(server_url.replace("http:", "https:")).get("/api/xyz")
