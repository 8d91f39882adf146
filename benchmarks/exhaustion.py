"""Exhaustion: of the queue, the memory, the connections and the database of servers started for it."""

from __future__ import annotations

import itertools
import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from tempfile import TemporaryDirectory
from time import perf_counter, sleep
from typing import Final

import click

import sdk as wf
from benchmarks.client import Connection
from benchmarks.figures import quantile
from benchmarks.graftile import Graftile
from benchmarks.pixels import BANDS
from benchmarks.stack import CRS, PRODUCT, SMALL
from benchmarks.states import primed
from benchmarks.targets import ATTACKER, CALLER, Attack, Target, beside, fair, flood, listening, together
from benchmarks.usage import cpu_seconds, own_memory, wait_for_quiet
from benchmarks.workloads import Workload
from tests.postgres import running_postgres, stopped
from tileserver.store import Users, open_database

__all__ = ["database", "half_open_connections", "idle_listeners", "inspections", "refusals"]

OVERLOAD: Final = 340  # tiles of two callers at a time: more than may wait
CROWD: Final = 6_000  # of their tiles, each in a style of its own
REFUSALS: Final = 400
LEAST_REFUSALS: Final = 100
INSPECTIONS: Final = 8  # at a time
INSPECTED: Final = 2048  # pixels a side, all bands
INSPECT_BYTES: Final = 1 << 30
HALF_OPEN: Final = 1_000
OPEN_FILES: Final = 1024  # the usual `ulimit -n`
LISTENERS: Final = 1_000
PATIENCE_SECONDS: Final = 30.0
BESIDE_SECONDS: Final = 10.0
INSPECTION_SECONDS: Final = 20.0


def refusals(target: Target) -> Iterator[Attack]:
    """Requests of a caller with a token while two others' fill the queue."""
    server = target.server.under(auth="token")
    first, second, own = _tokens(server)
    callers = itertools.islice(
        zip(itertools.cycle(target.tiles), itertools.cycle((first, second)), strict=False), CROWD
    )
    paths = [_signed(server.path(Workload.MEDIAN, tile, style), token) for style, (tile, token) in enumerate(callers)]
    with _started(target, server) as other, beside(flood, other.port, OVERLOAD, paths):
        times, deadline = list[float](), perf_counter() + PATIENCE_SECONDS
        with closing(Connection(other.port, source=CALLER)) as connection:
            while len(times) < REFUSALS and perf_counter() < deadline:
                began = perf_counter()
                path = server.path(Workload.RGB, target.tiles[0], next(target.styles))
                status, _ = connection.get(_signed(path, own))
                if status == 503:
                    times.append((perf_counter() - began) * 1000)
    if len(times) < LEAST_REFUSALS:
        raise click.ClickException(f"a full queue refused {len(times)} requests")
    yield Attack("p95 of a refusal to a caller with a token, the queue full", "ms", None, quantile(times, 0.95), 100)


def inspections(target: Target) -> Iterator[Attack]:
    """Large results of inspect at a time: the memory that they take, and health checks meanwhile."""
    with _started(target, target.server.under(inspect_bytes=str(INSPECT_BYTES))) as other:
        before, most, times = own_memory(other.pids), 0, list[float]()
        with beside(_inspect, other.port, _inspection()), closing(Connection(other.port)) as connection:
            end = perf_counter() + INSPECTION_SECONDS
            while perf_counter() < end:
                began = perf_counter()
                connection.get("/healthz")
                times.append((perf_counter() - began) * 1000)
                most = max(most, own_memory(other.pids))
                sleep(0.02)
    grown, bound = (most - before) / 1e6, (INSPECT_BYTES + (512 << 20)) / 1e6
    yield Attack(f"memory of {INSPECTIONS} inspects at a time, which may have 1,074 MB", "MB", None, grown, bound)
    yield Attack("p95 of /healthz beside them", "ms", None, quantile(times, 0.95), 1000)


