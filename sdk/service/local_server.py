"""A server of one's own, where there is none: in the background, with files of this machine."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdk.service.exceptions import GraftileError

if TYPE_CHECKING:
    from sdk.language.image import Image
    from sdk.language.image_collection import ImageCollection

__all__ = ["LocalServer", "LocalServerError", "open", "serve"]

Place = str | os.PathLike[str]


class LocalServerError(GraftileError):
    """A server of one's own did not start, or could not read what it was given."""


class LocalServer:
    """A server in the background that nobody but this machine reaches; it ends with Python, or by `close`.

    `url` is its address, `data_dir` the folder of all that it keeps.
    """

    def __init__(self, data_dir: Place | None = None) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="graftile-") if data_dir is None else None
        self.data_dir = Path(data_dir or self._temporary.name).expanduser().absolute()  # type: ignore[union-attr]
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._log = self.data_dir / "server.log"
        self._lock = threading.Lock()
        self.url = ""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*_COMMAND, "--data-dir", str(self.data_dir)],
                stdin=subprocess.PIPE,  # whose end ends the server, however this process ends
                stdout=subprocess.PIPE,
                stderr=log,
                env=_environment(),
                text=True,
            )
        atexit.register(self.close)
        self.url = self._read_line()

    def add(self, *paths: Place) -> list[str]:
        """Add files and folders to what can be computed on, and return the ids of their images.

        Raises `LocalServerError` if one of them cannot be read.
        """
        assert self._process.stdin is not None
        with self._lock:
            try:
                self._process.stdin.write(
                    json.dumps([str(Path(path).expanduser().absolute()) for path in paths]) + "\n"
                )
                self._process.stdin.flush()
            except BrokenPipeError:
                pass  # the end of its answers says so, too
            report: Mapping[str, Any] = json.loads(self._read_line())
        if report["failed"]:
            raise LocalServerError("; ".join(reason for _, reason in report["failed"]))
        return [*report["added"], *report["updated"], *report["unchanged"]]

    @property
    def running(self) -> bool:
        """True until it has ended."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the server; a temporary data folder is deleted."""
        atexit.unregister(self.close)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        if self.url and os.environ.get("GRAFTILE_URL") == self.url:
            del os.environ["GRAFTILE_URL"]
        if self._temporary is not None:
            self._temporary.cleanup()

    def _read_line(self) -> str:
        """Return what the server says next; `LocalServerError` with its last words if it has ended."""
        assert self._process.stdout is not None
        if line := self._process.stdout.readline().strip():
            return line
        words = "\n".join(self._log.read_text(errors="replace").strip().splitlines()[-5:])
        self.close()
        raise LocalServerError(f"the server has ended: {words or 'it said nothing'}")

    def __enter__(self) -> LocalServer:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<LocalServer {self.url if self.running else 'that has ended'}: {self.data_dir}>"


_COMMAND = (sys.executable, "-m", "tileserver", "serve", "--attached", "--port", "0", "--workers", "1")
_END_SECONDS = 10.0
_running: LocalServer | None = None


def serve(*paths: Place, data_dir: Place | None = None) -> LocalServer:
    """Start a server in the background with files and folders, and use it from now on where no other is named.

    It keeps what it has in `data_dir`, else in a temporary folder, and ends with Python. There is one at a time: a
    second call adds to what the first one has, or ends it for one with another `data_dir`.

        wf.serve("~/imagery")
        wf.ImageCollection.from_id("imagery").mosaic().inspect((9, 47, 10, 48))

    Raises `LocalServerError` for what cannot be read, or if it does not start, as it does not where
    `graftile[server]` is not installed.
    """
    global _running
    wanted = None if data_dir is None else Path(data_dir).expanduser().absolute()
    if _running is None or not _running.running or wanted not in (None, _running.data_dir):
        if _running is not None:
            _running.close()
        _running = LocalServer(data_dir)
    os.environ["GRAFTILE_URL"] = _running.url
    if paths:
        _running.add(*paths)
    return _running


def open(path: Place) -> Image | ImageCollection:
    """Return the image of a file, or the collection of a folder's images, from a server that `serve` starts.

    wf.open("dem.tif").slope().inspect((9, 47, 10, 48))
    """
    from sdk.language.image import Image
    from sdk.language.image_collection import ImageCollection

    images = serve().add(path)
    if len(images) == 1 and not Path(path).expanduser().is_dir():
        return Image.from_id(images[0])
    products = dict.fromkeys(image.rpartition(":")[0] for image in images)
    if len(products) > 1:
        return ImageCollection([Image.from_id(image) for image in images])
    return ImageCollection.from_id(next(iter(products)))


def _environment() -> dict[str, str]:
    """Return the environment of a server of one's own: that of this process, for callers of this machine alone."""
    named = {"GRAFTILE_HOST", "GRAFTILE_PORT", "GRAFTILE_DATA_DIR", "GRAFTILE_URL", "GRAFTILE_TOKEN"}
    return {name: value for name, value in os.environ.items() if name not in named} | {"GRAFTILE_AUTH": "none"}
