"""Jobs: computations that a server does in the background, and keeps the results of."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, BinaryIO, Final
from urllib.parse import quote

from sdk.contract import arrow
from sdk.contract.cards import card
from sdk.contract.formats import accept_of
from sdk.language.proxy import Proxy
from sdk.service.client import Client, default_client
from sdk.service.exceptions import JobTimeoutError
from sdk.service.job_progress import progress_bar_of
from sdk.service.job_records import KnownJob
from sdk.service.job_updates import job_updates
from sdk.service.requests import as_proxy, request_body

__all__ = ["Job", "compute"]

Options = str | Mapping[str, Any]


class Job(KnownJob):
    """The computation of an object on a grid, with values of its arguments, in the background.

    job = wf.Job(image.ndvi(), geoctx, format="geotiff")
    job.result_to_file("ndvi.tif")
    """

    def __init__(
        self,
        obj: Proxy | Sequence[Any],
        geoctx: object = None,
        format: Options = "pyarrow",
        destination: Options = "download",
        cache: bool = True,
        client: Client | None = None,
        num_retries: int | None = None,
        **arguments: Any,
    ) -> None:
        """Start to compute an object, or a list or tuple of objects.

        All is as in `wf.compute`. Raises TypeError and ValueError for what cannot be asked for, `RetryError`, which
        is a `ResourceExhausted` too, when there are as many unfinished jobs as one may have.
        """
        body = request_body(as_proxy(obj), geoctx, arguments)
        accept_of(format)
        self._client = client or default_client()
        self._listed = isinstance(obj, list)
        self._record = self._client.post(
            "/api/jobs",
            {**body, "format": _options(format), "destination": _options(destination), "cache": cache},
            retries=num_retries or 0,
        )

    @classmethod
    def _from_record(cls, record: dict[str, Any], client: Client, listed: bool = False) -> Job:
        job = cls.__new__(cls)
        job._client, job._record, job._listed = client, record, listed
        return job

    @classmethod
    def get(cls, id: str, client: Client | None = None) -> Job:
        """Return the job of an id; raises `NotFound` if there is none."""
        client = client or default_client()
        return cls._from_record(client.get(_path(id)), client)

    @classmethod
    def list(
        cls, stage: str | None = None, since: datetime | None = None, client: Client | None = None
    ) -> Iterator[Job]:
        """Yield the caller's jobs, the newest first: those in a stage, and those created at a moment or later."""
        client = client or default_client()
        query = [] if stage is None else [("stage", stage.upper())]
        if since is not None:
            query.append(("since", since.astimezone().isoformat()))
        for record in client.pages("/api/jobs", "jobs", query):
            yield cls._from_record(record, client)

    # Following it

    def refresh(self) -> None:
        """Fetch what the server knows of the job now."""
        self._record = self._client.get(_path(self.id))

    def watch(self, timeout: float | None = None) -> Iterator[Job]:
        """Yield the job, refreshed, each time that it changes, until it is done or `timeout` seconds have passed.

        for job in job.watch():
            print(job.stage, job.progress)
        """
        for record in job_updates(self._client, _path(self.id), timeout):
            self._record = record
            yield self
            if self.done:
                return

    def wait(
        self,
        timeout: float | None = None,
        progress_bar: bool | None = False,
        cancel_on_timeout: bool = True,
        cancel_on_interrupt: bool = True,
    ) -> None:
        """Wait until the job is done, with a progress bar if asked to (None: in notebooks).

        Raises what the job failed with (a `JobComputeError`, `JobCancelled`), `JobTimeoutError` when `timeout`
        seconds pass before. The job is cancelled then, and by an interrupt (Ctrl-C), unless told otherwise.
        """
        try:
            with progress_bar_of(progress_bar) as bar:
                for _ in () if self.done else self.watch(timeout):
                    bar.update(self._record)
        except KeyboardInterrupt:
            if cancel_on_interrupt:
                self.cancel()
            raise
        if not self.done:
            if cancel_on_timeout:
                self.cancel()
            raise JobTimeoutError(f"job {self.id} is {self.stage} after the timeout of {timeout:g} s")
        if error := self.error:
            raise error

    def cancel(self) -> None:
        """Ask the server to end the job; nothing happens to one that is done."""
        self._record = self._client.post(f"{_path(self.id)}/cancel", {})

    def resubmit(self) -> Job:
        """Compute the same again, as a new job."""
        asked: dict[str, Any] = {name: self._record[name] for name in _ASKED if name in self._record}
        return self._from_record(self._client.post("/api/jobs", asked), self._client, self._listed)

    def logs(self) -> Iterator[Mapping[str, Any]]:
        """Yield the records of the job's log so far, oldest first: `timestamp`, `level` and `message`."""
        yield from self._client.get(f"{_path(self.id)}/logs")["logs"]

    # Its result

    def result(self, timeout: float | None = None, progress_bar: bool | None = None) -> Any:
        """Wait for the result, and return it: in the format "pyarrow" as a Python object, else as bytes.

        Raises what `wait` raises, NotImplementedError for a destination other than "download".
        """
        data = io.BytesIO()
        self.result_to_file(data, timeout, progress_bar)
        if self.format["type"] != "pyarrow":
            return data.getvalue()
        value = arrow.read(data.getvalue())
        return [*value] if self._listed else value

    def result_to_file(
        self,
        file: str | os.PathLike[str] | BinaryIO,
        timeout: float | None = None,
        progress_bar: bool | None = None,
    ) -> None:
        """Wait for the result, and write its bytes to a path or a file that is open for bytes; raises as `result`."""
        if (destination := self.destination["type"]) != "download":
            raise NotImplementedError(f"the result of job {self.id} went to the destination {destination!r}")
        self.wait(timeout, progress_bar)
        self._client.download(f"{_path(self.id)}/result", file)

    def __eq__(self, other: Any) -> bool:
        return self._record == other._record if isinstance(other, Job) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        of = f"of {self._record['type']} as {self.format['type']}"
        return f"<Job {self.id}: {self.stage}, {of}>"

    def _repr_html_(self) -> str:
        failure = self.failure or {}
        rows = {
            "stage": self.stage,
            "type": self._record["type"],
            "format": self.format["type"],
            "destination": self.destination["type"],
            "progress": ", ".join(f"{count} {name}" for name, count in self.progress.items()),
            "error": failure and f"{failure['code']}: {failure['message']}",
        }
        return card(f"Job {self.id}", rows)


