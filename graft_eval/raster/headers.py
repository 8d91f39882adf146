"""Headers of remote files that outlive the process: one small file for each, up to a number of bytes."""

from __future__ import annotations

import json
import logging
import os
import zlib
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import uuid4

from graft_eval.raster.remote_files import Header

__all__ = ["Headers"]

MAX_BYTES: Final = 64 << 20
SAVES: Final = 64  # after so many, the oldest are removed; that many may be too many

log = logging.getLogger(__name__)


class Headers:
    """Keeps headers in a folder, which processes and machines may share; thread safe.

    A file holds a line of JSON and the chunks. It may be deleted at any time, and is made whole or not at all.
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._saves = 0

    def load(self, url: str) -> Header | None:
        """Return the header of the file at a URL, None if it is not kept."""
        try:
            line, _, content = self._path(url).read_bytes().partition(b"\n")
            fields = json.loads(line)
            if (fields["url"], fields["crc"]) != (url, zlib.crc32(content)):
                return None
            chunks, at = [], 0
            for start, size in fields["chunks"]:
                chunks.append((start, content[at : at + size]))
                at += size
            return Header(fields["size"], fields["validator"], tuple(chunks))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, url: str, header: Header) -> None:
        """Keep the header of the file at a URL, and give up the oldest ones if there is no room."""
        content = b"".join(chunk for _, chunk in header.chunks)
        fields = {
            "url": url, "size": header.size, "validator": header.validator, "crc": zlib.crc32(content),
            "chunks": [(start, len(chunk)) for start, chunk in header.chunks],
        }  # fmt: skip
        path = self._path(url)
        draft = path.with_name(f"{uuid4().hex}.draft")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(json.dumps(fields).encode() + b"\n" + content)
            draft.replace(path)
            if self._saves % SAVES == 0:
                self._prune()
            self._saves += 1
        except OSError as error:
            log.warning("headers of remote files cannot be kept: %s", error)

    def forget(self, url: str) -> None:
        """Drop the header of the file at a URL."""
        with suppress(OSError):
            self._path(url).unlink()

    def _path(self, url: str) -> Path:
        return self._folder / sha256(url.encode()).hexdigest()

    def _prune(self) -> None:
        with os.scandir(self._folder) as entries:
            found = sorted(((entry.stat(), entry.path) for entry in entries), key=lambda one: one[0].st_mtime)
        surplus = sum(status.st_size for status, _ in found) - self._max_bytes
        for status, path in found:
            if surplus <= 0:
                break
            with suppress(FileNotFoundError):  # another process has done it
                os.unlink(path)
            surplus -= status.st_size
