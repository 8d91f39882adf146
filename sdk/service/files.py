"""Files that results are written to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, cast

__all__ = ["open_for_bytes"]


@contextmanager
def open_for_bytes(file: str | os.PathLike[str] | BinaryIO) -> Iterator[BinaryIO]:
    """Give a path, or a file that is open for bytes, to write to.

    What a path names is replaced when all is written: it never is half a result.
    """
    if not isinstance(file, (str, os.PathLike)):
        yield file
        return
    path = Path(file)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as part:
        try:
            yield cast(BinaryIO, part)
        except BaseException:
            os.unlink(part.name)
            raise
    os.chmod(part.name, 0o666 & ~_umask())
    os.replace(part.name, path)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
