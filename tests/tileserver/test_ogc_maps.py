"""Maps and map tiles of the OGC API: the pixels of other tiles, at the right place in every CRS."""

from __future__ import annotations

import io
import json
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import httpx2
import numpy as np
import pytest
from PIL import Image
from pyproj import Transformer

import sdk as wf
from tests.clients.conftest import BOX, OUTSIDE, PLACES, Published, near, published  # noqa: F401
from tests.tileserver.conftest import Served
from tests.tileserver.test_wmts_layers import DATE, SLIDER, UNIT, field
from tests.tileserver.wmts_client import rgba

URI = "http://www.opengis.net/def/crs/"
CRS84 = f"{URI}OGC/1.3/CRS84"
AROUND = (5.0, 44.5, 12.0, 48.5)  # the layer of colours, and some of what is outside
WRITTEN = {
    "OGC:CRS84": CRS84,
    "EPSG:3857": "[EPSG:3857]",
    "EPSG:4326": "https://www.opengis.net/def/crs/EPSG/0/4326",
    "EPSG:32631": "urn:ogc:def:crs:EPSG::32631",
    "EPSG:3035": "EPSG:3035",
}
NORTHING_FIRST = ("EPSG:4326", "EPSG:3035")


def get_map(published: Published, **query: object) -> httpx2.Response:  # noqa: F811
    text = urlencode({key.replace("_", "-"): value for key, value in query.items() if value is not None})
    url = f"{published.url}/ogc/xyz/{published.layer}/collections/{published.layer}/styles/colours/map?{text}"
    return httpx2.get(url, timeout=30)


def bounds_of(answer: httpx2.Response) -> tuple[float, float, float, float]:
    """Return the bounds that an answer says, x before y."""
    one, two, three, four = (float(part) for part in answer.headers["Content-Bbox"].split(","))
    swapped = answer.headers["Content-Crs"].rpartition("/")[2] in ("4326", "3035")
    return (two, one, four, three) if swapped else (one, two, three, four)


def check_places(answer: httpx2.Response, crs: str) -> None:
    """Check that each place is where the headers of the answer say."""
    assert answer.status_code == 200, answer.text
    left, bottom, right, top = bounds_of(answer)
    to_crs = Transformer.from_crs("OGC:CRS84", crs, always_xy=True)
    with Image.open(io.BytesIO(answer.content)) as file:
        picture = file.convert("RGBA")
    for place in (*PLACES.values(), OUTSIDE):
        x, y = to_crs.transform(*place)
        i = int((x - left) / (right - left) * picture.width)
        j = int((top - y) / (top - bottom) * picture.height)
        colour: Any = picture.getpixel((i, j))
        assert near(place, colour) if place != OUTSIDE else colour[3] == 0, (place, colour)


@pytest.mark.parametrize("crs", WRITTEN)
def test_places_are_where_a_box_in_degrees_puts_them(published: Published, crs: str) -> None:  # noqa: F811
    answer = get_map(published, bbox=",".join(map(str, AROUND)), crs=WRITTEN[crs], width=900, height=700)
    authority, code = crs.split(":")
    assert answer.headers["Content-Crs"] == f"{URI}{authority}/{'1.3' if authority == 'OGC' else '0'}/{code}"
    assert rgba(answer).shape == (700, 900, 4)
    check_places(answer, crs)


@pytest.mark.parametrize("crs", WRITTEN)
def test_places_are_where_a_box_in_the_crs_of_the_map_puts_them(published: Published, crs: str) -> None:  # noqa: F811
    transformer = Transformer.from_crs("OGC:CRS84", crs, always_xy=True)
    left, bottom, right, top = transformer.transform_bounds(*AROUND)
    corners = (bottom, left, top, right) if crs in NORTHING_FIRST else (left, bottom, right, top)
    name = WRITTEN[crs]
    answer = get_map(published, bbox=",".join(map(repr, corners)), bbox_crs=name, crs=name, width=800)
    assert bounds_of(answer) == pytest.approx((left, bottom, right, top))
    check_places(answer, crs)


def test_latitude_comes_first_where_the_crs_says_so(published: Published) -> None:  # noqa: F811
    west, south, east, north = AROUND
    by_lat = get_map(published, bbox=f"{south},{west},{north},{east}", bbox_crs="EPSG:4326", width=700)
    by_lon = get_map(published, bbox=f"{west},{south},{east},{north}", width=700)
    assert by_lat.content == by_lon.content
    assert by_lat.headers["Content-Bbox"] == "5,44.5,12,48.5"


