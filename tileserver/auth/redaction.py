"""Redaction: credentials in URLs kept out of logs."""

from __future__ import annotations

import logging
import re
from typing import Final

__all__ = ["redact", "redact_access_logs"]

CREDENTIAL: Final = re.compile(r"((?:^|[?&;])(?:access_token|link)=)[^&;\s\"']*")


def redact(text: str) -> str:
    """Return a text without the credentials in its URLs.

    >>> redact("GET /xyz/a/0/0/0.png?access_token=secret&band=red")
    'GET /xyz/a/0/0/0.png?access_token=…&band=red'
    """
    return CREDENTIAL.sub(r"\1…", text)


class _Redaction(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Redact the record's arguments; every record passes."""
        if isinstance(record.args, tuple):
            record.args = tuple(redact(value) if isinstance(value, str) else value for value in record.args)
        return True


REDACTION: Final = _Redaction()


def redact_access_logs() -> None:
    """Keep credentials out of the access log that uvicorn writes if told to; idempotent."""
    logging.getLogger("uvicorn.access").addFilter(REDACTION)
