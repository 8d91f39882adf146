"""Session logs over HTTP, and what they say of tiles."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest

import sdk as wf
from tests.server_fixture import running_server
from tests.tileserver.conftest import Served, X, Y, Z, make_pixels, write_scene

Event = tuple[str, dict[str, Any]]

EARLY, LATE = "field_2020-01-01.tif", "field_2020-02-01.tif"


def events(served: Served, layer: str, query: str, **headers: str) -> Iterator[Event]:
    """Yield (id, data) of a layer's log."""
    url = f"{served.url}/xyz/{layer}/logs?{query}"
    with httpx2.stream("GET", url, headers={name.replace("_", "-"): text for name, text in headers.items()}) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        number = ""
        for line in answer.iter_lines():
            if line.startswith("id:"):
                number = line.removeprefix("id:").strip()
            if line.startswith("data:"):
                yield number, json.loads(line.removeprefix("data:"))


def take(count: int, found: Iterator[Event]) -> list[Event]:
    return [next(found) for _ in range(count)]


def records(found: list[Event]) -> list[tuple[str, str]]:
    return [(data["record"]["level"], data["record"]["message"]) for _, data in found]


def test_a_tile_tells_its_session_what_it_did(served: Served) -> None:
    layer = served.publish(wf.ImageCollection.from_id("field").pick_bands("nir") * 2)
    served.tile(layer, "session_id=told")
    found = take(4, events(served, layer, "session_id=told"))
    assert {data["session_id"] for _, data in found} == {"told"}
    levels, messages = zip(*records(found), strict=True)
    assert levels == ("DEBUG", "DEBUG", "DEBUG", "INFO")
    assert messages[0] == f"tile {Z}/{X}/{Y}: 2 scenes found, 2 used"
    assert "blocks read" in messages[1]
    assert all(stage in messages[2] for stage in ("search", "read", "compute", "encode"))
    assert messages[3].startswith(f"tile {Z}/{X}/{Y} served in ")
    when = datetime.fromisoformat(found[0][1]["record"]["timestamp"])
    assert abs((datetime.now(UTC) - when).total_seconds()) < 10


def test_a_tile_from_the_callers_cache_says_so(served: Served, nir: str) -> None:
    tag = served.tile(nir).headers["ETag"]
    served.tile(nir, "session_id=cached", headers={"If-None-Match": tag})
    cached = records(take(1, events(served, nir, "session_id=cached")))
    assert cached == [("DEBUG", f"tile {Z}/{X}/{Y} served from your cache")]


def test_an_empty_tile_says_once_why(served: Served, nir: str) -> None:
    served.tile(nir, "session_id=outside", x=0, y=0)
    outside = records(take(5, events(served, nir, "session_id=outside")))
    assert [level for level, _ in outside] == ["WARNING", "DEBUG", "DEBUG", "DEBUG", "INFO"]
    assert outside[0][1].startswith("no images of field")
    none = served.publish(wf.ImageCollection.from_id("field").filter(lambda image: image.properties["id"] == "none"))
    served.tile(none, "session_id=none")
    left = records(take(1, events(served, none, "session_id=none&level=WARNING")))
    assert left == [("WARNING", f"tile {Z}/{X}/{Y} is empty: of the images found none is left")]


def test_nobody_gets_anothers_records_and_levels_and_times_are_kept_to(served: Served, nir: str) -> None:
    served.tile(nir, "session_id=mine&scales=[[0,3]]")
    served.tile(nir, "session_id=yours&scales=[[0,4]]")
    mine = take(1, events(served, nir, "session_id=mine&level=INFO"))
    assert records(mine)[0][0] == "INFO"
    yours = take(4, events(served, nir, "session_id=yours"))
    assert {number for number, _ in mine}.isdisjoint(number for number, _ in yours)
    moment = datetime.now(UTC).isoformat().replace("+", "%2B")
    served.tile(nir, "session_id=mine&band=none")
    late = take(1, events(served, nir, f"session_id=mine&start_datetime={moment}&level=whatever"))
    assert records(late)[0][0] == "ERROR"


def test_a_stream_goes_on_after_the_last_event_that_was_seen(served: Served, nir: str) -> None:
    served.tile(nir, "session_id=resumed&scales=[[0,5]]")
    first = take(4, events(served, nir, "session_id=resumed"))
    rest = take(2, events(served, nir, "session_id=resumed", Last_Event_ID=first[1][0]))
    assert rest == first[2:]