@pytest.mark.parametrize("crs", ["OGC:CRS84", "EPSG:3857"])
def test_a_map_without_a_box_is_of_the_layer(published: Published, crs: str) -> None:  # noqa: F811
    answer = get_map(published, crs=crs)
    bounds = Transformer.from_crs("OGC:CRS84", crs, always_xy=True).transform_bounds(*BOX)
    assert bounds_of(answer) == pytest.approx(bounds)
    pixels = rgba(answer)
    assert max(pixels.shape) == 1024
    assert (pixels[2:-2, 2:-2, 3] == 255).all()


@pytest.mark.parametrize(
    ("query", "shape"),
    [({"width": 300}, (150, 300)), ({"height": 300}, (300, 600)), ({"width": 20, "height": 30}, (30, 20))],
    ids=["width", "height", "both"],
)
def test_pixels_are_squares_unless_both_sides_are_given(
    published: Published, query: dict[str, int], shape: tuple[int, int]  # noqa: F811
) -> None:  # fmt: skip
    assert rgba(get_map(published, **query)).shape[:2] == shape


def test_a_box_reaches_across_the_antimeridian(published: Published) -> None:  # noqa: F811
    answer = get_map(published, bbox="170,40,12,50", width=606, height=30)
    assert answer.headers["Content-Bbox"] == "170,40,12,50"
    columns = np.flatnonzero(rgba(answer)[..., 3].any(axis=0))
    left, right = ((edge + 360 - 170) * 3 for edge in (BOX[0], BOX[2]))
    assert (columns[0], columns[-1] + 1) == (pytest.approx(left, abs=1), pytest.approx(right, abs=1))


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"bbox": "5,45,11"}, 400, "bbox must be four numbers"),
        ({"bbox": "5,45,11,48,1,2"}, 400, "bbox must be four numbers"),
        ({"bbox": "a,45,11,48"}, 400, "bbox"),
        ({"bbox": "nan,45,11,48"}, 400, "bbox"),
        ({"bbox": "5,45,inf,48"}, 400, "bbox"),
        ({"bbox": "5,45,1e300,48"}, 400, "none beyond 1800"),
        ({"bbox": "5,48,11,45"}, 400, "of some area"),
        ({"bbox": "5,45,5,48"}, 400, "of some area"),
        ({"bbox": "0,-40,10,-30", "crs": "EPSG:3035"}, 400, "an area that"),
        ({"bbox": "500,0,600,10", "crs": "EPSG:3857"}, 400, "an area that"),
        ({"bbox": "170,0,-170,10", "crs": "EPSG:3857"}, 400, "in one piece"),
        ({"bbox": "170,70,-170,80", "crs": "EPSG:5041"}, 200, ""),
        ({"bbox": "-180,-90,180,90", "crs": "EPSG:3857"}, 200, ""),
        ({"bbox": "0,0,1,1", "bbox_crs": "EPSG:3857"}, 400, "bbox-crs must be"),
        ({"bbox": "0,0,1,1", "bbox_crs": "EPSG:99999"}, 400, "bbox-crs must be one of"),
        ({"crs": "EPSG:99999"}, 400, "crs must be one of"),
        ({"crs": "moon"}, 400, "crs must be one of"),
        ({"crs": "EPSG:2193"}, 400, "crs must be one that shows the layer"),
        ({"width": "0"}, 400, "width must be a whole number"),
        ({"width": "-5"}, 400, "width"),
        ({"width": "1.5"}, 400, "width"),
        ({"width": "9" * 5000}, 400, "width"),
        ({"width": "4097"}, 413, "at most 4096"),
        ({"bbox": "0,0,0.001,10", "width": "10"}, 413, "height must be at most 4096"),
        ({"transparent": "false"}, 400, "transparent must be true"),
        ({"bgcolor": "0xff0000"}, 400, "bgcolor is no key"),
        ({"viz": "colours"}, 400, "viz must be given once"),
        ({"bbox_crs": "EPSG:99999"}, 200, ""),
        ({"datetime": "2020-01-01T00:00:00Z"}, 200, ""),
    ],
)  # fmt: skip
def test_what_a_map_can_be_asked_for(
    published: Published, query: dict[str, str], status: int, said: str  # noqa: F811
) -> None:  # fmt: skip
    answer = get_map(published, **{"width": 20, **query})
    assert answer.status_code == status, answer.text
    assert status == 200 or said in answer.json()["message"]


@pytest.fixture(scope="session")
def gained(served: Served) -> str:
    """A layer with a style and an argument."""
    image = field() * wf.parameter("gain", wf.Int)
    return served.publish(image, name="Gain", parameters=[SLIDER], viz_options=[UNIT])


