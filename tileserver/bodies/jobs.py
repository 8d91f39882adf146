"""Jobs as bodies of requests and of answers."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any, Final

from tileserver.auth import Caller
from tileserver.bodies.computation import read_body
from tileserver.bodies.inspection import InspectBody, Inspection
from tileserver.catalog.records import format_time
from tileserver.destinations import read_destination
from tileserver.formats import Format, read_format
from tileserver.settings import Settings
from tileserver.store import JobLogRecord, JobRecord

__all__ = ["job_json", "log_json", "read_job"]

VERSION: Final = version("graftile")  # another one may compute otherwise
COMPUTATION: Final = ("graft", "typespec", "type", "parameters", "channel", "client_version", "arguments", "geoctx")
SHOWN: Final = (*COMPUTATION, "format", "destination", "cache", "user", "id", "stage", "progress", "read", "error")


class JobBody(InspectBody):
    """The body of a request to compute in the background."""

    format: str | dict[str, Any] = "pyarrow"
    destination: str | dict[str, Any] = "download"
    cache: bool = True


def read_job(document: Mapping[str, object], settings: Settings, caller: Caller) -> JobRecord:
    """Return the new job that a body asks for.

    Raises what reading of an inspection does, `BadFormat` and `BadDestination`.
    """
    body = read_body(JobBody, document)
    inspection = Inspection.from_body(body, settings.limits)
    destination = read_destination(body.destination)
    format = destination.format_for(_named(body.format))
    return JobRecord(
        graft=body.document,
        typespec=body.typespec,
        type=body.type,
        parameters=body.described_parameters(inspection.graft),
        channel=body.channel,
        client_version=body.client_version,
        arguments=body.arguments,
        geoctx=body.geoctx,
        format=format,
        destination=destination.to_json(),
        cache=body.cache,
        user=caller.email,
        org=caller.org,
        identity=_identity_of(inspection, body.geoctx, read_format(format)),
        expires_timestamp=datetime.now(UTC) + timedelta(days=settings.result_days),
    )


def job_json(job: JobRecord, root: str) -> dict[str, object]:
    """Return a job's record as JSON; `read` counts the scenes and bytes that were read so far.

    `result_url` is null until the job has succeeded.
    """
    times = ("created_timestamp", "updated_timestamp", "expires_timestamp")
    return {
        **{name: getattr(job, name) for name in SHOWN},
        **{name: format_time(getattr(job, name)) for name in times},
        "runtime": job.runtime,
        "size": job.size,
        "result_url": f"{root}/api/jobs/{job.id}/result" if job.stage == "SUCCEEDED" else None,
    }


def log_json(record: JobLogRecord) -> dict[str, object]:
    """Return a record of a job's log as JSON."""
    level = logging.getLevelName(record.level)
    return {"id": record.id, "level": level, "message": record.message, "timestamp": format_time(record.timestamp)}


def _identity_of(inspection: Inspection, geoctx: Mapping[str, Any] | None, format: Format) -> str:
    """Return what tells a computation from all others: its canonical graft, arguments, grid and format."""
    said = (VERSION, inspection.graft.hash, inspection.arguments.identity, geoctx, format.name, dict(format.options))
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _named(given: str | Mapping[str, Any]) -> dict[str, Any]:
    return {"type": given} if isinstance(given, str) else dict(given)
