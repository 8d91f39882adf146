"""Records of jobs: what a server says of one, as Python's values and proxy objects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from sdk.contract.results import RESULTS
from sdk.language.function import Function
from sdk.language.generic import type_name
from sdk.language.geocontext import GeoContext
from sdk.language.proxy import Proxy
from sdk.service.computation import Computation
from sdk.service.exceptions import JOB_ERRORS, JobCancelled, JobComputeError

__all__ = ["KnownJob"]

DONE: Final = frozenset(("SUCCEEDED", "FAILED", "CANCELLED"))
PYTHON_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Int": "int", "Float": "float", "Number": "float", "Bool": "bool", "Str": "str", "List": "list",
        "Tuple": "tuple", "Dict": "dict", "KnownDict": "dict", "Struct": "dict", "Datetime": "datetime",
        "Timedelta": "timedelta", "NoneType": "NoneType", "Array": "ndarray", "MaskedArray": "MaskedArray",
    }
)  # fmt: skip


class KnownJob:
    """What is known of a job, by its record."""

    _record: dict[str, Any]

    @property
    def id(self) -> str:
        """The name of the job on its server."""
        return str(self._record["id"])

    @property
    def stage(self) -> str:
        """QUEUED, PREPARING, RUNNING, SAVING, SUCCEEDED, FAILED or CANCELLED."""
        return str(self._record["stage"])

    @property
    def progress(self) -> Mapping[str, int]:
        """How many of its tasks are `waiting`, `ready`, `running` and `finished`."""
        return dict(self._record["progress"])

    @property
    def done(self) -> bool:
        """True if it has succeeded, failed or been cancelled."""
        return self.stage in DONE

    @property
    def cancelled(self) -> bool:
        """True if it has been cancelled."""
        return self.stage == "CANCELLED"

    @property
    def failure(self) -> Mapping[str, str] | None:
        """The `code` and the `message` of its failure; None if it has not failed."""
        error: Mapping[str, str] | None = self._record["error"]
        return error

    @property
    def error(self) -> JobComputeError | JobCancelled | None:
        """The exception that `wait` raises; None unless it has failed or been cancelled."""
        if self.cancelled:
            return JobCancelled(f"job {self.id} was cancelled")
        return JOB_ERRORS.get(self.failure["code"], JobComputeError)(self) if self.failure else None

    @property
    def object(self) -> Proxy:
        """The object that it computes; ValueError if this version cannot read it."""
        return Computation.from_json(self._record).object

    @property
    def type(self) -> type[Proxy]:
        """The proxy type of the object; ValueError as of `object`."""
        return self.object.__class__

    @property
    def result_type(self) -> str:
        """The name of the type that the result has in Python: `ImageResult`, `int`."""
        return _result_type_of(self.type)

    @property
    def arguments(self) -> dict[str, Any]:
        """The values of the arguments, as Python's or as proxy objects."""
        return _arguments_of(self.type, self._record["arguments"])

    @property
    def geoctx(self) -> GeoContext | None:
        """The grid that it computes pixels on."""
        return _geoctx_of(self._record["geoctx"])

    @property
    def format(self) -> dict[str, Any]:
        """The format of the result: its `type` and options."""
        return dict(self._record["format"])

    @property
    def destination(self) -> dict[str, Any]:
        """The destination of the result: its `type` and options."""
        return dict(self._record["destination"])

    @property
    def cache_enabled(self) -> bool:
        """True if the result of the same computation may be taken instead of computing it again."""
        return bool(self._record["cache"])

    @property
    def url(self) -> str | None:
        """The address of the result; None before there is one."""
        url: str | None = self._record["result_url"]
        return url

    @property
    def runtime(self) -> timedelta:
        """How long it has run."""
        return timedelta(seconds=self._record["runtime"] or 0)

    @property
    def channel(self) -> str:
        """The channel of the language that the object is written in."""
        return str(self._record["channel"])

    @property
    def version(self) -> str:
        """The version of the client that made it."""
        return str(self._record["client_version"])

    @property
    def created_datetime(self) -> datetime:
        """Moment of its creation, in UTC."""
        return datetime.fromisoformat(self._record["created_timestamp"])

    @property
    def updated_datetime(self) -> datetime:
        """Moment of its last change, in UTC."""
        return datetime.fromisoformat(self._record["updated_timestamp"])

    @property
    def expires_datetime(self) -> datetime:
        """Moment from which it and its result are gone, in UTC."""
        return datetime.fromisoformat(self._record["expires_timestamp"])


def _result_type_of(type_: type[Proxy]) -> str:
    """Return the name of the type of results, of a function that of what it gives.

    >>> import sdk as wf
    >>> _result_type_of(wf.Image), _result_type_of(wf.List[wf.Int])
    ('ImageResult', 'list')
    """
    kind: Any = type_.return_type if issubclass(type_, Function) else type_
    name = type_name(kind).partition("[")[0]
    known = {result.__name__ for result in RESULTS.values()}
    return f"{name}Result" if f"{name}Result" in known else PYTHON_TYPES.get(name, name)


def _arguments_of(type_: type[Proxy], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a function's arguments: literals as they are, what was sent as a graft as a proxy."""
    types: Mapping[str, Any] = type_.kwarg_types if issubclass(type_, Function) else {}
    return {name: types[name]._from_graft(value) if _is_graft(value) else value for name, value in values.items()}


def _geoctx_of(fields: Mapping[str, Any] | None) -> GeoContext | None:
    """Return the grid of a request."""
    if fields is None:
        return None
    if _is_graft(fields):
        return GeoContext._from_graft(dict(fields))
    pairs = {name: tuple(fields[name]) for name in ("bounds", "shape") if fields.get(name) is not None}
    return GeoContext(**{**fields, **pairs})


def _is_graft(value: object) -> bool:
    return isinstance(value, Mapping) and "returns" in value
