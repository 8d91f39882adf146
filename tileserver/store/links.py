"""Links: keys that show one layer to whoever has them, until they expire or are revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Engine, delete, insert, select

from tileserver.auth.secrets import digest_of, new_id, new_key
from tileserver.store.database import writing
from tileserver.store.errors import NotFound
from tileserver.store.outages import Remembered
from tileserver.store.tables import LinkRow

__all__ = ["LinkRecord", "Links"]

MAX_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """The record of a link, without its key."""

    id: str
    created_timestamp: datetime
    expires_timestamp: datetime


class Links:
    """Signed links in a database; a layer is named by its path. Methods block while the database works."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._remembered = Remembered[str, str | None](MAX_REMEMBERED)

    def create(self, layer: str, lifetime: timedelta) -> tuple[str, LinkRecord]:
        """Create a link, and return its key, which is not stored, and its record; expired links are dropped."""
        key, now = new_key(), datetime.now(UTC)
        record = LinkRecord(new_id(), now, now + lifetime)
        row = {"id": record.id, "created_timestamp": now, "expires_timestamp": record.expires_timestamp}
        with writing(self._engine) as connection:
            connection.execute(delete(LinkRow).where(LinkRow.expires_timestamp <= now))
            connection.execute(insert(LinkRow).values(layer=layer, digest=digest_of(key), **row))
        return key, record

    def of(self, layer: str) -> list[LinkRecord]:
        """Return the links of a layer that have not expired, the oldest first."""
        query = select(LinkRow.id, LinkRow.created_timestamp, LinkRow.expires_timestamp).order_by(LinkRow.number)
        alive = LinkRow.layer == layer, LinkRow.expires_timestamp > datetime.now(UTC)
        with self._engine.connect() as connection:
            return [LinkRecord(*row) for row in connection.execute(query.where(*alive))]

    def revoke(self, layer: str, link_id: str) -> None:
        """Revoke a link of a layer; raises `NotFound`."""
        with writing(self._engine) as connection:
            own = LinkRow.layer == layer, LinkRow.id == link_id
            if not connection.execute(delete(LinkRow).where(*own)).rowcount:
                raise NotFound(f"{layer} has no link {link_id!r}.")

    def layer_of(self, key: str) -> str | None:
        """Return the path of the layer that a key shows; None if it is not valid or has expired."""
        digest = digest_of(key)
        return self._remembered.ask(digest, partial(self._layer_of, digest))

    def _layer_of(self, digest: str) -> str | None:
        query = select(LinkRow.layer).where(LinkRow.digest == digest)
        with self._engine.connect() as connection:
            return connection.execute(query.where(LinkRow.expires_timestamp > datetime.now(UTC))).scalar()
