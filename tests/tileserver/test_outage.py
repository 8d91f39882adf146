"""A PostgreSQL that stops answering: what is known goes on, the rest is refused soon, and both end."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cachetools import TTLCache
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import sdk as wf
from tests.postgres import running_postgres, stopped
from tests.server_fixture import running_server
from tests.tileserver.conftest import Served, X, Y, Z
from tileserver import app
from tileserver.store import NotFound, Users, create_schema, open_database
from tileserver.store.outages import OUTAGE_SECONDS, Remembered


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    """A PostgreSQL of the module's own, which it may stop."""
    with running_postgres() as url:
        yield url


@pytest.fixture
def stored(root: str, scenes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A server whose database is the PostgreSQL, with a token for its user."""
    monkeypatch.setattr(app, "PATIENCE_SECONDS", 1.0)
    url = f"{root}/postgres"
    create_schema(engine := open_database(url))
    Users(engine).add("bob@example.com")
    token, _ = Users(engine).create_token("bob@example.com")
    engine.dispose()
    with (
        running_server(tmp_path, add=[scenes], database_url=url, auth="token") as address,
        Served(address, scenes, tmp_path, {}) as served,
    ):
        served.http.headers["Authorization"] = f"Bearer {token}"
        yield served


def test_known_tiles_go_on_while_the_database_hangs(
    stored: Served, root: str, caplog: pytest.LogCaptureFixture
) -> None:
    layer = stored.publish(wf.ImageCollection.from_id("field").pick_bands("nir"), public=False)
    before = stored.tile(layer)
    assert before.status_code == 200, before.text
    with stopped(root), caplog.at_level(logging.WARNING):
        with ThreadPoolExecutor(10) as threads:  # those who find out, all at once
            asked = [threads.submit(stored.tile, layer) for _ in range(10)]
            assert {answer.result().content for answer in asked} == {before.content}
        started = time.monotonic()
        assert stored.tile(layer, "scales=[[0,1]]").status_code == 200
        elsewhere = stored.get(f"/xyz/{layer}/{Z + 2}/{4 * X}/{4 * Y}.png?scales=[[0,1]]")
        for refused in (stored.tile("a" * 48), elsewhere):
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
            assert refused.json()["message"] == "the database cannot be used for now"
        assert stored.get("/api/xyz").json()["error"] == "database_unavailable"
        assert stored.get("/readyz").json()["checks"]["database"] == "failed: OperationalError"
        assert stored.get("/healthz").status_code == 200
        assert time.monotonic() - started < 10
    said = [record.message for record in caplog.records if "database" in record.message]
    assert len([message for message in said if "does not answer, and is not asked until it does" in message]) == 1
    deadline = time.monotonic() + 60
    while stored.get("/readyz").status_code != 200:
        assert time.monotonic() < deadline, stored.get("/readyz").text
        time.sleep(0.1)
    assert stored.http.delete(f"/api/xyz/{layer}").status_code == 204
    assert stored.tile(layer).status_code == 404
    assert stored.get(f"/xyz/{layer}/{Z}/{X}/{Y}.png", headers={"Authorization": "Bearer none"}).status_code == 401


def test_the_pool_asks_nobody_in_an_outage_and_a_thread_finds_its_end(root: str) -> None:
    engine = open_database(f"{root}/postgres", patience=0.5)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    with stopped(root):
        with pytest.raises(OperationalError), engine.connect():
            pass
        started = time.monotonic()
        for _ in range(100):
            with pytest.raises(OperationalError, match="does not answer"), engine.connect():
                pass
        assert time.monotonic() - started < 20  # a hundred times half a second, if each were asked
    deadline = time.monotonic() + 60
    while True:
        try:
            with engine.connect():
                break
        except OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    engine.dispose()


def test_what_is_remembered_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    remembered = Remembered[str, str](10)
    remembered._known = TTLCache(10, OUTAGE_SECONDS, timer=lambda: now[0])

    def away() -> str:
        raise OperationalError("SELECT", {}, Exception("gone"))

    def revoked() -> str:
        raise NotFound("no more")

    assert remembered.ask("a", lambda: "shown") == remembered.ask("a", away) == "shown"
    now[0] = OUTAGE_SECONDS + 1
    with pytest.raises(OperationalError):
        remembered.ask("a", away)
    remembered.ask("b", lambda: "shown")
    with pytest.raises(NotFound):
        remembered.ask("b", revoked)
    with pytest.raises(OperationalError):
        remembered.ask("b", away)
