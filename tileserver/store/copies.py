"""Copies of a database in a file: made while servers run, and put back while none does."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from itertools import chain, count
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url

__all__ = ["CopyError", "make_copy", "put_back"]

MAGIC: Final = b"SQLite format 3\0"
PAGES: Final = 1000  # copied at a time; writers go on between


class CopyError(Exception):
    """A copy could not be made or put back; the message is for the operator."""


def make_copy(url: str, file: Path) -> None:
    """Write a copy of a database, consistent while others write: an SQLite file, or an archive of pg_dump."""
    if not file.parent.is_dir():
        raise CopyError(f"{file.absolute().parent} is no folder that a copy could be made in")
    part = file.with_name(f"{file.name}.part")
    location = make_url(url)
    if location.get_backend_name() != "sqlite":
        _run("pg_dump", location, "--format=custom", f"--file={part}")
    else:
        source = Path(location.database or "")
        if not source.is_file():
            raise CopyError(f"{source} is not there: nothing is to be copied")
        if file.exists() and file.samefile(source):
            raise CopyError(f"{file} is the database itself: a copy needs another name")
        try:
            with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as made:
                live.backup(made, pages=PAGES)
                made.execute("PRAGMA journal_mode=DELETE")
                _check_whole(made, source)
        except sqlite3.DatabaseError as exc:
            part.unlink(missing_ok=True)
            raise CopyError(f"{source} cannot be copied to {file}: {exc}") from exc
    os.replace(part, file)


def put_back(file: Path, url: str) -> Path | None:
    """Put a copy in the place of a database that nobody uses; return where the SQLite file that was there is now."""
    location = make_url(url)
    if location.get_backend_name() != "sqlite":
        _run("pg_restore", location, "--clean", "--if-exists", "--no-owner", "--single-transaction", str(file))
        return None
    _check_copy(file)
    place = Path(location.database or "")
    place.parent.mkdir(parents=True, exist_ok=True)
    _check_unused(place)
    part = place.with_name(f"{place.name}.part")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy, closing(sqlite3.connect(part)) as made:
        copy.backup(made)
    kept = _free_name(place) if place.exists() else None
    if kept:
        os.replace(place, kept)
    for rest in ("-wal", "-shm"):  # of a file that was damaged: of others, nothing is left
        place.with_name(place.name + rest).unlink(missing_ok=True)
    os.replace(part, place)
    return kept


def _free_name(place: Path) -> Path:
    """Return a name for what was there before, which no earlier one has."""
    numbers = chain([""], (f".{number}" for number in count(2)))
    names = (place.with_name(f"{place.name}.before-restore{number}") for number in numbers)
    return next(name for name in names if not name.exists())


def _check_copy(file: Path) -> None:
    try:
        with file.open("rb") as opened:
            is_sqlite = opened.read(len(MAGIC)) == MAGIC
    except OSError as exc:
        raise CopyError(f"{file} cannot be read: {exc.strerror}") from exc
    if not is_sqlite:
        raise CopyError(f"{file} is no copy of an SQLite database")
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as copy:
            _check_whole(copy, file)
            copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError as exc:
        raise CopyError(f"{file} is no copy of a graftile database: {exc}") from exc
    except sqlite3.DatabaseError as exc:
        raise CopyError(f"{file} is damaged: {exc}") from exc


def _check_whole(database: sqlite3.Connection, name: Path) -> None:
    [said] = database.execute("PRAGMA integrity_check(1)").fetchone()
    if said != "ok":
        raise sqlite3.DatabaseError(f"{name} is damaged: {said}")


def _check_unused(place: Path) -> None:
    """Raise unless nobody has the database open, for which each connection holds a lock."""
    if not place.exists():
        return
    try:
        with closing(sqlite3.connect(place, timeout=0)) as database:
            database.execute("PRAGMA locking_mode=EXCLUSIVE")
            database.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as exc:
        raise CopyError(f"{place} is in use ({exc}): stop the server first") from exc
    except sqlite3.DatabaseError:
        pass  # damaged: that is why a copy is put back


def _run(program: str, location: URL, *options: str) -> None:
    """Run a program of PostgreSQL's on a database; the password is in the environment, where nobody lists it."""
    plain = location.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = {**os.environ, **({"PGPASSWORD": str(location.password)} if location.password else {})}
    try:
        command = [program, f"--dbname={plain}", *options]
        subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    except FileNotFoundError as exc:
        raise CopyError(f"{program} is not installed: it comes with the client of PostgreSQL") from exc
    except subprocess.CalledProcessError as exc:
        raise CopyError(f"{program} failed: {exc.stderr.strip()}") from exc
