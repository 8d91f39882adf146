"""Archives of tiles: MBTiles, written tile by tile so that it can go on after a stop, and PMTiles made of one."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pmtiles.convert import mbtiles_to_pmtiles

__all__ = ["SUFFIXES", "Archive", "OtherArchive"]

SUFFIXES: Final = (".mbtiles", ".pmtiles")
SOURCE: Final = "graftile:source"
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS metadata (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS images (tile_id TEXT PRIMARY KEY, tile_data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS map (
    zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_id TEXT NOT NULL,
    PRIMARY KEY (zoom_level, tile_column, tile_row)
);
CREATE VIEW IF NOT EXISTS tiles AS
    SELECT zoom_level, tile_column, tile_row, tile_data FROM map JOIN images USING (tile_id);
"""

Tile = tuple[int, int, int]  # column, row from the north, zoom


class OtherArchive(ValueError):
    """The unfinished archive holds tiles of something else."""


class Archive:
    """An unfinished archive beside its place, `PLACE.part`: MBTiles in which equal tiles are stored once.

    `source` says what its tiles are of; an unfinished archive of another one raises `OtherArchive`.
    """

    def __init__(self, place: Path, source: str) -> None:
        self._place = place
        self._part = place.with_name(f"{place.name}.part")
        self._connection = sqlite3.connect(self._part)
        self._connection.executescript(SCHEMA)
        self.describe({SOURCE: source} if self._source() is None else {})
        if self._source() != source:
            self._connection.close()
            raise OtherArchive(f"{self._part} holds tiles of another layer or style: delete it, or write elsewhere")

    def tiles(self) -> set[Tile]:
        """Return the tiles that are there."""
        rows = self._connection.execute("SELECT tile_column, (1 << zoom_level) - 1 - tile_row, zoom_level FROM map")
        return set(rows)

    def add(self, tile: Tile, data: bytes) -> None:
        """Add a tile; it is kept from the next `commit` on."""
        column, row, zoom = tile
        id = hashlib.sha256(data).hexdigest()
        self._connection.execute("INSERT OR IGNORE INTO images VALUES (?, ?)", (id, data))
        place = (zoom, column, (1 << zoom) - 1 - row, id)  # rows of MBTiles count from the south
        self._connection.execute("INSERT OR REPLACE INTO map VALUES (?, ?, ?, ?)", place)

    def describe(self, metadata: Mapping[str, str]) -> None:
        """Set fields of the metadata."""
        self._connection.executemany("INSERT OR REPLACE INTO metadata VALUES (?, ?)", metadata.items())
        self.commit()

    def commit(self) -> None:
        """Keep what was added."""
        self._connection.commit()

    def close(self) -> None:
        """Close the unfinished archive, which stays where it is."""
        self.commit()
        self._connection.close()

    def finish(self) -> None:
        """Put the whole archive in its place, in the format that its suffix names."""
        self.close()
        if self._place.suffix == ".pmtiles":
            made = self._place.with_name(f"{self._place.name}.made")
            mbtiles_to_pmtiles(str(self._part), str(made), None)
            os.replace(made, self._place)
            self._part.unlink()
        else:
            os.replace(self._part, self._place)

    def _source(self) -> str | None:
        row = self._connection.execute("SELECT value FROM metadata WHERE name = ?", (SOURCE,)).fetchone()
        return None if row is None else str(row[0])
