"""Workflows hold versions, and a server keeps them."""

from __future__ import annotations

import re
import textwrap
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

import sdk as wf
from sdk.service.exceptions import Conflict, LimitReached, NotFound, ResourceExhausted, RetryError

pytestmark = pytest.mark.usefixtures("default")


@pytest.fixture
def id(request: pytest.FixtureRequest) -> str:
    """An id that no other test uses."""
    return f"bob@gmail.com:{re.sub('[^a-z0-9]+', '_', request.node.name)[:100]}"


@pytest.fixture
def workflow(id: str) -> wf.Workflow:
    """A saved workflow with one version."""
    workflow = wf.Workflow(id, "Cool", "The *result*", {"project": "arithmetic"}, ["test", "digital twin"])
    workflow.set_version("0.0.1", wf.Int(1) + 1, "1 + 1", {"kind": "sum"})
    return workflow.save()


def shown(text: str) -> list[str]:
    return textwrap.dedent(text).strip().splitlines()


# The examples of the documentation


def test_versions_are_set_saved_and_added_as_documented() -> None:
    workflow = wf.Workflow(
        id="bob@gmail.com:cool_addition_model",
        title="Bob's Super Cool Addition Model",
        description="The result of 1 plus 1",
        labels={"project": "arithmetic"},
        tags=["test", "cool", "deep learning", "AI", "digital twin"],
    )
    num = wf.Int(1) + 1
    workflow.set_version(num, version="0.0.1")
    assert repr(workflow).splitlines() == shown("""
        Workflow: "Bob's Super Cool Addition Model"
            - id: bob@gmail.com:cool_addition_model
            - labels: {'project': 'arithmetic'}
            - tags: ['test', 'cool', 'deep learning', 'AI', 'digital twin']
            - versions: '0.0.1'
        The result of 1 plus 1
    """)
    assert isinstance(workflow.get_version("0.0.1").object, wf.Int)
    assert cast(Any, workflow.get_version("0.0.1").object).inspect() == 2

    workflow.set_version(num + 2, version="0.0.2", docstring="1 + 2")
    workflow.description = "The result of 1 + 2"
    workflow.save()
    assert cast(Any, workflow.get_version("0.0.2").object).inspect() == 4
    assert repr(workflow).splitlines()[-2:] == ["    - versions: '0.0.1', '0.0.2'", "The result of 1 + 2"]
    assert repr(wf.Workflow.get("bob@gmail.com:cool_addition_model")) == repr(workflow)


def test_a_version_is_shown_as_documented(id: str) -> None:
    workflow = wf.Workflow(id=id)
    num = wf.Int(1) + 1
    returned = workflow.set_version("0.0.1", num)
    assert returned is workflow.get_version("0.0.1")
    assert repr(workflow["0.0.1"]).splitlines() == shown("""
        VersionedGraft: 0.0.1
            - type: Int
            - channel: master
            - labels: {}
            - viz_options: []
    """)


def test_a_version_is_updated_as_documented(workflow: wf.Workflow) -> None:
    workflow = wf.Workflow.get(workflow.id)
    workflow.update_version("0.0.1", docstring="Runs Bob's cool model")
    updated = workflow.update_version("0.0.1", labels={"source_product": "usda:cdl:v1"})
    assert repr(updated).splitlines() == shown("""
        VersionedGraft: 0.0.1
            - type: Int
            - channel: master
            - labels: {'source_product': 'usda:cdl:v1'}
            - viz_options: []
        Runs Bob's cool model
    """)
    workflow.save()
    stored = wf.Workflow.get(workflow.id)["0.0.1"]
    assert (stored.docstring, stored.labels) == ("Runs Bob's cool model", {"source_product": "usda:cdl:v1"})


def test_a_copy_has_another_id_and_is_not_saved(workflow: wf.Workflow, id: str) -> None:
    new_workflow = wf.Workflow.get(workflow.id).duplicate(f"{id}.cooler")
    assert new_workflow.id == f"{id}.cooler"
    with pytest.raises(NotFound):
        wf.Workflow.get(new_workflow.id)
    assert new_workflow.created_timestamp is None
    with pytest.raises(ValueError, match="save its workflow first"):
        new_workflow["0.0.1"].url()

    new_workflow.save()
    stored = wf.Workflow.get(f"{id}.cooler")
    assert (stored.title, stored.labels, stored.tags) == (workflow.title, workflow.labels, workflow.tags)
    assert stored.versions == workflow.versions
    assert workflow.duplicate(f"{id}.bare", include_versions=False).versions == ()


