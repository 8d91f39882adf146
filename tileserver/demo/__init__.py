"""The demo: example imagery made on the spot, layers computed from it, and a server that draws them."""

from __future__ import annotations

import logging
import os
import shlex
import signal
import sys
import threading
from urllib.parse import urlencode

import click

from tileserver.settings import Settings

__all__ = ["activation", "run_demo"]

log = logging.getLogger(__name__)


def run_demo(settings: Settings) -> None:
    """Serve the demo until SIGINT or SIGTERM, from a folder and a database of its own in the data folder."""
    from tileserver.serving import serve

    settings = settings.model_copy(update={"data_dir": settings.data_dir / "demo", "database_url": ""})
    _catalogue(settings)

    def publish_soon(url: str) -> None:
        threading.Thread(target=_publish, args=(url,), name="graftile-demo", daemon=True).start()

    serve(settings, publish_soon)


def _catalogue(settings: Settings) -> None:
    """Make the imagery unless it is there, and enter it into the demo's catalog."""
    from tileserver.catalog import Catalog
    from tileserver.demo.data import make_data
    from tileserver.store import create_schema, open_database

    folder = settings.data_dir / "imagery"
    if not folder.exists():
        click.echo(f"Making example imagery in {folder} (some 260 MB, once) …")
    collections = make_data(folder)
    database = open_database(settings.database)
    try:
        create_schema(database)
        report = Catalog(database, settings).add(str(path) for path in collections)
    finally:
        database.dispose()
    if report.failed:
        name, reason = report.failed[0]
        raise click.ClickException(f"{name} cannot be added to the catalog: {reason}")


def activation(shell: str) -> str:
    """Return the command that makes a shell find this environment, whose path is as short as it is from here.

    >>> activation("/usr/bin/fish").endswith("/bin/activate.fish"), activation("/bin/bash").endswith("/bin/activate")
    (True, True)
    """
    name = os.path.basename(shell)
    kind = "fish" if name == "fish" else "csh" if name in ("csh", "tcsh") else ""
    path = shlex.quote(min(sys.prefix, os.path.relpath(sys.prefix), key=len))
    return f"{'source' if kind else '.'} {path}/bin/activate{'.' + kind if kind else ''}"


def _publish(url: str) -> None:
    """Publish the layers and print where they are; a failure ends the server."""
    import sdk as wf
    from tileserver.demo.layers import publish

    try:
        with wf.Client(url) as client:
            for demo, xyz in publish(client):
                query = f"?{urlencode(demo.arguments)}" if demo.arguments else ""
                tiles = xyz.url(viz=demo.viz_options[0], **demo.arguments)
                click.echo(f"\n{demo.name}\n  map    {url}/xyz/{xyz.id}{query}\n  tiles  {tiles}")
        click.secho(f"\nOpen {url}/ in a browser; Ctrl-C stops the server.", bold=True)
        if sys.prefix != sys.base_prefix:  # a virtual environment, which another shell does not know of
            click.echo(f"For Python and `graftile` in another shell, first: {activation(os.environ.get('SHELL', ''))}")
    except Exception:
        log.exception("the demo's layers cannot be published")
        signal.raise_signal(signal.SIGTERM)
