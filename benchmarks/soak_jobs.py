"""Soak of jobs: hundreds of small ones, cancelled at random, while servers and workers are killed."""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import httpx2

from benchmarks.job_kinds import Jobs, Kind
from benchmarks.job_servers import Servers
from benchmarks.report import machine, table

__all__ = ["Soak", "soak_jobs"]

KINDS = (Kind.NUMBER, Kind.NUMBER, Kind.IMAGE, Kind.IMAGE, Kind.BLOCKS, Kind.FILE, Kind.WRONG)
DONE = ("SUCCEEDED", "FAILED", "CANCELLED")
MAX_UNFINISHED = 40
CANCELLED = 0.2  # share of the jobs
CANCEL_SECONDS = 3.0  # within which they are, after their making
STUCK_SECONDS = 600.0  # in which no job gets done, before the soak gives up
POLL_SECONDS = 0.25
SWEEP_SECONDS = 60.0
HOUR = 3600.0

Due = Callable[[float, int], int]


class Soak:
    """Jobs that two servers of one folder are asked for, and the `problems` that were found.

    `due` tells how many kills there should have been, from the seconds that have passed and the jobs that are done:
    of two servers and a worker in turn.
    """

    def __init__(self, folder: Path, count: int, due: Due, seed: int = 0) -> None:
        self.jobs = Jobs(folder / "soak" / "scene.tif", folder / "exports")
        self.records: dict[int, dict[str, Any]] = {}
        self.problems: list[str] = []
        self.seconds = 0.0
        self.interruptions = 0
        self._count, self._due, self._random = count, due, random.Random(seed)
        exports = {"GRAFTILE_EXPORT_ROOTS": str(self.jobs.exports)}
        self.servers = Servers(folder, 2, exports, random.Random(seed))
        self._cancels: dict[int, float] = {}  # moments
        self._over = threading.Event()

    @property
    def done(self) -> int:
        """How many jobs are done."""
        return sum(record["stage"] in DONE for record in self.records.values())

    def run(self) -> None:
        """Ask for all jobs, wait until they are done, and look at what there is of them."""
        self.jobs.write_scene()
        self.servers.add(self.jobs.scene.parent)
        try:
            self.servers.start()
            self._work()
            self._check_records()
            self.servers.stop()
            self._check_database()
            self._check_files()
            self.servers.start()
            self._check_sweep()
        finally:
            self.servers.stop()
        if left := self.servers.left():
            self.problems.append(f"processes are left: {left}")

    def _work(self) -> None:
        killing, began = threading.Thread(target=self._kill), time.monotonic()
        killing.start()
        try:
            self._follow()
            self.seconds = time.monotonic() - began
        finally:
            self._over.set()
            killing.join()

    def _kill(self) -> None:
        kills, began = (
            cycle((self.servers.kill_server, self.servers.kill_worker, self.servers.kill_server)),
            time.monotonic(),
        )
        count = 0
        while not self._over.wait(POLL_SECONDS):
            while count < self._due(time.monotonic() - began, self.done):
                next(kills)()
                count += 1

    def _follow(self) -> None:
        """Ask for jobs, a few at a time, and cancel some, until all are done."""
        numbers, done, changed = iter(range(1, self._count + 1)), 0, time.monotonic()
        while self.done < self._count:
            while len(self.records) - self.done < MAX_UNFINISHED and (number := next(numbers, None)) is not None:
                self._submit(number)
                self._cancel()
            self._cancel()
            time.sleep(POLL_SECONDS)
            self._refresh()
            if self.done > done:
                done, changed = self.done, time.monotonic()
            elif time.monotonic() - changed > STUCK_SECONDS:
                stuck = [record for record in self.records.values() if record["stage"] not in DONE]
                raise RuntimeError(f"no job has got done for {STUCK_SECONDS:g} s: {stuck[:3]}")

    def _submit(self, number: int) -> None:
        """Ask for a job; after an answer that was lost, only if it was not made."""
        body = self.jobs.body(_kind(number), number)
        while number not in self.records:
            try:
                answer = self.servers.send("POST", "/api/jobs", json=body)
            except httpx2.TransportError:
                self._refresh()
            else:
                if answer.status_code != 202:
                    raise RuntimeError(f"a job was refused: {answer.text}")
                self.records[number] = answer.json()
        if self._random.random() < CANCELLED:
            self._cancels[number] = time.monotonic() + self._random.uniform(0, CANCEL_SECONDS)

    def _cancel(self) -> None:
        """Cancel the jobs whose moment has come."""
        for number in [number for number, moment in self._cancels.items() if moment < time.monotonic()]:
            del self._cancels[number]
            answer = self.servers.ask("POST", f"/api/jobs/{self.records[number]['id']}/cancel")
            if answer.status_code != 200:
                self.problems.append(f"job {self.records[number]['id']} could not be cancelled: {answer.text}")

    def _refresh(self) -> None:
        for record in self._listed():
            self.records[record["arguments"]["number"]] = record

    def _listed(self) -> Iterator[dict[str, Any]]:
        path = "/api/jobs"
        while path:
            page = self.servers.ask("GET", path).json()
            yield from page["jobs"]
            path = httpx2.URL(page["next"]).raw_path.decode() if page["next"] else ""

    def _check_records(self) -> None:
        """Look at each job, and at its result."""
        found = Counter(record["arguments"]["number"] for record in self._listed())
        if found != Counter(range(1, self._count + 1)):
            self.problems.append(f"of some numbers there is not one job: {found - Counter(range(1, self._count + 1))}")
        for number, record in self.records.items():
            kind, said = _kind(number), f"job {record['id']} of {_kind(number)} {number}"
            if record["stage"] == "CANCELLED":
                if kind is Kind.FILE and self.jobs.export_of(number).exists():
                    self.problems.append(f"{said} was cancelled, and has written its file")
                continue
            if record["stage"] != ("FAILED" if kind is Kind.WRONG else "SUCCEEDED"):
                self.problems.append(f"{said} has ended as {record['stage']}: {record['error']}")
                continue
            data = b"" if kind is Kind.WRONG else self._result(number, record)
            if not self.jobs.is_right(kind, record, data):
                self.problems.append(f"{said} has a wrong result: {record['error'] or data[:100]!r}")

    def _result(self, number: int, record: dict[str, Any]) -> bytes:
        if _kind(number) is Kind.FILE:
            return self.jobs.export_of(number).read_bytes()
        return self.servers.ask("GET", f"/api/jobs/{record['id']}/result").content

    def _check_database(self) -> None:
        """Look whether a job was begun again although nobody had died."""
        with closing(sqlite3.connect(self.servers.data_dir / "graftile.sqlite")) as database:
            rows = database.execute("SELECT id, stage, attempt, interruptions FROM jobs").fetchall()
        self.interruptions = sum(interruptions for *_, interruptions in rows)
        for job, stage, attempt, interruptions in rows:
            if attempt != interruptions + 1 and stage != "CANCELLED":
                self.problems.append(f"job {job} was begun {attempt} times, and interrupted {interruptions} times")

    def _check_files(self) -> None:
        """Look whether there are files but results, and make all of them old."""
        expected = {record["id"]: record for record in self.records.values() if record["stage"] == "SUCCEEDED"}
        for folder in (self.servers.data_dir / "jobs").iterdir():
            names = [path.name for path in folder.iterdir()]
            wanted = expected.get(folder.name)
            if wanted is not None and names != ["result"] * (wanted["destination"]["type"] == "download"):
                self.problems.append(f"the folder of job {folder.name} has {names}")
            os.utime(folder, (time.time() - HOUR,) * 2)
        exports = {path.name for path in self.jobs.exports.iterdir()}
        files = {
            self.jobs.export_of(number).name for number, record in self.records.items() if record["id"] in expected
        }
        if more := exports - files:
            self.problems.append(f"files were left where results are exported: {more}")
        with closing(sqlite3.connect(self.servers.data_dir / "graftile.sqlite")) as database, database:
            database.execute("UPDATE jobs SET expires_timestamp = '2001-01-01 00:00:00.000000'")

    def _check_sweep(self) -> None:
        """Look whether what has expired is deleted, with all else that was left."""
        ends, folder = time.monotonic() + SWEEP_SECONDS, self.servers.data_dir / "jobs"
        while any(folder.iterdir()) and time.monotonic() < ends:
            time.sleep(POLL_SECONDS)
        if left := [path.name for path in folder.iterdir()]:
            self.problems.append(f"files are left of jobs that have expired: {left}")


