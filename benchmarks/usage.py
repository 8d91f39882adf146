"""Usage of CPU and memory by processes, read from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

__all__ = [
    "Usage",
    "cpu_seconds",
    "loop_milliseconds",
    "memory",
    "metered",
    "own_memory",
    "serving",
    "settle",
    "wait_for_quiet",
]

TICKS = os.sysconf("SC_CLK_TCK")
IDLE = 0.03  # share of a core below which a server does nothing
QUIET = 0.15  # share of a core below which a machine disturbs no measurement


@dataclass(slots=True)
class Usage:
    """Wall seconds of a `with` block, and CPU seconds of the servers, of this process, of everything else."""

    wall: float = 0.0
    servers: float = 0.0
    client: float = 0.0
    others: float = 0.0


@contextmanager
def metered(pids: Sequence[int]) -> Iterator[Usage]:
    """Yield the usage of the block, which is filled in when the block ends."""
    usage, began = Usage(), perf_counter()
    servers, client, machine = cpu_seconds(pids), cpu_seconds([os.getpid()], alone=True), _machine_seconds()
    yield usage
    usage.wall = perf_counter() - began
    usage.servers = cpu_seconds(pids) - servers
    usage.client = cpu_seconds([os.getpid()], alone=True) - client
    usage.others = max(0.0, _machine_seconds() - machine - usage.servers - usage.client)


def cpu_seconds(pids: Iterable[int], alone: bool = False) -> float:
    """Return the CPU seconds that processes have used so far, with their descendants unless alone."""
    ticks = 0
    for pid in pids if alone else _family(pids):
        with suppress(OSError):
            user, system, waited_user, waited_system = map(int, _fields(pid)[11:15])
            ticks += user + system + (0 if alone else waited_user + waited_system)
    return ticks / TICKS


def loop_milliseconds(pid: int) -> float:
    """Return the processor's milliseconds of a process' first thread, which runs the event loop."""
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0]) / 1e6


def serving(pid: int) -> list[int]:
    """Return the processes that serve, of the one that watches them, or that one if it serves by itself."""
    children = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return [child for child in children if _command(child) == _command(pid) or "spawn_main" in _command(child)] or [pid]


def memory(pids: Iterable[int], peak: bool = False) -> int:
    """Return the resident bytes of processes and their descendants, added up: what they share counts once.

    At the `peak` of each, that is what they share now.
    """
    now = _add_up(pids, "smaps_rollup", "Pss:")
    return now + _add_up(pids, "status", "VmHWM:") - _add_up(pids, "status", "VmRSS:") if peak else now


def own_memory(pids: Iterable[int]) -> int:
    """Return the resident bytes of processes and their descendants that are of no file.

    Pages of libraries count less in `memory` the more other programs use them.
    """
    return _add_up(pids, "smaps_rollup", "Pss_Anon:")


def _add_up(pids: Iterable[int], file: str, key: str) -> int:
    kilobytes = 0
    for pid in _family(pids):
        with suppress(OSError):
            status = Path(f"/proc/{pid}/{file}").read_text().splitlines()
            kilobytes += sum(int(line.split()[1]) for line in status if line.startswith(key))
    return kilobytes * 1024


def settle(pids: Sequence[int], patience: float = 60.0) -> float:
    """Wait until processes have done nothing for half a second; return the CPU seconds that they used meanwhile."""
    before, deadline = cpu_seconds(pids), perf_counter() + patience
    while True:
        earlier = cpu_seconds(pids)
        sleep(0.5)
        now = cpu_seconds(pids)
        if now - earlier <= IDLE * 0.5 or perf_counter() > deadline:
            return now - before


def wait_for_quiet(patience: float = 30.0) -> None:
    """Wait until the whole machine has done next to nothing for half a second, or patience is over."""
    deadline = perf_counter() + patience
    while perf_counter() < deadline:
        before, began = _machine_seconds(), perf_counter()
        sleep(0.5)
        if _machine_seconds() - before <= QUIET * (perf_counter() - began):
            return


def _family(pids: Iterable[int]) -> list[int]:
    """Return the processes and all that descend from them."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(entry.name)] = int(_fields(int(entry.name))[1])
    found = list(pids)
    for pid in found:  # grows while it is gone through
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _command(pid: int) -> str:
    with suppress(OSError):  # of a process that has ended meanwhile
        return Path(f"/proc/{pid}/cmdline").read_text()
    return ""


def _fields(pid: int) -> list[str]:
    """Return the fields of a process that follow its name, which may hold blanks and brackets."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _machine_seconds() -> float:
    """Return the CPU seconds that the whole machine has worked, those that its host took away included."""
    user, nice, system, _idle, _wait, irq, soft, stolen = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + soft + stolen) / TICKS
