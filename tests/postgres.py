"""A PostgreSQL server of the tests' own, from Debian's package, on a free port of this machine."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import text

from tileserver.store import create_schema, open_database

__all__ = ["fresh_databases", "running_postgres", "stopped"]

USER = "postgres"


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start a server, and give the root of its databases' URLs; nothing of it is left behind.

    Its texts are sorted as people would: what depends on the order of code points shows that it does.
    """
    folder = Path(tempfile.mkdtemp(prefix="graftile-postgres-"))
    if os.getuid() == 0:
        shutil.chown(folder, USER)
    port = _free_port()
    try:
        locale = ("--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")
        _run("initdb", "-D", folder / "data", "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync", *locale)
        options = f"-F -p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=200"
        _run("pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}"
        finally:
            _run("pg_ctl", "-D", folder / "data", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@contextmanager
def fresh_databases() -> Iterator[Iterator[str]]:
    """Start a server, and give, without end, URLs of new databases of it, whose tables are made."""
    with running_postgres() as root:
        template = open_database(f"{root}/template1")
        create_schema(template)
        template.dispose()
        maintenance = open_database(f"{root}/postgres").execution_options(isolation_level="AUTOCOMMIT")

        def make(number: int) -> str:
            with maintenance.connect() as connection:
                connection.execute(text(f"CREATE DATABASE test{number} STRATEGY file_copy"))
            return f"{root}/test{number}"

        yield map(make, itertools.count())
        maintenance.dispose()


@contextmanager
def stopped(root: str) -> Iterator[None]:
    """Stop all processes of a PostgreSQL, for the time of a block."""
    engine = open_database(f"{root}/template1")
    with engine.connect() as connection:
        backend = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        parent = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    engine.dispose()
    found = [parent, *map(int, children)]
    for process in found:
        with suppress(ProcessLookupError):  # one that has just ended
            os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in reversed(found):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)


def _run(program: str, *arguments: object) -> None:
    """Run one of PostgreSQL's programs, which refuse to be run by root."""
    command = [str(_programs() / program), *map(str, arguments)]
    user = ["runuser", "-u", USER, "--"] if os.getuid() == 0 else []
    done = subprocess.run([*user, *command], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"{program} failed: {done.stderr}")


def _programs() -> Path:
    """Return the folder of the newest release that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: apt-get install postgresql")
    return found[-1]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
