"""What the server keeps: the database, and the layers in it."""

from __future__ import annotations

from tileserver.store.database import Base, UtcDateTime, create_schema, open_database, writing
from tileserver.store.layers import LayerRecord, NotFound, SQLStore, Store

__all__ = [
    "Base",
    "LayerRecord",
    "NotFound",
    "SQLStore",
    "Store",
    "UtcDateTime",
    "create_schema",
    "open_database",
    "writing",
]
