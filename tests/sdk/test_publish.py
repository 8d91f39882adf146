"""What is published can be used by others."""

from __future__ import annotations

from typing import Any

import pytest

import sdk as wf
from sdk.service.exceptions import Conflict, NotFound

pytestmark = pytest.mark.usefixtures("default")


def test_a_function_is_published_and_used_as_documented(geoctx: wf.GeoContext) -> None:
    @wf.publish("bob@gmail.com:ndvi", "0.0.1")
    def ndvi(img: wf.Image) -> wf.Image:
        "Compute the NDVI of an Image"
        nir, red = img.unpack_bands("nir red")
        return (nir - red) / (nir + red)

    assert type(ndvi) is wf.Function[{"img": wf.Image}, wf.Image]
    assert wf.Workflow.get("bob@gmail.com:ndvi")["0.0.1"].docstring == "Compute the NDVI of an Image"

    same_function = wf.use("bob@gmail.com:ndvi", "0.0.1")
    assert type(same_function) is type(ndvi)
    img = wf.Image.from_id("field:a")
    result = same_function(img).inspect(geoctx).ndarray  # red is 0 … 23, nir is 24 … 47
    assert result[0, 0, 1] == pytest.approx((25 - 1) / (25 + 1))


def test_an_object_is_published_as_documented() -> None:
    two = wf.Int(1) + 1
    workflow = wf.publish("bob@gmail.com:two", "1.0.0", two)
    assert isinstance(workflow, wf.Workflow)
    assert workflow.version_names == ("1.0.0",)
    assert isinstance(workflow["1.0.0"].object, wf.Int)
    assert wf.use("bob@gmail.com:two", "1.0.0").inspect() == 2


def test_an_object_with_parameters_is_published_as_a_function_of_them() -> None:
    something_plus_one = wf.parameter("x", wf.Int) + 1
    workflow = wf.publish("bob@gmail.com:plus_one", "1.0.0", something_plus_one)
    add_one_func: Any = workflow["1.0.0"].object
    assert type(add_one_func) is wf.Function[{"x": wf.Int}, wf.Int]
    assert add_one_func(2).inspect() == 3


def test_objects_publish_themselves_with_all_that_is_said_about_them() -> None:
    option = wf.VizOption("dark", "red")
    workflow = wf.Image.from_id("field:a").publish(
        "bob@gmail.com:field",
        "1.0.0",
        title="Field",
        description="The *field*",
        labels={"project": "farm"},
        tags=["farm"],
        docstring="As it was",
        version_labels={"season": "winter"},
        viz_options=[option],
    )
    stored = wf.Workflow.get("bob@gmail.com:field")
    assert stored == workflow
    assert (stored.title, stored.description, stored.labels, stored.tags) == (
        "Field",
        "The *field*",
        {"project": "farm"},
        ["farm"],
    )
    version = stored["1.0.0"]
    assert (version.docstring, version.labels, version.viz_options) == ("As it was", {"season": "winter"}, [option])


def test_a_further_version_keeps_what_is_not_said_again() -> None:
    id = "bob@gmail.com:growing"
    wf.publish(id, "1.0.0", wf.Int(1), title="Growing", labels={"a": "b"}, tags=["old"])
    workflow = wf.publish(id, "1.1.0", wf.Int(2), tags=["new"])
    assert workflow.version_names == ("1.0.0", "1.1.0")
    assert (workflow.title, workflow.labels, workflow.tags) == ("Growing", {"a": "b"}, ["new"])


def test_publishing_the_same_again_is_fine_and_another_object_a_conflict() -> None:
    for _ in range(2):
        wf.publish("bob@gmail.com:fixed", "1.0.0", wf.Int(1))
    with pytest.raises(Conflict, match=r"'1\.0\.0'"):
        wf.publish("bob@gmail.com:fixed", "1.0.0", wf.Int(2))


def test_a_version_is_used_by_an_alias_or_as_the_latest() -> None:
    workflow = wf.publish("bob@gmail.com:named", "1.0.0", wf.Int(1))
    workflow.set_alias("production", "1.0.0")
    wf.publish("bob@gmail.com:named", "1.1.0", wf.Int(2))
    assert wf.use("bob@gmail.com:named", "production").inspect() == 1
    assert wf.use("bob@gmail.com:named", "latest").inspect() == 2


def test_what_is_not_published_cannot_be_used() -> None:
    with pytest.raises(NotFound, match=r"bob@gmail\.com:nothing"):
        wf.use("bob@gmail.com:nothing", "1.0.0")
    with pytest.raises(ValueError, match="semantic version"):
        wf.use("bob@gmail.com:nothing", "1.0")


def test_bad_ids_versions_and_functions_are_refused_before_anything_is_sent() -> None:
    with pytest.raises(ValueError, match="email:name"):
        wf.publish("nothing", "1.0.0", wf.Int(1))
    with pytest.raises(ValueError, match="semantic version"):
        wf.publish("bob@gmail.com:nothing", "latest", wf.Int(1))
    with pytest.raises(TypeError, match="needs a proxy type"):
        wf.publish("bob@gmail.com:nothing", "1.0.0")(lambda img: img)


def test_a_client_can_be_given(client: wf.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAFTILE_URL", "http://127.0.0.1:9")
    workflow = wf.publish("bob@gmail.com:given", "1.0.0", wf.Int(1), client=client)
    assert wf.use("bob@gmail.com:given", "1.0.0", client=client).graft == wf.Int(1).graft
    assert wf.Workflow.get("bob@gmail.com:given", client=client) == workflow
    workflow.delete()
