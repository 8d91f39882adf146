"""Destinations: where the results of jobs go, and what is asked of one before anything is computed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, ClassVar, Self

from tileserver.catalog import Catalog
from tileserver.formats import check_fits, read_format
from tileserver.http.errors import BadBody, shorten
from tileserver.settings import Settings
from tileserver.store import JobRecord

__all__ = ["BadDestination", "Delivery", "Destination", "Download", "NotDelivered"]

TYPES: Mapping[str, type] = {"str": str, "bool": bool}  # of options, by their annotations


class BadDestination(BadBody):
    """A destination that does not exist, that is not configured, or that takes no such result."""


class NotDelivered(Exception):
    """A result could not be brought to its destination; the message is for the owner of the job."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A job whose result is to be delivered, and what of the server that takes.

    `check` raises an error once the job is cancelled.
    """

    job: JobRecord
    settings: Settings
    catalog: Catalog
    check: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Destination(ABC):
    """A destination with its options, which are the fields."""

    type: ClassVar[str]
    keeps_result: ClassVar[bool] = False  # True: the result stays with the job, to be downloaded

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Self:
        """Return the destination with these options; raises `BadDestination`."""
        known = {field.name: field for field in fields(cls)}
        for name, value in options.items():
            if name not in known:
                has = ", ".join(known) or "none"
                raise BadDestination(f"the destination {cls.type} has no option {shorten(name)}; it has {has}")
            expected = str(known[name].type)
            if not isinstance(value, TYPES[expected]):
                raise BadDestination(f"{name} of the destination {cls.type} must be a {expected}, not {shorten(value)}")
        try:
            return cls(**options)
        except TypeError as exc:
            missing = ", ".join(name for name in known if name not in options)
            raise BadDestination(f"the destination {cls.type} needs {missing}") from exc

    def to_json(self) -> dict[str, Any]:
        """Return the type and the options."""
        return {"type": self.type, **asdict(self)}

    def format_for(self, format: dict[str, Any]) -> dict[str, Any]:
        """Return the format in which the result is delivered, given the one that was asked for."""
        return format

    def check(self, delivery: Delivery) -> None:
        """Raise `BadDestination` for what can be known, before it is computed, not to be delivered."""
        check_fits(read_format(delivery.job.format), delivery.job.typespec)
        self.check_options(delivery)

    @abstractmethod
    def check_options(self, delivery: Delivery) -> None:
        """Raise `BadDestination` if the options name no place to deliver to."""

    @abstractmethod
    def deliver(self, delivery: Delivery, path: Path) -> str:
        """Deliver the file of the result, and return what the job's log says; a further call changes nothing more.

        Raises `NotDelivered`.
        """


@dataclass(frozen=True, slots=True)
class Download(Destination):
    """The job itself: its result is kept until it expires."""

    type = "download"
    keeps_result = True

    def check_options(self, delivery: Delivery) -> None:
        """Find nothing wrong: there are none."""

    def deliver(self, delivery: Delivery, path: Path) -> str:
        """Leave the file where it is."""
        return ""
