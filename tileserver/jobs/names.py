"""Names of runners, by which those of this machine are known to be dead."""

from __future__ import annotations

import os
import secrets
import socket
from typing import Final

__all__ = ["is_dead", "new_name"]

PROCESS: Final = secrets.token_hex(4)  # which tells this process from earlier ones with its number


def new_name() -> str:
    """Return a name that no other runner has: of this machine, this process, and one more part."""
    return f"{socket.gethostname()}/{os.getpid()}/{PROCESS}/{secrets.token_hex(4)}"


def is_dead(name: str) -> bool:
    """Return whether a runner is known to be dead: it was a process of this machine, which is there no more.

    >>> is_dead("elsewhere/1/a/b"), is_dead(new_name())
    (False, False)
    """
    host, pid, process, _ = name.rsplit("/", 3)
    if host != socket.gethostname():
        return False
    if int(pid) == os.getpid():
        return process != PROCESS
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
