"""Layers: published computations that tiles are drawn of."""

from __future__ import annotations

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import JSON, ColumnElement, Engine, delete, insert, literal, or_, select, true, update
from sqlalchemy.orm import Mapped, mapped_column

from tileserver.auth import LOCAL, Caller
from tileserver.store.database import Base, UtcDateTime, reading, writing
from tileserver.store.errors import NotFound
from tileserver.store.pages import has_text, read_after, size_of, take_page
from tileserver.store.scales import ScalesRow
from tileserver.store.tables import LinkRow

__all__ = ["LayerRecord", "SQLStore", "Store"]

DAYS_TO_EXPIRATION = 10
MAX_DAYS = 36_500


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    """Return 48 hexadecimal characters that nobody can guess."""
    return secrets.token_hex(24)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRecord:
    """An XYZ object as it is kept; moments are aware, in UTC. A new one gets its id and moments by itself.

    >>> record = LayerRecord(graft={"returns": "a", "a": 1}, typespec={"type": "Int"}, type="Int")
    >>> len(record.id), (record.expires_timestamp - record.created_timestamp).days
    (48, 10)
    """

    graft: Mapping[str, Any]
    typespec: Mapping[str, Any]
    type: str
    parameters: Sequence[Mapping[str, Any]] = field(default_factory=list)
    channel: str = ""
    client_version: str = ""
    name: str = ""
    description: str = ""
    public: bool = True
    viz_options: Sequence[Mapping[str, Any]] = field(default_factory=list)
    days_to_expiration: int = DAYS_TO_EXPIRATION
    user: str = LOCAL.email
    org: str = ""
    id: str = field(default_factory=_new_id)
    created_timestamp: datetime = field(default_factory=_now)

    def __post_init__(self) -> None:
        if not 1 <= self.days_to_expiration <= MAX_DAYS:
            raise ValueError(f"days_to_expiration must be from 1 to {MAX_DAYS}, not {self.days_to_expiration}")

    @property
    def updated_timestamp(self) -> datetime:
        """Moment of its last change, which is that of its publication: layers are immutable."""
        return self.created_timestamp

    @property
    def expires_timestamp(self) -> datetime:
        """Moment of its expiry, from which on it is not found any more."""
        return self.created_timestamp + timedelta(days=self.days_to_expiration)

    def renewed(self, days: int) -> LayerRecord:
        """Return the record of the layer kept for at least so many days from now: whole days since its creation."""
        since = math.ceil((_now() - self.created_timestamp) / timedelta(days=1)) + days
        return replace(self, days_to_expiration=min(max(self.days_to_expiration, since), MAX_DAYS))


class Store(Protocol):
    """Storage of layers. Methods are thread safe, and block while the database works."""

    def add_layer(self, record: LayerRecord) -> None:
        """Keep a new layer."""

    def layer(self, layer_id: str, caller: Caller) -> LayerRecord:
        """Return a layer; raises `NotFound` for one that is unknown, deleted, expired or hidden from the caller."""

    def layers(
        self,
        *,
        user: str | None = None,
        public: bool | None = None,
        reader: Caller | None = None,
        text: str = "",
        after: str | None = None,
        limit: int = 100,
    ) -> tuple[list[LayerRecord], str | None]:
        """Return up to `limit` layers, newest first, and the `after` of the next ones, None at the end.

        There are fewer than `limit` if they would have more than `PAGE_BYTES`. `user`, `public` and `reader`, if given,
        select the layers of that user, of that visibility, and those that the reader may see; `text` those whose name,
        description or owner has it. An `after` that no answer gave raises `ValueError`.
        """

    def renew_layer(self, layer_id: str, days: int) -> LayerRecord:
        """Keep a layer for at least so many days from now, and return its record; raises `NotFound`."""

    def delete_layer(self, layer_id: str) -> None:
        """Delete a layer and its links; raises `NotFound` for one that is unknown, deleted or expired."""


class LayerRow(Base):
    """The table of layers; `number` counts them in the order of their making."""

    __tablename__ = "layers"

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    graft: Mapped[Mapping[str, Any]] = mapped_column(JSON)
    typespec: Mapped[Mapping[str, Any]] = mapped_column(JSON)
    type: Mapped[str]
    parameters: Mapped[Sequence[Mapping[str, Any]]] = mapped_column(JSON)
    channel: Mapped[str]
    client_version: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    public: Mapped[bool]
    viz_options: Mapped[Sequence[Mapping[str, Any]]] = mapped_column(JSON)
    days_to_expiration: Mapped[int]
    user: Mapped[str] = mapped_column(index=True)
    org: Mapped[str]
    created_timestamp: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_timestamp: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


