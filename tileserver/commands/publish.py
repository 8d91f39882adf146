"""The command that publishes objects of a Python file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

from sdk.contract.naming import check_workflow_id
from sdk.contract.versions import check_version
from sdk.service.publishing import publish
from sdk.service.xyz import XYZ
from tileserver.commands.console import telling_errors
from tileserver.commands.programs import find_objects, run_program

__all__ = ["publish_command"]

TILE: Final = "/{z}/{x}/{y}.png"


@click.command("publish")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--object", "names", multiple=True, help="A variable of FILE, repeated; else those of its __all__.")
@click.option("--as", "workflow", metavar="EMAIL:NAME", help="The workflow that gets a version; else a layer is made.")
@click.option("--version", help="The version, with --as: 1.0.0, which never changes any more.")
@click.option("--title", default="", help="For people; the variable's name by default.")
@click.option("--description", default="", help="In Markdown.")
@click.option("--private", is_flag=True, help="A layer that nobody else sees.")
@click.option("--days", type=click.IntRange(1, 36_500), help="Days until a layer expires; 10 by default.")
def publish_command(
    file: Path,
    names: Sequence[str],
    workflow: str | None,
    version: str | None,
    title: str,
    description: str,
    private: bool,
    days: int | None,
) -> None:
    """Publish objects of a Python FILE, as layers or as a version of a workflow; print their pages.

    FILE is run as a script is. A function with annotations is published as the Function that it is.

    \b
    Examples:
      graftile publish ndvi.py --object median --title "Median NDVI"
      graftile publish ndvi.py --object median --as bob@example.com:ndvi --version 1.0.0
    """
    if (workflow is None) != (version is None):
        raise click.UsageError("--as and --version go together: --as bob@example.com:ndvi --version 1.0.0")
    if workflow is not None and (private or days):
        raise click.UsageError("--private and --days are of layers: a workflow is private and does not expire")
    with telling_errors():
        if workflow is not None and version is not None:
            check_workflow_id(workflow)
            check_version(version)
    objects = find_objects(run_program(file), names, file)
    if workflow is not None and len(objects) > 1:
        raise click.UsageError(f"a version is of one object, and there are {len(objects)}: {', '.join(objects)}")
    for name, object in objects.items():
        with telling_errors():
            if workflow is not None and version is not None:
                saved = publish(workflow, version, object, title or name, description)[version]
                click.echo(f"{workflow}/{version}  {saved._template('url_template', -4).replace(TILE, '')}")
            else:
                xyz = XYZ(object, title or name, description, not private, days_to_expiration=days)
                click.echo(f"{xyz.id}  {xyz._record['url_template'].replace(TILE, '')}")
