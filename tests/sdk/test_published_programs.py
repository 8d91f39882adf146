"""Programs of the published documentation run with another name in their import, and products of one's own."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

PROGRAMS = {
    "workflows": """
from NAME import Int, Workflow
workflow = Workflow(
    id="bob@gmail.com:cool_addition_model",
    title="Bob's Super Cool Addition Model",
    description="The result of 1 plus 1",
    labels={"project": "arithmetic"},
    tags=["test", "cool", "deep learning", "AI", "digital twin"])
num = Int(1) + 1
workflow.set_version(num, version="0.0.1")
assert repr(workflow).startswith('Workflow: "Bob\\'s Super Cool Addition Model"')
assert workflow.get_version("0.0.1").object.inspect() == 2
workflow.set_version(num + 2, version="0.0.2", docstring="1 + 2")
workflow.description = "The result of 1 + 2"
workflow.save()
assert workflow.get_version("0.0.2").object.inspect() == 4
same = Workflow.get("bob@gmail.com:cool_addition_model")
assert same.version_names == ("0.0.1", "0.0.2")
copy = same.duplicate("bob@gmail.com:even_cooler_model")
copy.save()
same.update_version("0.0.1", docstring="Runs Bob's cool model")
same.save()
assert {"bob@gmail.com:cool_addition_model", copy.id} <= {flow.id for flow in Workflow.search()}
copy.delete()
Workflow.delete_id(same.id)
""",
    "sharing": """
from NAME import Int, Organization, UserEmail, Workflow
workflow = Workflow(id="bob@gmail.com:shared")
workflow.set_version("0.0.1", Int(1) + 1)
workflow.save()
workflow.add_reader(UserEmail("betty@gmail.com"))
workflow.add_reader(Organization("myorg"))
workflow.add_public_reader()
assert workflow.has_public_reader()
assert len(list(workflow.list_readers())) == 3
workflow.remove_reader(UserEmail("betty@gmail.com"))
workflow.remove_public_reader()
workflow.delete()
""",
    "publish and use": """
import NAME as wf
@wf.publish("bob@gmail.com:ndvi", "0.0.1")
def ndvi(img: wf.Image) -> wf.Image:
    "Compute the NDVI of an Image"
    nir, red = img.unpack_bands("nir red")
    return (nir - red) / (nir + red)
same_function = wf.use("bob@gmail.com:ndvi", "0.0.1")
assert isinstance(same_function, wf.Function)
result = same_function(wf.Image.from_id("field:a")).inspect(geoctx)
assert result.ndarray.shape == (1, 4, 6)
something_plus_one = wf.parameter("x", wf.Int) + 1
workflow = wf.publish("bob@gmail.com:plus_one", "1.0.0", something_plus_one)
assert workflow["1.0.0"].object(x=2).inspect() == 3
""",
    "tiles": """
import datetime, logging
import NAME as wf
col = wf.ImageCollection.from_id("field", start_datetime="2020-01-01", end_datetime="2020-12-31")
viz = col.pick_bands("red") ** wf.parameter("exponent", wf.Float)
xyz = wf.XYZ(viz, name="Red band ImageCollection raised to exponent")
url = xyz.url("some_session", colormap="magma", scales=[(0.2, 0.8)], reduction="min", exponent=2.5)
log = []
listener = xyz.log_listener()
listener.add_callback(lambda record: log.append(record.message))
listener.listen("some_session", start_datetime=datetime.datetime.now(datetime.timezone.utc), level=logging.DEBUG)
assert listener.running()
fetch(url.format(z=14, x=8874, y=5892))
listener.stop()
assert not listener.running()
assert wf.XYZ.get(xyz.id).wmts_url().endswith("WMTSCapabilities.xml")
flow = viz.publish("you@example.com:s2_red_raised", "1.0.0")
assert "exponent=2.5" in flow["1.0.0"].url(colormap="magma", scales=[(0.2, 0.8)], exponent=2.5)
assert wf.wmts_url().endswith("/wmts/workflow/1.0.0/WMTSCapabilities.xml")
xyz.delete()
try:
    wf.XYZ.get(xyz.id)
except wf.exceptions.NotFound as error:
    assert "does not exist" in str(error)
else:
    raise AssertionError("it should have been deleted")
""",
    "jobs": """
import io
import NAME as wf
from NAME import Int, Job, parameter
job = (Int(1) + parameter("x", Int)).compute(block=False, x=1)
assert job.result() == 2
assert Job.get(job.id).result() == 2
stream = io.BytesIO()
Job(Int(2), format="json").result_to_file(stream)
assert stream.getvalue() == b"2"
assert wf.compute((Int(1), Int(2))) == (1, 2)
""",
    "imagery": """
import NAME as wf
import NAME.numpy as wfnp
col = wf.ImageCollection.from_id("field", start_datetime="2020-01-01", end_datetime="2021-01-01")
ndvi = col.map(lambda img: wf.normalized_difference(*img.unpack_bands("nir red")))
monthly = ndvi.groupby(dates="month").max(axis="images")
assert monthly.length().inspect(geoctx) == 2
masked = col.mask(col.pick_bands("red") > 120).mean(axis="images")
assert masked.pick_bands("red").mean(axis="pixels").inspect(geoctx).keys() == {"red"}
composite = col.sortby_composite("red")
assert composite.bandinfo.keys().inspect(geoctx) == ["red", "nir"]
assert wfnp.mean(wf.Array([1, 2, 3])).inspect() == 2
dates = col.map(lambda img: img.properties["date"].month)
assert dates.inspect(geoctx) == [1, 2]
assert wf.ifelse(col.length() > 1, "many", "one").inspect(geoctx) == "many"
""",
    "submodules": """
import NAME as wf
import NAME.models, NAME.result_types, NAME.types
from NAME.models import Job, JobComputeError, Workflow
from NAME.result_types import ImageResult
from NAME.types import Function, Int, List
assert wf.types.List is wf.List is List and wf.models.Workflow is Workflow
img = wf.ImageCollection.from_id("field").mosaic()
assert isinstance(img.inspect(geoctx), ImageResult)
add = Function.from_callable(lambda a, b: a + b, Int, Int)
assert add(1, 2).inspect() == 3
try:
    Job(wf.Image.from_id("nope:none").nbands, geoctx).result()
except JobComputeError as error:
    assert "nope:none" in str(error)
else:
    raise AssertionError("there is no such image")
""",
    "notebooks": """
import NAME as wf
rgb = wf.Image.from_id("field:a").pick_bands("red")
threshold = wf.widgets.slider("threshold", min=0, max=20, default=5)
layer = rgb.mask(rgb > threshold).visualize("masked", colormap="viridis", scales=[(0, 20)], map=wf.map)
assert wf.map.find_layer("masked") is layer
layer.parameters.threshold = 7
assert "threshold=7" in layer.url
layer.set_scales([(0, 10)])
assert layer.get_scales() == [[0, 10]]
with layer.hold_url_updates():
    layer.colormap = "magma"
    layer.checkerboard = False
layer.set_imagery(rgb)
assert layer.value is rgb
from NAME.interactive import LayerController, MapApp
assert isinstance(wf.map, MapApp) and wf.interactive.LayerController is LayerController
LayerController(wf.interactive.map)
wf.map.inspecting_pixels = True
wf.map.inspecting_pixels = False
wf.map.remove_layer("masked")
""",
}


@pytest.mark.usefixtures("default")
@pytest.mark.filterwarnings("ignore:.*zmq.*:RuntimeWarning")
@pytest.mark.parametrize("name", ["sdk", "graftile"])
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_published_program_runs(program: str, name: str, geoctx: Any) -> None:
    exec(program.replace("NAME", name), {"geoctx": geoctx, "fetch": httpx2.get})