FIELDS = tuple(field.name for field in fields(LayerRecord))
COLUMNS = tuple(LayerRow.__table__.columns[name] for name in FIELDS)
SIZE = size_of(LayerRow.graft, LayerRow.parameters, LayerRow.viz_options, LayerRow.description)


class SQLStore:
    """Layers in a database; see `Store`.

    >>> from tileserver.auth import LOCAL
    >>> from tileserver.store import create_schema, open_database
    >>> engine = open_database("sqlite://")
    >>> create_schema(engine)
    >>> store = SQLStore(engine)
    >>> record = LayerRecord(graft={"returns": "a", "a": 1}, typespec={"type": "Int"}, type="Int")
    >>> store.add_layer(record)
    >>> store.layer(record.id, LOCAL) == record
    True
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add_layer(self, record: LayerRecord) -> None:
        """Keep a new layer; those that have expired are dropped on the way."""
        values = {name: getattr(record, name) for name in (*FIELDS, "expires_timestamp")}
        with writing(self._engine) as connection:
            now = _now()
            expired = select(literal("xyz/") + LayerRow.id).where(LayerRow.expires_timestamp <= now)
            connection.execute(delete(ScalesRow).where(ScalesRow.layer.in_(expired)))
            connection.execute(delete(LayerRow).where(LayerRow.expires_timestamp <= now))
            connection.execute(insert(LayerRow).values(values))

    def layer(self, layer_id: str, caller: Caller) -> LayerRecord:
        """Return a layer; raises `NotFound` for one that is unknown, deleted, expired or hidden from the caller."""
        query = select(*COLUMNS).where(LayerRow.id == layer_id, LayerRow.expires_timestamp > _now())
        if caller.link != f"xyz/{layer_id}":
            query = query.where(_readable(caller))
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise _no_layer(layer_id)
        return LayerRecord(**row._mapping)

    def layers(
        self,
        *,
        user: str | None = None,
        public: bool | None = None,
        reader: Caller | None = None,
        text: str = "",
        after: str | None = None,
        limit: int = 100,
    ) -> tuple[list[LayerRecord], str | None]:
        """Return up to `limit` layers, newest first, and the `after` of the next ones, None at the end."""
        query = select(LayerRow.number, SIZE).where(LayerRow.expires_timestamp > _now())
        if user is not None:
            query = query.where(LayerRow.user == user)
        if public is not None:
            query = query.where(LayerRow.public == public)
        if reader is not None:
            query = query.where(_readable(reader))
        if text:
            query = query.where(has_text(text, LayerRow.name, LayerRow.description, LayerRow.user))
        if after is not None:
            query = query.where(LayerRow.number < read_after(after))
        with reading(self._engine) as connection:
            numbers, following = take_page(connection, query.order_by(LayerRow.number.desc()), limit)
            page = select(*COLUMNS).where(LayerRow.number.in_(numbers)).order_by(LayerRow.number.desc())
            return [LayerRecord(**row._mapping) for row in connection.execute(page)], following

    def renew_layer(self, layer_id: str, days: int) -> LayerRecord:
        """Keep a layer for at least so many days from now, and return its record; raises `NotFound`."""
        query = select(*COLUMNS).where(LayerRow.id == layer_id, LayerRow.expires_timestamp > _now())
        with writing(self._engine) as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                raise _no_layer(layer_id)
            record = LayerRecord(**row._mapping).renewed(days)
            kept = {"days_to_expiration": record.days_to_expiration, "expires_timestamp": record.expires_timestamp}
            connection.execute(update(LayerRow).where(LayerRow.id == layer_id).values(kept))
        return record

    def delete_layer(self, layer_id: str) -> None:
        """Delete a layer and its links; raises `NotFound` for one that is unknown, deleted or expired."""
        query = delete(LayerRow).where(LayerRow.id == layer_id, LayerRow.expires_timestamp > _now())
        with writing(self._engine) as connection:
            if connection.execute(query).rowcount == 0:
                raise _no_layer(layer_id)
            for row in (LinkRow, ScalesRow):
                connection.execute(delete(row).where(row.layer == f"xyz/{layer_id}"))


def _readable(caller: Caller) -> ColumnElement[bool]:
    """Return the condition of layers that are public, or the caller's."""
    return true() if caller.is_admin else or_(LayerRow.public, LayerRow.user == caller.email)


def _no_layer(layer_id: str) -> NotFound:
    return NotFound(
        f"XYZ {layer_id!r} does not exist, or has expired: layers live 10 days unless days_to_expiration says otherwise"
    )
