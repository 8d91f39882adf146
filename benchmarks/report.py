"""Tables of figures, in Markdown, and the figures themselves as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import rasterio

from benchmarks.figures import Figure, Spread, ratios, short
from benchmarks.states import LEAN_WALK, STATES
from benchmarks.stress import Finding
from benchmarks.workloads import Workload

__all__ = ["TARGETS", "comparison", "findings_table", "machine", "save", "table"]

TARGETS = {
    Workload.RGB: (2.5, 8, 10, 5),
    Workload.COLORMAP: (2, 8, 12, 5),
    Workload.MEDIAN: (2.5, 7, 25, 5),
    Workload.NDVI: (2, 8, 30, 5),
}
PEERS = {LEAN_WALK: "walk"}  # the state of the peer that a state is compared to, if it is another
HEADS = ("workload", "state", "peer", "graftile", "ratio", "target", "CPU ms a tile", "kB", "peak MB", "noise")


def comparison(figures: Sequence[Figure], ours: str) -> str:
    """Return the table of ratios to each workload's peer: milliseconds of a request when cold, else tiles a second.

    CPU, size and memory are the peer's, then ours; the noise is the greatest of the rounds.
    """
    rows = []
    for workload in Workload:
        for state, target in zip((*STATES, LEAN_WALK), TARGETS.get(workload, ("", "", "", "")), strict=True):
            sides = [
                _of(figures, workload.peer, workload, PEERS.get(state, state)),
                _of(figures, ours, workload, state),
            ]
            if all(sides):
                ratio = ratios(figures, ours, workload.peer, workload, state, PEERS.get(state, state))
                speeds = [_speed(side, state) for side in sides]
                rows.append(
                    (
                        f"{workload.label} ({workload.peer})", state, *speeds, f"**{ratio}**", str(target),
                        *(_pair(sides, field, unit) for field, unit in (("cpu", 1), ("kilobytes", 1), ("peak", 1e6))),
                        f"{max(figure.noise for side in sides for figure in side):.0%}",
                    )
                )  # fmt: skip
    return table(HEADS, rows)


def findings_table(findings: Iterable[Finding]) -> str:
    """Return a table of single figures, a column for each server."""
    found = list(findings)
    servers = list(dict.fromkeys(finding.server for finding in found))
    rows = {finding.figure: dict.fromkeys(servers, "") for finding in found}
    for finding in found:
        rows[finding.figure][finding.server] = f"{short(finding.value)} {finding.unit}"
    return table(("figure", *servers), [(figure, *values.values()) for figure, values in rows.items()])


def machine() -> str:
    """Return one line on when and where this runs."""
    names = [line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    kilobytes = next(int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal"))
    hardware = f"{os.cpu_count()} cores of {names[0] if names else 'an unknown processor'}, {kilobytes / 1e6:.0f} GB"
    software = f"graftile {version('graftile')}, Python {python_version()}, GDAL {rasterio.__gdal_version__}"
    return f"{datetime.now(UTC):%Y-%m-%d}, {hardware}, {software}"


def save(path: Path, figures: Sequence[Figure], findings: Sequence[Finding]) -> None:
    """Write all figures to a file, as JSON."""
    plain = [asdict(figure) | {"case": figure.case._asdict()} for figure in figures]
    content = {"machine": machine(), "figures": plain, "findings": [asdict(finding) for finding in findings]}
    path.write_text(json.dumps(content, indent=1))


def _of(figures: Sequence[Figure], server: str, workload: Workload, state: str) -> list[Figure]:
    return [figure for figure in figures if figure.case[:3] == (server, workload, state)]


def _speed(figures: Sequence[Figure], state: str) -> str:
    if state == "cold":
        return f"{Spread.of([figure.p50 for figure in figures])} ms"
    return f"{Spread.of([figure.rate for figure in figures])} /s"


def _pair(sides: Sequence[Sequence[Figure]], field: str, unit: float) -> str:
    return " · ".join(short(Spread.of([getattr(figure, field) / unit for figure in side]).middle) for side in sides)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()
