"""The command that draws the tiles of a layer into one file."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from typing import Any, Final

import click
from morecantile import tms
from tqdm import tqdm

from sdk.contract.packed_query import read_query
from sdk.service.client import Client
from sdk.service.exceptions import GraftileError
from sdk.service.xyz import XYZ
from tileserver.commands.archive import SUFFIXES, Archive, OtherArchive, Tile
from tileserver.commands.compute import Bounds
from tileserver.commands.console import telling_errors
from tileserver.commands.exit_codes import INTERRUPTED
from tileserver.commands.layers import find_layer
from tileserver.commands.styles import read_arguments, read_style, style_options

__all__ = ["seed_command"]

MAX_TILES: Final = 2_000_000
KEPT_AFTER: Final = 50  # tiles; as many are drawn again after a kill


class Zooms(click.ParamType[range]):
    """A zoom, or the first and the last of several."""

    name = "first-last"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> range:
        """Return the zooms."""
        found = re.fullmatch(r"(\d{1,2})(?:-(\d{1,2}))?", str(value))
        if not found or not int(found[1]) <= int(found[2] or found[1]) <= 30:
            self.fail(f"must be zooms from 0 to 30, as 0-12 or 7, not {value!r}", param, ctx)
        return range(int(found[1]), int(found[2] or found[1]) + 1)


@click.command("seed")
@click.argument("layer")
@click.argument("arguments", nargs=-1, metavar="[NAME=VALUE]...")
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="X.pmtiles, X.mbtiles"
)
@click.option("--bounds", type=Bounds(), help="In degrees; by default, those of the layer.")
@click.option("--zooms", type=Zooms(), required=True, help="As 0-12, or 7.")
@style_options
@click.option("--format", "kind", type=click.Choice(["png", "webp"]), default="png", show_default=True)
@click.option("--threads", type=click.IntRange(1, 64), default=8, show_default=True, help="Tiles asked for at once.")
@click.option("--allow-partial", is_flag=True, help="Take tiles of which the server could not read a scene.")
def seed_command(
    layer: str,
    arguments: Sequence[str],
    output: Path,
    bounds: Sequence[float] | None,
    zooms: range,
    kind: str,
    threads: int,
    allow_partial: bool,
    **style: Any,
) -> None:
    """Draw the tiles of a LAYER into a file: PMTiles or MBTiles.

    All tiles have one style: where no scales are given, the layer's own. What was drawn before a stop is kept in
    OUTPUT.part, and the same command goes on from there; so it does for tiles that failed.

    \b
    Examples:
      graftile seed bob@example.com:ndvi/1.0.0 --zooms 0-12 -o ndvi.pmtiles
      graftile seed bob@example.com:ndvi/1.0.0 --bounds 9,46,10,47 --zooms 7-14 --scales "[[0, 1]]" -o ndvi.mbtiles
    """
    if output.suffix not in SUFFIXES:
        raise click.BadParameter(f"must end in {' or '.join(SUFFIXES)}, not {output.name!r}", param_hint="-o")
    if bounds and not (all(-180 <= degrees <= 180 for degrees in bounds) and -90 <= bounds[1] < bounds[3] <= 90):
        said = "must be degrees, of longitude from -180 to 180 and of latitude from -90 to 90, the lower one first"
        raise click.BadParameter(said, param_hint="--bounds")
    if output.exists():
        raise click.ClickException(f"{output} is there already: delete it, or write elsewhere")
    choices = {**read_style(style), **read_arguments(arguments)}
    with telling_errors():
        source = _Source(layer, choices, kind, allow_partial)
        archive = _open(output, source.name)
        bounds = bounds or source.document["bounds"]
        wanted = list(islice(_tiles(bounds, zooms), MAX_TILES + 1))
        if len(wanted) > MAX_TILES:
            raise ValueError(f"these are more than {MAX_TILES:,} tiles: choose fewer zooms, or smaller bounds")
        archive.describe(source.metadata(bounds, zooms))
        try:
            failed = _draw(source, archive, wanted, threads)
        except KeyboardInterrupt:
            archive.close()
            click.echo(f"interrupted: the same command goes on from {output.name}.part", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None
    if failed:
        archive.close()
        for tile, reason in failed[:10]:
            click.secho(f"failed: {tile[2]}/{tile[0]}/{tile[1]}: {reason}", fg="red", err=True)
        raise click.ClickException(
            f"{len(failed):,} of {len(wanted):,} tiles failed: the same command tries them again"
        )
    archive.finish()
    click.echo(f"{output}: {len(wanted):,} tiles, {output.stat().st_size / 1e6:,.1f} MB")


class _Source:
    """The tiles of a layer in one style."""

    def __init__(self, layer: str, choices: dict[str, Any], kind: str, allow_partial: bool) -> None:
        found = find_layer(layer)
        self._client: Client = found._client
        path = found._layer if isinstance(found, XYZ) else found._layer.rpartition("/")[0] + f"/{found.version}"
        style = read_query(found.url(**choices))
        self.document = self._client.get(f"/{path}/tilejson.json", style)
        self._query = read_query(self.document["tiles"][0])
        self._path, self._kind, self._allow_partial = path, kind, allow_partial
        self.name = f"{path} {json.dumps(self._query)} {kind}"

    def metadata(self, bounds: Sequence[float], zooms: range) -> dict[str, str]:
        """Return the metadata of an archive, as MBTiles names it."""
        west, south, east, north = bounds
        given = [name for name in ("name", "description", "attribution") if name in self.document]
        middle = ((west + (east if east >= west else east + 360)) / 2, (south + north) / 2)
        return {
            **{name: str(self.document[name]) for name in given},
            "format": self._kind,
            "type": "overlay",
            "version": "1",
            "bounds": ",".join(map(str, bounds)),
            "center": f"{middle[0]},{middle[1]},{zooms[0]}",
            "minzoom": str(zooms[0]),
            "maxzoom": str(zooms[-1]),
        }

    def draw(self, tile: Tile) -> bytes:
        """Return a tile; raises `GraftileError`."""
        column, row, zoom = tile
        answer = self._client.request("GET", f"/{self._path}/{zoom}/{column}/{row}.{self._kind}", query=self._query)
        if (lacking := answer.headers.get("Graftile-Partial")) and not self._allow_partial:
            raise GraftileError(f"{lacking} scenes could not be read (--allow-partial takes it all the same)")
        return answer.content


def _open(output: Path, source: str) -> Archive:
    try:
        return Archive(output, source)
    except OtherArchive:
        raise
    except (sqlite3.Error, OSError) as exc:
        raise click.ClickException(f"{output}.part cannot be written: {exc}") from exc


def _tiles(bounds: Sequence[float], zooms: Iterable[int]) -> Iterator[Tile]:
    west, south, east, north = bounds
    for tile in tms.get("WebMercatorQuad").tiles(west, south, east, north, zooms=list(zooms)):
        yield tile.x, tile.y, tile.z


def _draw(source: _Source, archive: Archive, wanted: Sequence[Tile], threads: int) -> list[tuple[Tile, str]]:
    """Draw the tiles that the archive lacks into it; return those that failed, with the reasons."""
    there = archive.tiles()
    lacking = iter([tile for tile in wanted if tile not in there])
    failed: list[tuple[Tile, str]] = []
    bar = tqdm(total=len(wanted), initial=len(there & set(wanted)), unit="tile", disable=None)
    pool = ThreadPoolExecutor(threads)
    try:
        running: dict[Future[bytes], Tile] = {}
        while True:
            running |= {pool.submit(source.draw, tile): tile for tile in islice(lacking, 2 * threads - len(running))}
            if not running:
                break
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                tile = running.pop(done)
                try:
                    archive.add(tile, done.result())
                except GraftileError as exc:
                    failed.append((tile, str(exc)))
                bar.update()
                if not bar.n % KEPT_AFTER:
                    archive.commit()
    finally:
        bar.close()
        pool.shutdown(cancel_futures=True)
    return failed
