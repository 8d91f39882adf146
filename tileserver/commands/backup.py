"""The commands that copy the database, put a copy back, and migrate it."""

from __future__ import annotations

from pathlib import Path

import click

from tileserver.commands.console import data_dir_option, open_store, read_settings
from tileserver.store.copies import CopyError, make_copy, put_back
from tileserver.store.database import open_database
from tileserver.store.schema import SchemaError, migrate, schema_version, schema_versions

__all__ = ["backup_command", "migrate_command", "restore_command"]


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@data_dir_option
def backup_command(file: Path, data_dir: Path | None) -> None:
    """Copy the database to FILE, while the server runs: layers, workflows, people, jobs, the catalog.

    Imagery and results of jobs stay where they are. Of PostgreSQL it is an archive of pg_dump.

    \b
    Examples:
      graftile backup /srv/backup/graftile.sqlite
    """
    settings = read_settings(data_dir=data_dir)
    try:
        make_copy(settings.database, file)
    except (CopyError, OSError) as exc:
        raise click.ClickException(str(exc)) from exc
    click.echo(f"{file}: {file.stat().st_size / 1e6:,.1f} MB")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_dir_option
def restore_command(file: Path, data_dir: Path | None) -> None:
    """Put a copy that `graftile backup` made in the place of the database; the server has to be stopped.

    A copy of an earlier release is migrated. The SQLite file that was there is kept beside it.

    \b
    Examples:
      graftile restore /srv/backup/graftile.sqlite
    """
    settings = read_settings(data_dir=data_dir)
    try:
        kept = put_back(file, settings.database)
    except (CopyError, OSError) as exc:
        raise click.ClickException(str(exc)) from exc
    with open_store(settings) as engine:
        before = f"; what was there is {kept}" if kept else ""
        click.echo(f"restored {file}, schema {schema_version(engine)}{before}")


@click.command("migrate")
@click.option("--to", "version", help="The version of the schema; the newest one by default.")
@data_dir_option
def migrate_command(version: str | None, data_dir: Path | None) -> None:
    """Migrate the database to the schema of this release, or back to an older one before that is installed.

    What only newer releases hold is dropped: make a backup first. `serve` migrates to the newest one by itself.

    \b
    Examples:
      graftile migrate
      graftile migrate --to 0006
    """
    settings = read_settings(data_dir=data_dir)
    known = schema_versions()
    if version is not None and version not in known:
        raise click.BadParameter(f"must be one of {', '.join(known)}, not {version!r}", param_hint="--to")
    engine = open_database(settings.database)
    try:
        before = schema_version(engine)
        if before is not None and before not in known:
            raise SchemaError(f"the schema {before} is of a newer release: migrate back with that one")
        migrate(engine, version or known[0])
        click.echo(f"schema {schema_version(engine)}, before: {before or 'none'}")
    except SchemaError as exc:
        raise click.ClickException(str(exc)) from exc
    finally:
        engine.dispose()