def test_deleting_resets_all_fields(workflow: wf.Workflow, id: str) -> None:
    version = workflow["0.0.1"]
    workflow.delete()
    assert (workflow.id, workflow.name, workflow.title, workflow.description) == ("", "", "", "")
    assert (workflow.labels, workflow.tags, workflow.versions, workflow.aliases) == ({}, [], (), {})
    assert workflow.created_timestamp is workflow.updated_timestamp is None
    with pytest.raises(NotFound, match=f"^404 Workflow '{id}' does not exist"):
        wf.Workflow.get(id)
    with pytest.raises(ValueError, match="email:name"):
        workflow.save()
    with pytest.raises(ValueError, match="save its workflow first"):
        version.url()


def test_a_workflow_can_be_deleted_by_its_id(workflow: wf.Workflow) -> None:
    wf.Workflow.delete_id(workflow.id)
    with pytest.raises(NotFound):
        wf.Workflow.delete_id(workflow.id)


def test_a_python_function_becomes_a_version(id: str) -> None:
    workflow = wf.Workflow(id)

    @workflow.set_version("1.0.0", labels={"kind": "index"})
    def ndvi(img: wf.Image) -> wf.Image:
        """Compute the NDVI of an Image."""
        nir, red = img.unpack_bands("nir red")
        return (nir - red) / (nir + red)

    assert isinstance(ndvi, wf.Function)
    assert workflow["1.0.0"].type is wf.Function[{"img": wf.Image}, wf.Image]
    assert (workflow["1.0.0"].docstring, workflow["1.0.0"].labels) == (
        "Compute the NDVI of an Image.",
        {"kind": "index"},
    )
    assert workflow.set_version("1.0.1", docstring="Mine")(ndvi) is ndvi
    assert workflow["1.0.1"].docstring == "Mine"


def test_an_object_with_parameters_becomes_a_function(id: str) -> None:
    version = wf.Workflow(id).set_version("1.0.0", wf.parameter("x", wf.Int) + 1)
    assert version.type is wf.Function[{"x": wf.Int}, wf.Int]
    assert [(param._name, type(param)) for param in version.params] == [("x", wf.Int)]


def test_search_finds_by_owner_beginning_of_the_name_and_any_tag() -> None:
    made: list[tuple[str, list[str]]] = [
        ("ann@search.org:ndvi", ["green"]),
        ("ann@search.org:ndvi_2", ["green", "new"]),
        ("ann@search.org:water", ["blue"]),
        ("eve@search.org:ndvi", ["new"]),
        ("eve@search.org:n_vi", []),
    ]
    for id, tags in made:
        wf.Workflow(id, tags=tags).save()

    def found(**query: Any) -> list[str]:
        return sorted(workflow.id for workflow in wf.Workflow.search(**query) if "@search.org:" in workflow.id)

    assert len(found()) == 5
    assert found(email="ann@search.org") == ["ann@search.org:ndvi", "ann@search.org:ndvi_2", "ann@search.org:water"]
    assert found(name="ndvi") == ["ann@search.org:ndvi", "ann@search.org:ndvi_2", "eve@search.org:ndvi"]
    assert found(tags=["blue", "new"]) == ["ann@search.org:ndvi_2", "ann@search.org:water", "eve@search.org:ndvi"]
    assert found(email="ann@search.org", name="ndvi", tags=["new"]) == ["ann@search.org:ndvi_2"]
    assert found(name="n_") == ["eve@search.org:n_vi"]
    assert found(name="n%") == found(name="dvi") == found(email="ann") == []


def test_search_follows_pages() -> None:
    ids = {f"many@search.com:w{number}" for number in range(103)}
    for id in ids:
        wf.Workflow(id).save()
    assert {workflow.id for workflow in wf.Workflow.search(email="many@search.com")} == ids