def half_open_connections(target: Target) -> Iterator[Attack]:
    """More connections with half a request than the server may have files open: how long newcomers wait."""
    server = target.server.under(["prlimit", f"--nofile={OPEN_FILES}"])
    with _started(target, server) as other, ExitStack() as opened:
        for _ in range(HALF_OPEN):
            one = socket.create_connection(("127.0.0.1", other.port), source_address=(ATTACKER, 0))
            opened.callback(one.close)
            one.sendall(b"GET / HTTP/1.1\r\nHost: ")
        began = perf_counter()
        while (waited := perf_counter() - began) < PATIENCE_SECONDS and not _is_answered(other.port):
            sleep(0.1)
    figure = f"until a newcomer is answered beside {HALF_OPEN:,} half-open connections, `ulimit -n` {OPEN_FILES:,}"
    yield Attack(figure, "s", None, waited, 15)


def idle_listeners(target: Target) -> Iterator[Attack]:
    """Readers of logs in which nothing happens: the processor that they take, and a caller's tiles."""
    with _started(target, target.server.under()) as other:
        alone = other.p95()
        with listening(other, "idle", LISTENERS, reading=False):
            wait_for_quiet()  # until all are connected, which takes 4 ms of the processor each
            before, began = cpu_seconds(other.pids), perf_counter()
            sleep(BESIDE_SECONDS)
            share = (cpu_seconds(other.pids) - before) / (perf_counter() - began)
            yield Attack(f"share of a core that {LISTENERS:,} idle readers of logs take", "%", None, share * 100, 20)
            yield fair(f"p95 of a tile beside {LISTENERS:,} idle readers of logs", alone, other.p95(), times=2)


def database(target: Target) -> Iterator[Attack]:
    """A PostgreSQL that hangs: tiles of layers that are known, and how soon others are refused."""
    with TemporaryDirectory() as folder, running_postgres() as url:
        server = target.server.under(data_dir=folder, database_url=f"{url}/postgres")
        server.prepare()
        with _started(target, server) as other:
            alone = other.p95()
            with stopped(url):
                attacked, began = other.p95(), perf_counter()
                with closing(Connection(other.port)) as connection:
                    status, _ = connection.get(f"/xyz/{'a' * 48}/0/0/0.png")
                waited = perf_counter() - began
    if status != 503:
        raise click.ClickException(f"without its database the server answered {status}")
    yield fair("p95 of a known layer's tile while PostgreSQL hangs", alone, attacked, times=2)
    yield Attack("until another layer is refused then", "s", None, waited, 10)


@contextmanager
def _started(target: Target, server: Graftile) -> Iterator[Target]:
    """Start a server, and yield it as a target of its own, its tiles drawn once."""
    with primed(server, SMALL, [Workload.RGB, Workload.MEDIAN]) as pids:
        other = replace(target, server=server, pids=pids)
        other.p95()
        yield other


def _tokens(server: Graftile) -> Sequence[str]:
    """Create three users, and return a token of each."""
    engine = open_database(f"sqlite:///{server.data / 'graftile.sqlite'}")
    users, names = Users(engine), [f"{name}@example.com" for name in ("first", "second", "own")]
    for name in names:
        users.add(name)
    tokens = [users.create_token(name, ["read"])[0] for name in names]
    engine.dispose()
    return tokens


def _signed(path: str, token: str) -> str:
    return f"{path}&access_token={token}"


def _is_answered(port: int) -> bool:
    try:
        with closing(HTTPConnection("127.0.0.1", port, timeout=5, source_address=(CALLER, 0))) as connection:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
    except OSError:
        return False


def _inspection() -> str:
    image = wf.ImageCollection.from_id(PRODUCT).pick_bands(" ".join(BANDS)).max(axis="images")
    place = {"crs": CRS, "bounds": SMALL.bounds, "bounds_crs": CRS, "shape": [INSPECTED, INSPECTED]}
    return json.dumps({"graft": image.graft, "typespec": {"type": "Image"}, "geoctx": place})


def _inspect(port: int, body: str) -> None:
    """Inspect over so many connections, for ever, whatever is answered."""

    def ask(lane: int) -> None:
        for _ in itertools.count():
            with closing(HTTPConnection("127.0.0.1", port, timeout=120, source_address=(ATTACKER, 0))) as connection:
                connection.request("POST", "/api/inspect", body, {"Content-Type": "application/json"})
                connection.getresponse().read()

    together(ask, INSPECTIONS)
