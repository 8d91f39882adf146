"""A server that is attached to the process which started it: it takes orders from there, and ends with it."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading

import click

from tileserver.catalog import AddReport
from tileserver.catalog.errors import CatalogError
from tileserver.commands.catalog_opening import open_catalog
from tileserver.settings import Settings

__all__ = ["attach"]


def attach(settings: Settings) -> None:
    """Add what each line of the standard input, a JSON list of paths, names; stop as by SIGTERM at its end.

    A line of JSON answers each: ids of images by what became of them, and failures with their reasons.
    """
    threading.Thread(target=_attend, args=(settings,), name="graftile-input", daemon=True).start()


def _attend(settings: Settings) -> None:
    try:
        with open_catalog(settings) as catalog:
            for line in sys.stdin:
                try:
                    answer = _as_json(catalog.add(json.loads(line)))
                except CatalogError as exc:
                    answer = json.dumps({"failed": [["", str(exc)]]})
                click.echo(answer)
    finally:
        os.kill(os.getpid(), signal.SIGTERM)


def _as_json(report: AddReport) -> str:
    became = {name: getattr(report, name) for name in ("added", "updated", "unchanged")}
    return json.dumps({**became, "failed": report.failed})
