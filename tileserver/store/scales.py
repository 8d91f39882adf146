"""Scales of layers: what automatic ones were found to be first, and stay for as long as the layer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import JSON, Connection, Engine, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from tileserver.store.database import Base, UtcDateTime, writing

__all__ = ["MAX_STYLES", "LayerScales", "ScalesRow"]

MAX_STYLES: Final = 256  # of a layer: anybody can ask for any number of arguments

Pairs = Mapping[str, tuple[float, float] | tuple[None, None]]  # by band


class ScalesRow(Base):
    """The scales of a layer in a style: bands and arguments, of which `style` is a digest."""

    __tablename__ = "layer_scales"

    layer: Mapped[str] = mapped_column(primary_key=True)
    style: Mapped[str] = mapped_column(primary_key=True)
    scales: Mapped[Mapping[str, Any]] = mapped_column(JSON)
    created_timestamp: Mapped[datetime] = mapped_column(UtcDateTime)


class LayerScales:
    """Scales in a database. Methods are thread safe, and block while it works.

    >>> from tileserver.store import create_schema, open_database
    >>> create_schema(engine := open_database("sqlite://"))
    >>> kept = LayerScales(engine)
    >>> kept.keep("xyz/0", "a", {"nir": (0.0, 1.0)}) == kept.keep("xyz/0", "a", {"nir": (0.0, 2.0)})
    True
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, layer: str, style: str) -> Pairs | None:
        """Return the scales that are kept; None if there are none yet."""
        with self._engine.connect() as connection:
            return _find(connection, layer, style)

    def keep(self, layer: str, style: str, scales: Pairs) -> Pairs | None:
        """Keep scales, unless there are some: those that came first stay, and are returned.

        None if the layer has too many already.
        """
        row = {"layer": layer, "style": style, "scales": scales, "created_timestamp": datetime.now(UTC)}
        count = select(func.count()).select_from(ScalesRow).where(ScalesRow.layer == layer)
        with writing(self._engine, lock=f"scales {layer}", announced=False) as connection:
            if (found := _find(connection, layer, style)) is not None:
                return found
            if connection.execute(count).scalar_one() >= MAX_STYLES:
                return None
            connection.execute(insert(ScalesRow).values(row))
        return scales

    def forget(self, layer: str) -> None:
        """Forget all scales of a layer: the next picture finds them anew."""
        with writing(self._engine, lock=f"scales {layer}", announced=False) as connection:
            connection.execute(delete(ScalesRow).where(ScalesRow.layer == layer))


def _find(connection: Connection, layer: str, style: str) -> Pairs | None:
    query = select(ScalesRow.scales).where(ScalesRow.layer == layer, ScalesRow.style == style)
    found = connection.execute(query).scalar()
    return None if found is None else {band: (low, high) for band, (low, high) in found.items()}
