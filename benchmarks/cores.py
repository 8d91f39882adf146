"""Serial shares of a tile, and what several processes decode anew: what the growth with cores is predicted from.

Serial are the event loop, and all that holds Python's lock, the loop included, which py-spy samples while one
connection asks, so that whoever holds it waits for no core. Blocks are counted for one process, for two behind one
port, and for two of which each draws the tiles of cells of its own.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import venv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from zlib import crc32

from benchmarks.client import Connection, fetch_all
from benchmarks.figures import short
from benchmarks.graftile import Graftile
from benchmarks.growth import decodings, find_uses, tiles_per_second
from benchmarks.stack import Stack
from benchmarks.states import CONNECTIONS, primed, restyled
from benchmarks.usage import loop_milliseconds, metered, settle, wait_for_quiet
from benchmarks.walks import Tile, walk
from benchmarks.workloads import Workload

__all__ = ["HEADS", "PREDICTED", "Serial", "decoded", "measure_cores", "metric", "predict", "predictions", "rows"]

HEADS = (
    "workload", "state", "tiles/s", "CPU ms", "event loop ms", "lock ms", "blocks a tile", "by 2 processes",
    "by 2, each its cells",
)  # fmt: skip
PREDICTED = ("workload", "state", "cores", "1 process", "2", "3", "4", "4, each its cells")
CORES = (4, 8, 16)
REQUIREMENTS = Path(__file__).with_name("requirements-py-spy.txt")
SAMPLES = 500  # a second
SPY_SECONDS = 1.5  # until it samples
DECODED = 'graftile_blocks_total{found="file"}'
WARM_SECONDS = 4.0
PUBLISHED_SECONDS = 2.5  # after which what other processes have counted is in /metrics
CELL = 10  # tiles a side, as in docs/many-servers.md


@dataclass(frozen=True, slots=True)
class Serial:
    """Tiles a second, milliseconds of a tile, and blocks decoded for it.

    `loop` and `held` are parts of `cpu`: of the event loop's thread, and with Python's lock. `apart` are the blocks of
    two processes of which any draws any tile, `routed` of two that have cells of their own.
    """

    workload: Workload
    state: str
    rate: float
    cpu: float
    loop: float
    held: float
    blocks: float
    apart: float
    routed: float


def measure_cores(
    server: Graftile, stack: Stack, folder: Path, workloads: Iterable[Workload], tiles: int, cpus: Sequence[int] = ()
) -> Iterator[Serial]:
    """Yield the serial shares of walks and of warm tiles; servers may be kept to some processors."""
    spy = _install(folder / "py-spy-venv")
    for workload in workloads:
        path = walk(stack, tiles, seed=0)
        alone, *twins = (server.another("--workers", "1", cpus=cpus) for _ in range(3))
        pair = [server.another("--workers", "2", cpus=cpus)]
        counts = [_blocks_of(servers, stack, workload, path) for servers in (pair, twins)]
        with primed(alone, stack, [workload]) as pids:
            held = [_sampled(spy, alone, pids[0], paths) for paths in _states(alone, workload, path)]
        with primed(alone, stack, [workload]) as pids:
            before = decoded(alone)
            walked, warm = (_measured(alone, pids[0], paths) for paths in _states(alone, workload, path))
            counts.insert(0, decoded(alone) - before)
        yield Serial(workload, "walk", *walked, held[0], *(count / len(path) for count in counts))
        yield Serial(workload, "warm", *warm, held[1], 0.0, 0.0, 0.0)


def rows(serials: Sequence[Serial]) -> Iterator[list[str]]:
    """Yield the rows of the table of what was measured."""
    for one in serials:
        costs = [f"{value:.2f}" for value in (one.cpu, one.loop, one.held)]
        blocks = [f"{value:.2f}" if one.state == "walk" else "" for value in (one.blocks, one.apart, one.routed)]
        yield [one.workload.label, one.state, short(one.rate), *costs, *blocks]


def predictions(serials: Sequence[Serial]) -> Iterator[list[str]]:
    """Yield the rows of the table of tiles a second on more cores.

    Milliseconds of a block are those by which a tile of the walk costs more than a warm one, for each block.
    """
    for walked, warm in zip(serials[::2], serials[1::2], strict=True):
        for one, cores in product((walked, warm), CORES):
            rates = [predict(walked, warm, one.state, cores, count) for count in (1, 2, 3, 4)]
            routed = predict(walked, warm, one.state, cores, 4, routed=True)
            yield [one.workload.label, one.state, f"{cores}", *map(short, [*rates, routed])]


def predict(walked: Serial, warm: Serial, state: str, cores: int, processes: int, routed: bool = False) -> float:
    """Return the tiles a second of a state by processes that share cores, each with its cells if `routed`."""
    one = walked if state == walked.state else warm
    block = (walked.cpu - warm.cpu) / walked.blocks
    anew = walked.routed / walked.blocks if routed else decodings(processes, find_uses(walked.apart / walked.blocks))
    return tiles_per_second(cores, processes, one.cpu + (anew - 1) * one.blocks * block, min(one.held, one.cpu))


def _install(folder: Path) -> Path:
    """Return py-spy: the one on the path, else of an environment of its own, into which it is installed once."""
    if found := shutil.which("py-spy"):
        return Path(found)
    program = folder / "bin/py-spy"
    if not program.is_file():
        venv.create(folder, with_pip=True)
        pip = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(REQUIREMENTS)], check=True)
    return program


def _measured(server: Graftile, pid: int, paths: Iterable[str]) -> tuple[float, float, float]:
    """Fetch paths; return tiles a second and, for a tile, milliseconds of CPU and those of the event loop."""
    wait_for_quiet()
    loop = loop_milliseconds(pid)
    with metered([pid]) as usage:
        count = len(fetch_all(paths, [server.commands[0].port], CONNECTIONS))
    return count / usage.wall, usage.servers * 1000 / count, (loop_milliseconds(pid) - loop) / count


def _sampled(spy: Path, server: Graftile, pid: int, paths: Iterable[str]) -> float:
    """Fetch paths one by one; return the milliseconds of a tile in which Python's lock is held."""
    with TemporaryDirectory() as folder:
        samples = Path(folder, "samples")
        command: list[str | Path] = [spy, "record", "--pid", str(pid), "--gil", "--nonblocking", "--format", "raw"]
        command += ["--rate", str(SAMPLES), "--output", samples]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as sampling:
            sleep(SPY_SECONDS)
            wait_for_quiet()
            count = len(fetch_all(paths, [server.commands[0].port], connections=1))
            sampling.send_signal(signal.SIGINT)
            _, said = sampling.communicate()
        if sampling.returncode:
            raise RuntimeError(f"py-spy ended with {sampling.returncode}: {said.decode()}")
        held = sum(int(line.rpartition(" ")[2]) for line in samples.read_text().splitlines())
    return held / SAMPLES * 1000 / count