_ASKED: Final = (
    "graft", "typespec", "type", "parameters", "channel", "client_version", "arguments", "geoctx", "format",
    "destination", "cache",
)  # fmt: skip


def compute(
    obj: Proxy | Sequence[Any],
    geoctx: object = None,
    format: Options = "pyarrow",
    destination: Options = "download",
    file: str | os.PathLike[str] | BinaryIO | None = None,
    timeout: float | None = None,
    block: bool = True,
    progress_bar: bool | None = None,
    cache: bool = True,
    client: Client | None = None,
    num_retries: int | None = None,
    **arguments: Any,
) -> Any:
    """Compute an object, or a list or tuple of objects, as a job, and return its value.

    `geoctx` is the grid of the pixels: a `GeoContext`, an `AOI`, a `DLTile` or an `XYZTile`, a GeoJSON geometry or
    one of Shapely's, a bounding box or a pair of it and its CRS; what has nothing to do with places needs none.
    `format` and `destination` are names, or `{"type": name, option: value}`. `arguments` are the values of the
    parameters that the object depends on, or of the arguments that it takes.

    In the format "pyarrow" values are Python's, imagery is an `ImageResult`; other formats give bytes. With `file`,
    a path or a file open for bytes, they are written to it. Where the destination keeps the result, and with `file`,
    None is returned; unless `block`, the `Job`. A progress bar is drawn in notebooks, or as `progress_bar` says.
    Without `cache`, nothing that was computed before is used.

    While there are as many unfinished jobs as one may have, a new one is asked for `num_retries` times again.

    Raises as `inspect` does, and `RetryError`, a `ResourceExhausted`, when that limit stays reached;
    `JobTimeoutError` when `timeout` seconds pass, the `JobComputeError` of what fails.

        wf.compute(image.ndvi(), geoctx, format="geotiff", file="ndvi.tif")
    """
    job = Job(obj, geoctx, format, destination, cache, client, num_retries, **arguments)
    if not block:
        return job
    if job.destination["type"] != "download":
        return job.wait(timeout, progress_bar)
    if file is not None:
        return job.result_to_file(file, timeout, progress_bar)
    return job.result(timeout, progress_bar)


def _options(named: Options) -> dict[str, Any]:
    return {"type": named} if isinstance(named, str) else dict(named)


def _path(id: str) -> str:
    return f"/api/jobs/{quote(id, safe='')}"
