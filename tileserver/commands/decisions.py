"""The tables of what was decided of images: each value, where it is from, and for which bands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import click
from pyproj import CRS

from tileserver.commands.console import print_table

__all__ = [
    "crs_name",
    "print_bands",
    "print_decisions",
    "print_fields",
    "print_kinds_of_problems",
    "print_origins",
    "print_summary",
    "text_of",
]

DECIDED: Final = {
    "name": "name",
    "common_name": "alias",
    "scale": "scale",
    "offset": "offset",
    "nodata": "nodata",
    "mask": "mask",
    "data_range": "range",
    "crs": "CRS",
}
UNTOLD: Final = ("file", "said nowhere", "data type", "no mask band, no alpha", "the file's pixels")
COLUMNS: Final = ("name", "common_name", "data_type", "nodata", "scale", "offset", "resolution", "crs")
LISTED: Final = ("bands", "geometry", "properties", "problems", "origins")


def print_fields(record: Mapping[str, Any]) -> None:
    """Print the fields of a product or an image that are no lists of their own."""
    fields = {key: value for key, value in record.items() if key not in LISTED} | record.get("properties", {})
    print_table(("", ""), [(key, text_of(value)) for key, value in fields.items() if value not in (None, "")])
    click.echo()
    if all(isinstance(band, str) for band in record["bands"]):
        click.echo("bands  " + " ".join(record["bands"]) + "\n")


def print_bands(bands: Sequence[Mapping[str, Any]]) -> None:
    """Print an image's bands."""
    rows = [[text_of(band[column]) for column in COLUMNS[:-1]] + [crs_name(band["crs"])] for band in bands]
    print_table([column.upper().replace("_", " ") for column in COLUMNS], rows)
    click.echo()


def print_kinds_of_problems(problems: Sequence[Mapping[str, Any]]) -> None:
    """Print what is odd about an image, or about how many of a product's, and what to do."""
    rows = [
        (one["level"], one.get("band") or "-", one["text"], str(one.get("images", "")), one.get("advice", ""))
        for one in problems
    ]
    if rows:
        click.echo()
        print_table(("ODD", "BAND", "WHAT", "IMAGES", "TO DO"), rows)


def print_decisions(record: Mapping[str, Any]) -> None:
    """Print what was decided of an image, given its record; of one added by an earlier release, nothing is known."""
    if "origins" not in record:
        return
    rows = [("date", record["date"], record["origins"]["date"], "")]
    rows.append(("footprint", text_of(record["bbox"]), record["origins"]["footprint"], ""))
    bands = record["bands"]
    for what, head in DECIDED.items():
        alike: dict[tuple[str, str], list[str]] = {}
        for band in bands:
            value = "" if what == "name" else crs_name(band[what]) if what == "crs" else text_of(band[what])
            alike.setdefault((value, band["origins"][what]), []).append(band["name"])
        for (value, origin), names in alike.items():
            listed = ", ".join(names)
            of_bands = "all bands" if len(names) == len(bands) else listed
            rows.append((head, listed, origin, "") if what == "name" else (head, value, origin, of_bands))
    print_table(("DECIDED", "VALUE", "FROM", "FOR"), rows)


def print_summary(product: str, origins: Iterable[Mapping[str, Any]]) -> None:
    """Print in a line what of a product's images was told by Items, Collections and tags, or set."""
    told: dict[str, dict[str, None]] = {}
    for one in origins:
        if one["from"] not in UNTOLD and one["what"] in ("date", *DECIDED):
            told.setdefault(one["from"], {})[DECIDED.get(one["what"], one["what"])] = None
    listed = "; ".join(f"{', '.join(decided)} from {origin}" for origin, decided in told.items())
    click.echo(f"{product}: {listed} (more: graftile catalog show {product})", err=True)


def print_origins(origins: Iterable[Mapping[str, Any]]) -> None:
    """Print where what was decided of a product's images is from."""
    rows = [
        (DECIDED.get(one["what"], one["what"]), one["from"], str(one["images"]), " ".join(one["bands"]))
        for one in origins
        if one["what"] != "data_type"
    ]
    if rows:
        print_table(("DECIDED", "FROM", "IMAGES", "BANDS"), rows)


def crs_name(crs: str) -> str:
    """Return a coordinate reference system as its code, else its name."""
    return crs if crs.startswith("EPSG:") else CRS(crs).name


def text_of(value: object) -> str:
    """Return a value of a record in a table."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(text_of, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