def test_records_arrive_while_one_listens(served: Served, nir: str) -> None:
    def later() -> None:
        time.sleep(0.3)
        served.tile(nir, "session_id=live&scales=[[0,6]]")

    thread = threading.Thread(target=later)
    thread.start()
    found = take(4, events(served, nir, "session_id=live"))
    thread.join()
    assert records(found)[-1][0] == "INFO"


@pytest.mark.parametrize(
    "query", ["", "session_id=", "session_id=a&start_datetime=yesterday", "session_id=a&colormap=jet"]
)
def test_a_bad_question_is_400(served: Served, nir: str, query: str) -> None:
    assert served.get(f"/xyz/{nir}/logs?{query}").status_code == 400
    assert served.get(f"/xyz/{nir}/logs?session_id=a", headers={"Last-Event-ID": "x"}).status_code == 400


def test_equal_tiles_of_two_sessions_at_once_leave_records_with_both(served: Served) -> None:
    layer = served.publish(wf.ImageCollection.from_id("field").pick_bands("nir").median(axis="images"))
    threads = [threading.Thread(target=served.tile, args=(layer, f"session_id=twin{number}")) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(4):
        found = records(take(4, events(served, layer, f"session_id=twin{number}")))
        assert [level for level, _ in found] == ["DEBUG", "DEBUG", "DEBUG", "INFO"]


@pytest.fixture
def broken(scenes: Path, tmp_path: Path) -> Iterator[Served]:
    """A server of its own, whose files can be harmed."""
    folder = tmp_path / "field"
    shutil.copytree(scenes, folder)
    data_dir = tmp_path / "data"
    with running_server(data_dir, add=[folder]) as url, Served(url, folder, data_dir, {}) as found:
        yield found


def test_a_missing_scene_is_left_out_said_and_not_cached(broken: Served) -> None:
    layer = broken.publish(wf.ImageCollection.from_id("field").pick_bands("nir"))
    whole = broken.tile(layer, "scales=[[0,1]]")
    (broken.folder / LATE).unlink()
    partial = broken.tile(layer, "scales=[[0,1]]&session_id=s", headers={"If-None-Match": whole.headers["ETag"]})
    assert partial.status_code == 200
    assert partial.headers["Graftile-Partial"] == "1"
    assert partial.headers["Cache-Control"] == "no-store"
    assert partial.content != whole.content
    warning = records(take(1, events(broken, layer, "session_id=s&level=WARNING")))[0]
    assert warning[0] == "WARNING"
    assert "field:field_2020-02-01" in warning[1]


def test_a_tile_all_of_whose_scenes_fail_is_422(broken: Served) -> None:
    layer = broken.publish(wf.ImageCollection.from_id("field").pick_bands("nir"))
    for path in (broken.folder / EARLY, broken.folder / LATE):
        path.write_bytes(path.read_bytes()[:3000])
    answer = broken.tile(layer, "session_id=s")
    assert answer.status_code == 422, answer.headers
    assert records(take(1, events(broken, layer, "session_id=s&level=ERROR")))[0][0] == "ERROR"


def test_an_overwritten_scene_changes_the_tag_and_the_picture(broken: Served) -> None:
    layer = broken.publish(wf.ImageCollection.from_id("field").pick_bands("nir"))
    old = broken.tile(layer, "scales=[[0,1]]")
    write_scene(broken.folder / LATE, np.float32(1) - make_pixels(9))
    new = broken.tile(layer, "scales=[[0,1]]", headers={"If-None-Match": old.headers["ETag"]})
    assert new.status_code == 200
    assert new.headers["ETag"] != old.headers["ETag"]
    assert new.content != old.content


def test_automatic_scales_follow_an_overwritten_scene(broken: Served) -> None:
    layer = broken.publish(wf.ImageCollection.from_id("field").pick_bands("nir"))
    old = broken.tile(layer, "scales=auto")
    assert broken.tile(layer, "scales=auto", headers={"If-None-Match": old.headers["ETag"]}).status_code == 304
    write_scene(broken.folder / LATE, make_pixels(9) * 10)
    assert broken.tile(layer, "scales=auto").headers["ETag"] != old.headers["ETag"]