def test_a_tile_is_that_of_its_layer(served: Served, gained: str) -> None:
    below = f"/ogc/xyz/{gained}/collections/{gained}"
    direct = served.tile(gained, "viz=unit")
    tile = served.get(f"{below}/styles/unit/map/tiles/WebMercatorQuad/10/335/550")
    assert tile.content == direct.content
    assert tile.headers["Cache-Control"] == direct.headers["Cache-Control"]
    other = served.get(f"{below}/map/tiles/WebMercatorQuad/10/335/550?viz=unit&gain=3")
    assert other.content == served.tile(gained, "viz=unit&gain=3").content
    assert served.get(f"{below}/map/tiles/WebMercatorQuad/10/335/550?gain=9.5").status_code == 400
    assert served.get(f"{below}/styles/none/map/tiles/WebMercatorQuad/10/335/550").status_code == 404


def test_a_map_has_the_pixels_of_tiles(served: Served, gained: str) -> None:
    side = 2 * 20037508.342789244 / 2**10
    left, top = 550 * side - side * 512, side * 512 - 335 * side
    box = ",".join(map(repr, (left, top - side, left + 2 * side, top)))
    path = f"/ogc/xyz/{gained}/collections/{gained}/styles/unit/map?bbox-crs=EPSG:3857&crs=EPSG:3857"
    answer = served.get(f"{path}&width=512&height=256&bbox={box}")
    tiles = [rgba(served.tile(gained, "viz=unit", x=x)) for x in (550, 551)]
    np.testing.assert_array_equal(rgba(answer), np.concatenate(tiles, axis=1))


@pytest.mark.parametrize("path", ["map?width=50", "map/tiles/WorldCRS84Quad/9/106/550"])
def test_pictures_are_sent_once_and_leave_a_log(served: Served, gained: str, path: str) -> None:
    url = f"/ogc/xyz/{gained}/collections/{gained}/{path}"
    first = served.get(url)
    again = served.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers.get("Content-Bbox") == first.headers.get("Content-Bbox")


def test_the_log_of_a_session_tells_of_maps(served: Served) -> None:
    layer = served.publish(field(), name="Told")
    url = f"/ogc/xyz/{layer}/collections/{layer}/map?width=50&session_id=told"
    assert served.get(url).status_code == 200
    assert served.get(f"{url}&band=none").status_code >= 400
    assert served.get(url.replace("=told", "=")).status_code == 400
    with httpx2.stream("GET", f"{served.url}/xyz/{layer}/logs?session_id=told&level=INFO", timeout=60) as events:
        lines = islice((line for line in events.iter_lines() if line.startswith("data:")), 2)
        drawn, failed = (json.loads(line.removeprefix("data:"))["record"] for line in lines)
    assert (drawn["level"], failed["level"]) == ("INFO", "ERROR")
    assert drawn["message"].startswith("tile map of 50 x ")


def test_times_choose_what_is_drawn(served: Served) -> None:
    start = wf.parameter("start", wf.Datetime)
    image = wf.ImageCollection.from_id("field", start_datetime=start).pick_bands("nir").min(axis="images")
    layer = served.publish(image, parameters=[DATE], viz_options=[UNIT])
    collection = f"/ogc/xyz/{layer}/collections/{layer}"
    described = served.get(collection).json()
    assert described["extent"]["temporal"] == {"interval": [["2020-01-01T00:00:00Z", "2020-03-01T00:00:00Z"]]}
    tile = f"{collection}/styles/unit/map/tiles/WebMercatorQuad/10/335/550"
    drawn: dict[str, bytes] = {}
    for asked, shown in (
        (None, "2020-02-01T00:00:00Z"),
        ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"),
        ("2020-01-01", "2020-01-01T00:00:00Z"),
        ("2020-02-01T01:00:00+01:00", "2020-02-01T00:00:00Z"),
        ("../2020-01-15T00:00:00Z", "2020-01-01T00:00:00Z"),
        ("2020-01-01T00:00:00Z/2020-02-01T00:00:00Z", "2020-02-01T00:00:00Z"),
        ("2020-01-01T00:00:00Z/", "2020-03-01T00:00:00Z"),
    ):
        answer = served.get(tile, params={"datetime": asked} if asked else {})
        assert answer.headers["Content-Datetime"] == shown, asked
        assert drawn.setdefault(shown, answer.content) == answer.content
    assert len({*drawn.values()}) == 3
    assert served.get(f"{collection}/map?width=9&datetime=2020-01-01").headers["Content-Datetime"].startswith("2020-01")
    for bad in ("2020-01-02", "2021-01-01/..", "yesterday", ""):
        answer = served.get(tile, params={"datetime": bad})
        assert (answer.status_code, answer.json()["key"]) == (400, "datetime"), bad
