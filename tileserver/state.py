"""State: what endpoints find in `request.state`, made when the server starts."""

from __future__ import annotations

from typing import TypedDict

from sqlalchemy import Engine as Database

from graft_eval.evaluation.evaluations import Evaluations
from tileserver.auth import Caller
from tileserver.catalog import Catalog
from tileserver.drawing.pictures import Painter
from tileserver.http.identification import Authenticator
from tileserver.jobs import JobRunner
from tileserver.layers.coverage import Coverages
from tileserver.layers.layers import Layers
from tileserver.logs import SessionLogs
from tileserver.metrics import Metrics
from tileserver.reservations import Reservations
from tileserver.settings import Settings
from tileserver.store import Aliases, Jobs, Links, Readers, Store, Workflows
from tileserver.store.change_stamp import ChangeStamp
from tileserver.wmts import MapServices
from tileserver.workers import Workers

__all__ = ["State"]


class State(TypedDict):
    """One of each for the whole process, but for `caller`, who sends the request.

    Without `authenticator` everyone is the local user.
    """

    settings: Settings
    database: Database
    stamp: ChangeStamp
    store: Store
    workflows: Workflows
    readers: Readers
    aliases: Aliases
    links: Links
    jobs: Jobs
    runner: JobRunner
    authenticator: Authenticator | None
    caller: Caller
    layers: Layers
    catalog: Catalog
    evaluations: Evaluations
    painter: Painter
    coverages: Coverages
    services: MapServices
    workers: Workers
    reservations: Reservations
    metrics: Metrics
    logs: SessionLogs
