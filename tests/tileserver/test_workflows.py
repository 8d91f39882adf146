"""Workflows are saved whole or not at all, found by those who may, and lost with all that is theirs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from tileserver.auth import LOCAL, NOBODY, Caller
from tileserver.store import (
    Aliases,
    Details,
    Links,
    NotFound,
    Readers,
    VersionDraft,
    VersionExists,
    WorkflowLimit,
    Workflows,
    workflow_writes,
)  # fmt: skip

BOB = Caller("bob@example.com", "acme", "write")
BETTY = Caller("betty@example.com", "acme")
CARL = Caller("carl@example.org", "globex")
ID = "bob@example.com:model"


def draft(version: str = "1.0.0", value: int = 1, **fields: Any) -> VersionDraft:
    graft = {"returns": "a", "a": value}
    return VersionDraft(
        version=version, graft=graft, graft_hash=f"hash of {value}", typespec={"type": "Int"}, type="Int", **fields
    )


@pytest.fixture
def workflows(engine: Engine) -> Workflows:
    return Workflows(engine)


def test_a_workflow_comes_back_as_it_was_saved(workflows: Workflows) -> None:
    details = Details(
        title="Ümlaut", description="# *Hi*\n", labels={"ключ": "значение"}, tags=["b", "a", "digital twin"]
    )
    viz = [{"id": "v", "bands": ["nir"], "scales": [[0.0, None]]}]
    saved, is_new = workflows.save(ID, details, [draft(docstring="d", labels={"k": "v"}, viz_options=viz)])
    assert is_new
    assert workflows.find(ID, BOB) == saved
    assert (saved.id, saved.email, saved.name, saved.title) == (ID, "bob@example.com", "model", "Ümlaut")
    assert (saved.description, saved.labels, saved.tags) == (details.description, details.labels, details.tags)
    [version] = saved.versions
    assert (version.docstring, version.labels, version.viz_options) == ("d", {"k": "v"}, viz)
    assert (version.version, version.graft, version.type) == ("1.0.0", {"returns": "a", "a": 1}, "Int")


def test_what_a_save_does_not_say_stays(workflows: Workflows) -> None:
    workflows.save(ID, Details(title="t", tags=["x"], labels={"a": "b"}), [draft(docstring="d")])
    saved, is_new = workflows.save(ID, Details(description="new"), [draft(labels={"k": "v"})])
    assert not is_new
    assert (saved.title, saved.description, saved.tags, saved.labels) == ("t", "new", ["x"], {"a": "b"})
    assert (saved.versions[0].docstring, saved.versions[0].labels) == ("d", {"k": "v"})
    emptied, _ = workflows.save(ID, Details(title="", tags=[], labels={}), [])
    assert (emptied.title, emptied.tags, emptied.labels) == ("", [], {})
    assert saved.created_timestamp == emptied.created_timestamp < emptied.updated_timestamp


def test_versions_stay_in_the_order_of_their_making(workflows: Workflows) -> None:
    workflows.save(ID, Details(), [draft("2.0.0", 2), draft("1.0.0", 1)])
    saved, _ = workflows.save(ID, Details(), [draft("1.0.0", 1), draft("0.5.0", 3)])
    assert [version.version for version in saved.versions] == ["2.0.0", "1.0.0", "0.5.0"]


def test_a_version_is_immutable_and_a_refused_save_leaves_nothing(workflows: Workflows) -> None:
    before, _ = workflows.save(ID, Details(title="before"), [draft()])
    with pytest.raises(VersionExists, match=r"version '1\.0\.0' of bob@example\.com:model is published already"):
        workflows.save(ID, Details(title="after", tags=["new"]), [draft("0.9.0", 9), draft(value=2)])
    assert workflows.find(ID, BOB) == before


def test_an_owner_has_a_thousand_workflows_at_most(workflows: Workflows, monkeypatch: pytest.MonkeyPatch) -> None:
    assert workflow_writes.WORKFLOWS_EACH == 1000
    monkeypatch.setattr(workflow_writes, "WORKFLOWS_EACH", 3)
    for number in range(3):
        workflows.save(f"bob@example.com:{number}", Details(), [])
    with pytest.raises(WorkflowLimit, match="3 workflows"):
        workflows.save("bob@example.com:3", Details(), [])
    workflows.save("bob@example.com:0", Details(title="again"), [])
    workflows.save("betty@example.com:0", Details(), [])
    workflows.delete("bob@example.com:1")
    workflows.save("bob@example.com:3", Details(), [])


@pytest.mark.parametrize(
    ("reference", "version"),
    [
        ("1.0.0", "1.0.0"),
        ("latest", "1.10.0"),
        ("production", "1.9.0"),
        ("2.0.0-rc.1", "2.0.0-rc.1"),
        ("1.0.0+b", "1.0.0+b"),
    ],
)
def test_a_version_is_found_by_its_name_by_an_alias_and_as_the_latest(
    workflows: Workflows, engine: Engine, reference: str, version: str
) -> None:
    names = ["1.0.0", "1.10.0", "1.9.0", "2.0.0-rc.1", "1.0.0+b"]
    workflows.save(ID, Details(title="T"), [draft(name, number) for number, name in enumerate(names)])
    Aliases(engine).set(ID, "production", "1.9.0")
    found = workflows.version(ID, reference, BOB)
    assert (found.workflow, found.title, found.version.version, found.public) == (ID, "T", version, False)


@pytest.mark.parametrize(
    ("reference", "message"),
    [("9.9.9", "has no version '9.9.9'"), ("staging", "has no alias 'staging'"), ("latest", "no released version")],
)
def test_a_version_that_is_not_there_is_named(workflows: Workflows, reference: str, message: str) -> None:
    workflows.save(ID, Details(), [draft("1.0.0-rc.1")])
    with pytest.raises(NotFound, match=message):
        workflows.version(ID, reference, BOB)


def test_an_alias_moves_and_goes_with_its_workflow(workflows: Workflows, engine: Engine) -> None:
    aliases = Aliases(engine)
    workflows.save(ID, Details(), [draft("1.0.0", 1), draft("1.1.0", 2)])
    assert aliases.set(ID, "production", "1.0.0")
    assert not aliases.set(ID, "production", "1.1.0")
    assert workflows.find(ID, BOB).aliases == {"production": "1.1.0"}
    for workflow, version in ((ID, "3.0.0"), ("bob@example.com:other", "1.0.0")):
        with pytest.raises(NotFound):
            aliases.set(workflow, "production", version)
    aliases.remove(ID, "production")
    with pytest.raises(NotFound, match="no alias 'production'"):
        aliases.remove(ID, "production")
    assert workflows.find(ID, BOB).aliases == {}


SHARED = {
    "nobody": (None, {BOB}),
    "a user": ("email:betty@example.com", {BOB, BETTY}),
    "another user of a similar name": ("email:betty@example.co", {BOB}),
    "an organization": ("org:globex", {BOB, CARL}),
    "everybody who has signed in": ("authenticated", {BOB, BETTY, CARL}),
    "the public": ("public", {BOB, BETTY, CARL, NOBODY}),
}


@pytest.mark.parametrize(("target", "readers"), SHARED.values(), ids=SHARED.keys())
def test_who_may_read_is_who_it_is_shared_with(
    workflows: Workflows, engine: Engine, target: str | None, readers: set[Caller]
) -> None:
    workflows.save(ID, Details(), [draft()])
    if target:
        Readers(engine).add(ID, target)
    for caller in (BOB, BETTY, CARL, NOBODY):
        found = [record.id for record in workflows.search(caller)[0]]
        assert found == ([ID] if caller in readers else [])
        for ask in (lambda who: workflows.find(ID, who), lambda who: workflows.version(ID, "1.0.0", who)):
            if caller in readers:
                ask(caller)
                continue
            with pytest.raises(NotFound) as hidden:
                ask(caller)
            assert str(hidden.value) == f"Workflow '{ID}' does not exist."
    assert workflows.version(ID, "1.0.0", BOB).public == (target == "public")
    if target:
        Readers(engine).remove(ID, target)
        assert workflows.search(BETTY)[0] == []


def test_readers_are_listed_once_in_order_of_granting(workflows: Workflows, engine: Engine) -> None:
    readers = Readers(engine)
    workflows.save(ID, Details(), [])
    targets = ["public", "email:z@example.com", "email:a@example.com"]
    assert [readers.add(ID, target) for target in (*targets, "public")] == [True, True, True, False]
    assert readers.of(ID) == targets
    readers.remove(ID, "org:never")
    for refuse in (lambda: readers.of("b@example.com:x"), lambda: readers.add("b@example.com:x", "public")):
        with pytest.raises(NotFound):
            refuse()


def test_a_search_is_by_email_by_prefix_and_by_any_tag_all_at_once(workflows: Workflows) -> None:
    for name, tags in {"a_model": ["x"], "A_model": ["y"], "abc": ["x", "y"], "b.b": []}.items():
        workflows.save(f"bob@example.com:{name}", Details(tags=tags), [])
    workflows.save("betty@example.com:abc", Details(tags=["x"]), [])

    def names(**criteria: Any) -> list[str]:
        return [record.id.replace("@example.com", "") for record in workflows.search(LOCAL, **criteria)[0]]

    assert names() == ["betty:abc", "bob:b.b", "bob:abc", "bob:A_model", "bob:a_model"]
    assert names(email="bob@example.com", name="a") == ["bob:abc", "bob:a_model"]
    assert names(name="a_") == ["bob:a_model"]
    assert names(name="%") == []
    assert names(tags=["y", "z"]) == ["bob:abc", "bob:A_model"]
    assert names(tags=["x"], name="ab", email="betty@example.com") == ["betty:abc"]


def test_pages_of_a_search_are_short_where_versions_are_long(
    workflows: Workflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tileserver.store.pages.PAGE_BYTES", 1000)
    for number in range(3):
        drafts = [draft(f"1.0.{patch}", docstring="x" * 300 * number) for patch in range(2)]
        workflows.save(f"bob@example.com:{number}", Details(), drafts)
    first, after = workflows.search(BOB)
    second, end = workflows.search(BOB, after=after)
    assert [[record.name for record in page] for page in (first, second)] == [["2"], ["1", "0"]]
    assert end is None


def test_pages_of_a_search_hold_everything_once(workflows: Workflows) -> None:
    for number in range(5):
        workflows.save(f"bob@example.com:{number}", Details(), [])
    first, after = workflows.search(BOB, limit=3)
    second, end = workflows.search(BOB, limit=3, after=after)
    assert [record.name for record in first + second] == ["4", "3", "2", "1", "0"]
    assert end is None
    with pytest.raises(ValueError, match="what an earlier answer gave"):
        workflows.search(BOB, after="x")


def test_all_that_is_of_a_workflow_goes_with_it_and_nothing_else(workflows: Workflows, engine: Engine) -> None:
    links = Links(engine)
    for name in ("model", "Model", "modelling"):
        workflow = f"bob@example.com:{name}"
        workflows.save(workflow, Details(tags=["t"]), [draft()])
        Readers(engine).add(workflow, "public")
        Aliases(engine).set(workflow, "live", "1.0.0")
        links.create(f"workflow/{workflow}/1.0.0", timedelta(hours=1))
    workflows.delete(ID)
    with pytest.raises(NotFound):
        workflows.delete(ID)
    with engine.connect() as connection:
        for table in ("tags", "versions", "aliases", "readers"):
            assert connection.execute(text(f"SELECT count(*) FROM workflow_{table}")).scalar() == 2
        assert connection.execute(text("SELECT count(*) FROM links")).scalar() == 2
    workflows.save(ID, Details(), [draft(value=5)])
    with pytest.raises(NotFound):
        workflows.find(ID, NOBODY)


def test_a_link_is_for_one_layer_until_it_expires_or_is_revoked(workflows: Workflows, engine: Engine) -> None:
    links, layer = Links(engine), f"workflow/{ID}/1.0.0"
    workflows.save(ID, Details(), [draft("1.0.0"), draft("1.1.0")])
    key, record = links.create(layer, timedelta(hours=1))
    shown = Caller(link=links.layer_of(key) or "")
    assert workflows.version(ID, "1.0.0", shown).version.version == "1.0.0"
    for refuse in (lambda: workflows.version(ID, "1.1.0", shown), lambda: workflows.find(ID, shown)):
        with pytest.raises(NotFound):
            refuse()
    expired, _ = links.create(layer, timedelta(seconds=-1))
    assert links.layer_of(expired) is None
    assert links.of(layer) == [record]
    with pytest.raises(NotFound):
        links.revoke(f"workflow/{ID}/1.1.0", record.id)
    links.revoke(layer, record.id)
    assert links.layer_of(key) is None
    assert links.layer_of("") is None


def test_a_reader_sees_a_workflow_before_or_after_a_save_and_nothing_between(
    workflows: Workflows, engine: Engine
) -> None:
    workflows.save(ID, Details(title="old"), [])
    seen: list[Any] = []

    def save_meanwhile(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.startswith("SELECT") and not seen:
            seen.append(statement)
            workflows.save(ID, Details(title="new", tags=["new"]), [draft()])

    event.listen(engine, "after_cursor_execute", save_meanwhile)
    found = workflows.find(ID, BOB)
    assert seen
    assert (found.title, found.tags, found.versions) == ("old", [], [])


SAVE = """
import sys
from tests.tileserver.test_workflows import ID, draft
from tileserver.store import Details, VersionExists, Workflows, open_database
workflows = Workflows(open_database(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
try:
    workflows.save(ID, Details(title=sys.argv[2]), [draft(value=int(sys.argv[2]))])
    print("won")
except VersionExists as exc:
    print(exc)
"""


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_of_eight_processes_that_save_a_version_exactly_one_wins(workflows: Workflows, database_url: str) -> None:
    savers = [start(SAVE, database_url, str(number)) for number in range(8)]
    for saver in savers:
        assert saver.stdout is not None
        assert saver.stdout.readline() == "ready\n"
    said = []
    for saver in savers:  # all begin before the first is waited for
        assert saver.stdin is not None
        saver.stdin.write("go\n")
        saver.stdin.flush()
    for saver in savers:
        said.append(saver.communicate(timeout=60)[0].strip())
    won = [number for number, words in enumerate(said) if words == "won"]
    assert len(won) == 1
    assert all("published already" in words for number, words in enumerate(said) if number not in won)
    record = workflows.find(ID, BOB)
    assert (record.title, record.versions[0].graft["a"]) == (str(won[0]), won[0])


SAVE_WITHOUT_END = """
import itertools, sys
from tests.tileserver.test_workflows import ID, draft
from tileserver.store import Details, Workflows, open_database
workflows = Workflows(open_database(sys.argv[1]))
print("ready", flush=True)
for number in itertools.count(1):
    drafts = [draft(f"{number}.{minor}.0", number) for minor in range(20)]
    workflows.save(ID, Details(title=str(number), tags=[str(number)]), drafts)
"""


def test_a_save_that_is_killed_has_happened_or_not(workflows: Workflows, database_url: str) -> None:
    for moment in (0.05, 0.21, 0.4):
        saver = start(SAVE_WITHOUT_END, database_url)
        assert saver.stdout is not None
        assert saver.stdout.readline() == "ready\n"
        time.sleep(moment)
        os.kill(saver.pid, signal.SIGKILL)
        saver.communicate()
        try:
            record = workflows.find(ID, BOB)
        except NotFound:
            continue
        assert record.tags == [record.title]
        assert len(record.versions) == 20 * int(record.title)
        workflows.delete(ID)
