"""The command line: `python -m benchmarks compare start cancel …` prints tables, one run for all that is named."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TypeVar

import click

from benchmarks import stress
from benchmarks.adding import adding
from benchmarks.attacks import stress as attack
from benchmarks.browser import HEADS as BROWSER_HEADS
from benchmarks.browser import measure_browser
from benchmarks.browser import rows as browser_rows
from benchmarks.cores import HEADS as CORE_HEADS
from benchmarks.cores import PREDICTED, measure_cores, predictions
from benchmarks.cores import rows as core_rows
from benchmarks.figures import Figure, short
from benchmarks.graftile import Graftile
from benchmarks.numpy_peer import NumPy
from benchmarks.processes import running
from benchmarks.readers import HEADS, measure_readers
from benchmarks.remote import HEADS as REMOTE_HEADS
from benchmarks.remote import measure_remote
from benchmarks.report import comparison, findings_table, machine, save, table
from benchmarks.scaling import scaling
from benchmarks.season import build_season
from benchmarks.shares import HEADS as SHARE_HEADS
from benchmarks.shares import measure_shares
from benchmarks.shares import rows as share_rows
from benchmarks.soak_jobs import soak_jobs
from benchmarks.soaking import soak
from benchmarks.stack import FULL, Stack, build_stack, read_once
from benchmarks.states import LEAN_CACHE, Plan, measure, measure_lean, verify
from benchmarks.stress import Finding
from benchmarks.titiler import TiTiler
from benchmarks.usage import wait_for_quiet
from benchmarks.workloads import OF_STACK, Server, Workload

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Bench:
    """The servers, the plan of measuring them, and the results so far."""

    home: Path
    ours: Graftile
    theirs: TiTiler
    by_hand: NumPy  # what TiTiler cannot compute
    plan: Plan
    workloads: tuple[Workload, ...]
    figures: list[Figure] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def servers(self) -> tuple[Server, Server]:
        """The peer, then ours."""
        return self.theirs, self.ours

    @property
    def peers(self) -> dict[str, Server]:
        """The peers by name."""
        return {server.name: server for server in (self.theirs, self.by_hand)}

    @property
    def of_stack(self) -> list[Workload]:
        """The workloads chosen of those that every command measures."""
        return [workload for workload in self.workloads if workload in OF_STACK]

    def named(self, *usual: Workload) -> Sequence[Workload]:
        """Return the workloads that were chosen, or the usual ones if none was."""
        return usual if len(self.workloads) == len(Workload) else self.of_stack

    def keep(self, figure: Figure) -> None:
        """Keep a figure, and show it."""
        self.figures.append(figure)
        click.echo(_line(figure), err=True)

    def note(self, findings: Iterable[Finding]) -> None:
        """Keep findings, and show each as it comes."""
        for finding in findings:
            self.findings.append(finding)
            click.echo(f"{finding.figure} · {finding.server}: {short(finding.value)} {finding.unit}", err=True)


@click.group(chain=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--folder", type=click.Path(path_type=Path), envvar="BENCH_DIR", default=".graftile/bench")
@click.option("--size", default=FULL.size, help="Pixels a side of each scene; 2048 is made in a quarter of the time.")
@click.option("--quick", is_flag=True, help="One round of a third of the tiles.")
@click.option("--rounds", default=3, help="How often each server has its turn.")
@click.option("--workload", "workloads", multiple=True, type=click.Choice([*map(str, Workload)]), help="Only these.")
@click.option("--json", "path", type=click.Path(path_type=Path, dir_okay=False), help="Write all figures there, too.")
@click.pass_context
def main(
    context: click.Context, folder: Path, size: int, quick: bool, rounds: int, workloads: tuple[str, ...], path: Path
) -> None:
    """Measure what tiles cost, on scenes made on the spot, compared to TiTiler."""
    folder, stack = folder.absolute(), Stack(size=size)
    home, season = build_stack(stack, folder), build_season(folder)
    read = read_once(home) + read_once(season)
    click.echo(f"{home.name}: {read / 1e6:.0f} MB; {machine()}", err=True)
    plan = Plan(stack, tiles=40, lone=12, warm_seconds=1.0, rounds=1) if quick else Plan(stack, rounds=rounds)
    chosen = tuple(map(Workload, workloads)) or tuple(Workload)
    bench = Bench(
        home, Graftile(home, folder, season=season), TiTiler(home, folder), NumPy(season, folder), plan, chosen
    )
    for server in bench.servers:
        server.prepare()
    context.obj = bench
    context.call_on_close(lambda: _report(bench, path))


@main.command()
@click.pass_obj
def compare(bench: Bench) -> None:
    """Cold, walk and warm tiles of each workload, after a check that it and its peer draw the same."""
    for (workload, zoom), agreement in verify(bench.ours, bench.peers, bench.plan, bench.workloads).items():
        click.echo(f"{workload} at zoom {zoom}: {agreement}", err=True)
    lean = bench.ours.under(cache_bytes=LEAN_CACHE)
    for nth in range(bench.plan.rounds):
        for workload in bench.workloads:
            servers = bench.peers[workload.peer], bench.ours
            for server in servers[:: -1 if nth % 2 else 1]:
                for figure in measure(server, workload, bench.plan, nth):
                    bench.keep(figure)
            if workload in OF_STACK:
                bench.keep(measure_lean(lean, workload, bench.plan, nth))


@main.command()
@click.pass_obj
def start(bench: Bench) -> None:
    """Seconds from the start of a process to its first tile."""
    turns = (stress.start(server, bench.plan.stack) for _ in range(bench.plan.rounds) for server in bench.servers)
    found = list(chain.from_iterable(turns))
    bench.note(min((one for one in found if one.server == server.name), key=_value) for server in bench.servers)


@main.command()
@click.pass_obj
def cancel(bench: Bench) -> None:
    """CPU seconds spent on tiles that nobody waits for any more."""
    for server in bench.servers:
        bench.note(stress.cancel(server, bench.plan.stack))


@main.command()
@click.pass_obj
def concurrency(bench: Bench) -> None:
    """Tiles a second at 32 connections and at 8."""
    for workload in bench.of_stack:
        bench.note(stress.concurrency(bench.ours, bench.plan.stack, workload, bench.plan.rounds))


@main.command()
@click.pass_obj
def depth(bench: Bench) -> None:
    """Milliseconds of a median of 60 scenes and of 12."""
    bench.note(stress.depth(bench.ours, bench.plan.stack, bench.plan.rounds))


@main.command()
@click.pass_obj
def fresh(bench: Bench) -> None:
    """Milliseconds of the first tile of a new graft and of its second, blocks decoded."""
    with running(bench.ours.commands):
        for workload in bench.workloads:
            wait_for_quiet()
            bench.note(stress.fresh(bench.ours, bench.plan, workload))


@main.command()
@click.pass_obj
def health(bench: Bench) -> None:
    """Milliseconds of a health check behind 500 medians."""
    for server in bench.servers:
        bench.note(stress.health(server, bench.plan.stack))


@main.command()
@click.pass_obj
def readers(bench: Bench) -> None:
    """Ways to decode blocks, from this machine and over HTTP with 20 ms before each answer."""
    rows = measure_readers(bench.plan.stack, bench.home, bench.home.parent)
    click.echo("\n" + table(HEADS, [row.cells for row in rows]))


@main.command()
@click.pass_obj
def remote(bench: Bench) -> None:
    """Tiles of files behind HTTP, 20 and 80 ms away: milliseconds, rounds of latency, requests."""
    rows = []
    for row in measure_remote(bench.plan.stack, bench.home, bench.home.parent, bench.of_stack, bench.plan.rounds):
        rows.append(row.cells)
        click.echo(" | ".join(row.cells), err=True)
    click.echo("\n" + table(REMOTE_HEADS, rows))


@main.command()
@click.pass_obj
def browser(bench: Bench) -> None:
    """Time until chromium shows each view of a walk, by HTTP/1.1 and HTTP/2; usually of rgb and median."""
    workloads, plan = bench.named(Workload.RGB, Workload.MEDIAN), bench.plan
    found = measure_browser(bench.servers, plan.stack, bench.home.parent, workloads, plan.rounds)
    _print_as_found(found, BROWSER_HEADS, browser_rows)


@main.command()
@click.pass_obj
def client(bench: Bench) -> None:
    """Share of the machine that the client takes, ours or wrk; usually of rgb and colormap."""
    workloads, plan = bench.named(Workload.RGB, Workload.COLORMAP), bench.plan
    found = measure_shares(bench.servers, plan.stack, workloads, plan.rounds, plan.tiles)
    _print_as_found(found, SHARE_HEADS, share_rows)


@main.command()
@click.pass_obj
def cores(bench: Bench) -> None:
    """Serial shares of a tile, blocks that several processes decode anew, and the growth with cores that follows."""
    workloads, plan = bench.named(Workload.RGB, Workload.MEDIAN), bench.plan
    found = list(measure_cores(bench.ours, plan.stack, bench.home.parent, workloads, plan.tiles))
    click.echo("\n" + table(CORE_HEADS, core_rows(found)))
    click.echo("\n" + table(PREDICTED, predictions(found)))


def _print_as_found(
    found: Iterable[T], heads: Sequence[str], rows: Callable[[Sequence[T]], Iterator[list[str]]]
) -> None:
    """Print a row of each as it comes, and the table of all."""
    seen = list[T]()
    for one in found:
        seen.append(one)
        click.echo(" · ".join(next(rows([one]))), err=True)
    click.echo("\n" + table(heads, rows(seen)))


def _report(bench: Bench, path: Path | None) -> None:
    if bench.figures:
        click.echo("\n" + comparison(bench.figures, bench.ours.name))
    if bench.findings:
        click.echo("\n" + findings_table(bench.findings))
    click.echo(f"\n{machine()}")
    if path is not None:
        save(path, bench.figures, bench.findings)


def _line(figure: Figure) -> str:
    times = f"{figure.p50:.1f} ms, 95 %: {figure.p95:.1f} ms, {figure.rate:.1f} tiles/s"
    cost = f"{figure.cpu:.1f} ms CPU, {figure.kilobytes:.0f} kB, peak {figure.peak / 1e6:.0f} MB"
    return f"{' '.join(map(str, figure.case))}: {times}, {cost}, noise {figure.noise:.0%}"


def _value(finding: Finding) -> float:
    return finding.value


if __name__ == "__main__":
    alone = {"adding": adding, "scaling": scaling, "soak": soak, "soak-jobs": soak_jobs, "stress": attack}  # no TiTiler
    if command := alone.get("".join(sys.argv[1:2])):
        command(sys.argv[2:], prog_name=f"python -m benchmarks {sys.argv[1]}")
    main(prog_name="python -m benchmarks")
