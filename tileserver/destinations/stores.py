"""Files and object stores: results are written below the folders and URLs that the operator has opened for them."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url
from typing_extensions import override

from tileserver.destinations.destination import BadDestination, Delivery, Destination, NotDelivered

__all__ = ["AzureStore", "File", "GoogleStore", "S3Store"]

PATIENCE: Final = timedelta(seconds=60)  # for a store that does not answer
RETRIES: Final = 3


@dataclass(frozen=True, slots=True)
class File(Destination):
    """A file of the server, below one of its `export_roots`; one that is there is replaced."""

    type = "file"
    url: str

    @override
    def check_options(self, delivery: Delivery) -> None:
        self._path(delivery)

    @override
    def deliver(self, delivery: Delivery, path: Path) -> str:
        target = self._path(delivery)
        aside = target.with_name(f".{target.name}.{delivery.job.id}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, aside)
            delivery.check()
            os.replace(aside, target)
        except OSError as exc:
            raise NotDelivered(f"{self.url} could not be written: {exc.strerror}") from exc
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
        return f"the result is in {self.url}"

    def _path(self, delivery: Delivery) -> Path:
        """Return the file; `BadDestination` unless it lies below a root, links followed."""
        parts = urlsplit(self.url)
        path = Path(os.path.realpath(unquote(parts.path)))
        if parts.netloc not in ("", "localhost") or parts.query or parts.fragment or not parts.path.startswith("/"):
            raise BadDestination(f"a file must be like file:///folder/name.tif, not {self.url}")
        roots = delivery.settings.export_roots
        if not any(path.is_relative_to(root := os.path.realpath(each)) and path != Path(root) for each in roots):
            raise BadDestination(f"{self.url} lies below none of the folders that this server writes to (export_roots)")
        if path.is_dir():
            raise BadDestination(f"{self.url} is a folder, not a file")
        return path


@dataclass(frozen=True, slots=True)
class _ObjectStore(Destination):
    """An object in a bucket below one of the server's `export_urls`; one that is there is replaced.

    Credentials and endpoints are those of the server's environment, as the providers' own tools name them.
    """

    url: str

    @override
    def check_options(self, delivery: Delivery) -> None:
        parts = urlsplit(self.url)
        key = parts.path.removeprefix("/")
        if parts.scheme != self.type or not parts.netloc or not key or ".." in key.split("/") or parts.query:
            raise BadDestination(f"the destination {self.type} must be like {self.type}://bucket/key, not {self.url}")
        below = (url.rstrip("/") + "/" for url in delivery.settings.export_urls)
        if not self.url.startswith(tuple(below)):
            raise BadDestination(f"{self.url} lies below none of the URLs that this server writes to (export_urls)")

    @override
    def deliver(self, delivery: Delivery, path: Path) -> str:
        folder, _, name = self.url.rpartition("/")
        try:
            store = from_url(
                folder,
                retry_config={"max_retries": RETRIES, "retry_timeout": PATIENCE},
            )
            obstore.put(store, unquote(name), path)
        except (BaseError, OSError, ValueError) as exc:
            reason = " ".join(str(exc).partition("\n\nDebug source")[0].split())[:300]
            raise NotDelivered(f"{self.url} could not be written: {reason}") from exc
        return f"the result is in {self.url}"


@dataclass(frozen=True, slots=True)
class S3Store(_ObjectStore):
    """Amazon S3, and what speaks its protocol."""

    type = "s3"


@dataclass(frozen=True, slots=True)
class GoogleStore(_ObjectStore):
    """Google Cloud Storage."""

    type = "gs"


@dataclass(frozen=True, slots=True)
class AzureStore(_ObjectStore):
    """Azure Blob Storage."""

    type = "az"
