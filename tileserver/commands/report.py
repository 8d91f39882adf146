"""The report of `catalog add`: what failed, what was odd, and how many images were added."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import click

from tileserver.catalog import AddReport, Problem

__all__ = ["count", "print_problems", "print_report"]

MAX_LINES: Final = 50  # kinds of problems
COLOURS: Final = {"gap": "yellow", "warning": "yellow", "note": None}


def print_report(report: AddReport) -> None:
    """Print failures and problems, those of many images once, and the counts."""
    for name, reason in report.failed:
        failure = reason if reason.startswith(name) else f"{name}: {reason}"
        click.secho(f"failed: {failure}", fg="red", err=True)
    print_problems(report.problems)
    if report.passed_over:
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(report.passed_over.items()))
        click.echo(f"passed over, being no STAC document and no raster that is read: {kinds}", err=True)
    gaps = f" ({len(report.with_gaps)} with gaps)" if report.with_gaps else ""
    unchanged = f", unchanged {len(report.unchanged)}" if report.unchanged else ""
    click.echo(
        f"added {count(len(report.added), 'image')}{gaps}, updated {len(report.updated)}{unchanged}, "
        f"failed {len(report.failed)}" + ("; products: " + " ".join(report.products) if report.products else "")
    )
    if report.interrupted:
        click.echo("interrupted: what was added is kept, and passed over when it is added again", err=True)


def print_problems(problems: Iterable[tuple[str, Problem]]) -> None:
    """Print problems, the worst first, each with the first image that has it and how many others have it, too."""
    images: dict[Problem, list[str]] = {}
    for image, problem in problems:
        images.setdefault(problem, []).append(image)
    ordered = sorted(images.items(), key=lambda one: list(COLOURS).index(one[0].level))
    for problem, names in ordered[:MAX_LINES]:
        others = f" and {count(len(names) - 1, 'other image')}" if len(names) > 1 else ""
        band = f", band {problem.band}" if problem.band else ""
        advice = f" (to do: {problem.advice})" if problem.advice else ""
        line = f"{problem.level}: {names[0]}{others}{band}: {problem.text}{advice}"
        click.secho(line, fg=COLOURS[problem.level], err=True)
    if len(ordered) > MAX_LINES:
        click.echo(f"and {len(ordered) - MAX_LINES} more such lines", err=True)


def count(number: int, noun: str) -> str:
    """Return a number of things in words.

    >>> count(1, "image"), count(2, "image")
    ('1 image', '2 images')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
