"""The command that looks for what is wrong, and says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Final

import click

from tileserver.commands import checks, data_checks
from tileserver.commands.console import data_dir_option, json_option, read_settings
from tileserver.commands.findings import Finding, fault
from tileserver.settings import Settings

__all__ = ["doctor_command"]

CHECKS: Final[Mapping[str, Callable[[Settings], Iterator[Finding]]]] = MappingProxyType(
    {
        "installation": checks.check_installation,
        "GDAL": checks.check_gdal,
        "kernels": checks.check_kernels,
        "data folder": checks.check_places,
        "file system": checks.check_network,
        "database": data_checks.check_database,
        "memory": checks.check_memory,
        "port": checks.check_port,
        "clock": data_checks.check_clock,
        "proxies": checks.check_proxies,
        "certificates": checks.check_certificates,
        "imagery": data_checks.check_products,
    }
)
COLOURS: Final = {"ok": "green", "warning": "yellow", "fault": "red"}


@click.command("doctor")
@json_option
@data_dir_option
def doctor_command(as_json: bool, data_dir: Path | None) -> None:
    """Look for what is wrong with this installation, its settings, database and imagery, and say what to do.

    Nothing is changed. The exit status is 1 if there is a fault; a warning is none.

    \b
    Examples:
      graftile doctor
      graftile doctor --data-dir /srv/graftile/data --json
    """
    found: list[tuple[str, Finding]] = []
    for name, finding in _findings(data_dir):
        found.append((name, finding))
        if not as_json:
            click.echo(f"{click.style(f'{finding.level:8}', fg=COLOURS[finding.level])} {name}: {finding.text}")
            if finding.advice:
                click.echo(f"{'':8} to do: {finding.advice}")
    if as_json:
        click.echo(json.dumps([{"check": name, **asdict(finding)} for name, finding in found], indent=2))
    if any(finding.level == "fault" for _, finding in found):
        raise click.exceptions.Exit(1)


def _findings(data_dir: Path | None) -> Iterator[tuple[str, Finding]]:
    try:
        settings = read_settings(data_dir=data_dir)
    except click.ClickException as exc:
        yield "settings", fault(exc.message, "mend them: docs/settings.md says what each means")
        return
    for name, check in CHECKS.items():
        for finding in check(settings):
            yield name, finding
