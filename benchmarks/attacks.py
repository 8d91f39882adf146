"""Attacks: what each does to everybody else, beside what that was without, and at most may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from benchmarks.exhaustion import database, half_open_connections, idle_listeners, inspections, refusals
from benchmarks.floods import bombs, fairness, parallel_bombs, slow_readers, threads
from benchmarks.graftile import Graftile
from benchmarks.report import machine, table
from benchmarks.stack import SMALL, build_stack
from benchmarks.states import primed
from benchmarks.targets import Attack, Target
from benchmarks.usage import wait_for_quiet
from benchmarks.walks import walk
from benchmarks.workloads import Workload

__all__ = ["ATTACKS", "stress"]

HEADS = ("attack", "alone", "attacked", "bound")
ATTACKS: Final[Sequence[Callable[[Target], Iterator[Attack]]]] = (
    bombs, parallel_bombs, fairness, refusals, slow_readers, threads, inspections,
    half_open_connections, idle_listeners, database,
)  # fmt: skip


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), envvar="GRAFTILE_BENCH_DIR", default=".graftile/bench")
@click.option("--quick", is_flag=True, help="A quarter of the tiles.")
def stress(folder: Path, quick: bool) -> None:
    """Figures of callers beside attackers, with and without: some minutes, `--quick` two; PostgreSQL is needed."""
    home = build_stack(SMALL, folder.absolute())
    server = Graftile(home, folder.absolute())
    server.prepare()
    found = list[Attack]()
    with primed(server, SMALL, [Workload.RGB, Workload.MEDIAN]) as pids:
        target = Target(server, pids, walk(SMALL, 60, seed=0), 100 if quick else 400)
        target.p95()
        for attack in ATTACKS:
            wait_for_quiet(patience=5)
            for one in attack(target):
                found.append(one)
                click.echo(" · ".join(one.cells), err=True)
    click.echo(table(HEADS, [one.cells for one in found]))
    click.echo(f"\n{machine()}")
    if not all(one.holds for one in found):
        raise click.ClickException("a bound was exceeded")
