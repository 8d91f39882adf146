"""The application: its routes, what lives as long as it does, what holds for every request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Mount

from graft_eval.engine import RasterEngine
from tileserver import viewer
from tileserver.catalog import Catalog
from tileserver.errors import HANDLERS
from tileserver.layers import Layers
from tileserver.logs import SessionLogs
from tileserver.middleware import Guard, SecurityHeaders
from tileserver.pictures import Painter
from tileserver.routes import catalog, health, inspect, logs, objects, tiles
from tileserver.settings import Settings
from tileserver.state import State
from tileserver.store import SQLStore, create_schema, open_database
from tileserver.workers import Workers

__all__ = ["ROUTES", "create_app"]

# Maps of other sites show layers; just they can be read from there, by their ids, which nobody can guess.
CORS: Final = Middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_methods=["GET", "HEAD"],
    allow_headers=["Authorization", "If-None-Match", "Last-Event-ID", "Cache-Control"],
    expose_headers=["ETag", "Server-Timing", "Graftile-Partial", "Retry-After"],
)

ROUTES: Final[list[BaseRoute]] = [
    *viewer.routes,
    *objects.ROUTES,
    *inspect.ROUTES,
    *catalog.ROUTES,
    *health.ROUTES,
    Mount("/xyz", routes=[*logs.ROUTES, *tiles.ROUTES], middleware=[CORS]),
]


def create_app(settings: Settings) -> Starlette:
    """Return the application of these settings; its database and threads exist while it runs."""
    return Starlette(
        routes=ROUTES,
        middleware=[Middleware(SecurityHeaders), Middleware(Guard)],
        exception_handlers=dict(HANDLERS),
        lifespan=_lifespan(settings),
    )


def _lifespan(settings: Settings) -> Callable[[Starlette], AbstractAsyncContextManager[State]]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[State]:
        with ExitStack() as closing:
            state = await run_in_threadpool(_open, settings, closing)
            try:
                yield state
            finally:
                await run_in_threadpool(closing.close)

    return lifespan


def _open(settings: Settings, closing: ExitStack) -> State:
    """Make what the endpoints find in the state; what is to be closed goes onto the stack."""
    database = open_database(settings.database)
    closing.callback(database.dispose)
    create_schema(database)
    store, catalog = SQLStore(database), Catalog(database, settings)
    logs = SessionLogs(database)
    closing.callback(logs.close)
    engine = RasterEngine(settings.cache_bytes, settings.threads)
    closing.callback(engine.close)
    workers = Workers(settings.threads, settings.queue)
    closing.callback(workers.close)
    return State(
        settings=settings,
        database=database,
        store=store,
        layers=Layers(store, settings.limits),
        catalog=catalog,
        painter=Painter(catalog, engine, settings.limits),
        workers=workers,
        logs=logs,
    )