def _states(server: Graftile, workload: Workload, tiles: Sequence[Tile]) -> Iterator[Iterator[str]]:
    yield restyled(server, workload, tiles)
    yield restyled(server, workload, tiles, first=1, seconds=WARM_SECONDS)


def _blocks_of(servers: Sequence[Graftile], stack: Stack, workload: Workload, tiles: Sequence[Tile]) -> int:
    """Return the blocks that servers decode for tiles, each of the cells that are its own."""
    with ExitStack() as closing:
        for server in servers:
            settle(closing.enter_context(primed(server, stack, [workload])))  # until all of its processes have started
        before = sum(map(decoded, servers))
        for nth, server in enumerate(servers):
            own = [tile for tile in tiles if _cell(tile) % len(servers) == nth]
            fetch_all([server.path(workload, tile) for tile in own], [server.commands[0].port], CONNECTIONS)
        return sum(map(decoded, servers)) - before


def _cell(tile: Tile) -> int:
    return crc32(f"{tile.z}/{tile.x // CELL}/{tile.y // CELL}".encode())


def decoded(server: Graftile) -> int:
    """Return how many blocks all processes of a server have decoded."""
    return int(metric(server, DECODED))


def metric(server: Graftile, name: str) -> float:
    """Return the sum of a metric over all processes of a server, once all have published it."""
    sleep(PUBLISHED_SECONDS)
    connection = Connection(server.commands[0].port)
    text = bytes(connection.get("/metrics")[1]).decode()
    connection.close()
    return sum(float(line.split()[1]) for line in text.splitlines() if line.split()[0] == name)
