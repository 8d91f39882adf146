"""Animations: frames are what previews show, in order, with labels; bounded; bad requests."""

from __future__ import annotations

import io
import sys
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageSequence

import sdk as wf
from tests.tileserver.conftest import Served
from tileserver.drawing import video

SCALES = "scales=[[0,1]]"


def frames(data: bytes) -> list[NDArray[np.uint8]]:
    with Image.open(io.BytesIO(data)) as animation:
        return [np.asarray(frame.convert("RGBA")) for frame in ImageSequence.Iterator(animation)]


@pytest.mark.parametrize(("format", "near"), [("webp", 12), ("gif", 4)])
def test_the_images_of_a_collection_are_the_frames(served: Served, nir: str, format: str, near: float) -> None:
    answer = served.get(f"/xyz/{nir}/animation.{format}?width=512&{SCALES}&seconds=0.25")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, f"image/{format}"), answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    found = frames(answer.content)
    assert len(found) == 2
    for frame, pixels in zip(found, served.pixels.values(), strict=True):
        assert frame.shape == (512, 512, 4)
        expected = np.floor(255 * np.clip(pixels[3].filled(0), 0, 1) + 0.5)
        seen = ~pixels[3].mask
        seen[:30, :120] = False  # below the label
        assert np.abs(frame[seen, 0] - expected[seen]).mean() < near
    with Image.open(io.BytesIO(answer.content)) as animation:
        animation.load()
        assert animation.info["duration"] == 250
    assert (found[0][:20, :60] != found[1][:20, :60]).any()


def test_the_values_of_a_parameter_are_the_frames(served: Served) -> None:
    gain: Any = wf.widgets.select("gain", options=[1.0, 2.0, 4.0], default=1.0)
    layer = served.publish(wf.ImageCollection.from_id("field").mosaic().pick_bands("nir") * gain)
    answer = served.get(f"/xyz/{layer}/animation.gif?over=gain&width=256&scales=[[0,4]]")
    found = frames(answer.content)
    assert len(found) == 3
    seen = ~served.pixels["2020-02-01"][3].mask[1::2, 1::2]
    seen[:40, :] = False
    middle = [frame[..., 0][seen].astype(float).mean() for frame in found]
    assert middle[1] / middle[0] == pytest.approx(2, rel=0.1)
    assert middle[2] / middle[0] == pytest.approx(4, rel=0.1)


def test_frames_have_one_stretch(served: Served) -> None:
    gain: Any = wf.widgets.select("gain", options=[1.0, 2.0], default=1.0)
    layer = served.publish(wf.ImageCollection.from_id("field").mosaic().pick_bands("nir") * gain)
    one, two = frames(served.get(f"/xyz/{layer}/animation.webp?over=gain&width=128").content)
    assert two[40:, :, 0].astype(float).mean() > one[40:, :, 0].astype(float).mean() + 20


def test_an_mp4_shows_the_same_frames(served: Served, nir: str) -> None:
    answer = served.get(f"/xyz/{nir}/animation.mp4?width=301&height=255&{SCALES}&seconds=0.25")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "video/mp4"), answer.text
    with av.open(io.BytesIO(answer.content), mode="r") as file:
        [stream] = file.streams.video
        found = [(float(frame.time), frame.to_ndarray(format="rgb24")) for frame in file.decode(stream)]
        assert (stream.codec_context.name, float(stream.average_rate or 0)) == ("h264", 4.0)
    still = frames(served.get(f"/xyz/{nir}/animation.gif?width=301&height=255&{SCALES}").content)
    assert [seconds for seconds, _ in found] == [0, 0.25]
    for (_, frame), expected in zip(found, still, strict=True):
        assert frame.shape == (256, 302, 3)
        assert frame[-1].min() > 200, "white beyond an odd side"
        near = np.abs(frame[:255, :301].astype(int) - expected[..., :3])
        assert near.mean() < 8, "labels included"


def test_a_server_without_the_extra_says_what_installs_it(
    served: Served, nir: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    monkeypatch.setattr(video, "find_spec", lambda name: None)
    answer = served.get(f"/xyz/{nir}/animation.mp4")
    assert (answer.status_code, answer.json()["error"]) == (501, "not_installed")
    assert "pip install 'graftile[video]'" in answer.json()["message"]


BAD: dict[str, tuple[int, str]] = {
    "animation.avi": (400, "the format of an animation must be one of webp, gif, mp4, not 'avi'"),
    "animation.gif?over=gain": (400, "over must be left away"),
    "animation.gif?seconds=0": (400, "seconds must be a number from 0.02 to 10"),
    "animation.gif?seconds=11": (400, "seconds must be a number from 0.02 to 10"),
    "animation.gif?seconds=1_0": (400, "seconds must be a number from 0.02 to 10"),
    "animation.mp4?width=4096&height=4096": (413, "more than 16,777,216"),
    "animation.gif?width=4096&height=4096": (413, "more than 16,777,216"),
    "animation.gif?bounds=0,0,1,1": (400, "bounds must be where the layer has images"),
    "animation.gif?frames=3": (400, "frames is no key"),
}


@pytest.mark.parametrize("path", BAD)
def test_bad_requests_are_told_so(served: Served, nir: str, path: str) -> None:
    answer, (status, message) = served.get(f"/xyz/{nir}/{path}"), BAD[path]
    assert (answer.status_code, message in answer.json()["message"]) == (status, True), answer.text


def test_one_image_is_no_animation(served: Served) -> None:
    layer = served.publish(wf.ImageCollection.from_id("field").mosaic().pick_bands("nir"))
    answer: Any = served.get(f"/xyz/{layer}/animation.gif").json()
    assert answer["key"] == "over"
