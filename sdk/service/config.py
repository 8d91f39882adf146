"""Configuration of the server's address and the caller's token: arguments, the environment, or the user's file."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

__all__ = ["DEFAULT_URL", "Server", "config_path", "find_server", "is_configured", "read_config", "write_config"]

DEFAULT_URL: Final = "http://127.0.0.1:8000"
FIELDS: Final = ("url", "token")


@dataclass(frozen=True, slots=True)
class Server:
    """A server's address, and the token that identifies the caller.

    >>> Server("https://maps.example.org/", "secret")
    Server(url='https://maps.example.org')
    """

    url: str
    token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Check the fields; messages show no token."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.netloc or not self.url.isprintable():
            raise ValueError(f"a server's URL begins with http:// or https://, unlike {self.url!r}")
        object.__setattr__(self, "url", self.url.rstrip("/"))
        token = (self.token or "").strip()
        if not (token.isascii() and token.isprintable()) or " " in token:
            raise ValueError("a token consists of printable ASCII characters without spaces; this one does not")
        object.__setattr__(self, "token", token or None)


def find_server(url: str | None = None, token: str | None = None) -> Server:
    """Return the configured server: arguments count before the environment, and that before the file.

    The file's token goes to the file's server alone.
    """
    url = url or os.environ.get("GRAFTILE_URL")
    token = token or os.environ.get("GRAFTILE_TOKEN")
    known = None if url and token else read_config()
    if known is None:
        return Server(url or DEFAULT_URL, token)
    found = Server(url or known.url, token)
    return Server(found.url, known.token) if found.token is None and found.url == known.url else found


def is_configured() -> bool:
    """Return whether a server is named at all: by the environment, or by the file."""
    return bool(os.environ.get("GRAFTILE_URL")) or config_path().exists()


def config_path() -> Path:
    """Return the path of the file: `graftile/config.toml` in `XDG_CONFIG_HOME`, else in `~/.config`.

    On macOS and Windows it is where the system keeps configuration.
    """
    import platformdirs

    return platformdirs.user_config_path("graftile", appauthor=False) / "config.toml"


def read_config() -> Server | None:
    """Return the server that the file names; None without a file. ValueError says what is wrong with the file.

    The file has two lines, `url = "https://…"` and `token = "…"`; both may be left out.
    """
    path = config_path()
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return None
    import tomllib

    try:
        fields = tomllib.loads(text)
        if wrong := [name for name, value in fields.items() if name not in FIELDS or not isinstance(value, str)]:
            raise ValueError(f"the file has the strings url and token, and nothing else such as {wrong[0]!r}")
        return Server(fields.get("url") or DEFAULT_URL, fields.get("token"))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def write_config(server: Server) -> Path:
    """Replace the file by one that only its owner can read; return its path."""
    path = config_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"url = {_quoted(server.url)}", *([f"token = {_quoted(server.token)}"] if server.token else ())]
    descriptor, written = tempfile.mkstemp(prefix=".config-", dir=path.parent)  # with mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        os.replace(written, path)
    except BaseException:
        os.unlink(written)
        raise
    return path


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
