"""What is remembered of a database is forgotten as soon as anybody changes it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from starlette.testclient import TestClient

import sdk as wf
from graft_eval.limits import Limits
from sdk.service.computation import Computation
from tests.tileserver.rasters import write_tif
from tileserver.app import create_app
from tileserver.auth import LOCAL
from tileserver.catalog import Catalog
from tileserver.layers.layers import Layers
from tileserver.settings import Settings
from tileserver.store import (
    LayerRecord,
    Links,
    NotFound,
    SQLStore,
    Users,
    Workflows,
    create_schema,
    open_database,
    writing,
)
from tileserver.store.change_stamp import SQLiteStamp, change_stamp_of

CHANGE = "CREATE TABLE IF NOT EXISTS t (a INTEGER)"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'a.sqlite'}"


@pytest.fixture
def database(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    create_schema(engine)
    yield engine
    engine.dispose()


def test_a_stamp_stays_until_something_is_committed(database: Engine) -> None:
    stamp = change_stamp_of(database)
    first = stamp.current()
    with database.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert stamp.current() == first
    with writing(database) as connection:
        connection.execute(text(CHANGE))
    assert stamp.current() != first


def test_another_process_changes_the_stamp(database: Engine, tmp_path: Path) -> None:
    stamp = change_stamp_of(database)
    first = stamp.current()
    program = f"import sqlite3; sqlite3.connect({str(tmp_path / 'a.sqlite')!r}).execute({CHANGE!r})"
    subprocess.run([sys.executable, "-c", program], check=True)
    assert stamp.current() != first


def test_a_database_in_memory_gives_no_stamp() -> None:
    engine = open_database("sqlite://")
    assert change_stamp_of(engine).current() is None
    engine.dispose()


@pytest.fixture
def layers(database: Engine) -> Layers:
    return Layers(SQLStore(database), Workflows(database), Limits(), change_stamp_of(database))


def publish(database: Engine, **fields: object) -> dict[str, str]:
    record = LayerRecord(graft={"returns": "a", "a": 1}, typespec={"type": "Int"}, type="Int", **fields)  # type: ignore[arg-type]
    SQLStore(database).add_layer(record)
    return {"id": record.id}


def test_a_layer_is_known_once_it_was_found(layers: Layers, database: Engine) -> None:
    place = publish(database)
    assert layers.known(place, LOCAL) is None
    found = layers.get(place, LOCAL)
    assert layers.known(place, LOCAL) is found


def test_the_first_tile_of_a_layer_reads_no_layer_from_the_database(tmp_path: Path) -> None:
    """It is known, and parsed, since it was published."""
    statements = list[str]()

    def note(connection: object, cursor: object, statement: str, *others: object) -> None:
        statements.append(statement)

    with TestClient(create_app(Settings(data_dir=tmp_path, port=0)), base_url="http://localhost") as client:
        body = Computation.of(wf.Image.from_id("field:one")).to_json()
        layer = client.post("/api/xyz", json=body).json()["id"]
        event.listen(Engine, "before_cursor_execute", note)
        try:
            answer = client.get(f"/xyz/{layer}/1/0/0.png?scales=[[0,1]]")
        finally:
            event.remove(Engine, "before_cursor_execute", note)
    assert answer.status_code == 422  # its scene is not there
    assert not [one for one in statements if "FROM layers" in one]


def test_a_tile_looks_once_whether_anything_has_changed_and_sees_what_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, current = list[int](), SQLiteStamp.current

    def counted(stamp: SQLiteStamp) -> int:
        looks.append(found := current(stamp))
        return found

    settings = Settings(data_dir=tmp_path / "data", port=0, asset_roots=(tmp_path,))
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        other = Catalog(open_database(settings.database), settings)
        other.add([str(write_tif(tmp_path / "i.tif"))])
        layer = client.post("/api/xyz", json=Computation.of(wf.Image.from_id("i:i")).to_json()).json()["id"]
        for high in (100, 200):
            assert client.get(f"/xyz/{layer}/1/1/0.png?scales=[[0,{high}]]").status_code == 200
        monkeypatch.setattr(SQLiteStamp, "current", counted)
        assert client.get(f"/xyz/{layer}/1/1/0.png?scales=[[0,50]]").status_code == 200
        assert len(looks) == 1
        other.remove("i:i")
        assert client.get(f"/xyz/{layer}/1/1/0.png?scales=[[0,50]]").status_code == 422
        other.close()


def test_a_layer_that_another_process_deletes_is_gone_at_once(layers: Layers, database: Engine, url: str) -> None:
    place = publish(database)
    layers.get(place, LOCAL)
    other = open_database(url)
    SQLStore(other).delete_layer(place["id"])
    other.dispose()
    assert layers.known(place, LOCAL) is None
    with pytest.raises(NotFound):
        layers.get(place, LOCAL)


def test_a_layer_that_expires_is_gone(layers: Layers, database: Engine) -> None:
    created = datetime.now(UTC) - timedelta(days=10) + timedelta(seconds=0.5)
    place = publish(database, created_timestamp=created)
    layers.get(place, LOCAL)
    time.sleep(0.6)
    assert layers.known(place, LOCAL) is None


@pytest.fixture
def users(database: Engine) -> Users:
    users = Users(database, change_stamp_of(database))
    users.add("bob@example.com")
    return users


def test_a_caller_is_known_once_they_were_identified_until_another_process_revokes_the_token(
    users: Users, url: str
) -> None:
    token, record = users.create_token("bob@example.com")
    assert users.known(token) is None
    caller = users.identify(token)
    assert caller is not None
    assert users.known(token) == caller
    other = open_database(url)
    Users(other).revoke_token(record.id)
    other.dispose()
    assert users.known(token) is None
    assert users.identify(token) is None
    assert users.known(token) is None


def test_a_caller_is_known_no_longer_than_the_token_lasts(users: Users) -> None:
    token, _ = users.create_token("bob@example.com", lifetime=timedelta(seconds=0.5))
    assert users.identify(token) is not None
    time.sleep(0.6)
    assert users.known(token) is None


def test_a_link_is_known_once_it_was_found_until_it_is_revoked(database: Engine) -> None:
    links = Links(database, change_stamp_of(database))
    key, record = links.create("xyz/a", timedelta(hours=1))
    assert links.known(key) is None
    assert links.layer_of(key) == "xyz/a"
    assert links.known(key) == "xyz/a"
    links.revoke("xyz/a", record.id)
    assert links.known(key) is None
    assert links.layer_of(key) is None
