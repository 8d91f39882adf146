"""The application: its routes, what lives as long as it does, what holds for every request."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from graft_eval.engine import RasterEngine
from graft_eval.evaluation.evaluations import Evaluations
from graft_eval.process import prepare_process
from graft_eval.raster.handles import prepare_thread
from graft_eval.raster.open_files import max_connections
from tileserver import viewer
from tileserver.auth import NOBODY
from tileserver.auth.oidc import Issuer
from tileserver.auth.redaction import redact_access_logs
from tileserver.catalog import Catalog
from tileserver.drawing.pictures import Painter
from tileserver.drawing.shared_pictures import NotShared, SharedPictures
from tileserver.http.access_log import AccessLog
from tileserver.http.compression import Compression
from tileserver.http.errors import HANDLERS, answer_error
from tileserver.http.forwarded import Forwarded
from tileserver.http.identification import Authenticator, Identification
from tileserver.http.limits import CallerLimits
from tileserver.http.middleware import CrossOrigin, Guard, StandardHeaders
from tileserver.http.paths import mount
from tileserver.jobs import JobMetrics, JobRunner
from tileserver.layers.coverage import Coverages
from tileserver.layers.layers import Layers
from tileserver.logs import SessionLogs
from tileserver.metrics import Metrics, RequestCounting
from tileserver.reservations import Reservations
from tileserver.routes import (
    catalog,
    health,
    inspect,
    jobs,
    legends,
    links,
    logs,
    metrics,
    objects,
    ogc,
    openapi,
    previews,
    qgis,
    scales,
    sharing,
    tilejson,
    tiles,
    values,
    wmts,
    workflows,
)
from tileserver.settings import Settings
from tileserver.state import State
from tileserver.store import (
    Aliases,
    Jobs,
    LayerScales,
    Links,
    Readers,
    SQLStore,
    Users,
    Workflows,
    create_schema,
    open_database,
)
from tileserver.store.announcements import Announcements
from tileserver.store.change_stamp import ChangeStamp, change_stamp_of
from tileserver.viewer.refusals import as_page, as_pages
from tileserver.wmts import MapServices, Presets, load_sets
from tileserver.workers import Workers

__all__ = ["ROUTES", "create_app"]

PATIENCE_SECONDS: Final = 5.0  # with a database that does not answer

LAYER: Final[list[BaseRoute]] = [
    *tiles.ROUTES,
    *legends.ROUTES,
    *previews.ROUTES,
    *values.ROUTES,
    *tilejson.ROUTES,
    *qgis.ROUTES,
    *logs.ROUTES,
    *jobs.LAYER,
]
ROUTES: Final[list[BaseRoute]] = [
    mount("/xyz/{id}", LAYER),  # first, for the tiles' sake: each route that is looked at in vain takes a µs
    mount("/workflow/{id}/{version}", LAYER),
    *viewer.routes,
    *objects.ROUTES,
    *workflows.ROUTES,
    *sharing.ROUTES,
    *links.ROUTES,
    *scales.ROUTES,
    *inspect.ROUTES,
    *jobs.ROUTES,
    *catalog.ROUTES,
    *health.ROUTES,
    *metrics.ROUTES,
    *openapi.ROUTES,
    mount("/wmts", wmts.ROUTES),
    *ogc.ROUTES,
]


def create_app(settings: Settings, blocks: Path | None = None) -> Starlette:
    """Return the application of these settings; its database and threads exist while it runs.

    `blocks` is the folder in which the processes of a server share decoded blocks.
    """
    outer = (AccessLog, RequestCounting, StandardHeaders, CrossOrigin, Compression, Guard)
    identification = Middleware(Identification, refuse=as_page(answer_error))
    app = Starlette(
        routes=ROUTES,
        middleware=[
            *(Middleware(kind) for kind in outer),
            identification,
            Middleware(Forwarded),
            Middleware(CallerLimits),
        ],
        exception_handlers=as_pages(HANDLERS),
        lifespan=_lifespan(settings, blocks),
    )
    app.router.redirect_slashes = False
    return app


def _lifespan(settings: Settings, blocks: Path | None) -> Callable[[Starlette], AbstractAsyncContextManager[State]]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[State]:
        with ExitStack() as closing:
            state = await run_in_threadpool(_open, settings, blocks, closing)
            try:
                yield state
            finally:
                await run_in_threadpool(closing.close)

    return lifespan


def _open(settings: Settings, blocks: Path | None, closing: ExitStack) -> State:
    """Make what the endpoints find in the state; what is to be closed goes onto the stack."""
    redact_access_logs()
    create_schema(unhurried := open_database(settings.database))  # others may be at it, which takes them long
    unhurried.dispose()
    database = open_database(settings.database, PATIENCE_SECONDS)
    closing.callback(database.dispose)
    sessions = SessionLogs(database, max_connections() // 2)
    stamp = _change_stamp(database, sessions, closing)
    store, published, index = SQLStore(database), Workflows(database), Catalog(database, settings, stamp)
    closing.callback(index.close)
    closing.callback(sessions.close)
    prepare_process()
    readers = settings.threads * settings.workers  # all cores for who asks for a single tile: decoding takes no lock
    engine = RasterEngine(settings.cache_bytes, readers, settings.access, blocks)
    closing.callback(engine.close)
    workers = Workers(settings.threads, settings.queue, prepare_thread)
    closing.callback(workers.close)
    evaluations = Evaluations(index, engine, settings.limits)
    shared = _shared_pictures(settings, closing)
    layers, coverages = Layers(store, published, settings.limits, stamp), Coverages(index)
    jobs = Jobs(database)
    runner = JobRunner(database, settings, index, counted := JobMetrics(jobs))
    closing.callback(runner.close)
    counts = Metrics(engine, workers, shared, counted)
    closing.callback(counts.close)
    sets = load_sets(settings.tile_matrix_sets)
    return State(
        settings=settings,
        database=database,
        stamp=stamp,
        store=store,
        workflows=published,
        readers=Readers(database),
        aliases=Aliases(database),
        links=Links(database, stamp),
        jobs=jobs,
        runner=runner,
        authenticator=_authenticator(settings, database, stamp),
        caller=NOBODY,
        layers=layers,
        catalog=index,
        evaluations=evaluations,
        painter=Painter(evaluations, LayerScales(database), index, shared),
        coverages=coverages,
        services=MapServices(
            layers, published, index, coverages, sets, Presets(index, evaluations, settings.limits), settings.limits
        ),
        workers=workers,
        reservations=Reservations(settings.inspect_bytes),
        metrics=counts,
        logs=sessions,
    )


def _change_stamp(database: Engine, sessions: SessionLogs, closing: ExitStack) -> ChangeStamp:
    if database.dialect.name != "postgresql":
        return change_stamp_of(database)
    closing.callback((announcements := Announcements(database, sessions.look)).close)
    return announcements


def _shared_pictures(settings: Settings, closing: ExitStack) -> SharedPictures:
    if not settings.redis_url:
        return NotShared()
    from tileserver.drawing.redis_pictures import RedisPictures  # of the extra `redis`

    closing.callback((pictures := RedisPictures(settings.redis_url, settings.threads)).close)
    return pictures


def _authenticator(settings: Settings, database: Engine, stamp: ChangeStamp) -> Authenticator | None:
    match settings.auth:
        case "none":
            return None
        case "token":
            return Users(database, stamp)
        case "oidc":
            return Issuer(settings)