def test_the_urls_of_wmts_are_as_documented(workflow: wf.Workflow, server_url: str, id: str) -> None:
    assert wf.wmts_url() == f"{server_url}/wmts/workflow/1.0.0/WMTSCapabilities.xml"
    assert workflow.wmts_url() == f"{server_url}/wmts/workflow/{id}/1.0.0/WMTSCapabilities.xml"
    assert workflow.wmts_url("EPSG:3857", True).endswith("?tile_matrix_sets=EPSG:3857&dimensions=true")
    for make in (wf.wmts_url, workflow.wmts_url):
        assert make(access_token="a&b").endswith("/1.0.0/WMTSCapabilities.xml?access_token=a%26b")
    with pytest.raises(ValueError, match="save it first"):
        wf.Workflow(f"{id}.new").wmts_url()


# What versions guarantee


def test_what_is_saved_is_what_was_set(workflow: wf.Workflow, id: str) -> None:
    same = wf.Workflow.get(id)
    assert same == workflow
    assert (same.id, same.name, same.title) == (id, id.partition(":")[2], "Cool")
    assert (same.description, same.labels) == ("The *result*", {"project": "arithmetic"})
    assert (same.tags, same.version_names) == (["test", "digital twin"], ("0.0.1",))
    assert same.created_timestamp is not None
    assert abs(same.created_timestamp - datetime.now(UTC)) < timedelta(minutes=1)
    assert same.updated_timestamp is not None
    assert same.updated_timestamp >= same.created_timestamp


def test_saving_an_equal_version_again_changes_nothing(workflow: wf.Workflow) -> None:
    created = workflow["0.0.1"].created_timestamp
    workflow.set_version("0.0.1", wf.Int(1) + 1)
    assert workflow.save()["0.0.1"].created_timestamp == created
    assert workflow.version_names == ("0.0.1",)


def test_a_saved_version_cannot_get_another_object(workflow: wf.Workflow, id: str) -> None:
    other = wf.Workflow(id, "Other")
    other.set_version("0.0.2", wf.Int(1))
    other.set_version("0.0.1", wf.Int(1) + 2)
    with pytest.raises(Conflict, match=r"'0\.0\.1'"):
        other.save()
    stored = wf.Workflow.get(id)
    assert (stored.title, stored.version_names) == ("Cool", ("0.0.1",))


def test_an_object_of_the_same_id_adds_versions_and_replaces_the_rest(workflow: wf.Workflow, id: str) -> None:
    other = wf.Workflow(id)
    other.set_version("0.0.3", wf.Int(3))
    other.set_version("0.0.2", wf.Int(2))
    assert other.save() is other
    assert other.version_names == ("0.0.1", "0.0.3", "0.0.2")  # in order of creation
    assert (other.title, other.description, other.labels, other.tags) == ("", "", {}, [])


def test_versions_that_are_held_know_that_they_are_saved(id: str, server_url: str) -> None:
    workflow = wf.Workflow(id)
    version = workflow.set_version("1.0.0", wf.Image.from_id("field:a"))
    workflow.save()
    assert version.url() == f"{server_url}/workflow/{id}/1.0.0/{{z}}/{{x}}/{{y}}.png"
    assert workflow["1.0.0"] is version


def test_a_limit_of_workflows_is_a_resource_that_is_exhausted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tileserver.store.workflow_writes.WORKFLOWS_EACH", 2)
    for name in "ab":
        wf.Workflow(f"eager@limit.org:{name}").save()
    wf.Workflow("eager@limit.org:a", "Again").save()
    with pytest.raises(LimitReached) as caught:
        wf.Workflow("eager@limit.org:c").save()
    assert isinstance(caught.value, RetryError)
    assert isinstance(caught.value, ResourceExhausted)
    assert [type(error) for error in caught.value.exceptions] == [ResourceExhausted]


def test_a_version_that_is_not_there_is_a_key_error(workflow: wf.Workflow) -> None:
    for find in (workflow.get_version, workflow.__getitem__, lambda name: workflow.update_version(name, "x")):
        with pytest.raises(KeyError, match=r"no version '0\.0\.2' here; it has 0\.0\.1"):
            find("0.0.2")
    with pytest.raises(ValueError, match="nothing to update"):
        workflow.update_version("0.0.1")


