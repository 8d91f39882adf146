"""What notebooks show of computations and of what a server keeps."""

from __future__ import annotations

import base64
import io
import re
import socket
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from PIL import Image as Picture

import sdk as wf
from sdk.service import thumbnails

IMAGE = wf.Image.from_id("field:a").pick_bands("red")
FACTOR: Any = wf.parameter("factor", wf.Float)
HOSTILE = "<script>alert(1)</script>&'\""


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.tags, self.pictures = "", set[str](), list[bytes]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "img":
            self.pictures.append(base64.b64decode(str(dict(attrs)["src"]).partition(",")[2]))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(obj: Any) -> _Reader:
    reader = _Reader(obj._repr_html_())
    assert reader.tags <= {"div", "strong", "table", "tr", "th", "td", "pre", "img", "a"}
    return reader


@pytest.mark.parametrize(
    ("obj", "type_", "said"),
    [
        (IMAGE, "Image", 'Image.load("field:a").pick_bands("red")'),
        (IMAGE * FACTOR, "Image", "Float 'factor'"),
        (wf.ImageCollection.from_id("field").max(axis="images"), "Image", ".max("),
        (wf.Int(1) + 1, "Int", "1 + 1"),
        (FACTOR, "Float", "factor"),
        (wf.Function.from_object(IMAGE * FACTOR), "Function[{'factor': Float}, Image]", "lambda factor:"),
        (wf.List[wf.Str](["a", HOSTILE]), "List[Str]", "<script>"),
        (wf.Datetime(2020, 1, 1), "Datetime", "2020"),
        (wf.GeoContext(crs="EPSG:4326", bounds=(0, 0, 1, 1), shape=(2, 2)), "GeoContext", "EPSG:4326"),
        (wf.Array([1, 2]), "Array", "[1, 2]"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_computation_is_shown_without_a_server(obj: Any, type_: str, said: str) -> None:
    shown = read(obj)
    assert shown.text.startswith(type_)
    assert said in shown.text
    assert not shown.pictures


def test_a_long_computation_is_cut() -> None:
    value: Any = wf.Int(0)
    for i in range(3000):
        value = wf.List[wf.Int]([value, i]).length()
    assert re.search(r"… \d+ more lines", read(value).text)


@pytest.mark.usefixtures("default")
@pytest.mark.parametrize("obj", [IMAGE, wf.ImageCollection.from_id("field").pick_bands("red"), IMAGE * 2 + IMAGE])
def test_imagery_has_a_thumbnail_of_its_pixels(obj: Any) -> None:
    (png,) = read(obj).pictures
    with Picture.open(io.BytesIO(png)) as picture:
        pixels = np.asarray(picture.convert("RGBA"))
    assert max(pixels.shape) == thumbnails.SIDE
    drawn = pixels[pixels[..., 3] > 0][:, 0]
    assert drawn.size > pixels[..., 0].size / 4
    assert drawn.min() < 40
    assert drawn.max() > 215


@pytest.mark.usefixtures("default")
@pytest.mark.parametrize(
    "obj",
    [
        wf.Image.from_id("field:nothing"), wf.ImageCollection.from_id("nothing"), IMAGE.pick_bands("nothing"),
        IMAGE * FACTOR, wf.Image.from_id(wf.parameter("id", wf.Str)), wf.Int(1),
    ],
    ids=["no image", "no product", "no band", "an argument", "an unknown image", "no imagery"],
)  # fmt: skip
def test_what_cannot_be_drawn_is_shown_without_a_thumbnail(obj: Any) -> None:
    shown = read(obj)
    assert shown.text
    assert not shown.pictures


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a server that takes connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_silent_server_does_not_hold_up_a_cell(silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAFTILE_URL", silent)
    monkeypatch.setattr(thumbnails, "SECONDS", 0.1)
    shown = read(IMAGE)
    assert "Image.load" in shown.text
    assert not shown.pictures


def test_an_absent_server_does_not_hold_up_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAFTILE_URL", "http://127.0.0.1:1")
    assert not read(IMAGE).pictures


def test_a_layer_is_shown(client: wf.Client) -> None:
    factor: Any = wf.widgets.slider("factor", 1, 9, default=2)
    xyz = wf.XYZ(IMAGE * factor, name=HOSTILE, public=False, client=client)
    shown = read(xyz)
    for said in (HOSTILE, xyz.id, "False", "factor=2", "lambda factor:", xyz._record["url_template"]):
        assert said in shown.text
    assert len(shown.pictures) == 1


def test_a_workflow_and_its_version_are_shown(client: wf.Client) -> None:
    workflow = wf.publish(
        "somebody@example.org:card", "1.0.0", IMAGE, HOSTILE, "Described", tags=["red"], docstring="Red.",
        viz_options=[wf.VizOption("grey", "red")], client=client,
    )  # fmt: skip
    shown = read(workflow)
    for said in (HOSTILE, workflow.id, "Described", "red", "1.0.0", "Image.load", "grey"):
        assert said in shown.text
    assert len(shown.pictures) == 1
    shown = read(workflow["1.0.0"])
    assert shown.text.startswith("VersionedGraft: 1.0.0")
    assert "Red." in shown.text
    assert len(shown.pictures) == 1
    workflow.delete()


def test_what_is_on_no_server_yet_is_shown() -> None:
    workflow = wf.Workflow("a@b.org:c")
    assert read(workflow).text.startswith("Workflow: a@b.org:c")
    workflow.set_version("0.0.1-rc.1", IMAGE * FACTOR)
    assert "lambda factor:" in read(workflow).text
    assert "factor" in read(workflow["0.0.1-rc.1"]).text
    option = wf.VizOption(HOSTILE, "red", colormap={1: ("red", HOSTILE)}, scales=[(0, 1)])
    assert HOSTILE in read(option).text
    assert "(0.0, 1.0)" in read(option).text


def test_a_job_is_shown(client: wf.Client) -> None:
    job = wf.compute(wf.Int(1) + 1, block=False, client=client)
    shown = read(job)
    for said in (job.id, job.stage, "Int", "pyarrow", "download"):
        assert said in shown.text
    job.cancel()
    assert "scenes" in read(wf.Int(1).estimate(client=client)).text
