"""The commands of jobs: list, show, cancel and wait for those of a server."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import click

from sdk.service.job import Job
from sdk.service.job_progress import progress_bar_of
from tileserver.commands.console import json_option, print_table, telling_errors
from tileserver.store.job_records import STAGES

__all__ = ["jobs_group"]

id_argument = click.argument("job_id")


@click.group("jobs")
def jobs_group() -> None:
    """List, show, cancel and wait for jobs of the server that `graftile login` or GRAFTILE_URL names.

    \b
    Examples:
      graftile jobs list --stage RUNNING
    """


@jobs_group.command("list")
@click.option("--stage", type=click.Choice(STAGES, case_sensitive=False), help="Of this stage alone.")
@click.option("--since", type=click.DateTime(), help="Made at this moment, in UTC, or later.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="As many at most.")
@json_option
def list_jobs(stage: str | None, since: datetime | None, limit: int, as_json: bool) -> None:
    """List one's jobs, the newest first.

    \b
    Examples:
      graftile jobs list --stage FAILED --since 2026-01-01 --json
    """
    with telling_errors():
        moment = None if since is None else since.replace(tzinfo=UTC)
        jobs = list(islice(Job.list(stage=stage, since=moment), limit))
    if as_json:
        click.echo(json.dumps([job._record for job in jobs], indent=2))
    else:
        print_table(("ID", "STAGE", "DONE", "RUNTIME", "CREATED", "TYPE"), [_row(job._record) for job in jobs])


@jobs_group.command("show")
@id_argument
@json_option
def show_job(job_id: str, as_json: bool) -> None:
    """Show a job: its stage, progress, error, and log.

    \b
    Examples:
      graftile jobs show 24d0a4f0c9c3b7b0a1f2e3d4c5b6a7988796a5b4c3d2e1f0
    """
    with telling_errors():
        job = Job.get(job_id)
        logs = list(job.logs())
    if as_json:
        click.echo(json.dumps({**job._record, "logs": logs}, indent=2))
        return
    _show(job._record)
    for record in logs:
        click.echo(f"{record['timestamp']}  {record['level']:7}  {record['message']}")


@jobs_group.command("cancel")
@id_argument
@json_option
def cancel_job(job_id: str, as_json: bool) -> None:
    """Cancel a job, unless it is done.

    \b
    Examples:
      graftile jobs cancel 24d0a4f0c9c3b7b0a1f2e3d4c5b6a7988796a5b4c3d2e1f0
    """
    with telling_errors():
        job = Job.get(job_id)
        job.cancel()
    _finish(job, as_json)


@jobs_group.command("wait")
@id_argument
@click.option("--timeout", type=click.FloatRange(0, min_open=True), help="Seconds; the job goes on after them.")
@json_option
def wait_for_job(job_id: str, timeout: float | None, as_json: bool) -> None:
    """Wait until a job is done; the exit status is 1 unless it has succeeded.

    In a terminal a bar tells how far it is. Ctrl-C ends the waiting, and not the job.

    \b
    Examples:
      graftile jobs wait 24d0a4f0c9c3b7b0a1f2e3d4c5b6a7988796a5b4c3d2e1f0 --timeout 600
    """
    in_terminal = sys.stderr.isatty()
    with telling_errors(), progress_bar_of(in_terminal) as bar:
        job = Job.get(job_id)
        bar.update(job._record)
        for _ in () if job.done else job.watch(timeout):
            bar.update(job._record)
            if not as_json and not in_terminal:
                click.echo(f"{job.stage}  {_done_of(job._record)}", err=True)
    _finish(job, as_json)
    if job.stage != "SUCCEEDED":
        raise click.exceptions.Exit(1)


def _finish(job: Job, as_json: bool) -> None:
    show: Callable[[dict[str, Any]], None] = _show if not as_json else lambda one: click.echo(json.dumps(one, indent=2))
    show(job._record)


def _show(record: dict[str, Any]) -> None:
    shown = {
        "job": record["id"],
        "stage": record["stage"],
        "done": _done_of(record),
        "read": f"{record['read']['scenes']:,} scenes, {record['read']['bytes'] / 1e6:,.1f} MB",
        "runtime": f"{record['runtime']:.1f} s",
        "format": record["format"]["type"],
        "result": record["result_url"] or "-",
    }
    for name, value in shown.items():
        click.echo(f"{name:8} {value}")
    if record["error"]:
        click.echo(f"{'error':8} {record['error']['code']}: {record['error']['message']}")


def _row(record: dict[str, Any]) -> tuple[str, ...]:
    created = record["created_timestamp"][:19].replace("T", " ")
    return record["id"], record["stage"], _done_of(record), f"{record['runtime']:.1f} s", created, record["type"]


def _done_of(record: dict[str, Any]) -> str:
    return f"{record['progress']['finished']:,} of {sum(record['progress'].values()):,}"