BAD_VERSIONS = [
    "1.0",
    "v1.0.0",
    "01.0.0",
    "1.0.0-",
    "1.0.0-01",
    "1.0.0+",
    "1.0.0 ",
    "latest",
    "1.0.0\n",
    "\uff11.0.0",
    "",
]


@pytest.mark.parametrize("version", BAD_VERSIONS, ids=repr)
def test_versions_are_semantic_versions(id: str, version: str) -> None:
    with pytest.raises(ValueError, match="semantic version"):
        wf.Workflow(id).set_version(version, wf.Int(1))
    with pytest.raises(ValueError, match="semantic version"):
        wf.Workflow(id).set_version(version)


@pytest.mark.parametrize(
    "id",
    [
        "",
        "name",
        "bob@gmail.com",
        "bob@gmail.com:",
        ":name",
        "bob:name",
        "a@b.c:d/e",
        "a@b.c:..",
        "a@b.c:d'",
        "a@b.c:🌍",
    ],
)
def test_ids_that_are_none_cannot_be_saved(id: str) -> None:
    workflow = wf.Workflow(id)
    for send in (workflow.save, workflow.delete, workflow.add_public_reader, lambda: wf.Workflow.get(id)):
        with pytest.raises(ValueError, match="must be 'email:name'"):
            send()


BAD_METADATA: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"title": 5}, TypeError, "title must be a str"),
    ({"title": "a\nb"}, ValueError, "title must be"),
    ({"description": "a" * 1_000_000}, ValueError, r"at most 65,536 characters .* not 1,000,000 characters"),
    ({"description": "a\0b"}, ValueError, "control characters"),
    ({"labels": ["a"]}, TypeError, "labels must be a dict"),
    ({"labels": {"a": 1}}, TypeError, "the label 'a' must be a str"),
    ({"labels": {1: "a"}}, TypeError, "the key of a label must be a str"),
    ({"tags": "test"}, TypeError, "tags must be a list"),
    ({"tags": ["a\x07b"]}, ValueError, "a tag must be"),
    ({"tags": [""]}, ValueError, "a tag must be"),
    ({"tags": ["\ud800"]}, ValueError, "a tag must be"),
    ({"tags": ["a"] * 101}, ValueError, "100 tags at most"),
]


