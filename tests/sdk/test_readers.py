"""Owners say who may read their workflows."""

from __future__ import annotations

from typing import Any

import pytest

import sdk as wf
from sdk.service.exceptions import NotFound
from sdk.service.readers import reader_of, target_of

pytestmark = pytest.mark.usefixtures("default")


@pytest.fixture
def workflow() -> wf.Workflow:
    """A saved workflow that is shared with nobody."""
    saved = wf.Workflow("bob@gmail.com:shared").save()
    for reader in list(saved.list_readers()):
        saved.remove_reader(reader)
    return saved


def test_readers_are_added_listed_and_removed_as_documented(workflow: wf.Workflow) -> None:
    workflow = wf.Workflow.get("bob@gmail.com:shared")
    workflow.add_reader(wf.UserEmail("betty@gmail.com"))
    workflow.add_reader(wf.Organization("myorg"))
    assert [str(user) for user in workflow.list_readers()] == ["betty@gmail.com", "myorg"]
    assert [type(user) for user in workflow.list_readers()] == [wf.UserEmail, wf.Organization]
    workflow.remove_reader(wf.UserEmail("betty@gmail.com"))
    workflow.remove_reader(wf.Organization("myorg"))
    assert list(workflow.list_readers()) == []


def test_everybody_may_be_a_reader(workflow: wf.Workflow) -> None:
    assert workflow.has_public_reader() is False
    workflow.add_public_reader()
    assert workflow.has_public_reader() is True
    assert list(workflow.list_readers()) == [wf.AllAuthenticatedUsers()]
    workflow.remove_public_reader()
    assert workflow.has_public_reader() is False


def test_public_readers_go_all_at_once_and_named_ones_stay(workflow: wf.Workflow) -> None:
    for reader in (wf.Anybody(), wf.AllAuthenticatedUsers(), wf.UserEmail("betty@gmail.com")):
        workflow.add_reader(reader)
    workflow.remove_public_reader()
    assert list(workflow.list_readers()) == [wf.UserEmail("betty@gmail.com")]
    workflow.add_reader(wf.Anybody())
    assert workflow.has_public_reader()


def test_adding_and_removing_twice_is_doing_it_once(workflow: wf.Workflow) -> None:
    for _ in range(2):
        workflow.add_reader("betty@gmail.com")
    assert list(workflow.list_readers()) == ["betty@gmail.com"]
    for _ in range(2):
        workflow.remove_reader("betty@gmail.com")
    assert list(workflow.list_readers()) == []


def test_a_workflow_must_be_saved_before_it_is_shared() -> None:
    unsaved = wf.Workflow("bob@gmail.com:unsaved")
    for share in (unsaved.add_public_reader, unsaved.has_public_reader, unsaved.remove_public_reader):
        with pytest.raises(NotFound, match=r"bob@gmail\.com:unsaved"):
            share()


TARGETS = [
    (wf.UserEmail("betty+maps@gmail.com"), "email:betty+maps@gmail.com"),
    (wf.Organization("my-org_2"), "org:my-org_2"),
    (wf.AllAuthenticatedUsers(), "authenticated"),
    (wf.Anybody(), "public"),
]


@pytest.mark.parametrize(("reader", "target"), TARGETS, ids=[target for _, target in TARGETS])
def test_readers_travel_as_targets(workflow: wf.Workflow, reader: Any, target: str) -> None:
    assert target_of(reader) == target
    assert reader_of(target) == reader
    workflow.add_reader(reader)
    assert list(workflow.list_readers()) == [reader]


@pytest.mark.parametrize("name", ["betty@", "a b@c.de", "betty", "", "a@b/c"])
def test_what_is_no_address_is_no_user(name: str) -> None:
    with pytest.raises(ValueError, match="email address"):
        wf.UserEmail(name)


@pytest.mark.parametrize("name", ["MyOrg", "my org", "", "örg", "a/b", "a@b.c"])
def test_organizations_have_plain_names(name: str) -> None:
    with pytest.raises(ValueError, match="organization"):
        wf.Organization(name)


def test_nothing_else_is_a_reader(workflow: wf.Workflow) -> None:
    with pytest.raises(TypeError, match="a reader is"):
        workflow.add_reader(5)  # type: ignore[arg-type]
    for target in ("user:a", "publicity", "public:x", ""):
        with pytest.raises(ValueError, match="a target is"):
            reader_of(target)
