"""State: what endpoints find in `request.state`, made when the server starts."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Engine as Database

from tileserver.catalog import Catalog
from tileserver.layers import Layers
from tileserver.logs import SessionLogs
from tileserver.pictures import Painter
from tileserver.settings import Settings
from tileserver.store import Store
from tileserver.workers import Workers

__all__ = ["State"]


class State(TypedDict):
    """One of each for the whole process."""

    settings: Settings
    database: Database
    store: Store
    layers: Layers
    catalog: Catalog
    painter: Painter
    workers: Workers
    logs: SessionLogs