@pytest.mark.parametrize(("field", "error", "message"), BAD_METADATA, ids=lambda value: str(value)[:30])
def test_what_describes_a_workflow_is_checked(id: str, field: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        wf.Workflow(id, **field)
    workflow = wf.Workflow(id)
    ((name, value),) = field.items()
    with pytest.raises(error, match=message):
        setattr(workflow, name, value)


def test_what_is_changed_in_place_is_checked_when_it_is_saved(id: str) -> None:
    workflow = wf.Workflow(id)
    workflow.labels["project"] = "arithmetic"
    workflow.tags.append("test")
    assert (workflow.save().labels, workflow.tags) == ({"project": "arithmetic"}, ["test"])
    workflow.tags.append("a\nb")
    with pytest.raises(ValueError, match="a tag must be"):
        workflow.save()


def test_the_id_stays() -> None:
    with pytest.raises(AttributeError):
        wf.Workflow("bob@gmail.com:a").id = "bob@gmail.com:b"


# Aliases, and what changed


@pytest.fixture
def grown(workflow: wf.Workflow) -> wf.Workflow:
    """A workflow with four versions."""
    red = wf.Image.from_id("field:a").pick_bands("red")
    workflow.set_version("1.0.0", red + wf.parameter("n", wf.Int))
    workflow.set_version("1.1.0", (red + wf.parameter("n", wf.Int)).clip_values(0, 100), "Clipped\n\nAs red is.")
    workflow.set_version("2.0.0-rc.1", red * 2)
    return workflow.save()


def test_an_alias_stands_for_a_version_until_it_is_moved(grown: wf.Workflow, id: str) -> None:
    grown.set_alias("production", "1.0.0")
    assert grown["production"].version == wf.Workflow.get(id)["production"].version == "1.0.0"
    assert wf.use(id, "production").graft == grown["1.0.0"].object.graft
    grown.set_alias("production", "1.1.0")
    assert wf.VersionedGraft.get(id, "production").version == "1.1.0"
    assert grown.aliases == wf.Workflow.get(id).aliases == {"production": "1.1.0"}
    assert "    - alias: production" in repr(grown["production"]).splitlines()
    grown.remove_alias("production")
    assert grown.aliases == {}
    with pytest.raises(NotFound, match="production"):
        wf.use(id, "production")
    with pytest.raises(KeyError):
        grown["production"]


def test_the_urls_of_an_alias_follow_it(grown: wf.Workflow, id: str, server_url: str) -> None:
    grown.set_alias("production", "1.0.0")
    layer = f"{server_url}/workflow/{id}/production"
    for version in (grown["production"], wf.VersionedGraft.get(id, "production")):
        assert version.url(n=1) == f"{layer}/{{z}}/{{x}}/{{y}}.png?n=1"
        assert version.wmts_url() == f"{server_url}/wmts/workflow/{id}/production/1.0.0/WMTSCapabilities.xml"
        assert version.share_url(n=1).startswith(f"{layer}/{{z}}")
    assert grown["1.0.0"].url(n=1).startswith(f"{server_url}/workflow/{id}/1.0.0/")


def test_latest_is_the_highest_released_version(grown: wf.Workflow, id: str, server_url: str) -> None:
    grown.set_version("1.0.10", wf.Image.from_id("field:b"))
    grown.save()
    for version in (grown["latest"], wf.VersionedGraft.get(id, "latest")):
        assert version.version == "1.1.0"
        assert version.url(n=1).startswith(f"{server_url}/workflow/{id}/latest/")
    assert "latest" not in grown.aliases


def test_without_a_released_version_there_is_no_latest(id: str) -> None:
    workflow = wf.Workflow(id)
    workflow.set_version("1.0.0-rc.1", wf.Int(1))
    with pytest.raises(KeyError, match="latest"):
        workflow["latest"]
    workflow.save()
    with pytest.raises(NotFound, match="latest"):
        wf.use(id, "latest")


@pytest.mark.parametrize("alias", ["latest", "1.0.0", "", "a/b", "-a", "ü", "a" * 65], ids=repr)
def test_names_that_cannot_be_aliases_are_refused(workflow: wf.Workflow, alias: str) -> None:
    with pytest.raises(ValueError, match="an alias"):
        workflow.set_alias(alias, "0.0.1")


def test_an_alias_stands_for_a_version_that_is_there(workflow: wf.Workflow) -> None:
    with pytest.raises(NotFound, match=r"9\.9\.9"):
        workflow.set_alias("production", "9.9.9")
    with pytest.raises(ValueError, match="semantic version"):
        workflow.set_alias("production", "latest")


def test_a_diff_shows_what_changed_in_the_computation(grown: wf.Workflow) -> None:
    assert grown.diff("1.0.0", "1.1.0").splitlines() == shown("""
        --- 1.0.0
        +++ 1.1.0
        @@ -1,2 +1,2 @@
         # Function[{'n': Int}, Image]
        -lambda n: Image.load("field:a").pick_bands("red") + n
        +lambda n: (Image.load("field:a").pick_bands("red") + n).clip_values(0, 100)
    """)
    assert grown.diff("1.0.0", "1.0.0") == ""
    assert grown.diff("0.0.1", "latest") == grown.diff("0.0.1", "1.1.0")
    assert repr(grown.diff("1.0.0", "1.1.0")) == str(grown.diff("1.0.0", "1.1.0"))
    with pytest.raises(KeyError):
        grown.diff("1.0.0", "3.0.0")


def test_the_history_tells_what_each_version_changed(grown: wf.Workflow) -> None:
    grown.set_alias("production", "1.0.0")
    history = grown.history
    assert [(change.version, change.added, change.removed, change.aliases) for change in history] == [
        ("0.0.1", None, None, ()),
        ("1.0.0", 2, 2, ("production",)),
        ("1.1.0", 1, 1, ("latest",)),
        ("2.0.0-rc.1", 2, 2, ()),
    ]
    when = history[2].created_timestamp
    assert when is not None
    assert repr(history).splitlines()[2] == f"1.1.0  {when:%Y-%m-%d %H:%M} UTC  +1 -1  (latest)  Clipped"
    assert repr(wf.Workflow("bob@gmail.com:empty").history) == "no versions"