def _kind(number: int) -> Kind:
    return KINDS[number % len(KINDS)]


@click.command("soak-jobs")
@click.option("--jobs", default=500, show_default=True, help="How many.")
@click.option("--seconds", default=20.0, show_default=True, help="Between kills: of a server, a worker, a server, …")
@click.option("--seed", default=0, show_default=True)
def soak_jobs(jobs: int, seconds: float, seed: int) -> None:
    """Jobs that are cancelled at random, while servers and workers are killed; takes minutes."""
    with TemporaryDirectory(prefix="graftile-soak-") as folder:
        soak = Soak(Path(folder), jobs, lambda passed, _: int(passed // seconds), seed)
        soak.run()
    stages = Counter(record["stage"] for record in soak.records.values())
    rows = [
        *((f"jobs that are {stage}", f"{stages[stage]}") for stage in DONE),
        *((f"kills of a {what}", f"{soak.servers.killed[what]}") for what in ("server", "worker")),
        ("jobs that went on after an interruption", f"{soak.interruptions}"),
        ("seconds", f"{soak.seconds:.0f}"),
        ("lost, repeated, wrong, or left behind", f"{len(soak.problems)}"),
    ]
    click.echo(table(("what", "count"), rows))
    click.echo(machine())
    if soak.problems:
        raise click.ClickException("\n".join(soak.problems))
