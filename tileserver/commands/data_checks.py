"""Checks of the database, the clock, and the files of each product, for `graftile doctor`."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import rasterio
from rasterio.errors import RasterioError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from graft_eval.fingerprint import fingerprint_of_file
from graft_eval.formats.addresses import split_address
from graft_eval.scene import Asset
from tileserver.catalog import Catalog
from tileserver.catalog.locations import is_url
from tileserver.commands.findings import Finding, fault, fine, warning
from tileserver.settings import Settings
from tileserver.store.database import open_database
from tileserver.store.schema import schema_version, schema_versions

__all__ = ["check_clock", "check_database", "check_products"]

PATIENCE: Final = 5.0
MAX_SCENES: Final = 100_000
MAX_OPENED: Final = 200  # files of a product
SMALL: Final = 1024  # pixels of a side, below which nobody misses overviews
SKEW: Final = 60.0  # seconds
PLAIN: Final = (".tif", ".tiff", ".jp2", ".vrt", ".img", ".png", ".jpg", ".jpeg", ".webp")


def check_database(settings: Settings) -> Iterator[Finding]:
    """Look whether the database is reached, whole, and of this release."""
    place = _sqlite_file(settings)
    if place and not place.exists():
        yield fine(f"{place} is made at the first start")
        return
    if place and (damage := _damage_of(place)):
        yield fault(f"{place} is damaged: {damage}", f"graftile restore FILE, or sqlite3 {place} .recover")
        return
    engine = open_database(settings.database, PATIENCE)
    try:
        current, known = schema_version(engine), schema_versions()
    except SQLAlchemyError as exc:
        said = str(getattr(exc, "orig", None) or exc).splitlines()[0]
        yield fault(f"it cannot be used: {said}", "start it, and look at database_url: host, name, user, password")
        return
    finally:
        engine.dispose()
    if current is not None and current not in known:
        advice = f"update graftile, or `graftile migrate --to {known[0]}` with that release"
        yield fault(f"its schema {current} is of a newer release", advice)
    elif current != known[0]:
        yield warning(f"its schema is {current}, and becomes {known[0]} at the next start", "graftile backup FILE")
    else:
        yield fine(f"{engine.dialect.name}, schema {current}")


def check_clock(settings: Settings) -> Iterator[Finding]:
    """Look whether the clock is before what was written already, or another than the database's."""
    now, written = time.time(), Path(__file__).stat().st_mtime
    place = _sqlite_file(settings)
    if place and place.exists():
        written = max(written, place.stat().st_mtime)
    elif not place:
        engine = open_database(settings.database, PATIENCE)
        try:
            with engine.connect() as connection:
                there: datetime = connection.execute(text("SELECT CURRENT_TIMESTAMP")).scalar_one()
        except SQLAlchemyError:
            return  # which the check of the database says
        finally:
            engine.dispose()
        if abs(there.timestamp() - now) > SKEW:
            yield fault(f"it is {there.timestamp() - now:+,.0f} s off that of the database", "let NTP set both")
            return
    if written > now + SKEW:
        when = datetime.fromtimestamp(written, UTC)
        yield fault(f"it is before {when:%Y-%m-%d %H:%M} UTC, when files were written", "let NTP set it: timedatectl")
    else:
        yield fine(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")


def check_products(settings: Settings) -> Iterator[Finding]:
    """Look for files of each product that are missing, cannot be read, have changed, or have no overviews."""
    place = _sqlite_file(settings)
    if place and not place.exists():
        return
    engine = open_database(settings.database, PATIENCE)
    try:
        if schema_version(engine) == schema_versions()[0]:
            yield from _check_files(Catalog(engine, settings))
    except SQLAlchemyError:
        return  # which the check of the database says
    finally:
        engine.dispose()


def _check_files(catalog: Catalog) -> Iterator[Finding]:
    for product in catalog.products():
        scenes = catalog.scenes(product.id, start=None, end=None, limit=MAX_SCENES, area=None)
        assets = {band.asset.href: band.asset for scene in scenes for band in scene.bands}
        local = {href: asset for href, asset in assets.items() if not is_url(href)}
        wrong: dict[str, list[str]] = {}
        for number, (href, asset) in enumerate(local.items()):
            if kind := _wrong_with(href, asset, opening=number < MAX_OPENED):
                wrong.setdefault(kind, []).append(href)
        for kind, files in wrong.items():
            others = f" and {len(files) - 1:,} more" if len(files) > 1 else ""
            level, advice = KINDS[kind]
            yield level(f"{product.id}: {files[0]}{others} {kind}", advice.format(product=product.id, file=files[0]))
        if not wrong:
            elsewhere = f", {len(assets) - len(local):,} elsewhere" if len(assets) > len(local) else ""
            yield fine(f"{product.id}: {len(scenes):,} images, {len(local):,} files{elsewhere}")


KINDS: Final = {
    "is missing": (fault, "put it back, or graftile catalog remove {product}"),
    "cannot be read": (fault, "give the user who serves the right to read it, or copy it again"),
    "has changed since it was added": (warning, "graftile catalog add {file}"),
    "has no overviews": (warning, "gdaladdo -r average {file}, then graftile catalog add {file}: far zooms are slow"),
}


def _wrong_with(href: str, asset: Asset, *, opening: bool) -> str | None:
    path = split_address(href).path
    if not os.path.exists(path):
        return "is missing"
    if not os.access(path, os.R_OK):
        return "cannot be read"
    if opening and path.lower().endswith(PLAIN):
        try:
            with rasterio.open(path) as dataset:
                dataset.read(1, window=((0, 1), (0, 1)))
        except (RasterioError, OSError):
            return "cannot be read"
    if os.path.isfile(path) and path == href and fingerprint_of_file(path) != asset.fingerprint:
        return "has changed since it was added"
    if max(asset.shape) > SMALL and not asset.overviews:
        return "has no overviews"
    return None


def _sqlite_file(settings: Settings) -> Path | None:
    return Path(settings.database.removeprefix("sqlite:///")) if settings.database.startswith("sqlite") else None


def _damage_of(place: Path) -> str:
    try:
        with closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True)) as database:
            [said] = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as exc:
        return str(exc)
    return "" if said == "ok" else str(said)
