"""Links: keys that show one layer to whoever has them, until they expire or are revoked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, NamedTuple

from sqlalchemy import Engine, delete, insert, select

from tileserver.auth.secrets import digest_of, new_id, new_key
from tileserver.store.change_stamp import NO_STAMP, ChangeStamp
from tileserver.store.database import writing
from tileserver.store.errors import NotFound
from tileserver.store.outages import Remembered
from tileserver.store.tables import LinkRow
from tileserver.store.unchanged import Unchanged

__all__ = ["LinkRecord", "Links"]

MAX_REMEMBERED: Final = 10_000


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """The record of a link, without its key."""

    id: str
    created_timestamp: datetime
    expires_timestamp: datetime


class _Shown(NamedTuple):
    """The layer that a link shows, and when it expires."""

    layer: str
    expires: datetime


class Links:
    """Signed links in a database; a layer is named by its path. Methods block while the database works."""

    def __init__(self, engine: Engine, stamp: ChangeStamp = NO_STAMP) -> None:
        self._engine = engine
        self._remembered = Remembered[str, _Shown | None](MAX_REMEMBERED)
        self._unchanged = Unchanged[str, _Shown | None](stamp, MAX_REMEMBERED, _end_of)

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
        remembered = partial(self._remembered.ask, digest, partial(self._find, digest))
        found = self._unchanged.ask(digest, remembered)
        return found and found.layer

    def known(self, key: str) -> str | None:
        """Return what `layer_of` would, if nothing has changed since it last did; None if it has to be asked."""
        found = self._unchanged.get(digest_of(key))
        return found and found.layer

    def _find(self, digest: str) -> _Shown | None:
        query = select(LinkRow.layer, LinkRow.expires_timestamp).where(LinkRow.digest == digest)
        with self._engine.connect() as connection:
            row = connection.execute(query.where(LinkRow.expires_timestamp > datetime.now(UTC))).one_or_none()
        return None if row is None else _Shown(*row)


def _end_of(found: _Shown | None) -> datetime | None:
    return found and found.expires
