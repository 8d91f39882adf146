"""The servers that QGIS is tested against, until standard input ends: where they are and what they hold, as JSON.

It runs in graftile's environment, beside the tests, which run in that of QGIS.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2

import sdk as wf
from sdk.service.computation import Computation
from tests.clients.conftest import BOX, COLOURS, NEAR_LAT, NEAR_LON, SETS, write_colours
from tests.server_fixture import running_server
from tileserver.settings import Settings
from tileserver.store import Users, open_database

BOB = "bob@example.com"
HOSTILE = "<i>Schnee</i> & \"Eis\" 'im' ]]> Jänner {z}"
MONTHS = {
    "default": "2020-02-01T00:00:00Z", "min": "2020-01-01T00:00:00Z", "max": "2020-04-01T00:00:00Z", "step": "P1M",
}  # fmt: skip
PARAMETERS = [
    {"name": "when", "typespec": {"type": "Datetime"}, "date": MONTHS},
    {"name": "gain", "typespec": {"type": "Int"}, "int_slider": {"min": "1", "max": "3", "step": "1", "default": "2"}},
]
PLAIN = {"id": "plain", "bands": ["lon"], "scales": [[0, 255]]}


def main() -> None:
    """Publish, tell, and wait."""
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        imagery = write_colours(folder / "colours_2020-01-01.tif")
        url = closing.enter_context(running_server(folder / "open", add=[imagery]))
        guarded = closing.enter_context(running_server(folder / "guarded", add=[imagery], auth="token"))
        colours = {"name": "Colours", "description": "Where <you> are", "viz_options": [COLOURS]}
        told = {
            "url": url,
            "box": BOX,
            "near": [NEAR_LON, NEAR_LAT],
            "sets": SETS,
            "title": HOSTILE,
            "colours": _publish(url, _colours(url), **colours),
            "months": _publish(url, _months(url), name="Months", parameters=PARAMETERS, viz_options=[PLAIN]),
            **_publish_privately(guarded, folder / "guarded"),
        }
        print(json.dumps(told), flush=True)
        sys.stdin.read()


def _colours(url: str) -> wf.ImageCollection:
    [product] = httpx2.get(f"{url}/api/catalog/products").json()["products"]
    return wf.ImageCollection.from_id(product["id"])


def _months(url: str) -> wf.Image:
    """Return an image that is 20 times the month and the gain all over."""
    number = 20 * wf.parameter("when", wf.Datetime).month + wf.parameter("gain", wf.Int)
    return 0 * _colours(url).pick_bands("lon").mosaic() + number


def _publish(url: str, computation: Any, **fields: Any) -> str:
    made = httpx2.post(f"{url}/api/xyz", json={**Computation.of(computation).to_json(), **fields})
    return str(made.raise_for_status().json()["id"])


def _publish_privately(url: str, data_dir: Path) -> dict[str, str]:
    """Publish a workflow that only Bob may see, and links to it."""
    database = open_database(Settings(data_dir=data_dir).database)
    users = Users(database)
    users.add(BOB)
    token, _ = users.create_token(BOB, ("read", "write"))
    database.dispose()
    version = {"version": "1.0.0", **Computation.of(wf.ImageCollection.from_id("colours_2020-01-01")).to_json()}
    with httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as http:
        body = {"title": HOSTILE, "description": HOSTILE, "versions": [{**version, "viz_options": [COLOURS]}]}
        http.put(f"/api/workflows/{BOB}:snow", json=body).raise_for_status()
        made = http.post(f"/api/workflow/{BOB}:snow/1.0.0/links", json={"expires_in": 3600}).raise_for_status()
    link = str(httpx2.URL(made.json()["url"]).params["link"])
    return {"guarded": f"{url}/workflow/{BOB}:snow/1.0.0", "token": token, "link": link}


if __name__ == "__main__":
    main()
