"""TileJSON says where a layer is, how fine, and how its tiles are asked for."""

from __future__ import annotations

from urllib.parse import urlsplit

import morecantile
import pytest

import sdk as wf
from tests.tileserver.conftest import SIDE, Served, X, Y, Z


def test_tilejson_leads_to_the_tiles(served: Served) -> None:
    layer = served.publish(
        wf.ImageCollection.from_id("field").pick_bands("red"), name="Red", description="Of the field"
    )
    answer = served.get(f"/xyz/{layer}/tilejson.json?colormap=magma&scales=[[0,1]]")
    document = answer.json()
    assert (document["tilejson"], document["name"], document["description"]) == ("3.0.0", "Red", "Of the field")

    tms = morecantile.tms.get("WebMercatorQuad")
    first, last = (tms.bounds(morecantile.Tile(X + step, Y + step, Z)) for step in (0, SIDE // 256 - 1))
    assert document["bounds"] == pytest.approx([first.left, last.bottom, last.right, first.top], abs=1e-6)
    assert (document["minzoom"], document["maxzoom"]) == (0, Z)

    [template] = document["tiles"]
    tile = urlsplit(template.format(z=Z, x=X, y=Y))
    assert tile.query == "colormap=magma&scales=[[0,1]]"
    direct = served.tile(layer, tile.query)
    assert served.get(f"{tile.path}?{tile.query}").content == direct.content
    assert answer.headers["Cache-Control"] == direct.headers["Cache-Control"]


def test_a_style_that_cannot_be_drawn_is_refused_here_already(served: Served) -> None:
    layer = served.publish(wf.ImageCollection.from_id("field"))
    assert served.get(f"/xyz/{layer}/tilejson.json?colormap=nope").json()["key"] == "colormap"
